"""Reading promised dates: which an idea still waits for, and which of them were moved, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, select

from innovation.accounts.models import Account
from innovation.answers.models import Postponement
from innovation.core import clock
from innovation.core.db import db
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, authorize
from innovation.ideas.lifecycle import FINISHED, Handling, Visibility
from innovation.ideas.listing import IdeaRow, rows_of
from innovation.ideas.models import Idea, TimelineEntry
from innovation.ideas.promises import later, standing
from innovation.ideas.timeline import Kind

PROMISES: dict[str, LazyString] = {
    "first_answer": _("First answer"),
    "decision": _("Decision"),
    "step": _("Next step"),
}
MADE, WAITING, DECLINED = "made", "waiting", "declined"
# Where it has not been decided yet what becomes of an idea.
UNDECIDED = frozenset({Handling.NEW, Handling.ROUTED, Handling.UNDER_EVALUATION, Handling.ON_HOLD})
_SHOWN = frozenset({Visibility.PUBLIC, Visibility.STAFF_ONLY})


def open_promises(idea: Idea) -> dict[str, date]:
    """Give the promises that the idea still waits for, each with its date as readers see it."""
    if idea.visibility not in _SHOWN or idea.handling in FINISHED or idea.merged_into_id:
        return {}
    found: dict[str, date] = {}
    if idea.answered_at is None and idea.first_answer_by:
        found["first_answer"] = stood_on(idea.first_answer_by, idea.asked_at)
    if idea.next_step_on:
        found["step"] = idea.next_step_on
    if idea.decided_at is None and idea.handling in UNDECIDED and idea.decision_by:
        found["decision"] = stood_on(idea.decision_by, idea.asked_at)
    return found


def stood_on(on: date, asked_at: datetime | None) -> date:
    """Give a promised date moved by the days for which the clock stands, as lists show it."""
    if asked_at is None or clock.local_date(asked_at) > on:
        return on
    return later(on, standing(asked_at))


@dataclass(frozen=True, slots=True)
class Move:
    """A promised date that was moved, or that somebody wants moved.

    first: the date as it was promised to begin with. late: it was over when it was moved.
    """

    id: int
    promise: str
    first: date
    moved_from: date
    moved_to: date
    reason: str
    at: datetime
    state: str
    late: bool

    @property
    def label(self) -> LazyString:
        """The promise in words."""
        return PROMISES[self.promise]


_MOVES = (
    select(Postponement)
    .where(Postponement.idea_id == bindparam("idea"))
    .where(Postponement.state.in_(bindparam("states", expanding=True)))
    .order_by(Postponement.id)
)


def moves_of(idea_id: int, *, waiting: bool = False) -> list[Move]:
    """Give the dates of an idea that were moved, the newest first.

    waiting: those too that wait for a coordinator or were declined; not for the public.
    """
    states = (MADE, WAITING, DECLINED) if waiting else (MADE,)
    return _moves(db.session.scalars(_MOVES, {"idea": idea_id, "states": states}))[::-1]


def _moves(rows: Iterable[Postponement]) -> list[Move]:
    """Make moves of rows in their order; each begins where the chain of its promise began."""
    found: list[Move] = []
    first: dict[tuple[str, date], date] = {}
    for row in rows:
        began = first.get((row.promise, row.moved_from), row.moved_from)
        if row.state == MADE:
            first[row.promise, row.moved_to] = began
        late = clock.local_date(row.at) > row.moved_from
        facts = (row.id, row.promise, began, row.moved_from, row.moved_to, row.reason)
        found.append(Move(*facts, row.at, row.state, late))
    return found


def current_moves(idea: Idea) -> list[Move]:
    """Give, of each promise that the idea still waits for, the last move that brought its date."""
    dates = open_promises(idea)
    found: dict[str, Move] = {}
    for move in reversed(moves_of(idea.id) if dates else []):
        on = dates.get(move.promise)
        # While the author is asked, the date that was brought is shown later by that time.
        stands_since = move.promise != "step" and on is not None and move.moved_to < on
        if move.moved_to == on or stands_since:
            found[move.promise] = move
    return list(found.values())


def times_moved(idea_id: int, promise: str) -> int:
    """Count how often a promise was moved since it was given; a new next step is a new promise."""
    wanted = select(func.count(Postponement.id)).where(
        Postponement.idea_id == idea_id, Postponement.promise == promise, Postponement.state == MADE
    )
    if promise == "step":
        given = select(func.max(TimelineEntry.at)).where(
            TimelineEntry.idea_id == idea_id,
            TimelineEntry.kind.in_((Kind.HANDLING, Kind.ANSWERED)),
            TimelineEntry.undone_at.is_(None),
        )
        since = db.session.scalar(given)
        if since is not None:
            wanted = wanted.where(Postponement.at >= since)
    return db.session.scalar(wanted) or 0


def waiting_move(idea: Idea, promise: str) -> Postponement | None:
    """Give the move of this promise that a coordinator can still accept, None for none."""
    rows = db.session.scalars(
        select(Postponement)
        .where(Postponement.idea_id == idea.id, Postponement.promise == promise)
        .where(Postponement.state == WAITING)
        .order_by(Postponement.id)
    )
    return next((row for row in rows if not is_over(row, idea)), None)


@dataclass(frozen=True, slots=True)
class WaitingMove:
    """A third move that a coordinator decides on. name: who asks, "" when the account is gone.

    over: the date is no longer promised or was changed meanwhile, so it can only be declined.
    """

    move: Move
    idea: IdeaRow
    name: str
    over: bool


def waiting_moves(actor: Actor) -> list[WaitingMove]:
    """Give the moves that wait for a coordinator, the oldest first. Raises ForbiddenError."""
    authorize(actor, "promise:coordinate")
    rows = db.session.execute(
        select(Postponement, Account.name, Idea)
        .join(Idea, Idea.id == Postponement.idea_id)
        .outerjoin(Account, Account.id == Postponement.person_id)
        .where(Postponement.state == WAITING)
        .order_by(Postponement.id)
    ).all()
    shown = {row.number: row for row in rows_of(actor, [idea.id for _row, _name, idea in rows])}
    return [
        WaitingMove(move, shown[idea.id], name or "", is_over(row, idea))
        for row, name, idea in rows
        if idea.id in shown
        for move in _moves([row])
    ]


def is_over(row: Postponement, idea: Idea) -> bool:
    """Tell whether the date that somebody wants moved is not the promised one any more."""
    on = open_promises(idea).get(row.promise)
    return on != row.moved_from or row.moved_to <= clock.today()


def declined_word(idea_id: int) -> str:
    """Give what a coordinator said last when a date was not moved, "" for nothing."""
    said = (
        select(TimelineEntry.reason)
        .where(TimelineEntry.idea_id == idea_id, TimelineEntry.kind == Kind.NOT_POSTPONED)
        .order_by(TimelineEntry.id.desc())
        .limit(1)
    )
    return db.session.scalar(said) or ""
