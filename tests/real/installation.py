"""Installations of the application for tests: each with a folder and a database of its own."""

import atexit
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from flask import Flask
from sqlalchemy import Connection, event, make_url

from innovation.core.config import Settings
from innovation.core.db import db
from innovation.language import load
from innovation.search import upkeep
from innovation.search.engines import forms_file
from innovation.web.application import create_app
from innovation.web.limits import limiter
from tests.real import postgresql

# Made for this run alone; the processes that it starts find it here.
SECRET_KEY = os.environ.setdefault("INNOVATION_TEST_KEY", secrets.token_hex(32))
# The same dictionary everywhere, whatever else this machine has.
FINNISH = "pyvoikko"
WRITING_WORDS = ("INSERT", "UPDATE", "DELETE")

# The statements that wrote since the checking client began its latest request.
written: list[str] = []


def on_postgresql() -> bool:
    """Tell which database this run of the suite is for."""
    return os.environ.get("INNOVATION_TEST_DATABASE", "sqlite") == "postgresql"


def prepare() -> None:
    """Load the dictionary and start the one PostgreSQL server that the tests of a run share."""
    # A process has one dictionary, the first that anybody asks for; no test may be that one.
    load(FINNISH)
    if on_postgresql():
        postgresql.start()


def worker() -> str:
    """Give the name of this process among those that share the run: gw0, gw1 or main."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def environment(folder: Path, name: str) -> dict[str, str]:
    """Give the settings of a new, empty installation: its folder, and on PostgreSQL a database."""
    variables = {
        "INNOVATION_INSTANCE": str(folder),
        "INNOVATION_SECRET_KEY": SECRET_KEY,
        "INNOVATION_ORIGIN": "http://localhost",
        "INNOVATION_FINNISH": FINNISH,
    }
    if on_postgresql():
        address = postgresql.new_database(f"{worker()}_{name}")
        variables["INNOVATION_DATABASE_URL"] = address
    return variables


def installed(variables: dict[str, str]) -> Flask:
    """Make the application for these settings and make it ready: migrated, programme loaded."""
    settings = Settings.from_environment(variables)
    sample = _sample(settings.embedded)
    if settings.embedded:
        shutil.copy(_file_of(sample), _file_of(settings))
    else:
        postgresql.copy_database(sample.database_url, settings.database_url)
    # With libvoikko there is no such file.
    if forms_file(sample).exists():
        shutil.copy(forms_file(sample), forms_file(settings))
    app = create_app(settings)
    app.testing = True
    return app


def initialised(variables: dict[str, str]) -> Flask:
    """Make the application for these settings and make it ready with `flask init` itself."""
    app = create_app(Settings.from_environment(variables))
    app.testing = True
    result = app.test_cli_runner().invoke(args=["init"])
    if result.exit_code:
        let_go(app)
        raise result.exception or AssertionError(result.output)
    return app


@cache
def _sample(embedded: bool) -> Settings:
    """Give an installation that others are copied from, with the words of the vocabulary read.

    Both take seconds, so each process does them once.
    """
    folder = Path(tempfile.mkdtemp(prefix="innovation-sample-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    variables = {
        "INNOVATION_INSTANCE": str(folder),
        "INNOVATION_SECRET_KEY": SECRET_KEY,
        "INNOVATION_FINNISH": FINNISH,
    }
    if not embedded:
        variables["INNOVATION_DATABASE_URL"] = postgresql.new_database(f"{worker()}_sample")
    app = initialised(variables)
    settings = Settings.from_environment(variables)
    with app.app_context():
        upkeep.keep_forms(forms_file(settings))
    let_go(app)
    return settings


def _file_of(settings: Settings) -> Path:
    return Path(str(make_url(settings.database_url).database))


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
