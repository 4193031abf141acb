"""The doctor sees what is really broken, says what to do, and tells it by its exit code."""

import json
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text, update

from innovation.core import clock, jobs, transaction
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.core.jobs import Routine
from innovation.operation import data_checks, machine_checks, network_checks, shutting, versions
from innovation.operation.findings import Finding, Level
from innovation.operation.setting_checks import settings_checks
from innovation.privacy.models import ArchivedIdea
from innovation.web.application import create_app
from tests.operation.conftest import Own
from tests.real import installation, smtp
from tests.real.ideas import idea

Changed = Callable[..., Flask]


@pytest.fixture
def told_otherwise(own: Own) -> Iterator[Changed]:
    """Makes the application of the installation with other settings."""
    made: list[Flask] = []

    def make(**other: object) -> Flask:
        settings: Settings = own.app.extensions["settings"]
        made.append(create_app(replace(settings, **other)))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for app in made:
        installation.let_go(app)


def examined(app: Flask, *more: str) -> tuple[int, dict[str, dict[str, str]]]:
    done = app.test_cli_runner().invoke(args=["doctor", "--json", *more])
    told = json.loads(done.stdout)
    assert told["ok"] is (done.exit_code == 0)
    assert all(one["advice"] or one["level"] == "ok" for one in told["findings"])
    return done.exit_code, {one["about"]: one for one in told["findings"]}


def by_name(findings: Iterator[Finding]) -> dict[str, Finding]:
    return {one.about: one for one in findings}


def test_a_whole_installation_has_no_failure(own: Own) -> None:
    with own.app.app_context(), transaction.writing():
        db.session.execute(update(Routine).values(last_run=clock.now()))
    status, found = examined(own.app)
    assert status == 0, found
    for about in (
        "secret key", "python", "libraries", "instance folder", "secrets", "database", "migrations",
        "worker", "jobs", "outbox", "counts", "index", "disk of the instance",
    ):  # fmt: skip
        assert found[about]["level"] == "ok", found[about]
    for about in ("origin", "second factor", "mail sender", "backup", "mail"):
        assert found[about]["level"] == "warning", found[about]
    lines = own.app.test_cli_runner().invoke(args=["doctor"]).stdout.splitlines()
    assert any(line.startswith("ok       migrations: at the newest, ") for line in lines)
    assert any(line.startswith("         → Set INNOVATION_SECOND_FACTOR") for line in lines)


def test_a_database_that_does_not_answer(told_otherwise: Changed) -> None:
    app = told_otherwise(database_url="postgresql+psycopg://nobody:geheim@127.0.0.1:1/nothing")
    status, found = examined(app)
    assert status == 1
    assert "does not answer" in found["database"]["says"]
    assert "geheim" not in json.dumps(found)
    assert "migrations" not in found


def test_migrations_that_are_behind_or_unknown(own: Own) -> None:
    with own.app.app_context(), transaction.reading():
        head = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    try:
        for number, words in (("0003", "this release wants"), ("9999", "does not know")):
            with own.app.app_context(), transaction.writing():
                db.session.execute(text(f"UPDATE alembic_version SET version_num = '{number}'"))
            status, found = examined(own.app)
            assert status == 1
            assert words in found["migrations"]["says"]
            assert "worker" not in found
    finally:
        with own.app.app_context(), transaction.writing():
            db.session.execute(text(f"UPDATE alembic_version SET version_num = '{head}'"))


def test_a_stale_worker_and_work_that_fails(own: Own) -> None:
    with own.app.app_context(), transaction.writing():
        db.session.execute(update(Routine).values(last_run=clock.now()))
        jobs.enqueue("sample", "1", not_before=clock.now() - timedelta(hours=1))
    try:
        _status, found = examined(own.app)
        assert "1 wait, the oldest for 60 minutes" in found["jobs"]["says"]
        with own.app.app_context(), transaction.writing():
            jobs.postpone(jobs.take("sample", 1), LookupError("whose name is Aino"))
            db.session.execute(
                update(Routine).values(
                    last_run=clock.now() - timedelta(minutes=31), last_error="OSError"
                )
            )
        status, found = examined(own.app)
    finally:
        with own.app.app_context(), transaction.writing():
            db.session.execute(text("DELETE FROM jobs WHERE kind = 'sample'"))
            db.session.execute(update(Routine).values(last_run=clock.now(), last_error=""))
    assert status == 1
    assert found["worker"]["says"] == "it did its latest duty 31 minutes ago"
    assert "sample (1), heal_index (OSError)" in found["jobs"]["says"]


def test_a_mail_server_that_refuses_and_one_that_lets_in(
    told_otherwise: Changed, tmp_path: Path
) -> None:
    app = told_otherwise(mail_url="smtp://127.0.0.1:1?starttls=never")
    status, found = examined(app)
    assert status == 1
    assert found["mail"]["says"] == "127.0.0.1:1 cannot be reached (Connection refused)"
    with smtp.running(tmp_path / "plain") as server:
        status, found = examined(told_otherwise(mail_url=server.url))
        assert (status, found["mail"]["level"]) == (0, "ok")
        assert server.taken() == []
        app = told_otherwise(mail_url=server.url, mail_sender="alusta@posti.example")
        _status, found = examined(app, "--mail-to", "hoitaja@posti.example")
        assert found["mail to try with"]["level"] == "ok"
        assert [one["To"] for one in server.taken()] == ["hoitaja@posti.example"]
        _status, found = examined(app, "--mail-to", "kielto@posti.example")
        assert found["mail to try with"]["level"] == "failure"
        # A port without TLS is not talked to as if it had it.
        with_tls = server.url.replace("never", "require")
        _status, found = examined(told_otherwise(mail_url=with_tls))
        assert "STARTTLS" in found["mail"]["advice"]


def test_a_certificate_that_nobody_vouches_for_and_a_wrong_password(
    own: Own, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = smtp.certificate(tmp_path)
    settings: Settings = own.app.extensions["settings"]
    with smtp.running(tmp_path / "tls", str(certificate)) as server:
        for password, trusted, words in (
            (smtp.QUOTED, False, "certificate that is not trusted"),
            ("wrong", True, "SMTPAuthenticationError 535"),
            (smtp.QUOTED, True, "lets us in (starttls)"),
        ):
            if trusted:
                monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
            url = f"smtp://{smtp.USER}:{password}@localhost:{server.port}"
            found = list(network_checks.mail(replace(settings, mail_url=url)))
            assert words in found[0].says
            assert smtp.PASSWORD not in repr(found)


@pytest.mark.once
def test_a_folder_that_cannot_be_written(own: Own) -> None:
    settings: Settings = own.app.extensions["settings"]
    # Nobody can write there, whoever runs the tests.
    nowhere = replace(settings, instance=Path("/proc/self/task"))
    found = by_name(machine_checks.files(nowhere))["instance folder"]
    assert "cannot be written" in next(
        one.says for one in machine_checks.files(nowhere) if one.level is Level.FAILURE
    )
    assert found.advice


@pytest.mark.once
def test_secrets_that_others_can_read(own: Own) -> None:
    folder: Path = own.app.extensions["settings"].instance
    key = folder / "secret_key"
    key.write_text("x")
    try:
        folder.chmod(0o755)
        key.chmod(0o644)
        found = by_name(machine_checks.files(own.app.extensions["settings"]))
        assert found["secrets"].level is Level.FAILURE
        assert "secret_key" in found["secrets"].says
        assert found["instance folder"].level is Level.WARNING
    finally:
        folder.chmod(0o700)
    # In a folder that nobody else can enter, the mode of a file says nothing.
    assert by_name(machine_checks.files(own.app.extensions["settings"]))["secrets"].level == "ok"
    key.unlink()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.once
def test_settings_that_do_not_fit_each_other(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    settings: Settings = own.app.extensions["settings"]
    open_air = replace(settings, origin="http://ideat.example.fi")
    assert by_name(settings_checks(open_air))["origin"].level is Level.FAILURE
    monkeypatch.setenv("HOST", "0.0.0.0")
    monkeypatch.setenv("WEB_CONCURRENCY", "900")
    good = replace(
        settings, origin="https://ideat.example.fi", second_factor="officials",
        mail_sender="alusta@ideat.example.fi", slow_query_ms=1,
    )  # fmt: skip
    found = by_name(settings_checks(good))
    assert found["origin"].level is found["second factor"].level is Level.OK
    assert found["proxy"].level is found["processes"].level is Level.WARNING
    assert found["slow queries"].level is Level.WARNING
    weak = replace(settings, secret_key="a" * 64)
    assert by_name(settings_checks(weak))["secret key"].level is Level.FAILURE


@pytest.mark.once
def test_the_public_address_is_asked_and_nobody_else(own: Own) -> None:
    settings: Settings = own.app.extensions["settings"]
    assert list(network_checks.public_address(settings)) == []
    shut = replace(settings, origin="https://127.0.0.1:1")
    found = list(network_checks.public_address(shut))
    assert [one.level for one in found] == [Level.WARNING]


@pytest.mark.once
def test_backups_clocks_libraries_and_disks(own: Own, tmp_path: Path) -> None:
    settings = replace(own.app.extensions["settings"], backup_to=str(tmp_path))
    with own.app.app_context(), transaction.reading():
        assert data_checks._backup(settings).level is Level.FAILURE
        (tmp_path / "innovation-20260101T020000Z.tar.gz").touch()
        assert data_checks._backup(settings).level is Level.OK
        with clock.frozen_at(clock.now() + timedelta(hours=30)):
            assert "30 hours old" in data_checks._backup(settings).says
    assert data_checks.clock_finding("clock", "the database", 3.0).level is Level.OK
    assert "70 s behind" in data_checks.clock_finding("clock", "the database", -70.0).says
    lock = tmp_path / "lock.txt"
    lock.write_text("flask==0.1 \\\n    --hash=x\nno-such-library==1.0\nelsewhere==2 ; os == 'z'\n")
    differing = versions.differing_libraries(lock)
    assert len(differing) == 2
    assert differing[1] == "no-such-library is missing (wanted: 1.0)"
    assert machine_checks._libraries(lock).level is Level.WARNING
    assert len(list(machine_checks.disk(settings, str(tmp_path)))) == 2


@pytest.mark.once
def test_a_service_that_was_left_shut_is_told_of(own: Own) -> None:
    shutting.shut(own.app.extensions["settings"].instance, None)
    try:
        assert examined(own.app)[1]["service break"]["level"] == "warning"
    finally:
        shutting.open_again(own.app.extensions["settings"].instance)


def test_packages_that_only_another_machine_has_are_missed(own: Own) -> None:
    settings: Settings = own.app.extensions["settings"]
    package = ArchivedIdea(idea_id=0, package="ideas-000001-000001-0.zip", at=clock.now())
    with own.app.app_context(), transaction.writing() as unit:
        assert list(data_checks.archive(settings)) == []
        package.idea_id = idea()
        db.session.add(package)
        db.session.flush()
        (found,) = data_checks.archive(settings)
        assert found.level is Level.WARNING
        assert "ideas-000001-000001-0.zip" in found.says
        (settings.instance / "archive").mkdir()
        (settings.instance / "archive" / package.package).write_bytes(b"")
        assert [one.level for one in data_checks.archive(settings)] == [Level.OK]
        unit.give_up()
