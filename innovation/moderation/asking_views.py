"""Asking the author, reading the answer, and passing a matter on, each by a form on the card."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.moderation import asking, card, cases, desk
from innovation.moderation.asking_forms import AskForm, PassForm
from innovation.web.access import actor, needs

blueprint = Blueprint("asking", __name__)


@blueprint.post("/moderation/ideas/<int:number>/ask")
@needs("idea:moderate")
def ask(number: int) -> ResponseReturnValue:
    """Ask the author something, or for consent to an initiative."""
    case = cases.idea_case(actor(), number)
    form = AskForm.of(case, sent=True)
    after = desk.after(("idea", number))
    done = form.attempt(lambda: form.decide(actor(), case))
    return desk.told(done, after) if done else (card.idea_page(number, ask=form), 422)


@blueprint.post("/moderation/ideas/<int:number>/read")
@needs("idea:moderate")
def read(number: int) -> ResponseReturnValue:
    """Leave the author's answer as it is: it was read."""
    case = cases.idea_case(actor(), number)
    after = desk.after(("idea", number))
    asking.read_answer(actor(), case.idea)
    return desk.told(gettext("The answer was read. Nothing else was changed."), after)


@blueprint.post("/moderation/ideas/<int:number>/pass")
@needs("idea:moderate")
def pass_on(number: int) -> ResponseReturnValue:
    """Pass the matter on to another body, or to the registry as an initiative."""
    case = cases.idea_case(actor(), number)
    form = PassForm.of(case, sent=True)
    after = desk.after(("idea", number))
    done = form.attempt(lambda: form.decide(actor(), case))
    return desk.told(done, after) if done else (card.idea_page(number, handover=form), 422)
