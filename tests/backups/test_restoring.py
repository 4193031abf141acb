"""Bringing copies back: into an empty place, whole or not at all, forward to this version."""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import select

from innovation.accounts.models import Account
from innovation.backups import postgres_tools
from innovation.backups.forgetting import FILE
from innovation.backups.packing import copies_in
from innovation.comments.actions import CommentDraft, delete_comment, post_comment
from innovation.comments.models import Comment
from innovation.core import transaction
from innovation.core.audit import AuditRow
from innovation.core.db import db
from innovation.ideas.actions import withdraw_idea
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_idea
from innovation.notifications.models import Mail
from innovation.privacy.actions import leave
from innovation.search.models import SearchGeneration
from innovation.web import worker
from tests.backups.places import Place, copy_of, differing, embedded, new_place
from tests.real import installation
from tests.real.ideas import idea
from tests.real.people import person

Spoil = Callable[[bytes], bytes]
ROOT = Path(__file__).parents[2]
# Seconds after which a restoring is killed: anywhere in its work, which takes some of them.
KILLED_AFTER = ((0.1, 1.0), (1.0, 2.5))


def keys(folder: Path, name: str) -> tuple[Path, str]:
    """Make keys with the command; gives the private one's file and the public one."""
    done = embedded(folder).flask("backup", "key", "--to", folder / name)
    assert done.exit_code == 0, done.output
    assert (folder / name).stat().st_mode & 0o777 == 0o600
    return folder / name, done.stdout.splitlines()[0]


def restored(place: Place, copied: Path) -> Flask:
    """Bring the copy to the place; gives its application, to be let go of."""
    assert place.flask("restore", copied).exit_code == 0
    return place.app()


@pytest.fixture(scope="module")
def sealed_copy(small: Place, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A sealed copy and the file of its private key."""
    folder = tmp_path_factory.mktemp("sealed")
    private, public = keys(folder, "private")
    return copy_of(small, folder, INNOVATION_BACKUP_KEY=public), private


def test_a_sealed_copy_comes_back_with_its_key_alone(
    small: Place, sealed_copy: tuple[Path, Path], tmp_path: Path
) -> None:
    file, private = sealed_copy
    other, _public = keys(tmp_path, "other")
    place = new_place(tmp_path)
    assert "give the file of its private key" in place.flask("restore", file).output
    assert "another key" in place.flask("restore", file, "--key", other).output
    assert "no private key" in place.flask("restore", file, "--key", file).output
    assert place.is_untouched()
    assert "Whole" in place.flask("backup", "check", file, "--key", private).output
    done = place.flask("restore", file, "--key", private)
    assert done.exit_code == 0, done.output
    assert differing(small.tables(), place.tables()) == {}
    assert "intact" in place.flask("audit", "check").output

    app = place.app()
    with app.app_context(), transaction.reading():
        row = db.session.scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
        assert row
        assert (row.actor, row.action) == ("system", "database:restore")
        assert row.details["rows"] > 50
    answer = app.test_client().get("/ideas/1", follow_redirects=True)
    installation.let_go(app)
    assert answer.status_code == 200
    assert "mihin kerrokseen" in answer.text


@pytest.mark.once
@pytest.mark.parametrize(
    "spoil",
    [
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[:-1],
        lambda whole: whole[:60],
        lambda whole: b"",
        lambda whole: whole + b"x",
        lambda whole: whole[:-9_000] + bytes([whole[-9_000] ^ 1]) + whole[-8_999:],
        lambda whole: whole[:40] + bytes([whole[40] ^ 1]) + whole[41:],
    ],
    ids=["cut", "cut at the end", "head alone", "empty", "longer", "changed", "head changed"],
)
@pytest.mark.parametrize("kind", ["sealed", "open"])
def test_a_copy_that_is_not_as_it_was_changes_nothing(
    sealed_copy: tuple[Path, Path], copied: Path, tmp_path: Path, spoil: Spoil, kind: str
) -> None:
    file, private = sealed_copy if kind == "sealed" else (copied, sealed_copy[1])
    spoiled = tmp_path / file.name
    spoiled.write_bytes(spoil(file.read_bytes()))
    place = embedded(tmp_path)
    done = place.flask("restore", spoiled, "--key", private)
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert done.output.endswith(".\n") or "--key" in done.output
    assert place.is_untouched()


def test_an_occupied_place_is_replaced_only_when_that_is_said(
    small: Place, copied: Path, tmp_path: Path
) -> None:
    place, copies = new_place(tmp_path), tmp_path / "copies"
    copies.mkdir()
    app = restored(place, copied)
    with app.app_context(), transaction.writing():
        idea(text="Tämä oli täällä ennen.")
        db.session.add(
            SearchGeneration(generation=0, made_by="x", serves=True, filled_by="", seen_at=None)
        )
    installation.let_go(app)
    before = place.tables()
    assert "use --replace" in place.flask("restore", copied).output
    assert place.tables() == before
    told = {"INNOVATION_BACKUP_TO": str(copies)}
    done = place.flask("restore", copied, "--replace", **told)
    assert done.exit_code == 0, done.output
    assert differing(small.tables(), place.tables()) == {}
    ((_moment, kept),) = copies_in(copies)
    assert str(kept) in done.output
    assert "Whole" in place.flask("backup", "check", kept).output


def test_nothing_is_replaced_under_the_hands_of_others(
    small: Place, copied: Path, tmp_path: Path
) -> None:
    place = new_place(tmp_path)
    app = restored(place, copied)
    stop = worker._alone(app, worker.Stop(), wait=False)
    with stop:
        told = place.flask("restore", copied, "--replace").output
    assert "The worker is at work. Stop the service first" in told
    installation.let_go(app)


def test_an_older_copy_is_brought_forward_and_a_newer_one_refused(
    small: Place, copied: Path, tmp_path: Path
) -> None:
    old = new_place(tmp_path)
    assert old.flask("restore", copied).exit_code == 0
    app = old.app()
    with app.app_context():
        downgrade(revision="0014")
    installation.let_go(app)
    older = copy_of(old, tmp_path)
    place = new_place(tmp_path)
    done = place.flask("restore", older)
    assert done.exit_code == 0, done.output
    assert "from migration 0014 to " in done.output
    there, here = place.tables(), small.tables()
    for name in ("ideas", "people", "audit_rows", "timeline"):
        assert there[name] == here[name]
    app = old.app()
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    installation.let_go(app)
    place = new_place(tmp_path)
    assert "newer version" in place.flask("restore", copy_of(old, tmp_path)).output
    assert place.is_untouched()


def test_a_copy_of_the_other_database_is_refused(tmp_path: Path) -> None:
    if not installation.on_postgresql():
        pytest.skip("needs both")
    one = embedded(tmp_path)
    installation.let_go(installation.installed(one.variables))
    place = new_place(tmp_path)
    told = place.flask("restore", copy_of(one, tmp_path)).output
    assert "flask database copy" in told
    assert place.is_untouched()


def test_the_old_schema_comes_back_when_restoring_was_killed(
    small: Place, copied: Path, tmp_path: Path
) -> None:
    if not installation.on_postgresql():
        pytest.skip("the embedded database is put in place in one step")
    place = new_place(tmp_path)
    assert place.flask("restore", copied).exit_code == 0
    app = place.app()
    with app.app_context():
        postgres_tools.put_aside(db.engine)
    installation.let_go(app)
    assert "use --replace" in place.flask("restore", copied).output
    assert differing(small.tables(), place.tables()) == {}


def test_restoring_killed_at_random_moments_leaves_the_old_or_the_new_whole(
    small: Place, copied: Path, tmp_path: Path
) -> None:
    place, copies = new_place(tmp_path), tmp_path / "copies"
    copies.mkdir()
    app = restored(place, copied)
    with app.app_context(), transaction.writing():
        idea(text="Tämä oli täällä ennen.")
    installation.let_go(app)
    old, new = place.tables(), small.tables()
    more = {"INNOVATION_BACKUP_TO": str(copies)}
    seconds = [str(round(random.uniform(*part), 3)) for part in KILLED_AFTER]
    words = (",".join(seconds), "restore", str(copied), "--replace")
    with subprocess.Popen(
        [sys.executable, "-m", "tests.backups.killing", *words],
        cwd=ROOT, env={**os.environ, **place.variables, **more},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as killer:  # fmt: skip
        assert killer.stdin
        assert killer.stdout
        for _one in seconds:
            print(file=killer.stdin, flush=True)
            ended = killer.stdout.readline()
            assert ended.endswith((": -9\n", ": 0\n")), ended
            begun = place.flask("init")
            if begun.exit_code:
                assert "Run the same flask restore again" in begun.output
                # Without --replace it only puts back what was there.
                assert "use --replace" in place.flask("restore", copied).output
            here = place.tables()
            assert not differing(here, old) or not differing(here, new), (seconds, ended)
    assert place.flask("restore", copied, "--replace", **more).exit_code == 0
    assert differing(place.tables(), new) == {}
    assert "intact" in place.flask("audit", "check").output


def test_what_people_took_back_since_is_taken_back_again(copied: Path, tmp_path: Path) -> None:
    place, copies = new_place(tmp_path), tmp_path / "copies"
    copies.mkdir()
    app = restored(place, copied)
    with app.app_context(), transaction.writing():
        leaving, author = person(name="Lähtevä Lintu"), person("staff")
        gone, stays = idea(author), idea(author)
        theirs = post_comment(author, db.session.get_one(Idea, stays), CommentDraft("Hyvä näin."))
        comment = theirs.id
        left = idea(leaving)
    file = copy_of(place, copies)
    with app.app_context(), transaction.writing():
        leave(leaving, leaving.id, "delete")
        withdraw_idea(author, visible_idea(author, gone))
        delete_comment(author, db.session.get_one(Comment, comment))
    installation.let_go(app)
    copy_of(place, copies)
    assert "Lähtevä" not in (copies / FILE).read_text(encoding="utf-8")

    again = new_place(tmp_path)
    done = again.flask("restore", file)
    assert done.exit_code == 0, done.output
    assert "erased again" in done.output
    app = again.app()
    with app.app_context(), transaction.reading():
        account = db.session.get_one(Account, leaving.id)
        assert account.closed_at
        assert "Lähtevä" not in account.name
        assert db.session.get_one(Idea, gone).visibility == Visibility.WITHDRAWN
        assert db.session.get_one(Idea, left).text == ""
        assert db.session.get_one(Idea, stays).visibility == Visibility.PUBLIC
        assert db.session.get_one(Comment, comment).text == ""
        assert not list(db.session.scalars(select(Mail.id).where(Mail.kind == "farewell")))
    installation.let_go(app)


def test_a_secret_key_that_is_another_is_told_of(copied: Path, tmp_path: Path) -> None:
    place = new_place(tmp_path)
    other = {"INNOVATION_SECRET_KEY": "another-key-0123456789-abcdefghijklmnop"}
    assert "secret key is another one" in place.flask("restore", copied, **other).output
