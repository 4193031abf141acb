"""Moving to another database: row by row, killed and gone on with, refused where it would harm."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DBAPIError

from innovation.backups.shapes import tables_of
from innovation.core import transaction
from innovation.core.audit import AuditRow
from innovation.core.db import db
from innovation.ideas.models import Idea
from innovation.web import worker
from tests.backups.places import Place, differing, embedded, new_place, seal_log
from tests.backups.rows import fill
from tests.real import installation
from tests.real.ideas import idea
from tests.real.server import ROOT

LONGEST = 300


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """An embedded installation with rows in every table and a sealed audit log."""
    place = embedded(tmp_path_factory.mktemp("source"))
    app = installation.installed(place.variables)
    with app.app_context(), transaction.writing():
        idea()
    seal_log(place)
    with app.app_context(), db.engine.begin() as connection:
        fill(connection, tables=[one for one in tables_of(connection) if one.name != "audit_seals"])
    installation.let_go(app)
    return place


def address(place: Place) -> str:
    """Give where the database of a place is, or will be."""
    return place.variables.get(
        "INNOVATION_DATABASE_URL", f"sqlite:///{place.folder}/innovation.sqlite3"
    )


def ready(place: Place) -> Place:
    place.folder.mkdir(exist_ok=True)
    return place


def test_everything_moves_and_the_service_goes_on_there(source: Place, tmp_path: Path) -> None:
    target = ready(new_place(tmp_path))
    done = source.flask("database", "copy", "--to", address(target))
    assert done.exit_code == 0, done.output
    assert "are the same on both sides" in done.output
    assert "audit log is intact" in done.output
    assert "INNOVATION_SECRET_KEY" in done.output
    assert differing(source.tables(), target.tables()) == {}

    app = target.app()
    with app.app_context(), transaction.writing():
        # Numbers go on where they ended, and the log cannot be changed there either.
        last = db.session.scalars(select(Idea.id).order_by(Idea.id.desc())).first()
        assert idea() == (last or 0) + 1
    with (
        app.app_context(),
        pytest.raises(DBAPIError, match="only grows"),
        transaction.writing(),
    ):
        db.session.execute(delete(AuditRow))
    installation.let_go(app)
    assert "intact" in target.flask("audit", "check").output


def test_a_copy_that_is_killed_again_and_again_ends_the_same(source: Place, tmp_path: Path) -> None:
    target = ready(new_place(tmp_path))
    done = subprocess.run(
        [sys.executable, "-m", "tests.backups.killing", "database", "copy", "--to",
         address(target)],
        cwd=ROOT, env={**_environment(), **source.variables}, capture_output=True, text=True,
        timeout=LONGEST, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Going on with the copy that was begun" in done.stdout
    assert ": there already" in done.stdout
    assert "are the same on both sides" in done.stdout
    assert differing(source.tables(), target.tables()) == {}


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if "INNOVATION_INST" not in name}


def test_a_target_with_anything_in_it_is_refused(
    source: Place, small: Place, tmp_path: Path
) -> None:
    before = small.tables()
    assert "not empty" in source.flask("database", "copy", "--to", address(small)).output
    assert small.tables() == before
    assert "database in use" in source.flask("database", "copy", "--to", address(source)).output
    assert "begin with postgresql" in source.flask("database", "copy", "--to", "mysql://x").output


def test_a_begun_copy_of_another_source_is_refused(source: Place, tmp_path: Path) -> None:
    target = ready(new_place(tmp_path))
    app = target.app()
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE database_copy (name TEXT PRIMARY KEY, told TEXT)"))
        connection.execute(text("INSERT INTO database_copy VALUES ('from', 'elsewhere')"))
    installation.let_go(app)
    assert "of another database" in source.flask("database", "copy", "--to", address(target)).output


def test_a_service_that_runs_is_noticed(source: Place, tmp_path: Path) -> None:
    target = ready(new_place(tmp_path))
    app = source.app()
    with worker._alone(app, worker.Stop(), wait=False):
        told = source.flask("database", "copy", "--to", address(target)).output
    assert "The worker is at work. Stop the service first" in told
    script = (
        "import sqlite3, sys; opened = sqlite3.connect(sys.argv[1]); "
        "opened.execute('SELECT count(*) FROM ideas').fetchone(); print('open', flush=True); "
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, source.folder / "innovation.sqlite3"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as pages:
        assert pages.stdout
        assert pages.stdout.readline() == b"open\n"
        told = source.flask("database", "copy", "--to", address(target)).output
        pages.communicate()
    assert "Somebody has the database open. Stop the service first" in told
    installation.let_go(app)


def test_postgresql_moves_to_another_postgresql(small: Place, tmp_path: Path) -> None:
    if not installation.on_postgresql():
        pytest.skip("needs PostgreSQL")
    target = ready(new_place(tmp_path))
    done = small.flask("database", "copy", "--to", address(target))
    assert done.exit_code == 0, done.output
    assert differing(small.tables(), target.tables()) == {}
