"""Asking for the newsletter, confirming, changing and stopping it; writing and sending one."""

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.core import clock
from innovation.core.errors import NotFoundError
from innovation.core.i18n import lazy_gettext as _
from innovation.newsletter import actions, letters, queries
from innovation.newsletter.forms import AskForm, IssueForm, WishesForm
from innovation.programme.queries import snapshot
from innovation.web import navigation
from innovation.web.access import actor, needs, public
from innovation.web.limits import beyond, keyed, limiter
from innovation.web.locale import language

blueprint = Blueprint("newsletter", __name__)

navigation.add("newsletter.index", _("Newsletter"), 25, menu="service")
navigation.add(
    "newsletter.issues", _("Newsletter"), 60, menu="admin", permission="programme:manage"
)


@blueprint.get("/newsletter")
@public
def index() -> ResponseReturnValue:
    """Ask where to send the newsletter, and what to tell of."""
    form = AskForm(data={"language": language()})
    form.offer(snapshot(), language())
    return render_template("newsletter/index.html", form=form)


@blueprint.post("/newsletter")
@public
@limiter.limit("30/hour")
def ask() -> ResponseReturnValue:
    """Mail the link that confirms; the answer is the same whatever is known of the address."""
    form = AskForm.from_request()
    form.offer(snapshot(), language())
    if not form.validate():
        return render_template("newsletter/index.html", form=form), 422
    address, known = form.email.data or "", snapshot()
    if not beyond("5/hour", "newsletter", keyed(address)):
        wishes = (form.areas(known), form.sub_projects(known))
        actions.ask_for_newsletter(address, form.language.data, *wishes)
    return render_template("newsletter/asked.html", address=address)


@blueprint.get("/newsletter/<key>")
@public
@limiter.limit("60/minute")
def wishes(key: str) -> ResponseReturnValue:
    """Show what a reader hears of, for confirming and changing."""
    return _wishes_page(key)


@blueprint.post("/newsletter/<key>")
@public
@limiter.limit("60/minute")
def save_wishes(key: str) -> ResponseReturnValue:
    """Confirm the address, and what its owner wants to hear of."""
    form, known = WishesForm.from_request(), snapshot()
    form.offer(known, language())
    if not form.validate():
        return _wishes_page(key, form)
    try:
        found = queries.subscriber_behind(_secret(), key)
    except NotFoundError:
        return _wishes_page(key)
    actions.set_wishes(found, form.language.data, form.areas(known), form.sub_projects(known))
    flash(gettext("Thank you. The newsletter comes to your address."), "good")
    return redirect(url_for("newsletter.wishes", key=key), 303)


@blueprint.get("/newsletter/<key>/stop")
@public
@limiter.limit("60/minute")
def stopping(key: str) -> ResponseReturnValue:
    """Show the button that stops; opening the page stops nothing."""
    return _wishes_page(key)


@blueprint.post("/newsletter/<key>/stop")
@public
@limiter.limit("60/minute")
def stop(key: str) -> ResponseReturnValue:
    """Stop with one press, also of a mail program's own button (RFC 8058)."""
    g.page_is_secret = True
    try:
        actions.stop_newsletter(queries.subscriber_behind(_secret(), key))
    except NotFoundError:
        return _wishes_page(key)
    return render_template("newsletter/stopped.html")


def _wishes_page(key: str, given: WishesForm | None = None) -> ResponseReturnValue:
    g.page_is_secret = True
    try:
        found = queries.subscriber_behind(_secret(), key)
    except NotFoundError:
        return render_template("newsletter/over.html"), 404
    known = snapshot()
    form = given or WishesForm(
        data={
            "language": found.language,
            "area": [one.slug for one in known.areas if one.id in found.areas],
            "sub_project": [one.slug for one in known.sub_projects if one.id in found.sub_projects],
        }
    )
    form.offer(known, language())
    page = render_template("newsletter/wishes.html", key=key, found=found, form=form)
    return page, 422 if given else 200


@blueprint.get("/admin/newsletter")
@needs("programme:manage")
def issues() -> ResponseReturnValue:
    """Show every newsletter and how many readers there are."""
    return render_template(
        "newsletter/issues.html", issues=queries.issues(actor()), readers=queries.how_many()
    )


@blueprint.get("/admin/newsletter/new")
@needs("programme:manage")
def new() -> ResponseReturnValue:
    """Show the form for a newsletter."""
    return render_template("newsletter/edit.html", form=IssueForm(), issue=None)


@blueprint.post("/admin/newsletter/new")
@needs("programme:manage")
def create() -> ResponseReturnValue:
    """Write a newsletter."""
    return _saved(None)


@blueprint.get("/admin/newsletter/<int:number>")
@needs("programme:manage")
def edit(number: int) -> ResponseReturnValue:
    """Show a newsletter as it would come now, and the form for changing it."""
    issue = queries.issue(number)
    subjects = {f"subject_{code}": text for code, text in issue.subjects.items()}
    texts = {f"text_{code}": text for code, text in issue.texts.items()}
    form = IssueForm(data={**subjects, **texts, "seen": str(issue.version)})
    return _issue_page(issue, form)


@blueprint.post("/admin/newsletter/<int:number>")
@needs("programme:manage")
def change(number: int) -> ResponseReturnValue:
    """Change a newsletter that has not been sent."""
    return _saved(number)


@blueprint.post("/admin/newsletter/<int:number>/send")
@needs("programme:manage")
def send(number: int) -> ResponseReturnValue:
    """Send it, once."""
    seen = request.form.get("seen", "")
    version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0
    count = actions.send_issue(actor(), number, version)
    flash(gettext("The newsletter goes to %(count)s readers.", count=count), "good")
    return redirect(url_for("newsletter.issues"), 303)


def _saved(number: int | None) -> ResponseReturnValue:
    form = IssueForm.from_request()
    made = form.attempt(
        lambda: actions.write_issue(actor(), number, form.subjects, form.texts, form.version)
    )
    if made is None:
        return _issue_page(queries.issue(number) if number else None, form)
    flash(gettext("The newsletter is saved. Look at it once more before you send it."), "good")
    return redirect(url_for("newsletter.edit", number=made), 303)


def _issue_page(issue: queries.IssueRow | None, form: IssueForm) -> ResponseReturnValue:
    shown = ""
    if issue is not None:
        told = queries.told_since(issue.since, issue.sent_at or clock.now())
        origin = current_app.extensions["settings"].origin
        shown = letters.letter(issue, told, language(), origin, f"{origin}/newsletter/…")[1]
    page = render_template(
        "newsletter/edit.html", form=form, issue=issue, shown=shown, readers=queries.how_many()
    )
    return page, 422 if form.errors else 200


def _secret() -> str:
    secret: str = current_app.extensions["settings"].secret_key
    return secret
