"""Where one is signed in, signing out from elsewhere, and staying signed in on a shared device."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.accounts import devices, queries, sessions
from innovation.accounts.entrance import forget_session
from innovation.core import clock
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.web.access import person, seat, signed_in
from innovation.web.security import own_address

blueprint = Blueprint("devices", __name__)

METHODS: dict[str, LazyString] = {
    "password": _("with a password"),
    "code": _("with a mailed code"),
    "employer": _("with the employer's sign-in"),
    "passkey": _("with a passkey"),
}


# Whoever came in longer ago shows anew who they are; a lost device is ended from where one
# has just signed in, with no further question.
KNOWN_FOR = timedelta(hours=4)


def _is_known() -> bool:
    own = seat()
    return own is not None and clock.now() - own.shown_at < KNOWN_FOR


@blueprint.get("/profile/devices")
@signed_in
def index() -> ResponseReturnValue:
    """Show the devices on which one is signed in, to whoever has lately shown who they are."""
    own = seat()
    if not _is_known():
        return render("accounts/devices_ask.html", profile=queries.profile_of(person().id))
    rows = devices.devices_of(person().id, own.session_hash if own else "")
    return render("accounts/devices.html", rows=rows, methods=METHODS)


@blueprint.post("/profile/devices/<int:session_id>/end")
@signed_in
def end(session_id: int) -> ResponseReturnValue:
    """Sign out on one device."""
    if not _is_known():
        return redirect(url_for("devices.index"), 303)
    sessions.end_device(person(), session_id)
    flash(gettext("The device was signed out."), "good")
    return redirect(url_for("devices.index"), 303)


@blueprint.post("/profile/devices/end")
@signed_in
def end_all() -> ResponseReturnValue:
    """Sign out everywhere, here too."""
    if not _is_known():
        return redirect(url_for("devices.index"), 303)
    sessions.end_everywhere(person())
    flash(gettext("You have signed out everywhere."), "good")
    return forget_session(redirect(own_address("/"), 303))


@blueprint.post("/profile/stay")
@signed_in
def stay() -> ResponseReturnValue:
    """Tell that somebody still uses the shared device; every sent form tells it too."""
    return "", 204
