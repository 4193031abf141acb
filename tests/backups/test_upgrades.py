"""Upgrades: the former release's database comes forward and goes back, and serves meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, Table, select, update

from innovation.backups.shapes import Sum, sums_of, tables_of
from innovation.core.db import db
from tests.backups.places import new_place
from tests.backups.rows import FIRST, MANY, fill
from tests.real import installation

# The last migration of the release before the one with accounts, privacy and notifications.
FORMER = "0007"


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Flask]:
    """An installation without a database, with its application at work."""
    app = new_place(tmp_path).app()
    with app.app_context():
        yield app
    installation.let_go(app)


def last_migrations() -> tuple[str, str]:
    """Give the numbers of the last migration but one, and of the last."""
    config = current_app.extensions["migrate"].migrate.get_config()
    script = ScriptDirectory.from_config(config)
    last = script.get_revision("head")
    assert last is not None
    return str(last.down_revision), last.revision


def summed() -> dict[str, Sum]:
    with db.engine.connect() as connection:
        return sums_of(connection)


def test_what_the_former_release_knew_comes_forward_and_back(bare: Flask) -> None:
    upgrade(revision=FORMER)
    with db.engine.begin() as connection:
        fill(connection)
        before = tables_of(connection)
    knew = summed()
    assert all(one.rows >= 1 for one in knew.values())
    upgrade()
    forward = summed()
    lost = {name for name, one in knew.items() if forward[name].rows != one.rows}
    assert lost == set()
    with db.engine.connect() as connection:
        for table in before:
            connection.execute(select(*table.columns).limit(1)).first()
    downgrade(revision=FORMER)
    assert summed() == knew


def test_the_release_before_goes_on_while_the_last_migration_runs(bare: Flask) -> None:
    former, last = last_migrations()
    upgrade(revision=former)
    with db.engine.begin() as connection:
        fill(connection)
        before = tables_of(connection)
    upgrade(revision=last)
    # As the code of the release before writes and reads: it knows its own columns alone.
    with db.engine.begin() as connection:
        fill(connection, FIRST + MANY, before)
        for table in before:
            _change_and_read(table, connection)
    written = summed()
    downgrade(revision=former)
    assert {name: one.rows for name, one in summed().items()} == {
        table.name: written[table.name].rows for table in before
    }


def _change_and_read(table: Table, connection: Connection) -> None:
    columns = [one for one in table.columns if not one.primary_key and not one.foreign_keys]
    if columns and not table.name.startswith("audit_"):
        connection.execute(update(table).values({columns[0].name: columns[0]}))
    connection.execute(select(*table.columns)).all()
