"""The one place that begins and commits: every request, command and job passes through here."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, event

from innovation.core import events
from innovation.core.db import db


class Mode(StrEnum):
    """What the running unit of work may do to the database."""

    FREE = "free"
    READ = "read"
    WRITE = "write"


class WroteWhileReadingError(RuntimeError):
    """Something tried to write where only reading is allowed, such as in answering a GET."""


class Unit:
    """One unit of work in progress; `give_up()` makes it end in a rollback without an error."""

    def __init__(self) -> None:
        """Begin as a unit that will be committed."""
        self.committing = True

    def give_up(self) -> None:
        """Roll back at the end instead of committing."""
        self.committing = False


_WRITING = frozenset({"INSERT", "UPDATE", "DELETE"})
# After WITH a write begins a part in brackets, or what follows the last of them.
_WRITES_WITHIN = re.compile(r"[()]\s*(?:INSERT|UPDATE|DELETE|MERGE)\b", re.IGNORECASE)

_mode: ContextVar[Mode] = ContextVar("transaction_mode", default=Mode.FREE)


@contextmanager
def reading() -> Iterator[None]:
    """Read only. Inside another unit it is a part of that one; otherwise it ends in a rollback."""
    if _mode.get() is not Mode.FREE:
        yield
        return
    with _only_reading():
        yield


@contextmanager
def writing() -> Iterator[Unit]:
    """Write: committed once when the block ends well, rolled back otherwise.

    What `@after_commit` listeners wait for runs after the commit, each in a unit of its own.
    """
    if _mode.get() is not Mode.FREE:
        raise RuntimeError("a unit of work is already open")
    unit = Unit()
    token = _mode.set(Mode.WRITE)
    try:
        with events.collecting() as recorded:
            try:
                yield unit
                if unit.committing:
                    db.session.commit()
                else:
                    db.session.rollback()
                    recorded.clear()
            except BaseException:
                db.session.rollback()
                recorded.clear()
                raise
    finally:
        _mode.reset(token)
    events.tell_outside(recorded)


def is_writing() -> bool:
    """Tell whether the running unit may hold what is not committed, and perhaps never will be."""
    return _mode.get() is Mode.WRITE


@contextmanager
def glancing() -> Iterator[None]:
    """Read something before slow work (hashing a password) and let go, so that nobody waits.

    Only at the start of a unit, before anything was read or written in it.
    """
    if db.session().in_transaction():
        raise RuntimeError("glance before the unit of work has begun to use the database")
    with _only_reading():
        yield


@contextmanager
def _only_reading() -> Iterator[None]:
    token = _mode.set(Mode.READ)
    try:
        yield
    finally:
        try:
            db.session.rollback()
        finally:
            # Also when the database went away meanwhile: the thread serves others afterwards.
            _mode.reset(token)


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Writers take SQLite's write lock at once, so that none fails half way through.

    On PostgreSQL whoever only reads needs no transaction: each statement sees what is committed
    by then, with one or without, and BEGIN and ROLLBACK cost as much as a small question.
    """
    if connection.dialect.name == "sqlite":
        word = "BEGIN IMMEDIATE" if _mode.get() is Mode.WRITE else "BEGIN"
        connection.exec_driver_sql(word)
    elif "isolation_level" not in connection.get_execution_options():
        _let_each_stand_alone(connection, _mode.get() is Mode.READ)


def hold_together(connection: Connection) -> None:
    """Let what follows be one transaction also while only reading: for SET LOCAL, cursors."""
    if connection.dialect.name == "postgresql":
        _let_each_stand_alone(connection, False)


@event.listens_for(Engine, "savepoint")
def _savepoint(connection: Connection, _name: str) -> None:
    hold_together(connection)


def _let_each_stand_alone(connection: Connection, alone: bool) -> None:
    # The driver sends nothing for this: it only says BEGIN before the next statement, or does not.
    driver = connection.connection.dbapi_connection
    if driver is not None and driver.autocommit is not alone:
        driver.autocommit = alone


@event.listens_for(Engine, "before_cursor_execute")
def _refuse_writes_while_reading(
    _connection: Connection,
    _cursor: Any,
    statement: str,
    _parameters: Any,
    _context: Any,
    _many: bool,
) -> None:
    if _mode.get() is Mode.READ and not statement.startswith("SELECT") and _writes(statement):
        raise WroteWhileReadingError(f"only reading is allowed here: {statement.split('(')[0]}")


def _writes(statement: str) -> bool:
    word = statement.lstrip()[:6].upper()
    # On PostgreSQL a write within WITH would be kept, however the reading ends.
    return word in _WRITING or (word[:4] == "WITH" and _WRITES_WITHIN.search(statement) is not None)
