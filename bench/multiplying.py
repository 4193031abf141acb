"""A small population many times over, copied inside of the database: texts and terms repeat.

A copy is as popular and as old as what it was made of, so the copies of an idea stand next to each
other in every order of a list. Each time everything therefore belongs to other areas, sub-projects
and capacities: what a filter lets through is spread over a list as it is where nothing is copied.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, case, func, insert, literal, select, text, update
from sqlalchemy.sql.expression import cast
from sqlalchemy.types import Text

from bench.population import Amounts
from bench.population_plan import ROLES
from innovation.answers.figures import keep_figures
from innovation.answers.models import Answer
from innovation.comments.models import Comment
from innovation.core import transaction
from innovation.core.db import Base, db
from innovation.ideas import counting
from innovation.ideas.models import Authorship, Counter, Idea, Revision, TimelineEntry
from innovation.moderation.models import Decision
from innovation.programme.queries import snapshot
from innovation.routing.models import Routing
from innovation.search.models import SearchDocument, SearchWord
from innovation.votes.models import Vote

# Columns that a copy moves on, by the table whose numbers they are.
_MOVED: dict[type[Base], dict[str, type[Base]]] = {
    Idea: {"id": Idea},
    Authorship: {"id": Authorship, "idea_id": Idea},
    Revision: {"id": Revision, "idea_id": Idea},
    TimelineEntry: {"id": TimelineEntry, "idea_id": Idea},
    Routing: {"id": Routing, "idea_id": Idea},
    Decision: {"id": Decision, "idea_id": Idea},
    Answer: {"id": Answer, "idea_id": Idea, "entry_id": TimelineEntry},
    Comment: {"id": Comment, "idea_id": Idea, "parent_id": Comment},
    Vote: {"idea_id": Idea},
}
# Columns whose values a copy turns, by what they say.
_AREAS, _SUB_PROJECTS, _CAPACITIES = "areas", "sub-projects", "capacities"
_TURNED = {
    (Idea, "area_id"): _AREAS,
    (Idea, "primary_sub_project_id"): _SUB_PROJECTS,
    (Idea, "capacity"): _CAPACITIES,
    (TimelineEntry, "sub_project_id"): _SUB_PROJECTS,
    (Routing, "sub_project_id"): _SUB_PROJECTS,
    (Answer, "sub_project_id"): _SUB_PROJECTS,
}
_SEED = 20260203
# What people say and support is copied so many times at most; beyond that counters alone tell.
MOST_TALK = 50


def multiply(amounts: Amounts, times: int, *, terms: bool) -> None:
    """Let everything there is stand so many times. Call in the context of the application.

    terms: PostgreSQL's index too, so that no text is analysed twice.
    """
    with db.engine.begin() as connection:
        moved = {table: _last(connection, table) for table in _MOVED if table is not Vote}
    chance = random.Random(_SEED)  # noqa: S311 - for measuring, not for secrets
    known = _known()
    for copy in range(1, times):
        steps = {table: copy * last for table, last in moved.items()}
        turns = {name: _turned(chance, values) for name, values in known.items()}
        with db.engine.begin() as connection:
            for table, columns in _MOVED.items():
                if table not in (Comment, Vote) or copy < MOST_TALK:
                    _copy(connection, table, columns, moved, steps, turns)
            if terms:
                _copy(connection, SearchDocument, {"number": Idea}, moved, steps, turns)
    with db.engine.begin() as connection:
        if terms:
            connection.execute(update(SearchWord).values(ideas=SearchWord.ideas * times))
        mark = update(Counter).where(Counter.name == "lists")
        connection.execute(mark.values(value=amounts.ideas * times))
    with transaction.writing():
        counting.recount()
    keep_figures()


def tidy() -> None:
    """Do what the database does by itself after a while: statistics, and which pages are whole."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        whole = connection.dialect.name == "postgresql"
        connection.execute(text("VACUUM ANALYZE" if whole else "ANALYZE"))


def _known() -> dict[str, Sequence[Any]]:
    """Give the values that are turned."""
    with transaction.reading():
        programme = snapshot()
    return {
        _AREAS: [one.id for one in programme.areas],
        _SUB_PROJECTS: [one.id for one in programme.sub_projects],
        _CAPACITIES: ROLES,
    }


def _turned(chance: random.Random, values: Sequence[Any]) -> dict[Any, Any]:
    """Give what a copy has instead of each value, two never the same."""
    step = chance.randrange(len(values))
    return dict(zip(values, [*values[step:], *values[:step]], strict=True))


def _last(connection: Connection, table: Any) -> int:
    return int(connection.scalar(select(func.max(table.id))) or 0)


def _copy(
    connection: Connection,
    table: type[Base],
    columns: Mapping[str, type[Base]],
    moved: Mapping[type[Base], int],
    steps: Mapping[type[Base], int],
    turns: Mapping[str, dict[Any, Any]],
) -> None:
    """Copy the first of all copies of a table's rows once more, moved on and turned."""
    source = table.__table__
    chosen: list[Any] = []
    for column in source.columns:
        value: Any = column
        if column.name in columns:
            value = column + literal(steps[columns[column.name]])
        elif table is Idea and column.name == "reference":
            value = literal("PS-2022-") + cast(source.c.id + literal(steps[Idea]), Text)
        elif (table, column.name) in _TURNED:
            value = case(turns[_TURNED[table, column.name]], value=column)
        chosen.append(value.label(column.name))
    name = next(name for name, of in columns.items() if of is Idea)
    rows = select(*chosen).where(source.c[name] <= moved[Idea])
    connection.execute(
        insert(source).from_select([column.name for column in source.columns], rows)  # type: ignore[arg-type]
    )
