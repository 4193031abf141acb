"""How often suggestions were right, counted in the database from decisions they had not seen."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import CTE, ColumnElement, case, func, literal, select

from innovation.core import clock
from innovation.core.db import db
from innovation.ideas.models import TimelineEntry
from innovation.programme.queries import SubProjectFact, snapshot
from innovation.routing.decisions import SYSTEM
from innovation.routing.models import Routing, RoutingSuggestion

# Groups smaller than this are not told apart.
LEAST = 5
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Tally:
    """Decisions, and for how many the first or one of three was right, or nothing was suggested."""

    decisions: int = 0
    first: int = 0
    three: int = 0
    silent: int = 0

    @property
    def told(self) -> bool:
        """Tell whether there are enough of them to be shown."""
        return self.decisions >= LEAST

    def share(self, number: int) -> float:
        """Give a number of these decisions as a share from 0 to 1."""
        return number / self.decisions if self.decisions else 0.0


@dataclass(frozen=True, slots=True)
class Confused:
    """Two sub-projects: where ideas belonged, and what was suggested first instead."""

    decided: SubProjectFact
    suggested: SubProjectFact
    times: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a year. months: by their first day, the newest first, empty ones left out.

    confused: pairs met at least LEAST times; rest: the wrong first suggestions of all others.
    """

    since: date
    whole: Tally
    sub_projects: list[tuple[SubProjectFact, Tally]]
    months: list[tuple[date, Tally]]
    confused: list[Confused]
    rest: int


def figures() -> Figures:
    """Count the decisions of the last MONTHS months, this one included."""
    starts = _months(clock.today())
    compared = _compared(starts)
    facts = snapshot().sub_projects
    by_sub_project = _tallies(compared, compared.c.decided_id)
    by_month = _tallies(compared, compared.c.month)
    pairs = _pairs(compared)
    by_id = snapshot().sub_project_by_id
    return Figures(
        since=starts[-1],
        whole=_tallies(compared, literal("all")).get("all", Tally()),
        sub_projects=[
            (fact, by_sub_project[fact.id]) for fact in facts if fact.id in by_sub_project
        ],
        months=[
            (start, by_month[start.isoformat()])
            for start in starts
            if start.isoformat() in by_month
        ],
        confused=[
            Confused(by_id[decided], by_id[suggested], times)
            for decided, suggested, times in pairs
            if times >= LEAST
        ],
        rest=sum(times for _decided, _suggested, times in pairs if times < LEAST),
    )


def _months(today: date) -> list[date]:
    """Give the first days of MONTHS months, the newest first."""
    number = today.year * 12 + today.month - 1
    return [date((number - back) // 12, (number - back) % 12 + 1, 1) for back in range(MONTHS)]


def _compared(starts: list[date]) -> CTE:
    """Give each decision of a person with what had been suggested before it, and its month.

    An idea counts once, by where it was decided to belong last: a correction makes a suggestion
    right or wrong that was made before the first decision. What the platform itself moves, as
    when a sub-project closes, tells nothing of suggestions.
    """
    latest = (
        select(func.max(Routing.id))
        .join(TimelineEntry, TimelineEntry.id == Routing.timeline_id)
        .where(Routing.kind == "primary", TimelineEntry.actor_role != SYSTEM)
        .group_by(Routing.idea_id)
    )
    month = case(
        *((Routing.since >= clock.day_begins(start), start.isoformat()) for start in starts)
    )
    said = RoutingSuggestion
    first = said.first_id == Routing.sub_project_id
    three = first | (said.second_id == Routing.sub_project_id)
    three = three | (said.third_id == Routing.sub_project_id)
    return (
        select(
            Routing.sub_project_id.label("decided_id"),
            said.first_id,
            month.label("month"),
            case((first, 1), else_=0).label("first"),
            case((three, 1), else_=0).label("three"),
            case((said.first_id.is_(None), 1), else_=0).label("silent"),
        )
        .join(said, said.idea_id == Routing.idea_id)
        .where(Routing.id.in_(latest), Routing.since >= clock.day_begins(starts[-1]))
        .cte("compared")
    )


def _tallies(compared: CTE, column: ColumnElement[str] | ColumnElement[int]) -> dict[object, Tally]:
    group = column.label("one_group")
    whole = select(group, compared.c.first, compared.c.three, compared.c.silent).subquery()
    rows = db.session.execute(
        select(
            whole.c.one_group,
            func.count(),
            func.sum(whole.c.first),
            func.sum(whole.c.three),
            func.sum(whole.c.silent),
        ).group_by(whole.c.one_group)
    )
    return {row[0]: Tally(*map(int, row[1:])) for row in rows}


def _pairs(compared: CTE) -> list[tuple[int, int, int]]:
    times = func.count()
    rows = db.session.execute(
        select(compared.c.decided_id, compared.c.first_id, times)
        .where(compared.c.first_id != compared.c.decided_id)
        .group_by(compared.c.decided_id, compared.c.first_id)
        .order_by(times.desc(), compared.c.decided_id, compared.c.first_id)
    )
    return [(int(row[0]), int(row[1]), int(row[2])) for row in rows]
