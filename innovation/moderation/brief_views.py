"""Writing two sentences in Finnish under a text in another language."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from innovation.moderation import card, cases, desk
from innovation.moderation.brief_forms import BriefForm
from innovation.web.access import actor, needs

blueprint = Blueprint("brief", __name__)


@blueprint.post("/moderation/ideas/<int:number>/brief")
@needs("idea:moderate")
def write(number: int) -> ResponseReturnValue:
    """Put the sentences under the text, and stay with the case: it is not decided by this."""
    case = cases.idea_case(actor(), number)
    form = BriefForm.of(case, sent=True)
    done = form.attempt(lambda: form.write(actor(), case))
    if done is None:
        return card.idea_page(number, brief=form), 422
    flash(str(done), "good")
    return redirect(url_for("moderation.idea", number=number, **desk.kept()), 303)
