"""Rows for every table there is, made from the tables themselves: none is left out by mistake."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Float,
    Integer,
    LargeBinary,
    Table,
    insert,
)

from innovation.backups.shapes import WrittenJson, count, tables_of
from innovation.core.db import UtcDateTime

AT = datetime(2026, 3, 29, 0, 59, 59, 123456, tzinfo=UTC)
# Numbers that no row of the programme or of a test has.
FIRST, MANY = 9_001, 3
# There is one programme; a source of a model is an idea or an experiment.
ALONE = "programmes"
LEFT_EMPTY = {("model_sources", "experiment_id")}
WORDS = {"language": "fi", "visibility": "public", "handling": "new", "capacity": "asukas"}


def fill(connection: Connection, first: int = FIRST, tables: Sequence[Table] = ()) -> None:
    """Put rows into every table. tables: as they once were; those of the database otherwise."""
    for table in tables or tables_of(connection):
        if table.name == ALONE and count(connection, table):
            continue
        numbers = [1] if table.name == ALONE else list(range(first, first + MANY))
        rows = [_row(table, number, numbers[-1]) for number in numbers]
        # One statement: a row may refer to one that comes after it.
        connection.execute(insert(table).values(rows))


def _row(table: Table, number: int, last: int) -> dict[str, Any]:
    return {column.name: _value(table, column, number, last) for column in table.columns}


def _value(table: Table, column: Column[Any], number: int, last: int) -> Any:
    if (table.name, column.name) in LEFT_EMPTY:
        return None
    for key in column.foreign_keys:
        if key.column.table is table:
            return number + 1 if number < last else None
        return 1 if key.column.table.name == ALONE else number
    if column.nullable and number == last:
        return None
    return _plain(column, number)


def _plain(column: Column[Any], number: int) -> Any:
    match column.type:
        case Boolean():
            return bool(number % 2)
        case Integer():
            return number
        case Float():
            return number + 0.1
        case UtcDateTime():
            return AT + timedelta(days=number, microseconds=number)
        case Date():
            return date(2026, 10, 25) + timedelta(days=number)
        case LargeBinary():
            return bytes(range(256))
        case WrittenJson():
            return f'{{"fi":  "Ä\\u00e4 {number}", "none": null, "many": [1.0, 2e3]}}'
        case _:
            return WORDS.get(column.name, f"{column.name} 'ä' 🚑 {number}")
