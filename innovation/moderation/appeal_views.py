"""The card of an appeal on the desk, and the answer to it."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from innovation.core.permissions import may
from innovation.moderation import card, desk
from innovation.moderation.appeal_cases import appeal_case
from innovation.moderation.forms import AppealForm
from innovation.moderation.notes import notes_of
from innovation.moderation.texts import DECIDED_LABELS, OUTCOME_LABELS
from innovation.web.access import actor, needs

blueprint = Blueprint("appeals", __name__, url_prefix="/moderation/appeals")


@blueprint.get("/<int:number>")
@needs("moderation:see")
def show(number: int) -> ResponseReturnValue:
    """Show an appeal: the text, the decision, and what its author says."""
    return _page(number)


@blueprint.post("/<int:number>")
@needs("idea:moderate")
def decide(number: int) -> ResponseReturnValue:
    """Answer an appeal."""
    case = appeal_case(actor(), number)
    form = AppealForm.from_request()
    form.prepare(case)
    after = desk.after(("appeal", number))
    done = form.attempt(lambda: form.decide(actor(), case))
    return desk.told(done, after) if done else (_page(number, form), 422)


def _page(number: int, form: AppealForm | None = None) -> str:
    case = appeal_case(actor(), number)
    if form is None:
        form = AppealForm()
        form.prepare(case)
    return render_template(
        "moderation/appeal.html",
        case=case,
        form=form,
        mine=not may(actor(), "appeal:decide", case.decision),
        notes=notes_of(actor(), case.idea.id),
        decided_labels=DECIDED_LABELS,
        outcome_labels=OUTCOME_LABELS,
        **card.about(case.idea),
        **desk.frame(("appeal", number)),
    )
