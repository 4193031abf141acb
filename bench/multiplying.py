"""A small population many times over, copied inside of the database: texts and terms repeat."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, insert, literal, select, text, update
from sqlalchemy.sql.expression import cast
from sqlalchemy.types import Text

from bench.population import Amounts
from innovation.answers.figures import keep_figures
from innovation.answers.models import Answer
from innovation.comments.models import Comment
from innovation.core import transaction
from innovation.core.db import Base, db
from innovation.ideas import counting
from innovation.ideas.models import Authorship, Counter, Idea, Revision, TimelineEntry
from innovation.moderation.models import Decision
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
# What people say and support is copied so many times at most; beyond that counters alone tell.
MOST_TALK = 50


def multiply(amounts: Amounts, times: int, *, terms: bool) -> None:
    """Let everything there is stand so many times. Call in the context of the application.

    terms: PostgreSQL's index too, so that no text is analysed twice.
    """
    with db.engine.begin() as connection:
        moved = {table: _last(connection, table) for table in _MOVED if table is not Vote}
    for copy in range(1, times):
        steps = {table: copy * last for table, last in moved.items()}
        with db.engine.begin() as connection:
            for table, columns in _MOVED.items():
                if table not in (Comment, Vote) or copy < MOST_TALK:
                    _copy(connection, table, columns, moved, steps)
            if terms:
                _copy(connection, SearchDocument, {"number": Idea}, moved, steps)
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


def _last(connection: Connection, table: Any) -> int:
    return int(connection.scalar(select(func.max(table.id))) or 0)


def _copy(
    connection: Connection,
    table: type[Base],
    columns: Mapping[str, type[Base]],
    moved: Mapping[type[Base], int],
    steps: Mapping[type[Base], int],
) -> None:
    """Copy the first of all copies of a table's rows once more, with their numbers moved on."""
    source = table.__table__
    chosen: list[Any] = []
    for column in source.columns:
        value: Any = column
        if column.name in columns:
            value = column + literal(steps[columns[column.name]])
        elif table is Idea and column.name == "reference":
            value = literal("PS-2022-") + cast(source.c.id + literal(steps[Idea]), Text)
        chosen.append(value.label(column.name))
    name = next(name for name, of in columns.items() if of is Idea)
    rows = select(*chosen).where(source.c[name] <= moved[Idea])
    connection.execute(
        insert(source).from_select([column.name for column in source.columns], rows)  # type: ignore[arg-type]
    )
