"""Moving one's account to another address, in two steps."""

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.accounts import addresses, links, queries
from innovation.accounts.entrance import forget_session, settings
from innovation.accounts.forms import AddressForm
from innovation.accounts.passwords import is_password
from innovation.core import transaction
from innovation.core.errors import NotFoundError
from innovation.web.access import SignedIn, person, public, seat, signed_in
from innovation.web.limits import beyond, keyed, limiter

blueprint = Blueprint("addresses", __name__)


def _failed(response: Response) -> bool:
    return response.status_code >= 400


@blueprint.get("/profile/address")
@signed_in
def edit() -> ResponseReturnValue:
    """Ask for the new address, and for the password of those who have one."""
    return _page(AddressForm(), queries.profile_of(person().id))


def _page(form: AddressForm, profile: queries.Profile) -> ResponseReturnValue:
    page = render(
        "accounts/address.html",
        form=form,
        profile=profile,
        proven=_is_proven(profile),
        sent="sent" in request.args,
    )
    return page, 422 if request.method == "POST" else 200


def _is_proven(profile: queries.Profile) -> bool:
    own = seat()
    return bool(profile.password_hash) or (own is not None and addresses.is_fresh(own.began_at))


@blueprint.post("/profile/address")
@signed_in
@limiter.limit("10/minute", deduct_when=_failed)
def ask() -> ResponseReturnValue:
    """Let a link be mailed to the new address; the answer is the same for one that is taken."""
    form, own = AddressForm.from_request(), seat()
    with transaction.glancing():
        profile = queries.profile_of(person().id)
    if form.validate() and not _knows_password(form, profile):
        form.refuse()
    if form.errors or own is None or not _is_proven(profile):
        return _page(form, profile)
    _ask(own, form.email.data or "")
    return redirect(url_for("addresses.edit", sent=1), 303)


def _knows_password(form: AddressForm, profile: queries.Profile) -> bool:
    typed = form.current_password.data or ""
    return not profile.password_hash or is_password(profile.password_hash, typed)


def _ask(own: SignedIn, email: str) -> None:
    if not beyond("5/hour", "address", keyed(str(own.person.id))):
        addresses.ask_for_address(own.person, email)


@blueprint.get("/address/<key>")
@public
def link(key: str) -> ResponseReturnValue:
    """Show which address the link confirms; opening it changes nothing."""
    g.page_is_secret = True
    found = links.usable_link(links.ADDRESS, key)
    if found is None:
        return render("accounts/link_over.html", kind="address"), 404
    return render("accounts/new_address.html", key=key, email=found.email)


@blueprint.post("/address/<key>")
@public
@limiter.limit("30/minute")
def move(key: str) -> ResponseReturnValue:
    """Move the account; who was signed in signs in anew."""
    g.page_is_secret = True
    try:
        addresses.move(settings().secret_key, key)
    except NotFoundError:
        return render("accounts/link_over.html", kind="address"), 404
    flash(gettext("Your account has its new address. Sign in with it."), "good")
    return forget_session(redirect(url_for("accounts.sign_in"), 303))


@blueprint.get("/address/back/<key>")
@public
def back(key: str) -> ResponseReturnValue:
    """Show which address is put back; opening it changes nothing."""
    g.page_is_secret = True
    found = links.usable_link(links.ADDRESS_BACK, key)
    if found is None:
        return render("accounts/link_over.html", kind="address_back"), 404
    return render("accounts/address_back.html", key=key, email=found.email)


@blueprint.post("/address/back/<key>")
@public
@limiter.limit("30/minute")
def take_back(key: str) -> ResponseReturnValue:
    """Put the old address back; whoever is signed in anywhere no longer is."""
    g.page_is_secret = True
    try:
        addresses.take_back(key)
    except NotFoundError:
        return render("accounts/link_over.html", kind="address_back"), 404
    flash(gettext("Your old address is back. Sign in with it and a mailed code."), "good")
    return forget_session(redirect(url_for("accounts.sign_in"), 303))
