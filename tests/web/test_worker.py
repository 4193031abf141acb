"""The worker: it does what is due, once, patiently, and costs nothing while there is nothing."""

import fcntl
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, event, select

from innovation.core import clock, jobs
from innovation.core.db import db
from innovation.core.jobs import Due, Job, Routine
from innovation.web import worker
from tests.conftest import Unit

done: list[str] = []


@pytest.fixture(autouse=True)
def trade() -> Iterator[None]:
    """A trade and a duty of these tests, gone after each."""
    done.clear()

    def handle(due: list[Due]) -> None:
        for one in due:
            if one.payload.get("fails"):
                raise LookupError("no luck")
            done.append(one.unique_key)

    def sweep() -> None:
        done.append("sweep")

    jobs.trades["sample"] = jobs.Trade(handle, batch=2)
    jobs.duties["sweep"] = (timedelta(hours=1), sweep)
    yield
    del jobs.trades["sample"]
    del jobs.duties["sweep"]


def work_off(app: Flask) -> None:
    while worker.do_jobs(app):
        pass


def waiting() -> list[str]:
    return sorted(db.session.scalars(select(Job.unique_key).where(Job.kind == "sample")))


def test_what_is_due_is_done_once_and_gone(app: Flask, writing: Unit, reading: Unit) -> None:
    with writing():
        for key in "abc":
            jobs.enqueue("sample", key)
        jobs.enqueue("sample", "a")
        jobs.enqueue("sample", "later", not_before=clock.now() + timedelta(minutes=10))
    work_off(app)
    assert sorted(done) == ["a", "b", "c"]
    with reading():
        assert waiting() == ["later"]
    with clock.frozen_at(clock.now() + timedelta(minutes=11)):
        work_off(app)
    assert done[-1] == "later"


def test_a_failed_job_waits_longer_each_time_and_tells_why(
    app: Flask, writing: Unit, reading: Unit
) -> None:
    with writing():
        jobs.enqueue("sample", "bad", {"fails": True})
    pauses = []
    now = clock.now()
    for _ in range(3):
        with clock.frozen_at(now):
            work_off(app)
        with reading():
            row = db.session.execute(select(Job.not_before, Job.last_error)).one()
        assert row.last_error == "LookupError"
        pauses.append(row.not_before - now)
        now = row.not_before
    assert pauses == sorted(pauses)
    assert pauses[0] < pauses[2]


def test_a_job_of_a_killed_worker_is_done_after_its_lease(app: Flask, writing: Unit) -> None:
    with writing():
        jobs.enqueue("sample", "a")
        assert len(jobs.take("sample", 5)) == 1
    work_off(app)
    assert done == []
    with clock.frozen_at(clock.now() + jobs.LEASE + timedelta(seconds=1)):
        work_off(app)
    assert done == ["a"]


def test_a_duty_is_done_when_its_time_has_come(app: Flask, writing: Unit, reading: Unit) -> None:
    worker.do_duties(app)
    worker.do_duties(app)
    assert done == ["sweep"]
    with clock.frozen_at(clock.now() + timedelta(minutes=61)):
        worker.do_duties(app)
    assert done == ["sweep", "sweep"]
    with reading():
        routine = db.session.get_one(Routine, "sweep")
        assert routine.last_run is not None
        assert routine.failures == 0


def test_the_worker_goes_on_at_once_only_where_more_may_be_due(app: Flask, writing: Unit) -> None:
    work_off(app)
    with writing():
        for key in "abc":
            jobs.enqueue("sample", key)
    assert worker.do_jobs(app) == worker.Done.A_BATCH
    assert worker.do_jobs(app) == worker.Done.SOME
    assert worker.do_jobs(app) == worker.Done.NOTHING
    assert sorted(done) == ["a", "b", "c"]


def test_nothing_is_written_while_nothing_is_due(app: Flask, database: Connection) -> None:
    worker.do_duties(app)
    work_off(app)
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(database, "before_cursor_execute", note)
    worker.do_duties(app)
    assert not worker.do_jobs(app)
    words = {statement.split()[0] for statement in statements}
    assert words <= {"SELECT", "SAVEPOINT", "ROLLBACK", "RELEASE"}


def test_a_second_worker_leaves_the_work_to_the_first(app: Flask, writing: Unit) -> None:
    with writing():
        jobs.enqueue("sample", "a")
    path = app.extensions["settings"].instance / "worker.lock"
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        worker.run(app, once=True)
        assert done == []
    worker.run(app, once=True)
    assert "a" in done
