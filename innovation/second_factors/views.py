"""Pages of one's own second factors: what there is, adding, removing."""

import json
from datetime import timedelta

import segno
from flask import Blueprint, flash, g, redirect, request, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from innovation.accounts.entrance import settings
from innovation.accounts.passwords import hash_password
from innovation.accounts.queries import profile_of
from innovation.core.sealing import seal, unseal
from innovation.second_factors import actions, ceremonies, codes, queries
from innovation.second_factors.entrance import proof, site, waits_for_rights
from innovation.second_factors.forms import AppForm, PasskeyForm, SparesForm
from innovation.web.access import person, signed_in
from innovation.web.limits import limiter
from innovation.web.security import own_path

blueprint = Blueprint("second_factors", __name__)

# How long a picture that was shown may be used.
SHOWN_FOR = timedelta(hours=1)


def _prove_first() -> ResponseReturnValue | None:
    """Lead to the page that asks who it is when that was asked too long ago."""
    now = proof()
    if queries.is_fresh(person().id, now.shown_at, now.factor_at):
        return None
    return redirect(url_for("proofs.ask", next=request.full_path.rstrip("?")), 303)


def _going_to() -> str | None:
    """Give where somebody was going who had to come here first; None for nowhere."""
    return own_path(request.args.get("next", ""), "") or None


def _back() -> ResponseReturnValue:
    return redirect(_going_to() or url_for("second_factors.index"), 303)


@blueprint.get("/profile/security")
@signed_in
def index() -> ResponseReturnValue:
    """Show one's own second factors and what can be added."""
    return render(
        "second_factors/index.html",
        factors=queries.factors_of(person().id),
        has_passkeys=site().has_passkeys,
        waits=waits_for_rights(),
        required=bool(settings().second_factor),
        going_to=_going_to(),
    )


@blueprint.get("/profile/security/app")
@signed_in
def new_app() -> ResponseReturnValue:
    """Show a fresh secret as a picture; nothing is kept before a code was shown."""
    if (answer := _prove_first()) is not None:
        return answer
    sealed = seal(settings().secret_key, _sealed_for("app"), codes.new_secret())
    return _app_page(AppForm(sealed=sealed))


def _app_page(form: AppForm) -> ResponseReturnValue:
    g.page_is_secret = True
    secret = unseal(settings().secret_key, _sealed_for("app"), form.sealed.data or "", SHOWN_FOR)
    if secret is None:
        flash(gettext("The picture was too old. Here is a new one."), "info")
        return redirect(url_for("second_factors.new_app", next=_going_to()), 303)
    account, service = profile_of(person().id).email, gettext("Innovation platform")
    drawn = segno.make(codes.app_address(secret, account, service), error="m", micro=False)
    picture = Markup(drawn.svg_inline(omitsize=True, border=4, light="#fff"))  # noqa: S704
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    page = render(
        "second_factors/app.html", form=form, picture=picture, secret=groups, going_to=_going_to()
    )
    return page, 422 if form.errors else 200


def _sealed_for(use: str) -> str:
    """What is sealed for a page opens only in the session it was made in."""
    return f"new {use}:{proof().session_hash}"


@blueprint.post("/profile/security/app")
@signed_in
@limiter.limit("20/minute")
def add_app() -> ResponseReturnValue:
    """Add the app if it shows the right code."""
    form, key = AppForm.from_request(), settings().secret_key
    secret = unseal(key, _sealed_for("app"), form.sealed.data or "", SHOWN_FOR)
    if secret is None:
        return _app_page(form)
    name, typed = form.name.data or "", form.code.data or ""
    form.attempt(lambda: actions.add_app(person(), proof(), key, name, secret, typed))
    if form.errors:
        return _app_page(form)
    flash(gettext("The app was added. From now on its code is asked when you sign in."), "good")
    return _after_adding()


def _after_adding() -> ResponseReturnValue:
    """Whoever has no spare codes yet is led to them, so that a lost phone locks nobody out."""
    spares = queries.factors_of(person().id).spares
    here = url_for("second_factors.new_spares", next=_going_to())
    return _back() if spares else redirect(here, 303)


@blueprint.get("/profile/security/passkey")
@signed_in
def new_passkey() -> ResponseReturnValue:
    """Ask for a name; the browser does the rest."""
    return _prove_first() or _passkey_page(PasskeyForm())


def _passkey_page(form: PasskeyForm) -> ResponseReturnValue:
    g.page_is_secret = True
    here = site(proof().session_hash)
    who, known = profile_of(person().id), queries.passkey_data(person().id)
    options = ceremonies.options_for_new(here, who.id, who.email, known)
    page = render(
        "second_factors/passkey.html",
        form=form,
        options=options,
        possible=here.has_passkeys,
        going_to=_going_to(),
    )
    return page, 422 if form.errors else 200


@blueprint.post("/profile/security/passkey")
@signed_in
@limiter.limit("20/minute")
def add_passkey() -> ResponseReturnValue:
    """Add the passkey that the browser has just made."""
    form = PasskeyForm.from_request()
    try:
        made = ceremonies.read_made(site(proof().session_hash), form.credential.data or "")
    except ceremonies.RefusedError:
        form.refuse()
        return _passkey_page(form)
    name = form.name.data or ""
    form.attempt(lambda: actions.add_passkey(person(), proof(), name, made))
    if form.errors:
        return _passkey_page(form)
    flash(gettext("The passkey was added. You can also sign in with it alone."), "good")
    return _after_adding()


@blueprint.get("/profile/security/spare-codes")
@signed_in
def new_spares() -> ResponseReturnValue:
    """Show ten fresh codes; they work once their owner says that they are kept."""
    if (answer := _prove_first()) is not None:
        return answer
    g.page_is_secret = True
    spares = codes.new_spares()
    sealed = seal(settings().secret_key, _sealed_for("spares"), json.dumps(spares))
    earlier = queries.factors_of(person().id).spares
    return render(
        "second_factors/spares.html",
        form=SparesForm(sealed=sealed),
        spares=spares,
        earlier=earlier,
        going_to=_going_to(),
    )


@blueprint.post("/profile/security/spare-codes")
@signed_in
@limiter.limit("20/hour")
def keep_spares() -> ResponseReturnValue:
    """Keep the codes that were shown, as hashes."""
    sealed = SparesForm.from_request().sealed.data or ""
    told = unseal(settings().secret_key, _sealed_for("spares"), sealed, SHOWN_FOR)
    if told is None:
        flash(gettext("The codes were too old. Here are new ones."), "info")
        return redirect(url_for("second_factors.new_spares", next=_going_to()), 303)
    read = [codes.read_spare(one) for one in json.loads(told)]
    hashes = {place: hash_password(rest) for place, rest in read}
    actions.keep_spares(person(), proof(), told, hashes)
    flash(gettext("The spare codes are in use."), "good")
    return _back()


@blueprint.get("/profile/security/<kind>/<int:factor_id>")
@signed_in
def removing(kind: str, factor_id: int) -> ResponseReturnValue:
    """Ask whether one's own factor is to be removed."""
    factor = queries.factor_of(person().id, kind, factor_id)
    page = render(
        "second_factors/remove.html",
        factor=factor,
        last=_is_last(),
        required=waits_for_rights() or bool(settings().second_factor),
    )
    return _prove_first() or page


def _is_last() -> bool:
    factors = queries.factors_of(person().id)
    return len(factors.apps) + len(factors.passkeys) == 1


@blueprint.post("/profile/security/<kind>/<int:factor_id>")
@signed_in
@limiter.limit("20/minute")
def remove(kind: str, factor_id: int) -> ResponseReturnValue:
    """Remove one's own factor."""
    actions.remove_factor(person(), proof(), kind, factor_id)
    flash(gettext("It was removed. Your other devices were signed out."), "good")
    return _back()
