"""How many ideas in lists are of which kind: kept in the same unit of work that changes an idea.

Whatever the session writes to an idea is noted here before it is written, with the idea as it was
and held; at the end of the unit what has become of it is compared with that, and the rows of
IdeaCount move by the difference, all of them in one statement and in one order. What is written
past the session has to be counted anew (`recount`).
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import combinations
from typing import Any, TypeAlias

from sqlalchemy import (
    bindparam,
    case,
    delete,
    event,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction

from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Actor, authorize
from innovation.ideas.filters import FIRST_YEAR
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea, IdeaCount

LISTED = (Visibility.PUBLIC, Visibility.STAFF_ONLY)
# What ideas are told apart by, in the order of the bits of IdeaCount.fields.
FIELDS = ("area", "sub_project", "capacity", "handling", "year", "answered")
_ALL = 2 ** len(FIELDS) - 1
# In a column of IdeaCount: the idea has none of it; it is not told apart by this.
NONE, ANY = "-", ""
# So many fields at most are counted together, besides all of them: two filters and a choice.
TOGETHER = 3
_KEY = ("fields", "visibility", *FIELDS)
_SHAPES = (
    *(
        sum(1 << place for place in places)
        for many in range(1, TOGETHER + 1)
        for places in combinations(range(len(FIELDS)), many)
    ),
    _ALL,
)

# The visibility and the values of FIELDS; a row of IdeaCount without its number.
Kind: TypeAlias = tuple[str, ...]
Cell: TypeAlias = tuple[int | str, ...]

_COLUMNS = (
    Idea.id, Idea.visibility, Idea.merged_into_id, Idea.area_id, Idea.primary_sub_project_id,
    Idea.capacity, Idea.handling, Idea.published_at, Idea.answered_at,
)  # fmt: skip
_COUNTED = tuple(column.key for column in _COLUMNS[1:])
_HELD = select(*_COLUMNS).order_by(Idea.id).with_for_update(key_share=True)
_HELD_BY_NUMBER = _HELD.where(Idea.id.in_(bindparam("numbers", expanding=True)))
_AT_ONCE = 500
# In the session: of each idea noted what it was counted as, None for nothing; and for each
# savepoint which ideas were noted before it.
_NOTED, _BEFORE = "ideas.counting.noted", "ideas.counting.before"


def shape_of(fields: Iterable[str]) -> int:
    """Give which rows tell these fields apart, whatever the other ones are."""
    wanted = sum(1 << FIELDS.index(field) for field in fields)
    return wanted if wanted in _SHAPES else _ALL


def settle(session: Session | None = None) -> None:
    """Let the counts follow what this unit of work has done so far. Only where it may write."""
    session = session or db.session()
    session.flush()
    noted: dict[int, Kind | None] = session.info.pop(_NOTED, {})
    if not noted:
        return
    now = {number: kind for number, kind in _kinds(_rows_of(session, noted)) if kind}
    steps: Counter[Cell] = Counter()
    for number, before in noted.items():
        after = now.get(number)
        if after != before:
            steps.update(dict.fromkeys(_cells(after), 1))
            steps.subtract(dict.fromkeys(_cells(before), 1))
    _move(session, {cell: step for cell, step in steps.items() if step})


def recount() -> None:
    """Count everything anew; others who change ideas wait with their commits meanwhile."""
    session = db.session()
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE idea_counts IN SHARE ROW EXCLUSIVE MODE"))
    session.info.pop(_NOTED, None)
    session.execute(delete(IdeaCount))
    rows = [
        dict(zip((*_KEY, "ideas"), (*cell, ideas), strict=True))
        for cell, ideas in _counted_anew().items()
    ]
    if rows:
        session.connection().execute(insert(IdeaCount), rows)


def repair_counts(actor: Actor) -> dict[Cell, tuple[int, int]]:
    """Let every count say what the ideas say; gives what was wrong, as `wrong_counts` does."""
    authorize(actor, "ideas:repair")
    wrong = wrong_counts()
    if wrong:
        recount()
    return wrong


def wrong_counts() -> dict[Cell, tuple[int, int]]:
    """Give the counts that are wrong, by their keys: what they say, and what ideas say."""
    columns = [getattr(IdeaCount, name) for name in (*_KEY, "ideas")]
    kept = {tuple(key): ideas for *key, ideas in db.session.execute(select(*columns)) if ideas}
    counted = _counted_anew()
    pairs = {cell: (kept.get(cell, 0), counted.get(cell, 0)) for cell in kept.keys() | counted}
    return {cell: pair for cell, pair in pairs.items() if pair[0] != pair[1]}


def _counted_anew() -> dict[Cell, int]:
    newest = db.session.scalar(select(func.max(Idea.published_at)))
    last = clock.local_date(newest).year if newest else FIRST_YEAR
    begins = [(clock.day_begins(date(year, 1, 1)), year) for year in range(FIRST_YEAR, last + 1)]
    year = case(*[(Idea.published_at >= begin, year) for begin, year in reversed(begins)])
    answered = Idea.answered_at.is_not(None)
    columns = (
        Idea.visibility, Idea.area_id, Idea.primary_sub_project_id, Idea.capacity, Idea.handling,
        year.label("year"), answered.label("answered"),
    )  # fmt: skip
    rows = db.session.execute(
        select(*columns, func.count())
        .where(Idea.visibility.in_(LISTED), Idea.merged_into_id.is_(None))
        .group_by(*columns)
    )
    counted: Counter[Cell] = Counter()
    for *kind, ideas in rows:
        for cell in _cells(_kind(*kind)):
            counted[cell] += ideas
    return counted


def _kinds(rows: Iterable[Any]) -> Iterator[tuple[int, Kind | None]]:
    """Give as what ideas are counted, by their numbers; None for those that are in no list."""
    for number, visibility, head, area, home, capacity, handling, published, answered in rows:
        if visibility not in LISTED or head is not None:
            yield number, None
            continue
        year = clock.local_date(published).year if published else 0
        place = year if year >= FIRST_YEAR else None
        yield number, _kind(visibility, area, home, capacity, handling, place, answered is not None)


def _kind(visibility: str, *values: Any) -> Kind:
    """Give a kind from values in the order of FIELDS, the last one true or false."""
    *told, answered = values
    told = [NONE if value is None else str(value) for value in told]
    return (str(visibility), *told, "yes" if answered else "no")


def _cells(kind: Kind | None) -> Iterator[Cell]:
    """Give the counts that an idea of this kind is a part of."""
    if kind is None:
        return
    visibility, *values = kind
    for shape in _SHAPES:
        told = (value if shape >> place & 1 else ANY for place, value in enumerate(values))
        yield (shape, visibility, *told)


def _rows_of(session: Session, numbers: Collection[int]) -> Iterator[Any]:
    """Read ideas as they are now, held until the unit ends, in the order of their numbers."""
    wanted = sorted(numbers)
    for first in range(0, len(wanted), _AT_ONCE):
        some = {"numbers": wanted[first : first + _AT_ONCE]}
        yield from session.connection().execute(_HELD_BY_NUMBER, some)


# In one order for everybody, so that two who count the same kinds never wait for each other.
_MOVES = {
    "postgresql": text("""
        INSERT INTO idea_counts
        SELECT * FROM json_populate_recordset(CAST(NULL AS idea_counts), CAST(:steps AS json))
        ORDER BY fields, visibility, area, sub_project, capacity, handling, year, answered
        ON CONFLICT (fields, visibility, area, sub_project, capacity, handling, year, answered)
        DO UPDATE SET ideas = idea_counts.ideas + excluded.ideas
    """),
    "sqlite": text("""
        INSERT INTO idea_counts
        SELECT
            json_extract(value, '$.fields'), json_extract(value, '$.visibility'),
            json_extract(value, '$.area'), json_extract(value, '$.sub_project'),
            json_extract(value, '$.capacity'), json_extract(value, '$.handling'),
            json_extract(value, '$.year'), json_extract(value, '$.answered'),
            json_extract(value, '$.ideas')
        FROM json_each(:steps) WHERE true
        ON CONFLICT (fields, visibility, area, sub_project, capacity, handling, year, answered)
        DO UPDATE SET ideas = idea_counts.ideas + excluded.ideas
    """),
}


def _move(session: Session, steps: Mapping[Cell, int]) -> None:
    """Move the counts by these steps."""
    if steps:
        told = [
            dict(zip((*_KEY, "ideas"), (*cell, step), strict=True)) for cell, step in steps.items()
        ]
        statement = _MOVES[session.get_bind().dialect.name]
        session.connection().execute(statement, {"steps": json.dumps(told)})


def _note(session: Session, rows: Iterable[Any]) -> None:
    noted = session.info.setdefault(_NOTED, {})
    for number, kind in _kinds(rows):
        noted.setdefault(number, kind)


@event.listens_for(Session, "before_flush")
def _note_changed(session: Session, _context: UOWTransaction, _some: object) -> None:
    changed = {one.id for one in session.dirty if isinstance(one, Idea) and _is_moved(one)}
    changed |= {one.id for one in session.deleted if isinstance(one, Idea)}
    changed -= session.info.get(_NOTED, {}).keys()
    if changed:
        _note(session, _rows_of(session, changed))


def _is_moved(idea: Idea) -> bool:
    attributes = inspect(idea).attrs
    return any(attributes[name].history.has_changes() for name in _COUNTED)


@event.listens_for(Session, "after_flush")
def _note_new(session: Session, _context: UOWTransaction) -> None:
    for one in session.new:
        if isinstance(one, Idea) and one.visibility in LISTED:
            session.info.setdefault(_NOTED, {}).setdefault(one.id, None)


@event.listens_for(Session, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    if not (state.is_update or state.is_delete):
        return
    statement: Any = state.statement
    if statement.table.name == Idea.__tablename__:
        clause = statement.whereclause
        wanted = _HELD if clause is None else _HELD.where(clause)
        rows = state.session.connection().execute(wanted, state.parameters or {})
        _note(state.session, rows)


@event.listens_for(Session, "before_commit")
def _settle_at_the_end(session: Session) -> None:
    if not session.in_nested_transaction():
        settle(session)


@event.listens_for(Session, "after_transaction_create")
def _remember_savepoint(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        before = session.info.setdefault(_BEFORE, {})
        before[transaction] = set(session.info.get(_NOTED, {}))


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, previous: SessionTransaction) -> None:
    """What was undone is not noted any more: it is held no longer."""
    if previous.nested:
        known = session.info.get(_BEFORE, {}).pop(previous, set())
        noted = session.info.get(_NOTED, {})
        session.info[_NOTED] = {number: noted[number] for number in known & noted.keys()}
    elif previous.parent is None:
        session.info.pop(_NOTED, None)
        session.info.pop(_BEFORE, None)
