"""The last migration runs while the release before serves: nothing fails and nobody waits long.

The release before is not here to be run; what it asks of the database is: its own tables and
columns, as they were before the migration, read, changed and added to without pause.
"""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, current_app
from flask_migrate import upgrade
from sqlalchemy import Connection, Engine, Table, func, select, text, update

from innovation.backups.shapes import tables_of
from innovation.core.db import db
from innovation.ideas.models import Idea
from tests.backups.places import new_place
from tests.backups.rows import FIRST, MANY, fill
from tests.backups.test_upgrades import last_migrations
from tests.nodes.machines import until
from tests.real import installation

pytestmark = pytest.mark.skipif(
    not installation.on_postgresql(), reason="several machines need PostgreSQL"
)

# A page that waits for so long is slow, and none that fails.
LONGEST_PAUSE = 2.0


class FormerRelease(threading.Thread):
    """Reads every table as it was and changes a row of each, over and over."""

    def __init__(self, engine: Engine, tables: list[Table]) -> None:
        """Begin at once."""
        super().__init__(daemon=True)
        self.engine, self.tables = engine, tables
        self.over = threading.Event()
        self.rounds, self.longest = 0, 0.0
        self.problem: BaseException | None = None
        self.start()

    def run(self) -> None:
        """Serve until it is over; what goes wrong is told at the end."""
        try:
            while not self.over.is_set():
                for table in self.tables:
                    began = time.monotonic()
                    with self.engine.begin() as connection:
                        connection.execute(select(*table.columns).limit(20)).all()
                        self._change(table, connection)
                    self.longest = max(self.longest, time.monotonic() - began)
                self.rounds += 1
        except BaseException as problem:
            self.problem = problem

    def _change(self, table: Table, connection: Connection) -> None:
        plain = [one for one in table.columns if not one.primary_key and not one.foreign_keys]
        if plain and not table.name.startswith("audit_"):
            one = next(iter(table.primary_key))
            lowest = select(func.min(one)).scalar_subquery()
            changed = update(table).where(one == lowest).values({plain[0].name: plain[0]})
            connection.execute(changed)


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Flask]:
    """An installation without a database, with its application at work."""
    app = new_place(tmp_path).app()
    with app.app_context():
        yield app
    installation.let_go(app)


def test_the_release_before_serves_while_the_last_migration_runs(bare: Flask) -> None:
    former, last = last_migrations()
    upgrade(revision=former)
    with db.engine.begin() as connection:
        fill(connection)
        before = tables_of(connection)
    serving = FormerRelease(db.engine, before)
    until(lambda: serving.rounds >= 1 or serving.problem)
    upgrade(revision=last)
    rounds = serving.rounds
    until(lambda: serving.rounds >= rounds + 2 or serving.problem)
    serving.over.set()
    serving.join(30)
    assert serving.problem is None, serving.problem
    assert serving.longest < LONGEST_PAUSE
    with db.engine.begin() as connection:
        fill(connection, FIRST + MANY, before)
    # And the release of this code is ready on what both have written.
    assert "migrations" not in current_app.test_client().get("/readyz").text


def test_a_visitor_in_the_middle_of_something_and_the_migration_do_not_stop_each_other(
    bare: Flask,
) -> None:
    former, last = last_migrations()
    upgrade(revision=former)
    with db.engine.begin() as connection:
        fill(connection)
    ended: list[BaseException | None] = []
    with db.engine.begin() as visitor:
        number = visitor.scalar(select(Idea.id).limit(1))
        migrating = threading.Thread(target=lambda: ended.append(_upgraded(bare, last)))
        migrating.start()
        until(lambda: ended or _somebody_waits())
        step = {"support_count": Idea.support_count + 1}
        visitor.execute(update(Idea).where(Idea.id == number).values(step))
    migrating.join(60)
    assert ended == [None]


def test_who_would_change_tables_in_use_is_told_to_try_again(bare: Flask) -> None:
    former, _last = last_migrations()
    upgrade(revision=former)
    with db.engine.begin() as connection:
        name = connection.scalar(text("SELECT current_database()"))
        connection.execute(text(f'ALTER DATABASE "{name}" SET lock_timeout = 200'))
    db.engine.dispose()
    with db.engine.begin() as another:
        another.execute(text("LOCK TABLE ideas"))
        told = bare.test_cli_runner().invoke(args=["init"])
    assert told.exit_code == 1
    assert "run it again" in told.output
    assert bare.test_cli_runner().invoke(args=["init"]).exit_code == 0


def _upgraded(app: Flask, revision: str) -> BaseException | None:
    """Migrate, as another process would; gives what went wrong."""
    try:
        with app.app_context():
            upgrade(revision=revision)
    except BaseException as problem:
        return problem
    return None


def _somebody_waits() -> bool:
    """Tell whether somebody waits for a lock in this database."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with db.engine.connect() as connection:
        return bool(connection.scalar(waiting))
