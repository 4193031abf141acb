"""Copies: of one moment while people write, whole or not there, sealed, without secrets, daily."""

import json
import os
import resource
import signal
import stat
import tarfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, update

from innovation.backups import listeners
from innovation.backups.envelope import CHUNK, Opening, Sealing, new_keys, read_private
from innovation.backups.errors import CopyError
from innovation.backups.making import public_settings
from innovation.backups.packing import STAMP, copies_in, rotate
from innovation.backups.postgres_tools import tool
from innovation.core import audit, clock, jobs, transaction
from innovation.core.config import Settings, SettingsError
from innovation.core.db import db
from innovation.core.permissions import Role, System
from innovation.web import worker
from innovation.web.application import create_app
from tests.backups.places import Place, copy_of, differing, new_place
from tests.real import installation
from tests.real.people import signed_in

SECRETS = {
    "INNOVATION_MAIL_URL": "smtp://postimies:salainen-sana@posti.example:587",
    "INNOVATION_OIDC_ISSUER": "https://kirjautuminen.example",
    "INNOVATION_OIDC_CLIENT_ID": "alusta",
    "INNOVATION_OIDC_CLIENT_SECRET": "toinen-salainen-sana",
}


class Busy:
    """Somebody who writes two rows of the audit log at a time, until told to stop."""

    def __init__(self, place: Place) -> None:
        # An application of its own: the connections of the other are let go of meanwhile.
        self._app = create_app(Settings.from_environment(place.variables))
        self._over, self.pairs = threading.Event(), 0
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self) -> "Busy":
        self._thread.start()
        assert self._begun.wait(20)
        return self

    def __exit__(self, *_problem: object) -> None:
        self._over.set()
        self._thread.join()
        installation.let_go(self._app)

    def _work(self) -> None:
        while not self._over.is_set():
            with self._app.app_context(), transaction.writing():
                for half in ("first", "second"):
                    audit.note(System("test"), "grant:give", "person", self.pairs, half=half)
                    db.session.flush()
            self.pairs += 1
            self._begun.set()
            self._over.wait(0.002)


def test_a_copy_made_while_people_write_comes_back_row_by_row(
    lively: Place, tmp_path: Path
) -> None:
    with Busy(lively) as busy:
        before = busy.pairs
        file = copy_of(lively, tmp_path)
        assert busy.pairs > before
    here = lively.tables()
    place = new_place(tmp_path)
    done = place.flask("restore", file)
    assert done.exit_code == 0, done.output
    there = place.tables()
    log = there.pop("audit_rows")
    assert set(log) <= set(here.pop("audit_rows"))
    rows = [row for row in log if '"half"' in row]
    assert before * 2 <= len(rows) <= busy.pairs * 2
    assert len(rows) % 2 == 0
    assert len(there) > 70
    assert differing(here, there) == {}


def test_a_copy_is_for_its_owner_alone_and_has_no_secrets(small: Place, tmp_path: Path) -> None:
    file = copy_of(small, tmp_path, **SECRETS)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".gz", ".json", ".lock"]
    with tarfile.open(file) as archive:
        parts = {one.name: archive.extractfile(one) for one in archive.getmembers()}
        texts = {name: part.read() for name, part in parts.items() if part}
    assert next(iter(texts)) == "manifest.json"
    for name, text in texts.items():
        for secret in (installation.SECRET_KEY, "salainen-sana", "postimies"):
            assert secret.encode() not in text, name
    settings = json.loads(texts["settings.json"])
    assert settings["mail_url"] == "smtp://posti.example:587"
    assert settings["oidc_client_id"] == "alusta"
    programme = json.loads(texts["programme.json"])
    assert len(programme["sub_projects"]) == 14
    manifest = json.loads(texts["manifest.json"])
    assert manifest["uploads"].startswith("none")
    assert manifest["tables"]["ideas"][0] == 1
    assert set(manifest["parts"]) == set(texts) - {"manifest.json"}


def test_no_setting_that_is_hidden_elsewhere_is_written_down(small: Place) -> None:
    app = small.app(**SECRETS)
    written = json.dumps(public_settings(app.extensions["settings"]))
    installation.let_go(app)
    assert "salainen-sana" not in written
    assert installation.SECRET_KEY not in written


@pytest.mark.once
@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_is_sealed_opens_as_it_was(tmp_path: Path, length: int) -> None:
    private, public = new_keys()
    text = os.urandom(length)
    with (tmp_path / "sealed").open("wb") as file:
        sealing = Sealing(file, public)
        sealing.write(text)
        sealing.finish()
    with (tmp_path / "sealed").open("rb") as file:
        assert Opening(file, read_private(private)).readall() == text
    assert length < 16 or text not in (tmp_path / "sealed").read_bytes()


def test_a_full_disk_leaves_nothing_half_done(small: Place, tmp_path: Path) -> None:
    kept = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    for limit in (1_000, 30_000, 200_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, kept[1]))
        try:
            done = small.flask("backup", "--to", tmp_path)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, kept)
        if done.exit_code == 0:
            continue
        assert "disk is full" in done.output
        assert copies_in(tmp_path) == []
        assert not list(tmp_path.glob("*.unfinished"))
        assert not list(small.folder.glob("copying-*"))
    assert limit == 200_000
    assert copy_of(small, tmp_path).exists()


def test_programs_that_are_missing_or_too_old_are_told_of(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 13.4'\n", encoding="ascii")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CopyError, match=r"older than the server.*postgresql-client-18"):
        tool("pg_dump", 18)
    assert tool("pg_dump", 13) == str(old)
    with pytest.raises(CopyError, match="not on this machine; install"):
        tool("pg_restore", 18)


@pytest.mark.once
def test_old_copies_go_but_never_the_newest(tmp_path: Path) -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    for days in (0, 29, 31, 40):
        (tmp_path / f"innovation-{now - timedelta(days=days):{STAMP}}.tar.gz").touch()
    (tmp_path / "somebody-elses.tar.gz").touch()
    assert len(rotate(tmp_path, 30, now)) == 2
    assert len(copies_in(tmp_path)) == 2
    rotate(tmp_path, 30, now + timedelta(days=400))
    assert [moment for moment, _path in copies_in(tmp_path)] == [now]
    assert (tmp_path / "somebody-elses.tar.gz").exists()


@pytest.mark.once
def test_a_copy_is_due_when_its_hour_has_come(tmp_path: Path) -> None:
    settings = Settings(tmp_path, "", "", backup_at="03:30", time_zone="Europe/Helsinki")
    at = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
    assert listeners.is_due(settings, tmp_path, at)
    (tmp_path / f"innovation-{at - timedelta(days=1):{STAMP}}.tar.gz").touch()
    assert not listeners.is_due(settings, tmp_path, at - timedelta(minutes=1))
    assert listeners.is_due(settings, tmp_path, at)
    (tmp_path / f"innovation-{at:{STAMP}}.tar.gz.sealed").touch()
    assert not listeners.is_due(settings, tmp_path, at + timedelta(hours=23, minutes=59))
    assert listeners.is_due(settings, tmp_path, at + timedelta(hours=24))
    # In summer the same hour comes earlier in UTC.
    summer = datetime(2027, 7, 1, 0, 30, tzinfo=UTC)
    (tmp_path / f"innovation-{summer - timedelta(minutes=1):{STAMP}}.tar.gz").touch()
    assert listeners.is_due(settings, tmp_path, summer)
    assert not listeners.is_due(settings, tmp_path, summer - timedelta(seconds=1))


def test_the_worker_makes_the_copy_and_tells_what_went_wrong(copied: Path, tmp_path: Path) -> None:
    place, copies = new_place(tmp_path), tmp_path / "copies"
    copies.mkdir()
    told = {"INNOVATION_BACKUP_TO": str(copies), "INNOVATION_BACKUP_AT": "03:30"}
    assert place.flask("restore", copied).exit_code == 0
    app = place.app(**told)
    duty = {"make_daily_copy": jobs.duties["make_daily_copy"]}
    others = dict(jobs.duties)
    jobs.duties.clear()
    jobs.duties.update(duty)
    try:
        copies.rmdir()
        worker.do_duties(app)
        with app.app_context(), transaction.reading():
            row = db.session.get_one(jobs.Routine, "make_daily_copy")
            assert (row.failures, row.last_error) == (1, "FileNotFoundError")
        copies.mkdir()
        with app.app_context(), transaction.writing():
            db.session.execute(update(jobs.Routine).values(next_run=clock.now()))
        worker.do_duties(app)
        with app.app_context(), transaction.reading():
            row = db.session.get_one(jobs.Routine, "make_daily_copy")
            assert (row.failures, row.last_error) == (1, "")
    finally:
        jobs.duties.update(others)
        installation.let_go(app)
    assert len(copies_in(copies)) == 1
    assert (copies / "erased.json").exists()


def test_the_page_of_the_work_shows_the_daily_copy(app: Flask, database: Connection) -> None:
    with app.app_context(), transaction.writing():
        db.session.merge(
            jobs.Routine(
                name="make_daily_copy", next_run=clock.now(), failures=3, last_error="CopyError"
            )
        )
    page = signed_in(app, Role.ADMINISTRATOR)[0].get("/admin/jobs").text
    assert "Varmuuskopion tekeminen" in page
    assert "3 (CopyError)" in page


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("BACKUP_AT", "3.30", "must be a time"),
        ("BACKUP_AT", "03:30", "BACKUP_TO must name"),
        ("BACKUP_TO", "/nowhere/at/all", "folder that is there"),
        ("BACKUP_DAYS", "0", "number of days"),
        ("BACKUP_KEY", "innovation-backup-public-short", "flask backup key"),
        ("BACKUP_KEY", "/nowhere", "flask backup key"),
    ],
)
def test_absurd_settings_stop_the_start(tmp_path: Path, name: str, value: str, told: str) -> None:
    given = {"INNOVATION_INSTANCE": str(tmp_path), f"INNOVATION_{name}": value}
    with pytest.raises(SettingsError, match=told):
        Settings.from_environment(given)
