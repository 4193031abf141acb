"""Deciding on texts that tell of somebody in danger."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from innovation.moderation import card, cases, desk
from innovation.moderation.urgent_forms import UrgentForm
from innovation.web.access import actor, needs

blueprint = Blueprint("urgent", __name__)


@blueprint.post("/moderation/ideas/<int:number>/urgent")
@needs("idea:moderate")
def idea(number: int) -> ResponseReturnValue:
    """Write down what was done for somebody in danger, or that it is not urgent."""
    case = cases.idea_case(actor(), number)
    form = UrgentForm.of(case, sent=True)
    # What is not urgent waits on; it is looked at next.
    after = desk.after(("idea", number))
    done = form.attempt(lambda: form.decide(actor(), case))
    return desk.told(done, after) if done else (card.idea_page(number, urgent=form), 422)


@blueprint.post("/moderation/comments/<int:number>/urgent")
@needs("comment:moderate")
def comment(number: int) -> ResponseReturnValue:
    """Do the same for a comment."""
    case = cases.comment_case(actor(), number)
    form = UrgentForm.of(case, sent=True)
    after = desk.after(("comment", number))
    done = form.attempt(lambda: form.decide(actor(), case))
    if done:
        return desk.told(done, after)
    flash(str(form.words.errors[0]), "problem")
    return redirect(url_for("moderation.comment", number=number), 303)


@blueprint.app_template_global()
def urgent_form(case: Any) -> UrgentForm:
    """Give the empty form for a case."""
    return UrgentForm.of(case)
