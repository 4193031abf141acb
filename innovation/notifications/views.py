"""Following an idea and stopping it; what one was told, and how one wants to be told."""

from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.core.i18n import lazy_gettext as _
from innovation.core.pagination import page_number
from innovation.core.permissions import Actor, Person
from innovation.ideas.queries import visible_idea
from innovation.notifications import actions, queries, wishes
from innovation.notifications.choices import choice_of, kinds_for
from innovation.notifications.forms import ChoiceForm
from innovation.notifications.inbox import inbox, unread
from innovation.notifications.kinds import KINDS
from innovation.notifications.wording import headline, page_of
from innovation.web import navigation
from innovation.web.access import actor, needs, person, public, signed_in
from innovation.web.limits import limiter
from innovation.web.locale import language
from innovation.web.security import own_address
from innovation.web.unchanged import remembered

blueprint = Blueprint("notifications", __name__)


def _settled(who: Actor) -> bool:
    return isinstance(who, Person)


def _unread(who: Actor) -> int:
    if not isinstance(who, Person):
        return 0
    return remembered(lambda: unread(who), "unread", who, language())


navigation.add(
    "notifications.notices", _("Notices"), 75, menu="account", shown=_settled, count=_unread
)


@blueprint.post("/ideas/<int:number>/follow")
@signed_in
def follow(number: int) -> ResponseReturnValue:
    """Begin to follow."""
    actions.follow(person(), visible_idea(person(), number))
    return _answer(number, following=True)


@blueprint.post("/ideas/<int:number>/unfollow")
@signed_in
def unfollow(number: int) -> ResponseReturnValue:
    """Stop, with one press."""
    actions.unfollow(person(), number)
    return _answer(number, following=False)


def _answer(number: int, *, following: bool) -> ResponseReturnValue:
    if request.headers.get("X-Partial"):
        return render_template("notifications/_follow.html", number=number, following=following)
    from_list = request.form.get("back") == "profile"
    return redirect(
        url_for("accounts.profile") if from_list else url_for("ideas.show", number=number), 303
    )


@blueprint.get("/notices")
@signed_in
def notices() -> ResponseReturnValue:
    """Show what the person was told, newest first."""
    g.page_is_personal = True
    page = inbox(person(), page_number(request.args.get("page")))
    return render_template(
        "notifications/notices.html",
        page=page,
        rows=[(row, headline(row), own_address(page_of(row))) for row in page.items],
        unreachable=queries.unreachable_since(person().id),
    )


@blueprint.post("/notices/read")
@signed_in
def read() -> ResponseReturnValue:
    """Mark everything as read that was there when the page was made."""
    newest = request.form.get("newest", "")
    usable = newest.isascii() and newest.isdigit() and len(newest) < 10
    wishes.read_all(person(), int(newest) if usable else 0)
    return redirect(url_for("notifications.notices"), 303)


def _choice_page(form: ChoiceForm, status: int = 200) -> ResponseReturnValue:
    g.page_is_personal = True
    since = queries.unreachable_since(person().id)
    return render_template("notifications/choice.html", form=form, unreachable=since), status


@blueprint.get("/profile/notices")
@signed_in
def choice() -> ResponseReturnValue:
    """Show how the person wants to be told."""
    chosen = choice_of(person().id)
    form = ChoiceForm(obj=chosen)
    form.offer(kinds_for(person()), chosen)
    return _choice_page(form)


@blueprint.post("/profile/notices")
@signed_in
def choose() -> ResponseReturnValue:
    """Remember it."""
    form = ChoiceForm.from_request()
    form.offer(kinds_for(person()), choice_of(person().id))
    if not form.validate():
        return _choice_page(form, 422)
    wishes.choose(person(), form.choice())
    flash(gettext("Your choice is saved."), "good")
    return redirect(url_for("notifications.choice"), 303)


@blueprint.post("/profile/notices/again")
@signed_in
def reach_again() -> ResponseReturnValue:
    """Try the address again that refused mails."""
    wishes.reach_again(person())
    flash(gettext("Your address is tried again with the next mail."), "good")
    return redirect(url_for("notifications.choice"), 303)


@blueprint.get("/unsubscribe/<key>")
@public
def unsubscribe(key: str) -> ResponseReturnValue:
    """Ask whether these mails should stop; the press does it."""
    return _stop_page(key, done=False)


@blueprint.post("/unsubscribe/<key>")
@public
@limiter.limit("120/minute")
def stop(key: str) -> ResponseReturnValue:
    """Stop them. A mail program does it with one press and wants no redirect (RFC 8058)."""
    reader, kind = queries.reader_of_key(current_app.extensions["settings"].secret_key, key)
    wishes.stop_mails(reader.person_id, "" if "everything" in request.form else kind)
    if request.form.get("List-Unsubscribe") == "One-Click":
        return _stop_page(key, done=True)
    return redirect(url_for("notifications.stopped", key=key), 303)


@blueprint.get("/unsubscribe/<key>/done")
@public
def stopped(key: str) -> ResponseReturnValue:
    """Say that it is done."""
    return _stop_page(key, done=True)


def _stop_page(key: str, *, done: bool) -> ResponseReturnValue:
    g.page_is_secret = True
    _reader, kind = queries.reader_of_key(current_app.extensions["settings"].secret_key, key)
    label = KINDS[kind].label if kind in KINDS else _("The digest")
    return render_template("notifications/unsubscribe.html", key=key, label=label, done=done)


@blueprint.app_template_global("mail_states")
def mail_states() -> list[dict[str, Any]]:
    """Give the states of the outbox as tabs of the administrators' page, each with its number."""
    counts, chosen = queries.mails_by_state(actor()), request.args.get("state", "")
    every = {"": (_("All"), sum(counts.values()))}
    labels = {key: (label, counts[key]) for key, label in queries.STATE_LABELS.items()}
    return [
        {
            "label": label,
            "href": url_for("admin.mails", state=state or None),
            "current": state == chosen,
            "count": count,
        }
        for state, (label, count) in (every | labels).items()
    ]


@blueprint.post("/admin/mail/<int:number>/again")
@needs("mail:see")
def send_again(number: int) -> ResponseReturnValue:
    """Send a mail once more of which nobody knows whether it arrived."""
    actions.send_again(actor(), number)
    flash(gettext("The mail is sent again."), "good")
    return redirect(url_for("admin.mails"), 303)
