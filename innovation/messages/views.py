"""The author's answer to a moderator's question, with an account or with a tracking key."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.core.errors import ConflictError
from innovation.core.permissions import Actor, authorize
from innovation.ideas.queries import visible_idea
from innovation.messages import actions
from innovation.messages.forms import ReplyForm
from innovation.messages.queries import thread_of
from innovation.tracking.entrance import guarded, keep_secret
from innovation.tracking.queries import idea_behind
from innovation.web.access import person, public, signed_in

blueprint = Blueprint("messages", __name__)
blueprint.add_app_template_global(ReplyForm.empty, "reply_form")


@blueprint.before_request
def hide_keys() -> None:
    """Let no page with a tracking key be stored or found by search engines."""
    if "key" in (request.view_args or {}):
        keep_secret()


@blueprint.get("/ideas/<int:number>/reply")
@signed_in
def show(number: int) -> ResponseReturnValue:
    """Show the thread and the box for the answer."""
    idea = visible_idea(person(), number)
    authorize(person(), "message:reply", idea)
    return _page(idea, ReplyForm.empty(), url_for("ideas.show", number=number))


@blueprint.post("/ideas/<int:number>/reply")
@signed_in
def reply(number: int) -> ResponseReturnValue:
    """Take the answer of an author with an account."""
    idea = visible_idea(person(), number)
    return _answered(person(), idea, url_for("ideas.show", number=number))


@blueprint.get("/seuraa/<key>/reply")
@public
@guarded
def show_behind(key: str) -> ResponseReturnValue:
    """Show the same to a nameless author."""
    holder, idea = idea_behind(key)
    authorize(holder, "message:reply", idea)
    return _page(idea, ReplyForm.empty(), url_for("tracking.show", key=key))


@blueprint.post("/seuraa/<key>/reply")
@public
@guarded
def reply_behind(key: str) -> ResponseReturnValue:
    """Take the answer of a nameless author."""
    holder, idea = idea_behind(key)
    return _answered(holder, idea, url_for("tracking.show", key=key))


def _answered(who: Actor, idea: Any, there: str) -> ResponseReturnValue:
    form = ReplyForm.sent()
    try:
        urgent = form.attempt(lambda: actions.reply(who, idea, form.text.data or "", form.agrees))
    except ConflictError as late:
        form.form_errors.append(str(late.message))
        return _page(idea, form, there), 409
    if urgent is None:
        return _page(idea, form, there), 422
    flash(gettext("Thank you. Your answer went to the moderators."), "good")
    if urgent:
        flash(gettext("If somebody is in danger now, call 112."), "problem")
    return redirect(there, 303)


def _page(idea: Any, form: ReplyForm, there: str) -> str:
    thread = thread_of(idea.id)
    return render_template("messages/reply.html", idea=idea, form=form, thread=thread, there=there)
