"""The database: one declarative base, one session, and how SQLite is spoken to."""

import json
import sqlite3
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar

from blinker import Signal
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Text,
    bindparam,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

# Sent with `statement` (its words without values) and `seconds` by whoever asks the driver itself,
# past SQLAlchemy, so that those who count statements hear of it.
asked_directly = Signal()

Made = TypeVar("Made")

# A connection to a server that nobody has used for longer, in seconds, may have ended meanwhile.
LONGEST_REST = 1.0

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Python sees aware UTC; SQLite, which knows no zones, keeps it without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone: whose clock it is would be a guess."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every table inherits from."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: UtcDateTime(),
        str: Text(),
        dict[str, str]: JSON(),
        dict[str, Any]: JSON(),
        dict[str, list[str]]: JSON(),
        list[str]: JSON(),
        list[dict[str, Any]]: JSON(),
    }


db = SQLAlchemy(metadata=Base.metadata)


def among(column: Any, values: Collection[int] | Collection[str]) -> ColumnElement[bool]:
    """Give the condition that a column holds one of many numbers or words, sent as one value."""
    if db.session.get_bind().dialect.name == "postgresql":
        return column == func.any(bindparam(None, list(values), ARRAY(column.type)))  # type: ignore[no-any-return]
    listed = func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(select(listed.c.value))  # type: ignore[no-any-return]


Insert = postgresql.Insert | sqlite.Insert


def insert(table: type[Base]) -> Insert:
    """Give the INSERT of the database in use, which can say what to do when the row is there."""
    on_postgresql = db.session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(table) if on_postgresql else sqlite.insert(table)


def per_database(make: Callable[[], Made]) -> Callable[[], Made]:
    """Make a statement once for each kind of database: that takes as long as running it.

    For one that begins with `insert`; its values are bound parameters.
    """
    kept: dict[str, Made] = {}

    @wraps(make)
    def give() -> Made:
        name = db.session.get_bind().dialect.name
        made = kept.get(name)
        if made is None:
            made = kept[name] = make()
        return made

    return give


@event.listens_for(Engine, "connect")
def _speak_sqlite(connection: Any, _record: object) -> None:
    """Take transactions into our own hands and make SQLite durable, strict and patient."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "busy_timeout = 10000",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "cache_size = -4000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "checkin")
def _rest(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["rested_since"] = time.monotonic()


@event.listens_for(Engine, "checkout")
def _look_whether_it_lives(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """Ask a server after a rest whether it is still there; without an answer all connect anew.

    Asking each time would cost every page as much as a small question.
    """
    since = record.info.get("rested_since")
    if isinstance(connection, sqlite3.Connection) or since is None:
        return
    if time.monotonic() - since > LONGEST_REST:
        try:
            connection.autocommit = True
            connection.execute("")
        except connection.Error as problem:
            raise InvalidatePoolError from problem


@event.listens_for(Engine, "handle_error")
def _keep_values_out(context: ExceptionContext) -> None:
    """Take out of an error what PostgreSQL tells of the row: errors go into the log.

    A duplicate address, or a whole row that was refused, stands there after the word DETAIL.
    """
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args and "\nDETAIL:" in str(error.args[0]):
            error.args = (str(error.args[0]).partition("\nDETAIL:")[0], *error.args[1:])
