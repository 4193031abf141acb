"""Installations of the application for tests: each with a folder and a database of its own."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import Connection, event

from innovation.core.config import Settings
from innovation.core.db import db
from innovation.web.application import create_app
from innovation.web.limits import limiter
from tests.real import postgresql

# Made for this run alone; the processes that it starts find it here.
SECRET_KEY = os.environ.setdefault("INNOVATION_TEST_KEY", secrets.token_hex(32))
WRITING_WORDS = ("INSERT", "UPDATE", "DELETE")

# The statements that wrote since the checking client began its latest request.
written: list[str] = []


def on_postgresql() -> bool:
    """Tell which database this run of the suite is for."""
    return os.environ.get("INNOVATION_TEST_DATABASE", "sqlite") == "postgresql"


def worker() -> str:
    """Give the name of this process among those that share the run: gw0, gw1 or main."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def environment(folder: Path, name: str) -> dict[str, str]:
    """Give the settings of a new, empty installation: its folder, and on PostgreSQL a database."""
    variables = {
        "INNOVATION_INSTANCE": str(folder),
        "INNOVATION_SECRET_KEY": SECRET_KEY,
        "INNOVATION_ORIGIN": "http://localhost",
    }
    if on_postgresql():
        address = postgresql.new_database(f"{worker()}_{name}")
        variables["INNOVATION_DATABASE_URL"] = address
    return variables


def installed(variables: dict[str, str]) -> Flask:
    """Make the application for these settings and make it ready: migrated, programme loaded."""
    app = create_app(Settings.from_environment(variables))
    app.testing = True
    result = app.test_cli_runner().invoke(args=["init"])
    if result.exit_code:
        let_go(app)
        raise result.exception or AssertionError(result.output)
    return app


def let_go(app: Flask) -> None:
    """Close the connections of an application that is no longer needed."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@contextmanager
def rolled_back(app: Flask) -> Iterator[Connection]:
    """Run everything the application does inside one transaction that is never committed.

    Test and application share one connection; what the application commits becomes a savepoint.
    The rate limits, which are counted elsewhere, begin anew.
    """
    with app.app_context():
        engines = db.engines
        limiter.reset()
        db.session.configure(join_transaction_mode="create_savepoint")
    engine = engines[None]
    with engine.connect() as connection:
        outer = connection.begin()
        event.listen(connection, "before_cursor_execute", _note_writes)
        engines[None] = connection  # type: ignore[assignment]
        try:
            yield connection
        finally:
            engines[None] = engine
            outer.rollback()


def _note_writes(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
    if statement.lstrip()[:6].upper() in WRITING_WORDS:
        written.append(statement)
