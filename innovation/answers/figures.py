"""How the promises are kept: medians, shares and what is late, over the last twelve months.

A case is a promise whose day has passed, kept or not; what is not answered yet has taken until
today. A date that was moved counts by the day that was promised first. Counting reads the ideas of
a year, so the worker does it and pages are told when it was done.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from statistics import median
from typing import Any

from sqlalchemy import and_, func, or_, select

from innovation.answers.lateness import (
    LateIdea,
    first_promised,
    late_ideas,
    local_dates,
    original,
    passed_on_at,
)
from innovation.answers.models import PromiseFigures
from innovation.core import clock, transaction
from innovation.core.db import db
from innovation.core.permissions import Nobody, Role
from innovation.ideas.counting import NONE
from innovation.ideas.lifecycle import FINISHED, Handling, Visibility
from innovation.ideas.models import Idea, TimelineEntry
from innovation.ideas.queries import visible_to
from innovation.ideas.reckoning import kept
from innovation.ideas.sifting import counted
from innovation.ideas.timeline import Kind
from innovation.programme.promises import looked_at_by

LEAST = 5
# What a moderator does with a new idea when it is looked at for the first time.
_LOOKS = (
    Kind.PUBLISHED,
    Kind.RETURNED,
    Kind.ASKED,
    Kind.HIDDEN,
    Kind.MERGED,
    Kind.PASSED_ON,
    Kind.ROUTED,
    Kind.URGENT,
    Kind.BRIEF,
)
_READERS = (Role.MODERATOR, Role.ADMINISTRATOR)
_USED = (Handling.IN_USE, Handling.DESCRIBED)
_ONLY = 1


@dataclass(frozen=True, slots=True)
class Tally:
    """One promise: how many cases there are, how many were in time, the median in days."""

    due: int = 0
    within: int = 0
    median: int = 0

    @property
    def told(self) -> bool:
        """Whether there are enough cases to tell anything."""
        return self.due >= LEAST

    @property
    def share(self) -> float:
        """Which part was within the promise, from 0 to 1."""
        return self.within / self.due if self.due else 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """The promises of one sub-project, or of them all. longest: days of the latest idea."""

    answer: Tally
    decision: Tally
    late: int
    longest: int
    in_use: int
    trying: int


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that is told of the promises.

    at: when it was counted. look: of reading new ideas. unread, unread_longest: new ideas that were
    not read in time yet. rows: by the sub-project's id, None for ideas that have none yet.
    """

    at: datetime

    look: Tally
    unread: int
    unread_longest: int
    whole: Row
    rows: Mapping[int | None, Row]


@dataclass(slots=True)
class _Cases:
    """The cases of a promise while they are collected."""

    days: list[int] = field(default_factory=list)
    within: int = 0

    def add(self, days: int, in_time: bool) -> None:
        self.days.append(days)
        self.within += in_time

    def tally(self) -> Tally:
        middle = int(median(self.days) + 0.5) if self.days else 0
        return Tally(len(self.days), self.within, middle)


def promises_kept() -> Kept:
    """Give the figures of today as the worker counted them last; before that, count them."""
    wanted = select(PromiseFigures.at, PromiseFigures.told).where(
        PromiseFigures.id == _ONLY, PromiseFigures.day == clock.today()
    )
    row = db.session.execute(wanted).first()
    if row is None:
        today = clock.today()
        return kept(lambda: _count(today), "promises", today)
    return _read(row.at, row.told)


def keep_figures() -> None:
    """Count the figures of today and write them down for all pages. A unit of work of the worker.

    Ideas are counted before anything is written, so that nobody waits for it.
    """
    with transaction.reading():
        found = _count(clock.today())
    with transaction.writing():
        told = asdict(found)
        del told["at"]
        told["rows"] = [[home, row] for home, row in told["rows"].items()]
        day = clock.local_date(found.at)
        db.session.merge(PromiseFigures(id=_ONLY, day=day, at=found.at, told=told))


def _read(at: datetime, told: Mapping[str, Any]) -> Kept:
    rows = {home: _read_row(row) for home, row in told["rows"]}
    numbers = {name: told[name] for name in ("unread", "unread_longest")}
    return Kept(
        at=at, look=Tally(**told["look"]), whole=_read_row(told["whole"]), rows=rows, **numbers
    )


def _read_row(told: Mapping[str, Any]) -> Row:
    promises = {name: Tally(**told[name]) for name in ("answer", "decision")}
    return Row(**{**told, **promises})


def year_before(today: date) -> date:
    """Give the first day of the last twelve months; after a leap day, that of the next month."""
    try:
        return today.replace(year=today.year - 1)
    except ValueError:
        return date(today.year - 1, 3, 1)


def _count(today: date) -> Kept:
    local = local_dates(today)
    answers: dict[int | None, _Cases] = defaultdict(_Cases)
    decisions: dict[int | None, _Cases] = defaultdict(_Cases)
    for answer, decision, home in _cases(today, local):
        if answer is not None:
            answers[home].add(*answer)
        if decision is not None:
            decisions[home].add(*decision)
    late = late_ideas(today)
    used = _used()
    homes = {*answers, *decisions, *used, *(one.sub_project_id for one in late)}
    rows = {
        home: _row(answers[home], decisions[home], [o for o in late if o.sub_project_id == home],
                   used.get(home, (0, 0)))
        for home in homes
    }  # fmt: skip
    totals = tuple(map(sum, zip(*used.values(), strict=True))) if used else (0, 0)
    whole = _row(_together(answers), _together(decisions), late, (totals[0], totals[1]))
    look, unread = _looks(today, local)
    return Kept(clock.now(), look, len(unread), max(unread, default=0), whole, rows)


def _row(
    answers: _Cases, decisions: _Cases, late: Collection[LateIdea], used: tuple[int, int]
) -> Row:
    longest = max((one.days for one in late), default=0)
    return Row(answers.tally(), decisions.tally(), len(late), longest, *used)


def _together(cases: Mapping[int | None, _Cases]) -> _Cases:
    whole = _Cases()
    for one in cases.values():
        whole.days += one.days
        whole.within += one.within
    return whole


_Case = tuple[int, bool] | None


def _cases(
    today: date, local: Callable[[datetime], date]
) -> Iterator[tuple[_Case, _Case, int | None]]:
    """Give of each public idea its cases of the first answer and the decision: days, in time."""
    since, first = year_before(today), first_promised()
    ended = passed_on_at()
    columns = (
        Idea.id, Idea.primary_sub_project_id, Idea.published_at, Idea.answered_at, Idea.decided_at,
        Idea.first_answer_by, Idea.decision_by, Idea.asked_at, Idea.handling,
    )  # fmt: skip
    due = [column.between(since, today) for column in (Idea.first_answer_by, Idea.decision_by)]
    moved = {number for number, _promise in first}
    rows = (
        db.session.connection()
        .execute(
            select(*columns).where(visible_to(Nobody()), or_(*due, Idea.id.in_(sorted(moved))))
        )
        .all()
    )
    for number, home, published, answered, decided, answer_by, decision_by, asked, handling in rows:
        if published is None:
            continue
        start, over = local(published), ended.get(number)
        finished = handling in FINISHED and not over
        answer = decision = None
        on = original(first, number, "first_answer", answer_by, None if answered else asked)
        # What was passed on in time needs no answer from here.
        passed = answered is None and (finished or (over and on and local(over) <= on))
        if on and since <= on < today and not passed:
            answer = _case(start, on, answered or over, today, local)
        on = original(first, number, "decision", decision_by, None if decided else asked)
        if on and since <= on < today and (decided or not finished):
            decision = _case(start, on, decided or over, today, local)
        yield answer, decision, home


def _case(
    start: date, on: date, done: datetime | None, today: date, local: Callable[[datetime], date]
) -> tuple[int, bool]:
    end = local(done) if done is not None else today
    return (end - start).days, done is not None and end <= on


def _used() -> dict[int | None, tuple[int, int]]:
    """Give how many ideas are in use and being tried, by sub-project."""
    used, trying = (
        counted([Visibility.PUBLIC], {"handling": list(map(str, handlings))})["sub_project"]
        for handlings in (_USED, (Handling.IN_EXPERIMENT,))
    )
    return {
        None if home == NONE else int(home): (used.get(home, 0), trying.get(home, 0))
        for home in used.keys() | trying.keys()
    }


def _looks(today: date, local: Callable[[datetime], date]) -> tuple[Tally, list[int]]:
    """Give how soon new ideas were read, and for how many days those late now wait."""
    since, by = year_before(today), cache(looked_at_by)
    # Nothing sent more than some months before can have been due in these twelve months.
    sent = Idea.created_at >= clock.day_begins(since) - timedelta(days=120)
    look = (
        select(TimelineEntry.idea_id, func.min(TimelineEntry.at).label("at"))
        .where(TimelineEntry.kind.in_([str(one) for one in _LOOKS]))
        .where(TimelineEntry.at >= clock.day_begins(since) - timedelta(days=120))
        .where(TimelineEntry.actor_role.in_([str(one) for one in _READERS]))
        .where(TimelineEntry.undone_at.is_(None))
        .group_by(TimelineEntry.idea_id)
        .subquery()
    )
    waits = and_(Idea.visibility == Visibility.WAITING, Idea.published_at.is_(None))
    over = sorted(str(one) for one in FINISHED)
    rows = (
        db.session.connection()
        .execute(
            select(Idea.created_at, look.c.at)
            .outerjoin(look, look.c.idea_id == Idea.id)
            .where(sent, or_(look.c.at.is_not(None), and_(waits, Idea.handling.not_in(over))))
        )
        .all()
    )
    cases, unread = _Cases(), []
    for created, at in rows:
        start = local(created)
        on = by(start)
        if not since <= on < today:
            continue
        cases.add(*_case(start, on, at, today, local))
        if at is None:
            unread.append((today - on).days)
    return cases.tally(), unread
