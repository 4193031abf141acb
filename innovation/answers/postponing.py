"""Moving a promised date to a later one, with a reason that everybody reads."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Self

from sqlalchemy import select

from innovation.answers.models import Postponement
from innovation.answers.postponements import (
    DECLINED,
    MADE,
    PROMISES,
    WAITING,
    is_over,
    open_promises,
    times_moved,
    waiting_move,
)
from innovation.answers.queries import closed_home
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, NotFoundError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, authorize, holds
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.ideas.events import IdeaChanged, IdeaMoved
from innovation.ideas.models import Idea
from innovation.ideas.moves import hold
from innovation.ideas.promises import later, stands, stood
from innovation.ideas.timeline import Kind, add_entry
from innovation.moderation.actions import in_time
from innovation.moderation.recusals import refuse_recused
from innovation.moderation.undo import restores, undoable
from innovation.redactions.queries import holds_texts

LONGEST_REASON = 500
FARTHEST = timedelta(days=366)
# So many times who answers moves a date alone; after that a coordinator decides.
ALONE = 2

restores(Postponement, "idea_id")
holds_texts(Postponement, "idea_id", ("reason",))


@dataclass(frozen=True, slots=True)
class PostponementDraft:
    """Which promise is moved, to which day, and why. promise: a key of PROMISES."""

    promise: str
    to: date | None
    reason: str

    def settled(self) -> Self:
        """Give the draft with the day as it is promised: a working day, as every promised day."""
        if self.to is None or self.to > clock.today() + FARTHEST:
            return self
        return replace(self, to=later(self.to, 0))


def postpone(
    actor: Actor, idea: Idea, draft: PostponementDraft, *, seen: int | None = None
) -> Postponement | None:
    """Move a promised date, or ask a coordinator to when it was moved twice already.

    A day on which nobody works becomes the next working day. seen: the last entry of the timeline
    when the page was made. Gives None when the actor has just sent the same. Raises RuleBrokenError
    at promise, to or reason, ConflictError when the idea or the promise changed meanwhile, and
    ForbiddenError.
    """
    authorize(actor, "idea:decide", idea)
    refuse_recused(actor, idea)
    hold(idea)
    _refuse_closed(idea)
    settled = draft.settled()
    if not in_time(actor, idea, seen, (Kind.POSTPONED,)):
        _refuse_another(actor, idea, settled)
        return None
    _refuse_closed_home(actor, idea)
    now = _check(idea, draft)
    draft, waits = settled, waiting_move(idea, draft.promise)
    if waits is not None:
        if (waits.moved_to, waits.reason) == (draft.to, draft.reason):
            return waits
        raise ConflictError(_("A new date for this waits for a coordinator already."))
    asks = times_moved(idea.id, draft.promise) >= ALONE and not holds(actor, "promise:coordinate")
    if asks:
        return _add(actor, idea, draft, now, WAITING)
    with undoable(actor, "postpone", idea):
        row = _add(actor, idea, draft, now, MADE)
        _move(actor, idea, row)
        return row


def accept(actor: Actor, number: int, word: str = "") -> None:
    """Let a date be moved that was moved twice before. Safe to repeat.

    word: why the date would stay; whoever wrote that did not mean to accept. Raises RuleBrokenError
    at "word", NotFoundError, ConflictError when the promise changed meanwhile, and ForbiddenError.
    """
    authorize(actor, "promise:coordinate")
    row, idea = _held(number)
    if row.state == MADE:
        return
    refuse_recused(actor, idea)
    if row.state == DECLINED:
        raise ConflictError(_("Somebody has declined this already."))
    if is_over(row, idea):
        raise ConflictError(_("This date is not promised any more, so it cannot be moved."))
    if word:
        raise RuleBrokenError(
            _("You wrote why the date stays. Clear this to move the date, or let the date stay."),
            "word",
        )
    with undoable(actor, "postpone", idea):
        _decide(actor, row, MADE)
        _move(actor, idea, row)


def decline(actor: Actor, number: int, word: str) -> None:
    """Let the promised date stand; who asked reads the word. Safe to repeat.

    Raises RuleBrokenError at "word", NotFoundError, ConflictError and ForbiddenError.
    """
    authorize(actor, "promise:coordinate")
    row, idea = _held(number)
    if row.state == DECLINED:
        return
    refuse_recused(actor, idea)
    if row.state == MADE:
        raise ConflictError(_("Somebody has accepted this already."))
    if not word:
        raise RuleBrokenError(_("Say briefly why the date stays."), "word")
    refuse_long(LONGEST_REASON, word=word)
    refuse_identity_codes(word=word)
    _decide(actor, row, DECLINED)
    add_entry(actor, idea, Kind.NOT_POSTPONED, reason=word, public=False)
    record(IdeaChanged(idea.id))


def _refuse_another(actor: Actor, idea: Idea, draft: PostponementDraft) -> None:
    """Raise ConflictError unless one's newest move says the same: the form was sent twice."""
    newest = db.session.scalar(
        select(Postponement)
        .where(
            Postponement.idea_id == idea.id,
            Postponement.person_id == (actor.id if isinstance(actor, Person) else None),
        )
        .order_by(Postponement.id.desc())
        .limit(1)
    )
    said = (draft.promise, draft.to, draft.reason)
    if newest is None or said != (newest.promise, newest.moved_to, newest.reason):
        raise ConflictError(_("You have moved a date of this idea meanwhile. Look at it first."))


def _refuse_closed(idea: Idea) -> None:
    if idea.merged_into_id is not None:
        raise ConflictError(_("The idea was merged into another one. Move the date of that one."))
    if not open_promises(idea):
        raise ConflictError(_("Nothing is promised of this idea any more, so no date can move."))


def _refuse_closed_home(actor: Actor, idea: Idea) -> None:
    """Raise RuleBrokenError for a lead whose sub-project has closed, as when they answer."""
    message = closed_home(actor, idea)
    if message is not None:
        raise RuleBrokenError(message, "promise")


def _check(idea: Idea, draft: PostponementDraft) -> date:
    """Give the date as it is promised now. Raises RuleBrokenError at the field that is wrong."""
    now = open_promises(idea).get(draft.promise)
    if now is None or draft.promise not in PROMISES:
        raise RuleBrokenError(_("Choose which date moves."), "promise")
    if draft.promise != "step" and stands(idea.asked_at):
        raise RuleBrokenError(
            _("The clock stands while the author is asked. Wait for the answer first."), "promise"
        )
    _check_day(draft.to, now)
    if not draft.reason:
        raise RuleBrokenError(_("Write the reason. Everybody reads it."), "reason")
    refuse_long(LONGEST_REASON, reason=draft.reason)
    refuse_identity_codes(reason=draft.reason)
    return now


def _check_day(to: date | None, now: date) -> None:
    if to is None:
        raise RuleBrokenError(_("Write the new day, such as 15.12.2026."), "to")
    if to <= clock.today():
        raise RuleBrokenError(_("Choose a day after today."), "to")
    if to <= now:
        raise RuleBrokenError(
            _("Choose a later day than the promised one. An earlier answer needs no new date."),
            "to",
        )
    if to > clock.today() + FARTHEST:
        raise RuleBrokenError(_("Choose a day within a year."), "to")


def _add(actor: Actor, idea: Idea, draft: PostponementDraft, now: date, state: str) -> Postponement:
    row = Postponement(
        idea_id=idea.id,
        promise=draft.promise,
        moved_from=now,
        moved_to=draft.to,
        reason=draft.reason,
        person_id=actor.id if isinstance(actor, Person) else None,
        at=clock.now(),
        state=state,
    )
    db.session.add(row)
    db.session.flush()  # its number is needed, and the rows are read again
    return row


def _held(number: int) -> tuple[Postponement, Idea]:
    """Hold a move and its idea, the idea first as everywhere."""
    row = db.session.get(Postponement, number)
    if row is None:
        raise NotFoundError(f"postponement {number}")
    idea = db.session.get_one(Idea, row.idea_id)
    hold(idea)
    hold(row)
    return row, idea


def _decide(actor: Actor, row: Postponement, state: str) -> None:
    row.state = state
    row.decided_by_id = actor.id if isinstance(actor, Person) else None
    row.decided_at = clock.now()


def _move(actor: Actor, idea: Idea, row: Postponement) -> None:
    if row.promise == "step":
        idea.next_step_on = row.moved_to
    else:
        # The author has let two weeks go by: what stood is counted, and the clock runs again.
        stood(idea)
        idea.asked_at = None
        column = "first_answer_by" if row.promise == "first_answer" else "decision_by"
        setattr(idea, column, row.moved_to)
    entry = add_entry(actor, idea, Kind.POSTPONED, reason=row.reason, next_step_on=row.moved_to)
    record(IdeaChanged(idea.id))
    record(IdeaMoved(idea.id, entry.id))
