"""One's own data, with an account or a tracking key, and leaving."""

from typing import Any

from flask import Blueprint, Response, current_app, flash, g, redirect, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.accounts.entrance import forget_session
from innovation.core import transaction
from innovation.core.permissions import ReceiptHolder
from innovation.privacy import actions, package, queries
from innovation.privacy.entrance import can_be_mailed, has_password, is_fresh, is_proved
from innovation.privacy.forms import KeyLeaveForm, LeaveForm, ProofForm, WishForm
from innovation.privacy.holdings import Subject, rows_about, subject_of_person, subject_of_receipt
from innovation.tracking.entrance import guarded, keep_secret
from innovation.tracking.queries import idea_behind
from innovation.web.access import person, public, signed_in
from innovation.web.limits import limiter
from innovation.web.locale import day
from innovation.web.security import own_address

blueprint = Blueprint("privacy", __name__)


def _failed(response: Response) -> bool:
    return response.status_code >= 400


@blueprint.get("/profile/data")
@signed_in
def data() -> ResponseReturnValue:
    """Tell what the package of one's own data holds, and offer it."""
    return _data_page(ProofForm(), WishForm().offer())


@blueprint.post("/profile/data")
@signed_in
@limiter.limit("10/minute", deduct_when=_failed)
@limiter.limit("20/hour")
def take() -> ResponseReturnValue:
    """Give everything about the person as a package."""
    form = ProofForm.from_request()
    if not is_proved(form):
        return _data_page(form, WishForm().offer(), 422)
    # Put together before the write lock is taken: reading and packing everything takes its time.
    with transaction.glancing():
        packed = _packed(subject_of_person(person().id))
    actions.note_own_data(person())
    return packed


@blueprint.post("/profile/data/ask")
@signed_in
@limiter.limit("10/hour")
def ask() -> ResponseReturnValue:
    """Ask a person for what a press cannot do; the month of the law begins."""
    form = WishForm.from_request().offer()
    due = form.attempt(lambda: actions.ask_a_person(person(), form.wish.data or ""))
    if due is None:
        return _data_page(ProofForm(), form, 422)
    flash(gettext("Your request was noted. You get an answer by %(date)s.", date=day(due)), "good")
    return redirect(url_for("privacy.data"), 303)


def _data_page(form: ProofForm, wishes: WishForm, status: int = 200) -> ResponseReturnValue:
    page = render("privacy/data.html", form=form, wishes=wishes, **_proof())
    return page, status


def _proof() -> dict[str, Any]:
    g.page_is_secret = True
    return {
        "fresh": is_fresh(),
        "has_password": has_password(),
        "can_be_mailed": can_be_mailed(),
    }


@blueprint.get("/profile/delete")
@signed_in
def leaving() -> ResponseReturnValue:
    """Show what goes and what stays."""
    return _leave_page(LeaveForm().offer())


@blueprint.post("/profile/delete")
@signed_in
@limiter.limit("10/minute", deduct_when=_failed)
def leave() -> ResponseReturnValue:
    """Close the account at once, as its owner chose."""
    form = LeaveForm.from_request().offer()
    if not (is_proved(form) and form.is_sure()):
        return _leave_page(form, 422)
    who = person()
    form.attempt(lambda: actions.leave(who, who.id, form.way.data))
    if form.problems:
        return _leave_page(form, 422)
    flash(gettext("Your account is closed. Thank you for taking part."), "good")
    return forget_session(redirect(own_address("/"), 303))


def _leave_page(form: LeaveForm, status: int = 200) -> ResponseReturnValue:
    facts = _proof()
    there = queries.preview(person())
    return render("privacy/delete.html", form=form, there=there, **facts), status


@blueprint.get("/seuraa/<key>/data")
@public
@guarded
def data_behind(key: str) -> ResponseReturnValue:
    """Offer the same to a nameless author."""
    _holder, idea = idea_behind(key)
    return _data_behind_page(key, idea, WishForm().offer())


@blueprint.post("/seuraa/<key>/data")
@public
@guarded
@limiter.limit("20/hour")
def take_behind(key: str) -> ResponseReturnValue:
    """Give everything about the nameless author as a package."""
    g.page_is_secret = True
    with transaction.glancing():
        holder, _idea = idea_behind(key)
        packed = _packed(subject_of_receipt(holder))
    actions.note_own_data(holder)
    return packed


@blueprint.post("/seuraa/<key>/data/ask")
@public
@guarded
@limiter.limit("10/hour")
def ask_behind(key: str) -> ResponseReturnValue:
    """Let a nameless author ask a person; the month of the law begins."""
    holder, idea = idea_behind(key)
    form = WishForm.from_request().offer()
    due = form.attempt(lambda: actions.ask_a_person(holder, form.wish.data or ""))
    if due is None:
        return _data_behind_page(key, idea, form, 422)
    told = gettext(
        "Your request was noted. You get an answer on the page of your idea by %(date)s.",
        date=day(due),
    )
    flash(told, "good")
    return redirect(url_for("privacy.data_behind", key=key), 303)


def _data_behind_page(
    key: str, idea: Any, wishes: WishForm, status: int = 200
) -> ResponseReturnValue:
    keep_secret()
    return render("privacy/data_behind.html", key=key, idea=idea, wishes=wishes), status


@blueprint.get("/seuraa/<key>/delete")
@public
@guarded
def leaving_behind(key: str) -> ResponseReturnValue:
    """Show a nameless author what goes and what stays."""
    holder, idea = idea_behind(key)
    return _leave_behind_page(key, holder, idea, KeyLeaveForm())


@blueprint.post("/seuraa/<key>/delete")
@public
@guarded
@limiter.limit("20/hour")
def leave_behind(key: str) -> ResponseReturnValue:
    """Forget the tracking key and who gave it, as its holder chose."""
    holder, idea = idea_behind(key)
    form = KeyLeaveForm.from_request().offer(queries.preview_behind(holder, idea).text)
    if form.is_sure():
        form.attempt(lambda: actions.leave_by_key(holder, idea, form.way.data))
    if form.problems:
        return _leave_behind_page(key, holder, idea, form, 422)
    keep_secret()
    flash(gettext("It is done. The tracking key opens nothing any more."), "good")
    return redirect("/", 303)


def _leave_behind_page(
    key: str, holder: ReceiptHolder, idea: Any, form: KeyLeaveForm, status: int = 200
) -> ResponseReturnValue:
    keep_secret()
    there = queries.preview_behind(holder, idea)
    form.offer(there.text)
    page = render("privacy/delete_behind.html", key=key, idea=idea, form=form, there=there)
    return page, status


def _packed(subject: Subject) -> Response:
    g.page_is_secret = True
    rows = rows_about(subject)
    page = render("privacy/package.html", parts=package.as_parts(rows))
    files = {"data.html": page, "data.json": package.as_document(subject, rows)}
    response: Response = current_app.response_class(
        package.packed(files), mimetype="application/zip"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="own-data.zip"'
    return response
