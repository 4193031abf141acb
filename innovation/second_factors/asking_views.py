"""Being asked for a second factor on the way in, the passkey as a door, help when all is lost."""

from urllib.parse import urlencode

from flask import Blueprint, current_app, flash, g, redirect, request, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.accounts.entrance import (
    admit,
    begin_session,
    end_session,
    forget_session,
    settings,
)
from innovation.accounts.passwords import is_password
from innovation.accounts.queries import profile_of
from innovation.core import transaction
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.keys import hash_key, new_key
from innovation.core.permissions import Actor
from innovation.second_factors import actions, ceremonies, codes, queries
from innovation.second_factors.entrance import (
    Asked,
    asked,
    cookie,
    drop_cookie,
    proved,
    set_cookie,
    site,
)
from innovation.second_factors.forms import ProofForm, ResetForm
from innovation.web import navigation
from innovation.web.access import actor, needs, public
from innovation.web.limits import beyond, keyed, limiter
from innovation.web.security import own_address, own_path

blueprint = Blueprint("proofs", __name__)

# For one account from everywhere together. Only who has shown the first proof counts here, so
# nobody else can use it up; a passkey is never counted.
TRIES = "20/hour"


def _has_passkeys(_who: Actor) -> bool:
    return site().has_passkeys


# The ways in beside address and password; the sign-in page shows this menu.
navigation.add("proofs.door", _("Sign in with a passkey"), 20, menu="doors", shown=_has_passkeys)


@blueprint.app_template_global("doors")
def doors(going_to: str) -> list[tuple[LazyString, str]]:
    """Give the ways in beside address and password, each with where one was going."""
    query = f"?{urlencode({'next': going_to})}" if going_to != own_address("/") else ""
    return [(one.label, one.href + query) for one in navigation.items("doors")]


@blueprint.get("/second-factor")
@public
def ask() -> ResponseReturnValue:
    """Ask for a second factor: on the way in, or before something is changed."""
    who = asked()
    return _ask_page(who, ProofForm()) if who else _anew()


def _anew() -> ResponseReturnValue:
    """Lead whoever took too long to the beginning, and still to where they were going."""
    going_to = own_path(request.args.get("next", ""), "")
    return redirect(url_for("accounts.sign_in", next=going_to or None), 303)


def _ask_page(who: Asked, form: ProofForm, status: int = 200) -> ResponseReturnValue:
    g.page_is_secret = True
    here, factors = site(who.binding), queries.factors_of(who.person_id)
    options = ""
    if factors.passkeys and here.has_passkeys:
        known = queries.passkey_data(who.person_id)
        options = ceremonies.options_to_show(here, known, door=False)
    page = render(
        "second_factors/ask.html",
        form=form,
        factors=factors,
        options=options,
        going_to=who.going_to,
        can_be_mailed=profile_of(who.person_id).can_be_mailed,
    )
    return page, status


@blueprint.post("/second-factor")
@public
@limiter.limit("60/minute")
def prove() -> ResponseReturnValue:
    """Take a code of an app, or a spare code."""
    form, who = ProofForm.from_request(), asked()
    if who is None:
        return _anew()
    if beyond(TRIES, "second factor", keyed(str(who.person_id))):
        form.refuse(_("Too many attempts. Wait an hour, or use a passkey."))
        return _ask_page(who, form, 429)
    if not _is_right(who.person_id, form.code.data or ""):
        form.refuse()
        return _ask_page(who, form, 422)
    return _let_on(who)


def _is_right(person_id: int, typed: str) -> bool:
    """Take a code; the hash of a spare one is checked before anybody waits for the database."""
    if codes.is_app_code(typed):
        return actions.take_app_code(person_id, settings().secret_key, typed)
    place, rest = codes.read_spare(typed)
    with transaction.glancing():
        found = queries.spare_code(person_id, place) if place else None
    right = is_password(found[1] if found else None, rest)
    return right and found is not None and actions.take_spare(person_id, found[0])


def _let_on(who: Asked) -> ResponseReturnValue:
    """Begin the session that waited for this, or note the proof in the one there is."""
    if who.arrival is None:
        actions.note_shown(who.binding)
        return redirect(who.going_to, 303)
    response = admit(proved(who.arrival), who.going_to)
    drop_cookie(response, "halfway")
    return response


@blueprint.post("/second-factor/passkey")
@public
@limiter.limit("60/minute")
def prove_by_passkey() -> ResponseReturnValue:
    """Take the answer of one's own passkey."""
    form, who = ProofForm.from_request(), asked()
    if who is None:
        return _anew()
    known = _shown(form.credential.data or "", who.binding, door=False)
    if known is None or known.person_id != who.person_id:
        form.refuse(NOT_TAKEN)
        return _ask_page(who, form, 422)
    return _let_on(who)


NOT_TAKEN = _("The passkey did not work. Try again, or use another way.")


def _shown(answer: str, binding: str, *, door: bool) -> queries.KnownPasskey | None:
    """Give the passkey that answered our question of this browser; None when it did not."""
    try:
        known = queries.known_passkey(ceremonies.credential_of(answer))
        if known is None:
            return None
        here = site(binding)
        shown = ceremonies.read_shown(here, answer, known.public_data, known.person_id, door=door)
    except ceremonies.RefusedError:
        return None
    return known if actions.take_passkey(known.id, shown) else None


@blueprint.post("/second-factor/again")
@public
def again() -> ResponseReturnValue:
    """Sign out, so as to sign in anew and go on where one was going."""
    going_to = own_path(request.args.get("next", ""))
    end_session()
    return forget_session(redirect(url_for("accounts.sign_in", next=going_to), 303))


@blueprint.get("/passkey")
@public
def door() -> ResponseReturnValue:
    """Offer the door that needs no address and no password."""
    return _door_page(ProofForm())


def _door_page(form: ProofForm) -> ResponseReturnValue:
    g.page_is_secret = True
    key, here = new_key(), site()
    options = ceremonies.options_to_show(site(hash_key(key)), [], door=True)
    page = render(
        "second_factors/door.html",
        form=form,
        options=options if here.has_passkeys else "",
        going_to=own_path(request.args.get("next", "")),
    )
    response = current_app.make_response((page, 422 if form.errors else 200))
    set_cookie(response, "passkey", key)
    return response


@blueprint.post("/passkey")
@public
@limiter.limit("60/minute")
def enter() -> ResponseReturnValue:
    """Sign in by a passkey alone: the device has checked its owner, so it is two proofs in one."""
    form, key = ProofForm.from_request(), request.cookies.get(cookie("passkey"), "")
    known = _shown(form.credential.data or "", hash_key(key), door=True) if key else None
    if known is None:
        form.refuse(NOT_TAKEN)
        return _door_page(form)
    shared = bool(form.shared.data)
    response = begin_session(
        known.person_id, known.language, method="passkey", factor=True, shared=shared
    )
    drop_cookie(response, "passkey")
    return response


@blueprint.get("/admin/people/<int:person_id>/second-factors")
@needs("person:manage")
def resetting(person_id: int) -> ResponseReturnValue:
    """Show how many second factors somebody has, and ask why they are to be taken away."""
    return _reset_page(person_id, ResetForm())


def _reset_page(person_id: int, form: ResetForm) -> ResponseReturnValue:
    g.page_is_personal = True
    page = render(
        "second_factors/reset.html",
        profile=profile_of(person_id),
        factors=queries.factors_of(person_id),
        resets=queries.resets_of(actor(), person_id),
        form=form,
    )
    return page, 422 if form.errors else 200


@blueprint.post("/admin/people/<int:person_id>/second-factors")
@needs("person:manage")
@limiter.limit("30/hour")
def reset(person_id: int) -> ResponseReturnValue:
    """Take away every second factor of somebody who has lost them."""
    form = ResetForm.from_request()
    reason = form.reason.data or ""
    form.attempt(lambda: actions.reset_factors(actor(), person_id, reason))
    if form.errors:
        return _reset_page(person_id, form)
    flash(gettext("The second factors were removed, and a mail was sent about it."), "good")
    return redirect(url_for("proofs.resetting", person_id=person_id), 303)
