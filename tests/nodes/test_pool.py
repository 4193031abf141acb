"""An installation behind PgBouncer in transaction mode: made through it, and copied past it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from innovation.core.db import db
from innovation.search.engines import engine_for
from tests.real import installation, pooler, postgresql

pytestmark = [
    pytest.mark.skipif(not installation.on_postgresql(), reason="a pool stands before PostgreSQL"),
    pytest.mark.skipif(not pooler.PROGRAM, reason=pooler.WHY_NOT),
]


@pytest.fixture
def pooled(tmp_path: Path) -> Iterator[Flask]:
    """An installation that was made, migrations and programme, through the pool."""
    address = postgresql.new_database(f"{installation.worker()}_pooled")
    with pooler.running(address) as pool:
        app = installation.initialised(
            {
                "INNOVATION_INSTANCE": str(tmp_path / "pooled"),
                "INNOVATION_SECRET_KEY": installation.SECRET_KEY,
                "INNOVATION_DATABASE_URL": pool.before(address),
            }
        )
        with app.app_context():
            yield app
        installation.let_go(app)


def test_nothing_is_left_behind_in_a_connection_that_others_get_next(pooled: Flask) -> None:
    settings = pooled.extensions["settings"]
    engine_for(settings).rebuild(lambda: [])
    with db.engine.connect() as connection:
        changed = connection.execute(
            text("SELECT name FROM pg_settings WHERE source = 'session' AND name <> ALL (:known)"),
            # What the pool itself carries from one to the next, as each client has said.
            {"known": ["application_name", "client_encoding", "DateStyle", "TimeZone"]},
        )
        assert list(changed.scalars()) == []
        for table in ("pg_prepared_statements", "pg_cursors"):
            left = connection.execute(text(f"SELECT statement FROM {table}")).scalars()
            assert list(left) == []
        # Of this database: the server has others, too.
        locks = connection.execute(
            text(
                "SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
                " WHERE locktype = 'advisory' AND datname = current_database()"
            )
        )
        assert locks.all() == []


def test_copies_are_not_made_through_it(pooled: Flask, tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    done = pooled.test_cli_runner().invoke(args=["backup", "--to", str(copies)])
    assert done.exit_code == 1
    assert "PgBouncer" in done.output
    assert list(copies.glob("*.gz*")) == []
