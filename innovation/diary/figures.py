"""What moderators decided month by month, counted in the database, and how long it took."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import case, func, select

from innovation.core import clock
from innovation.core.db import db
from innovation.diary.queries import HIDING, is_over, known_outcome
from innovation.moderation.models import Appeal, Decision

MONTHS = 12
# A column of the table and the kinds of decisions that are counted in it. What tells of somebody's
# need, such as an urgent matter, is not counted in public.
GROUPS: dict[str, tuple[str, ...]] = {
    "published": ("publish", "publish_and_route", "publish_comment", "accept_edit"),
    "asked": ("ask", "return", "decline_edit"),
    "merged": ("merge",),
    "elsewhere": ("pass_on", "staff_only"),
    "redacted": ("redact",),
    "hidden": HIDING,
    "left": ("dismiss_report", "restore"),
}
# Of these a small number could tell of a person, so it is only said to be small.
DELICATE = frozenset({"elsewhere", "redacted"})
LEAST = 5
_GROUP_OF = {kind: group for group, kinds in GROUPS.items() for kind in kinds}
_DAY = timedelta(days=1)


def is_small(group: str, count: int) -> bool:
    """Tell whether a number could tell of a person, so that it is only said to be small."""
    return group in DELICATE and 0 < count < LEAST


@dataclass(frozen=True, slots=True)
class Month:
    """A month, by its first day. decided: by group. rules: hidden texts by the id of the rule.

    appeals: made in it, by outcome. half_within: in which working time half of the texts that were
    decided on for the first time had their decision, weekends and holidays left out; None for none.
    """

    start: date
    decided: dict[str, int] = field(default_factory=dict)
    rules: dict[str, int] = field(default_factory=dict)
    appeals: dict[str, int] = field(default_factory=dict)
    half_within: timedelta | None = None

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to tell of the month."""
        return not self.decided and not self.appeals


@dataclass(frozen=True, slots=True)
class Year:
    """The last twelve months, the newest first, empty ones left out."""

    months: list[Month]

    @property
    def decisions(self) -> int:
        """How many decisions there were; what is only said to be small is not told by the sum."""
        return sum(
            count
            for month in self.months
            for group, count in month.decided.items()
            if not is_small(group, count)
        )

    @property
    def hidden(self) -> int:
        """How many texts were hidden."""
        return sum(month.decided.get("hidden", 0) for month in self.months)


# The figures as they were counted last, by database, and of what they were made.
_counted: dict[str, tuple[tuple[Any, ...], Year]] = {}


def last_year() -> Year:
    """Give the last twelve months; they are counted anew when a decision or an appeal is new."""
    where, stamp = str(db.session().get_bind().engine.url), _stamp()
    if where not in _counted or _counted[where][0] != stamp:
        _counted[where] = (stamp, _year(_starts(clock.today())))
    return _counted[where][1]


def _stamp() -> tuple[Any, ...]:
    """Give what changes when the figures do, in one query for decisions and one for appeals."""
    decisions = select(
        func.count(), func.max(Decision.id), func.max(Decision.at), func.max(Decision.until)
    ).where(is_over())
    appeals = select(func.count(), func.max(Appeal.at), func.sum(case((known_outcome() != "", 1))))
    rows = (db.session.execute(one).one() for one in (decisions, appeals))
    return (clock.today(), *(value for row in rows for value in row))


def _year(starts: list[date]) -> Year:
    months = {start: Month(start) for start in starts}
    _count_decisions(months)
    _count_appeals(months)
    times = _times(starts)
    return Year(
        [
            Month(start, month.decided, month.rules, month.appeals, times.get(start))
            for start, month in months.items()
            if not month.is_empty
        ]
    )


def working_time(start: datetime, end: datetime) -> timedelta:
    """Give how long it was between two moments, days that are no working days left out."""
    total, day = timedelta(), clock.local_date(start)
    while (begins := clock.day_begins(day)) < end:
        if clock.is_working_day(day):
            total += min(end, clock.day_begins(day + _DAY)) - max(start, begins)
        day += _DAY
    return total


def _starts(today: date) -> list[date]:
    """Give the first days of the last months, the newest first."""
    last = today.year * 12 + today.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(last, last - MONTHS, -1)]


def _month_of(column: Any, starts: Iterable[date]) -> Any:
    """Give the place of the month in which a moment lies, 0 for the newest."""
    ordered = enumerate(starts)
    return case(*((column >= clock.day_begins(start), place) for place, start in ordered))


def _count_decisions(months: dict[date, Month]) -> None:
    starts = list(months)
    place = _month_of(Decision.at, starts)
    rows = db.session.execute(
        select(place, Decision.kind, Decision.rule, func.count())
        .where(Decision.at >= clock.day_begins(starts[-1]), Decision.kind.in_(_GROUP_OF), is_over())
        .group_by(place, Decision.kind, Decision.rule)
    )
    for number, kind, rule, count in rows:
        month, group = months[starts[number]], _GROUP_OF[kind]
        month.decided[group] = month.decided.get(group, 0) + count
        if group == "hidden":
            month.rules[rule] = month.rules.get(rule, 0) + count


def _count_appeals(months: dict[date, Month]) -> None:
    starts = list(months)
    place, outcome = _month_of(Appeal.at, starts), known_outcome()
    rows = db.session.execute(
        select(place, outcome, func.count())
        .join(Decision, Decision.id == Appeal.decision_id)
        .where(Appeal.at >= clock.day_begins(starts[-1]), is_over())
        .group_by(place, outcome)
    )
    for number, result, count in rows:
        months[starts[number]].appeals[result] = count


# Times of months that are over, by database, month and how many decisions they were made of: what
# happened then does not change any more.
_kept: dict[tuple[str, date, int], timedelta] = {}


def _times(starts: list[date]) -> dict[date, timedelta]:
    """Give the median working time until the first decision on a text, by month."""
    first = (
        select(func.min(Decision.id))
        .where(Decision.kind.in_(_GROUP_OF), is_over())
        .group_by(Decision.idea_id, Decision.comment_id)
    )
    wanted = (Decision.id.in_(first), Decision.at >= clock.day_begins(starts[-1]))
    place = _month_of(Decision.at, starts)
    counts = db.session.execute(select(place, func.count()).where(*wanted).group_by(place))
    where, found = str(db.session().get_bind().engine.url), {}
    for number, count in counts.all():
        start = starts[number]
        key = (where, start, count)
        if number and key not in _kept:
            _kept[key] = _median(start, starts[number - 1], wanted)
        found[start] = _kept[key] if number else _median(start, None, wanted)
    return found


def _median(start: date, end: date | None, wanted: tuple[Any, ...]) -> timedelta:
    within = [Decision.at >= clock.day_begins(start)]
    if end is not None:
        within.append(Decision.at < clock.day_begins(end))
    rows = db.session.execute(select(Decision.waited_since, Decision.at).where(*wanted, *within))
    return timedelta(seconds=median(working_time(*row).total_seconds() for row in rows))
