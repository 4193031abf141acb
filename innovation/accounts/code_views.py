"""Pages of the mailed code and its link: typing it, opening it, the rest of a new account."""

from flask import Blueprint, current_app, flash, g, redirect, request, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.accounts import links, mailed_codes, queries, sessions
from innovation.accounts.entrance import (
    Asked,
    asked_here,
    begin_session,
    forget_asking,
    mail_code,
    settings,
)
from innovation.accounts.forms import CodeForm, DetailsForm, LinkForm
from innovation.core.errors import NotFoundError
from innovation.core.keys import hash_key
from innovation.core.permissions import Person
from innovation.web import locale
from innovation.web.access import actor, person, public, seat, signed_in
from innovation.web.limits import limiter
from innovation.web.security import own_path

blueprint = Blueprint("codes", __name__)


def _going_to(found: links.Link | None = None) -> str:
    """Give where to go on: what the page carries, else what was asked for with the code."""
    return own_path(request.args.get("next", ""), own_path(found.going_to) if found else "/")


@blueprint.get("/sign-in/code")
@public
def code() -> ResponseReturnValue:
    """Ask for the code that was mailed."""
    asked = asked_here()
    if asked is None:
        return redirect(url_for("accounts.sign_in", next=_going_to()), 303)
    form = CodeForm()
    if "wrong" in request.args:
        form.refuse()
    return _code_page(form, asked)


def _code_page(form: CodeForm, asked: Asked) -> ResponseReturnValue:
    g.page_is_secret = True
    page = render("accounts/code.html", form=form, email=asked.email, going_to=_going_to())
    return page, 422 if request.method == "POST" else 200


@blueprint.post("/sign-in/code")
@public
@limiter.limit("30/minute")
def use_code() -> ResponseReturnValue:
    """Come in with the code. A wrong one is counted, so that answer is not an error's."""
    asked, form = asked_here(), CodeForm.from_request()
    if asked is None:
        return redirect(url_for("accounts.sign_in", next=_going_to()), 303)
    if not form.validate():
        return _code_page(form, asked)
    link = mailed_codes.try_code(settings().secret_key, asked.browser, form.digits)
    if link is None:
        return redirect(url_for("codes.code", wrong=1, next=_going_to()), 303)
    return _come_in(link, asked_here=True, shared=asked.shared)


@blueprint.get("/sign-in/link/<key>")
@public
def link(key: str) -> ResponseReturnValue:
    """Show whose address the link is; opening it changes nothing."""
    g.page_is_secret = True
    found = links.usable_link(links.SIGN_IN, key)
    if found is None:
        return render("accounts/link_over.html", kind="code"), 404
    return render("accounts/link.html", form=LinkForm(), key=key, link=found)


@blueprint.post("/sign-in/link/<key>")
@public
@limiter.limit("30/minute")
def use_link(key: str) -> ResponseReturnValue:
    """Come in by the link."""
    g.page_is_secret = True
    found = links.usable_link(links.SIGN_IN, key)
    if found is None:
        return render("accounts/link_over.html", kind="code"), 404
    shared = bool(LinkForm.from_request().shared.data)
    return _come_in(found, asked_here=_is_from_here(found), shared=shared)


def _is_from_here(found: links.Link) -> bool:
    asked = asked_here()
    return asked is not None and hash_key(asked.browser) == found.browser_hash


def _come_in(found: links.Link, *, asked_here: bool, shared: bool) -> ResponseReturnValue:
    who = actor()
    own_id = who.id if isinstance(who, Person) else None
    try:
        shown = mailed_codes.come_in(found, asked_here=asked_here, acting_as=own_id)
    except NotFoundError:
        return render("accounts/link_over.html", kind="code"), 404
    if shown is None:
        key = links.key_of(settings().secret_key, found)
        return redirect(url_for("codes.details", key=key, next=_going_to(found)), 303)
    if shown.person_id == own_id:
        return _known_anew(found)
    if shown.dropped:
        flash(gettext("A password set before the address was confirmed no longer works."), "info")
    answer = begin_session(
        shown.person_id, shown.language, method="code", shared=shared, going_to=_going_to(found)
    )
    return forget_asking(answer)


def _known_anew(found: links.Link) -> ResponseReturnValue:
    """Let the session count as fresh whose owner has just shown that the address is theirs."""
    own = seat()
    if own is not None:
        sessions.note_proved(own.session_hash)
    flash(gettext("Thank you. We know that it is you."), "good")
    return forget_asking(current_app.make_response(redirect(_going_to(found), 303)))


@blueprint.get("/register/<key>")
@public
def details(key: str) -> ResponseReturnValue:
    """Ask for the rest of a new account; the address is known to be the newcomer's."""
    return _details_page(key, DetailsForm())


def _details_page(key: str, form: DetailsForm) -> ResponseReturnValue:
    g.page_is_secret = True
    found = links.usable_link(links.SIGN_IN, key)
    if found is None or queries.is_known(found.email):
        return render("accounts/link_over.html", kind="code"), 404
    going_to = _going_to(found)
    page = render("accounts/details.html", form=form, key=key, email=found.email, going_to=going_to)
    return page, 422 if form.errors else 200


@blueprint.post("/register/<key>")
@public
@limiter.limit("30/minute")
def finish(key: str) -> ResponseReturnValue:
    """Make the account and come in."""
    found, form = links.usable_link(links.SIGN_IN, key), DetailsForm.from_request()
    if found is None or queries.is_known(found.email) or not form.validate():
        return _details_page(key, form)
    form.address, asked = found.email, asked_here()
    newcomer = form.newcomer(locale.language())
    shown = form.attempt(lambda: mailed_codes.finish(key, newcomer))
    if shown is None:
        return _details_page(key, form)
    shared = asked is not None and asked.email == found.email and asked.shared
    answer = begin_session(
        shown.person_id, shown.language, method="code", shared=shared, going_to=_going_to(found)
    )
    return forget_asking(answer)


@blueprint.post("/profile/confirm")
@signed_in
def confirm() -> ResponseReturnValue:
    """Mail a code that shows whose the address is, and so who sits here."""
    own = seat()
    return mail_code(queries.profile_of(person().id).email, shared=own is not None and own.shared)
