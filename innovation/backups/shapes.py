"""Tables as the database itself has them, whatever its age, and what their rows add up to."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    DateTime,
    MetaData,
    Table,
    Text,
    cast,
    func,
    inspect,
    select,
)
from sqlalchemy.sql.elements import BindParameter, ColumnElement
from sqlalchemy.types import TypeDecorator

from innovation.core.db import UtcDateTime

MIGRATIONS = "alembic_version"
PROGRESS = "database_copy"
# PostgreSQL's own search index; the service makes it anew, as it does the files of the other one.
INDEX = frozenset({"search_documents", "search_generations"})
LEFT_OUT = INDEX | {MIGRATIONS, PROGRESS}
_BATCH = 1_000
_WHOLE = 1 << 256


class WrittenJson(TypeDecorator[str]):
    """JSON as it is written: read into values and written again, an absent one becomes a null."""

    impl = Text
    cache_ok = True

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Read the text."""
        return cast(column, Text)


class PostgresJson(WrittenJson):
    """The same for PostgreSQL, which wants to be told that a text is JSON."""

    cache_ok = True

    def bind_expression(self, bindvalue: BindParameter[str]) -> ColumnElement[Any]:
        """Write the text as JSON."""
        return cast(bindvalue, JSON)


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows a table has, and the sum of their digests, in whatever order they come."""

    rows: int
    digest: str


def tables_of(connection: Connection) -> list[Table]:
    """Give the tables of people's data in an order in which each stands after what it refers to.

    The types are such that the same row reads the same on every database.
    """
    found = MetaData()
    names = sorted(set(inspect(connection).get_table_names()) - LEFT_OUT)
    found.reflect(connection, only=names)
    on_postgresql = connection.dialect.name == "postgresql"
    for table in found.tables.values():
        for column in table.columns:
            column.type = _plain_type(column, on_postgresql)
    return list(found.sorted_tables)


def _plain_type(column: Column[Any], on_postgresql: bool) -> Any:
    if isinstance(column.type, JSON):
        return PostgresJson() if on_postgresql else WrittenJson()
    return UtcDateTime() if isinstance(column.type, DateTime) else column.type


def migration_of(connection: Connection) -> str:
    """Give the number of the last migration of this database, "" when it has none."""
    if not inspect(connection).has_table(MIGRATIONS):
        return ""
    return str(connection.exec_driver_sql(f"SELECT version_num FROM {MIGRATIONS}").scalar() or "")  # noqa: S608


def rows_of(connection: Connection, table: Table) -> Iterator[Sequence[Sequence[Any]]]:
    """Give the rows in batches; the whole table is never in memory."""
    wanted = select(*table.columns).execution_options(yield_per=_BATCH)
    with connection.execute(wanted) as found:
        yield from found.partitions()


def count(connection: Connection, table: Table) -> int:
    """Give how many rows a table has."""
    return connection.scalar(select(func.count()).select_from(table)) or 0


def sum_of(connection: Connection, table: Table) -> Sum:
    """Add up the rows of a table."""
    adding = Adding()
    for rows in rows_of(connection, table):
        adding.take(rows)
    return adding.sum()


def sums_of(connection: Connection) -> dict[str, Sum]:
    """Add up the rows of every table, by its name."""
    return {table.name: sum_of(connection, table) for table in tables_of(connection)}


class Adding:
    """Rows being added up."""

    def __init__(self) -> None:
        """Begin with none."""
        self._rows, self._total = 0, 0

    def take(self, rows: Sequence[Sequence[Any]]) -> None:
        """Add some rows."""
        for row in rows:
            digest = hashlib.sha256(_written(row)).digest()
            self._total = (self._total + int.from_bytes(digest, "big")) % _WHOLE
        self._rows += len(rows)

    def sum(self) -> Sum:
        """Give what they add up to so far."""
        return Sum(self._rows, f"{self._total:064x}")


def _written(row: Sequence[Any]) -> bytes:
    """Write a row in the one way in which it is added up, the same on every database."""
    written = json.dumps([_plain(value) for value in row], separators=(",", ":"))
    return written.encode("ascii")


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case bytes() | memoryview():
            return bytes(value).hex()
        case None | bool() | int() | float() | str():
            return value
        case _:
            raise TypeError(f"a value of a kind that no table has: {type(value).__name__}")
