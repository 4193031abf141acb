"""Spreading: what an author says of a model that exists already, and what the lead does then."""

from sqlalchemy import select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, ForbiddenError, NotFoundError, RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, authorize
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.ideas.models import Idea
from innovation.ideas.moves import hold
from innovation.ideas.policy import is_author
from innovation.operating_models.cases import answers_to, mark_of, spread_row, whose
from innovation.operating_models.drafts import LONGEST_NOTE
from innovation.operating_models.lifecycle import SPREAD_MOVES, Fit, Spreading
from innovation.operating_models.models import AnsweredModel, Spread
from innovation.redactions.queries import holds_texts

holds_texts(Spread, "idea_id", ("text", "note"))


def tell_fit(actor: Actor, idea: Idea, model_id: int, fit: str, text: str = "") -> None:
    """Say as its author whether a model that an answer named works where one is.

    Anything but yes starts a spreading case, and it can be said anew until the lead has agreed on
    it. Raises RuleBrokenError at "fit" or "text", ConflictError, NotFoundError, ForbiddenError.
    """
    if not is_author(actor, idea):
        raise ForbiddenError(_("Only the author of the idea is asked this."))
    if fit not in list(Fit):
        raise RuleBrokenError(_("Choose one of the options."), "fit")
    refuse_long(LONGEST_NOTE, text=text)
    refuse_identity_codes(text=text)
    hold(idea)
    named = select(AnsweredModel.id).where(answers_to(idea), AnsweredModel.model_id == model_id)
    if db.session.scalar(named) is None:
        raise NotFoundError(f"no answer to {idea.id} names model {model_id}")
    row = db.session.scalar(select(Spread).filter_by(**whose(actor, idea.id, model_id)))
    if row is None:
        row = Spread(**whose(actor, idea.id, model_id))
        db.session.add(row)
    elif row.state in {Spreading.AGREED, Spreading.DONE} and (row.fit, row.text) != (fit, text):
        raise ConflictError(_("Your answer has been acted on already. Read what was agreed."))
    elif (row.fit, row.text) == (fit, text):
        return
    row.fit, row.text, row.at = fit, text, clock.now()
    row.state = Spreading.HEARD if fit == Fit.YES else Spreading.OPEN


def move_spread(actor: Actor, spread_id: int, state: str, note: str, seen: str) -> None:
    """Move a case, or change the note that its author reads.

    seen: SpreadRow.seen of what the page showed. Raises RuleBrokenError at "state" or "note", and
    ConflictError when somebody else has moved it or written its note meanwhile.
    """
    authorize(actor, "answer:see")
    row = spread_row(actor, spread_id)
    refuse_long(LONGEST_NOTE, note=note)
    refuse_identity_codes(note=note)
    spread = db.session.get_one(Spread, row.id)
    hold(spread)
    changed = (spread.state, spread.note) != (state, note)  # not so when it was sent twice
    if changed and seen != mark_of(spread):
        raise ConflictError(_("Somebody else has moved this case. Look at it again."))
    if spread.state != state and (spread.state, state) not in SPREAD_MOVES:
        raise RuleBrokenError(_("Choose one of the options."), "state")
    if state != Spreading.OPEN and not note:
        raise RuleBrokenError(_("Tell the author what was agreed."), "note")
    if changed:
        spread.state, spread.note, spread.moved_at = state, note, clock.now()
