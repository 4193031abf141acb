"""The page on which a moderator looks up who wrote an idea; the answer is shown once."""

from typing import Any

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from innovation.core.errors import NotFoundError
from innovation.ideas.queries import visible_idea
from innovation.privacy import senders
from innovation.privacy.audit_forms import SenderForm
from innovation.web.access import actor, needs

blueprint = Blueprint("senders", __name__)


@blueprint.get("/moderation/ideas/<int:number>/sender")
@needs("name:see")
def ask(number: int) -> ResponseReturnValue:
    """Ask why the moderator needs to know."""
    return _page(_idea(number), SenderForm())


@blueprint.post("/moderation/ideas/<int:number>/sender")
@needs("name:see")
def show(number: int) -> ResponseReturnValue:
    """Show who wrote the idea, once, and keep the page nowhere."""
    idea, form = _idea(number), SenderForm.from_request()
    reason = form.reason.data or ""
    found = form.attempt(lambda: senders.look_up_senders(actor(), idea, reason))
    return _page(idea, form, found), 422 if found is None else 200


def _idea(number: int) -> Any:
    idea = visible_idea(actor(), number)
    if not senders.has_sender(idea):
        raise NotFoundError("nobody with an account wrote it")
    return idea


def _page(idea: Any, form: SenderForm, found: list[senders.Sender] | None = None) -> str:
    g.page_is_secret = True
    return render_template("privacy/audit_sender.html", idea=idea, form=form, found=found)
