"""Rows as plain values, before and after: what differs, and how it is written to the database."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Date,
    Table,
    Text,
    cast,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.types import TypeEngine

from innovation.core.db import Base, UtcDateTime, db
from innovation.core.errors import ConflictError
from innovation.core.i18n import lazy_gettext as _

CHANGED = _("Something has happened since, so this can no longer be undone. Decide anew.")
# What is said instead when a row of this table has changed since.
_NEWER = {
    "messages": _("The author has already answered, so the question stays. Read the answer first.")
}

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


def hold_rows(changes: Iterable[dict[str, Any]]) -> None:
    """Let nobody else change the rows that these are about, held by table and number."""
    numbers = {(one["table"], (one["after"] or one["before"])["id"]) for one in changes}
    for name, number in sorted(numbers):
        key = Base.metadata.tables[name].c.id
        db.session.execute(select(key).where(key == number).with_for_update(key_share=True))


def write_back(changes: list[dict[str, Any]]) -> None:
    """Write back what was there; new rows go first, since a single one may be in force."""
    for change in sorted(changes, key=lambda one: one["before"] is not None):
        table = Base.metadata.tables[change["table"]]
        before, after = (typed(table, change[name] or {}) for name in ("before", "after"))
        if not after:
            db.session.execute(insert(table).values(before))
            continue
        same = [_unchanged(table.c[name], value) for name, value in after.items()]
        if not before:
            done = db.session.execute(delete(table).where(*same))
        else:
            done = db.session.execute(update(table).where(*same).values(before))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise ConflictError(_NEWER.get(table.name, CHANGED))


def _unchanged(column: Column[Any], value: Any) -> ColumnElement[bool]:
    """Give the condition that a column still holds the value; JSON is compared as it is written."""
    if isinstance(column.type, JSON):
        return cast(column, Text) == json.dumps(value)
    return column.is_not_distinct_from(value)
