"""What machines ask: alive, ready, how busy; and who gets no answer to the last."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, text, update

from innovation.core import clock, jobs, transaction
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.core.jobs import Routine
from innovation.notifications.models import BOUNCED, Mail
from innovation.operation import measures
from innovation.search import upkeep
from innovation.search.engines import engine_for
from innovation.web.application import create_app
from tests.conftest import Unit
from tests.operation.conftest import Own
from tests.real import installation
from tests.real.people import person

TOKEN = "b7e1c0a95f3d4e6288c1d0f2a4b6c8e0"
LINE = re.compile(r'innovation_[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+')


@contextmanager
def changed(app: Flask, statement: str, back: str) -> Iterator[None]:
    for one in (statement, back):
        with app.app_context(), transaction.writing():
            db.session.execute(text(one))
        if one == statement:
            yield


def ready(app: Flask) -> tuple[int, str]:
    answer = app.test_client().get("/readyz")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "text/plain"
    return answer.status_code, answer.text


def test_the_service_is_alive(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_whole_installation_is_ready(own: Own) -> None:
    assert ready(own.app) == (200, "ready\n")


def test_a_worker_that_rests_too_long_is_told_of(own: Own) -> None:
    with clock.frozen_at(clock.now() + timedelta(minutes=11)):
        status, told = ready(own.app)
    assert status == 503
    assert told.startswith("not ready\nworker: has done nothing for ten minutes.")
    with own.app.app_context(), transaction.writing():
        kept = db.session.execute(text("SELECT name, next_run FROM routines")).all()
        db.session.execute(delete(Routine))
    assert ready(own.app)[0] == 503
    assert kept
    with own.app.app_context(), transaction.writing():
        db.session.add(Routine(name="heal_index", next_run=clock.now(), last_run=clock.now()))
    assert ready(own.app)[0] == 200


def test_tables_of_another_release_are_told_of(own: Own) -> None:
    with own.app.app_context(), transaction.reading():
        head = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    back = f"UPDATE alembic_version SET version_num = '{head}'"
    with changed(own.app, "UPDATE alembic_version SET version_num = '0001'", back):
        status, told = ready(own.app)
        assert status == 503
        assert "migrations: the tables are of an older release. Run: flask init" in told
    # While a newer release is taken into use, the nodes of this one go on.
    with changed(own.app, "UPDATE alembic_version SET version_num = '9999'", back):
        status, told = ready(own.app)
        assert status == 200
        assert "of a newer release" in told
    away = "ALTER TABLE {} RENAME TO {}"
    there, kept = "alembic_version", "kept_version"
    with changed(own.app, away.format(there, kept), away.format(kept, there)):
        assert "there are no tables yet" in ready(own.app)[1]
    assert ready(own.app)[0] == 200


def test_an_index_that_cannot_be_read_is_told_of(own: Own) -> None:
    settings: Settings = own.app.extensions["settings"]
    index = settings.instance / "index"
    if index.exists():
        shutil.rmtree(index)
        status, told = ready(own.app)
        with own.app.app_context():
            upkeep.rebuild(engine_for(settings))
    else:
        away = "ALTER TABLE {} RENAME TO {}"
        there, kept = "search_generations", "kept_generations"
        with changed(own.app, away.format(there, kept), away.format(kept, there)):
            # How many there are is counted anew only after some seconds.
            engine_for(settings)._counted = (0.0, 0)  # type: ignore[attr-defined]
            status, told = ready(own.app)
    assert status == 503
    assert "index: cannot be read" in told
    assert ready(own.app)[0] == 200


def test_a_database_that_is_gone_is_told_of_and_the_rest_still_counted(own: Own) -> None:
    settings: Settings = own.app.extensions["settings"]
    nowhere = "postgresql+psycopg://nobody:secret@127.0.0.1:1/nothing"
    app = create_app(replace(settings, database_url=nowhere))
    try:
        status, told = ready(app)
        assert status == 503
        assert "database: does not answer" in told
        assert "secret" not in told
        assert app.test_client().get("/healthz").status_code == 200
        assert "innovation_database_up 0.0" in app.test_client().get("/metrics").text
    finally:
        installation.let_go(app)


def test_metrics_tell_what_waits_and_what_was_asked(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        jobs.enqueue("sample", "1", not_before=clock.now() - timedelta(seconds=90))
        jobs.enqueue("sample", "2", not_before=clock.now() + timedelta(hours=1))
        jobs.enqueue("index", "7")
        due = jobs.take("sample", 1)
        jobs.postpone(due, LookupError())
        who = person(email="aino.tavallinen@posti.example", name="Aino Tavallinen")
        db.session.add(
            Mail(
                kind="k", unique_key="k", person_id=who.id, recipient="aino@posti.example",
                subject="s", body="b", language="fi", state=BOUNCED, not_before=clock.now(),
                created_at=clock.now(),
            )
        )  # fmt: skip
    client.get("/how")
    client.get("/seuraa/KXR7-4MTP-9H2D")
    client.get("/aino.tavallinen@posti.example?q=salainen")
    client.open("/how", method="AINO")
    told = client.get("/metrics").text
    assert 'innovation_requests_total{endpoint="pages.how",method="GET",status="200"}' in told
    assert 'endpoint="-",method="GET",status="404"' in told
    assert 'method="other"' in told
    for line in (
        'innovation_jobs{state="waiting"} 3.0',
        'innovation_jobs{state="failed"} 1.0',
        'innovation_mails{state="bounced"} 1.0',
        "innovation_index_waiting 1.0",
        "innovation_database_up 1.0",
        'innovation_processes{process="pages"} 1.0',
    ):
        assert line in told
    assert "innovation_database_queries_total" in told
    assert float(re.findall(r'innovation_memory_bytes\{process="pages"\} (\S+)', told)[0]) > 1e7
    lines = [line for line in told.splitlines() if not line.startswith("#")]
    assert all(LINE.fullmatch(line) for line in lines if "_bucket" not in line)
    assert not re.search(r"aino|tavallinen|salainen|KXR7|posti\.example", told, re.IGNORECASE)


def test_metrics_answer_this_machine_and_whoever_has_the_token(own: Own, app: Flask) -> None:
    settings: Settings = own.app.extensions["settings"]
    far = {"REMOTE_ADDR": "10.1.2.3"}
    closed = app.test_client()
    assert closed.get("/metrics").status_code == 200
    for header in measures_closed():
        assert closed.get("/metrics", headers=header).status_code == 404
    assert closed.get("/metrics", environ_base=far).status_code == 404
    right = {"Authorization": f"Bearer {TOKEN}"}
    # Without the setting no token is right, an empty one neither.
    for header in (right, {"Authorization": "Bearer "}):
        assert closed.get("/metrics", environ_base=far, headers=header).status_code == 404
    with_token = create_app(replace(settings, metrics_token=TOKEN, origin="https://ideat.example"))
    try:
        asker = with_token.test_client()
        behind = {"X-Forwarded-For": "10.1.2.3", "X-Forwarded-Proto": "https"}
        assert asker.get("/metrics", headers={**behind, **right}).status_code == 200
        for wrong in (TOKEN[:-1], f"{TOKEN}x", "", "ä"):
            given = {**behind, "Authorization": f"Bearer {wrong}".encode().decode("latin-1")}
            assert asker.get("/metrics", headers=given).status_code == 404
        # An address that the visitor claims to come from is not believed.
        assert asker.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
        assert asker.get("/metrics").status_code == 200
    finally:
        installation.let_go(with_token)


def measures_closed() -> list[dict[str, str]]:
    proxied = [{name: "127.0.0.1"} for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded")]
    return [*proxied, {"Host": "ideat.example"}, {"Host": "127.0.0.1.example:80"}]


def test_what_machines_ask_costs_few_statements(own: Own, app: Flask) -> None:
    with own.app.app_context(), transaction.writing():
        db.session.execute(update(Routine).values(last_run=clock.now()))
    client = own.app.test_client()
    for path, most in (("/healthz", 0), ("/readyz", 8), ("/metrics", 10)):
        client.get(path)
        before = counted()
        client.get(path)
        assert counted() - before <= most, path


def counted() -> float:
    told = measures.told(None).decode()
    found = re.search(r"^innovation_database_queries_total (\S+)", told, re.MULTILINE)
    return float(found[1]) if found else 0.0


@pytest.mark.once
def test_the_address_of_the_health_check_is_of_operation(app: Flask) -> None:
    with app.test_request_context():
        assert app.url_for("operation.healthz") == "/healthz"
