"""Pages of the discussion: writing, answering, correcting, deleting and reporting."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from innovation.comments import actions, queries, reports
from innovation.comments.forms import CommentForm, ReportForm
from innovation.comments.lifecycle import Visibility
from innovation.core.i18n import pick
from innovation.core.permissions import Person, authorize
from innovation.ideas.queries import visible_idea
from innovation.programme.queries import snapshot
from innovation.web.access import actor, person, public, signed_in
from innovation.web.forms import read_once
from innovation.web.limits import beyond, limiter, visitor_key
from innovation.web.locale import language

blueprint = Blueprint("comments", __name__)

# More than anybody writes in earnest; what is beyond waits to be read.
OFTEN = "30/hour"
REPORTS = "30/hour"
SAID = "commented"


@blueprint.post("/ideas/<int:number>/comments")
@signed_in
def create(number: int) -> ResponseReturnValue:
    """Post a comment."""
    idea = visible_idea(person(), number)
    return _posted(idea, None, _("Comment on the idea"))


@blueprint.get("/comments/<int:number>/reply")
@signed_in
def reply(number: int) -> ResponseReturnValue:
    """Show the box for answering a comment."""
    answered = queries.visible_comment(person(), number)
    idea = visible_idea(person(), queries.home_of(answered))
    return _box(idea, CommentForm(), _("Answer a comment"), quoted=answered)


@blueprint.post("/comments/<int:number>/reply")
@signed_in
def answer(number: int) -> ResponseReturnValue:
    """Post an answer to a comment."""
    answered = queries.visible_comment(person(), number)
    idea = visible_idea(person(), queries.home_of(answered))
    return _posted(idea, answered, _("Answer a comment"))


@blueprint.get("/comments/<int:number>/edit")
@signed_in
def edit(number: int) -> ResponseReturnValue:
    """Show one's comment for correcting."""
    comment = queries.visible_comment(person(), number)
    idea = visible_idea(person(), queries.home_of(comment))
    return _box(idea, CommentForm(text=comment.text), _("Edit your comment"), edited=comment)


@blueprint.post("/comments/<int:number>/edit")
@signed_in
def update(number: int) -> ResponseReturnValue:
    """Correct one's comment."""
    comment = queries.visible_comment(person(), number)
    idea = visible_idea(person(), queries.home_of(comment))
    form, who = CommentForm.from_request(), person()
    authorize(who, "comment:edit", comment)
    text = form.text.data or ""
    changed = form.send(who, lambda: actions.edit_comment(who, comment, text, language()))
    if changed is None:
        return _box(idea, form, _("Edit your comment"), edited=comment), 422
    session[SAID] = f"edit-{comment.id}"
    _thank(comment, _("Your comment was changed."))
    return redirect(_place(idea, comment), 303)


@blueprint.get("/comments/<int:number>/delete")
@signed_in
def confirm(number: int) -> ResponseReturnValue:
    """Ask once more before deleting."""
    comment = queries.visible_comment(person(), number)
    idea = visible_idea(person(), queries.home_of(comment))
    return render_template("comments/delete.html", idea=idea, comment=comment)


@blueprint.post("/comments/<int:number>/delete")
@signed_in
def delete(number: int) -> ResponseReturnValue:
    """Delete one's comment."""
    comment = queries.visible_comment(person(), number)
    idea = visible_idea(person(), queries.home_of(comment))
    actions.delete_comment(person(), comment)
    flash(_("Your comment was deleted."), "good")
    return redirect(url_for("ideas.show", number=idea.id, _anchor="comments"), 303)


@blueprint.get("/ideas/<int:number>/report")
@public
def report_idea(number: int) -> ResponseReturnValue:
    """Show the form for telling that an idea breaks a rule."""
    return _report_page(visible_idea(actor(), number), None, ReportForm())


@blueprint.post("/ideas/<int:number>/report")
@public
@limiter.limit(REPORTS)
def reported_idea(number: int) -> ResponseReturnValue:
    """Take in a report about an idea."""
    return _reported(visible_idea(actor(), number), None)


@blueprint.get("/comments/<int:number>/report")
@public
def report_comment(number: int) -> ResponseReturnValue:
    """Show the form for telling that a comment breaks a rule."""
    comment = queries.visible_comment(actor(), number)
    return _report_page(visible_idea(actor(), queries.home_of(comment)), comment, ReportForm())


@blueprint.post("/comments/<int:number>/report")
@public
@limiter.limit(REPORTS)
def reported_comment(number: int) -> ResponseReturnValue:
    """Take in a report about a comment."""
    comment = queries.visible_comment(actor(), number)
    return _reported(visible_idea(actor(), queries.home_of(comment)), comment)


def _posted(idea: Any, answered: Any, heading: str) -> ResponseReturnValue:
    who, once, form = person(), read_once(), CommentForm.from_request()
    doubtful = once.suspicious or beyond(OFTEN, "comments", str(who.id))
    draft = form.draft(answered.id if answered else None)
    comment = form.send(
        who, lambda: actions.post_comment(who, idea, draft, once.key, suspicious=doubtful)
    )
    if comment is None:
        return _box(idea, form, heading, quoted=answered), 422
    session[SAID] = f"reply-{answered.id}" if answered else f"comment-{idea.id}"
    _thank(comment, _("Thank you. Your comment is shown."))
    return redirect(_place(idea, comment), 303)


def _thank(comment: Any, text: str) -> None:
    waits = comment.visibility == Visibility.WAITING
    waiting = _("Thank you. Others will see your comment once a moderator has read it.")
    flash(waiting if waits else text, "good")


def _place(idea: Any, comment: Any) -> str:
    """Give the address of the comment; an answer may stand beyond the first threads."""
    beyond_first = comment.parent_id and idea.comment_count > queries.FIRST_THREADS
    return url_for(
        "ideas.show",
        number=idea.id,
        all=1 if beyond_first else None,
        _anchor=f"comment-{comment.id}",
    )


def _box(idea: Any, form: CommentForm, heading: str, quoted: Any = None, edited: Any = None) -> str:
    """Show the comment box on a page of its own."""
    g.page_is_secret = bool(form.problems or form.advice)
    return render_template(
        "comments/new.html", idea=idea, form=form, heading=heading, quoted=quoted, edited=edited
    )


def _reported(idea: Any, comment: Any) -> ResponseReturnValue:
    who, form = actor(), ReportForm.from_request()
    key = f"person {who.id}" if isinstance(who, Person) else visitor_key()
    form.attempt(
        lambda: reports.report(who, idea, comment, form.rule.data or "", form.text.data or "", key)
    )
    if form.problems:
        return _report_page(idea, comment, form), 422
    flash(_("Thank you. A moderator reads your report and decides."), "good")
    anchor = f"comment-{comment.id}" if comment else None
    return redirect(url_for("ideas.show", number=idea.id, _anchor=anchor), 303)


def _report_page(idea: Any, comment: Any, form: ReportForm) -> str:
    g.page_is_secret = bool(form.problems)
    return render_template("comments/report.html", idea=idea, comment=comment, form=form)


@blueprint.app_template_global()
def comment_form() -> CommentForm:
    """Give the empty comment box for the idea's page."""
    return CommentForm()


@blueprint.app_template_global()
def just_said() -> str:
    """Give, once, the name of the draft that was sent, so that the browser forgets it."""
    return str(session.pop(SAID, "")) if SAID in session else ""


@blueprint.app_template_filter()
def task_name(task: str) -> str:
    """Write in which task an official comment was written: "moderator", "lead <sub-project>"."""
    if task == actions.MODERATOR:
        return str(_("moderator"))
    sub_project = snapshot().sub_project_by_slug.get(task.removeprefix(actions.LEAD))
    if not task.startswith(actions.LEAD) or sub_project is None:
        return task
    name = sub_project.name(language())
    return str(_("responsible person of the sub-project, %(sub_project)s", sub_project=name))


@blueprint.app_template_filter()
def numbered_rule(rule: str) -> str:
    """Write a moderation rule with its number: "2. Another person's health details"."""
    known = next((one for one in snapshot().rules if one["id"] == rule), None)
    return f"{known['number']}. {pick(known['name'], language())}" if known else rule
