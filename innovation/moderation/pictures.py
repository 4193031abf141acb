"""Rows as plain values, before and after: what differs, and how it is written to the database."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Table, select
from sqlalchemy.types import TypeEngine

from innovation.core.db import Base, UtcDateTime, db

# Columns that others move at the same time, or that only ever grow.
_LIVELY = frozenset({"support_count", "comment_count", "version", "updated_at", "topical"})

Row = dict[str, Any]
Picture = dict[str, dict[str, Row]]


def picture(wanted: Iterable[tuple[type[Base], str, Collection[int]]]) -> Picture:
    """Read rows by table and key, as plain values.

    wanted: each table with a column and the numbers in it; of two of one table the later counts.
    """
    return {
        model.__tablename__: {
            _key(table, row): row
            for row in (
                _plain(dict(one._mapping))
                for one in db.session.execute(
                    select(table).where(table.c[column].in_(numbers)).order_by(*table.primary_key)
                )
            )
        }
        for model, column, numbers in wanted
        if numbers and isinstance(table := model.__table__, Table)
    }


def _plain(row: Mapping[str, Any]) -> Row:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in row.items()
        if name not in _LIVELY
    }


def _key(table: Table, row: Mapping[str, Any]) -> str:
    return " ".join(str(row[column.name]) for column in table.primary_key)


def differences(before: Picture, after: Picture) -> list[dict[str, Any]]:
    """Give what changed: of each row what differs, None for a row that was or is not there."""
    found = []
    for name, rows in after.items():
        old = before[name]
        for key in old.keys() | rows.keys():
            was, now = old.get(key), rows.get(key)
            if was == now:
                continue
            if was and now:
                different = {column for column in now if was[column] != now[column]}
                kept = {c.name for c in Base.metadata.tables[name].primary_key}
                was = {column: was[column] for column in different | kept}
                now = {column: now[column] for column in different | kept}
            found.append({"table": name, "before": was, "after": now})
    return found


def typed(table: Table, row: Mapping[str, Any]) -> Row:
    """Give the values as the table takes them."""
    return {
        name: value if value is None else _value(table.c[name].type, value)
        for name, value in row.items()
    }


def _value(kind: TypeEngine[Any], written: Any) -> Any:
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(written)
    return date.fromisoformat(written) if isinstance(kind, Date) else written
