"""Making sure that nobody is at work while a database is being moved or replaced."""

import fcntl
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from innovation.backups import postgres_tools

WORKER_LOCK = "worker.lock"
STOP_FIRST = (
    "Stop the service first (pages and worker, on every machine), and try again when it has ended."
)
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
# A connection that was just closed is still listed for a moment.
_PATIENCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.1


class BusyError(Exception):
    """Somebody is at work; the message is a sentence that says who, and what to do."""


@contextmanager
def no_worker(instance: Path) -> Iterator[None]:
    """Keep every worker of this instance folder from beginning. Raises BusyError when one is on."""
    with (instance / WORKER_LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(f"The worker is at work. {STOP_FIRST}") from None
        yield


def file_of(engine: Engine) -> Path:
    """Give where the database file of an engine for SQLite lies."""
    return Path(engine.url.database or "").absolute()


def nobody_connected(engine: Engine) -> None:
    """Check that no other process uses the database. Raises BusyError.

    The engine's own connections are closed for that.
    """
    engine.dispose()
    if engine.dialect.name == "sqlite":
        _nobody_has_open(file_of(engine))
        return
    end = time.monotonic() + _PATIENCE_SECONDS
    with engine.connect() as connection:
        while connection.exec_driver_sql(_OTHERS).scalar():
            if time.monotonic() > end:
                raise BusyError(f"Somebody is connected to the database. {STOP_FIRST}")
            # What is known of others stands still within a transaction.
            connection.rollback()
            time.sleep(_PAUSE_SECONDS)


def _nobody_has_open(path: Path) -> None:
    if not path.exists():
        return
    with closing(sqlite3.connect(path, timeout=1.0, isolation_level=None)) as alone:
        try:
            # Granted only while no other process has the file open.
            alone.execute("PRAGMA locking_mode = EXCLUSIVE")
            alone.execute("BEGIN EXCLUSIVE")
            alone.execute("ROLLBACK")
            alone.execute("PRAGMA locking_mode = NORMAL")
            alone.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as problem:
            if "locked" not in str(problem):
                raise
            raise BusyError(f"Somebody has the database open. {STOP_FIRST}") from None


def whole(engine: Engine) -> None:
    """Check that no restoring goes on, nor was killed. Raises BusyError.

    A database that does not answer is not looked at: that is told of elsewhere.
    """
    if engine.dialect.name != "postgresql":
        return  # its file is put in place in one step
    with suppress(SQLAlchemyError):
        if not postgres_tools.is_aside(engine):
            return
        raise BusyError(
            "A copy is being brought back to this database, or that was stopped before its end. "
            "Run the same flask restore again: it first puts back what was here before."
        )


@contextmanager
def unwritten(engine: Engine) -> Iterator[None]:
    """Let nobody write to the database while it is read; on SQLite only, where one lock does it."""
    if engine.dialect.name != "sqlite":
        yield
        return
    with closing(sqlite3.connect(file_of(engine), timeout=1.0, isolation_level=None)) as holding:
        try:
            # As every connection of the service has it; later, the lock would be in the way.
            holding.execute("PRAGMA journal_mode = WAL")
            holding.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            raise BusyError(f"Somebody is writing to the database. {STOP_FIRST}") from None
        yield
