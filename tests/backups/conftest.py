"""Installations that the tests of copies share: one with the demo, one that is small."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from innovation.backups.shapes import tables_of
from innovation.core import transaction
from innovation.core.db import db
from tests.backups.places import Place, copy_of, new_place, seal_log
from tests.backups.rows import fill
from tests.real import installation, postgresql
from tests.real.ideas import idea
from tests.real.people import person


@pytest.fixture(scope="session", autouse=True)
def _programs() -> Iterator[None]:
    """Have the programs of the tests' own PostgreSQL server on the PATH."""
    kept = os.environ["PATH"]
    if installation.on_postgresql():
        os.environ["PATH"] = postgresql.path()
    yield
    os.environ["PATH"] = kept


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """An installation with two people and an idea. Nobody changes it."""
    place = new_place(tmp_path_factory.mktemp("small"))
    app = installation.installed(place.variables)
    with app.app_context(), transaction.writing():
        idea(person("moderator", "staff"))
        person()
    installation.let_go(app)
    seal_log(place)
    return place


@pytest.fixture(scope="session")
def copied(small: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the small one, not sealed."""
    return copy_of(small, tmp_path_factory.mktemp("copies"))


@pytest.fixture(scope="session")
def lively(copied: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """An installation with rows in every table; only the audit log of it grows."""
    place = new_place(tmp_path_factory.mktemp("lively"))
    assert place.flask("restore", copied).exit_code == 0
    app = place.app()
    with app.app_context(), db.engine.begin() as connection:
        fill(connection, tables=[one for one in tables_of(connection) if one.name != "audit_seals"])
    installation.let_go(app)
    return place
