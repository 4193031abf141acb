"""Units of work: one commit, no write while reading, events that live and die with their cause."""

import sqlite3
from dataclasses import dataclass

import psycopg
import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import DBAPIError

from innovation.core import events, transaction
from innovation.core.db import db
from innovation.ideas.models import Counter
from tests.conftest import Unit
from tests.real.installation import on_postgresql


@dataclass(frozen=True)
class SomethingHappened:
    number: int


heard: list[tuple[str, int]] = []


@events.on(SomethingHappened)
def inside(event: SomethingHappened) -> None:
    heard.append(("inside", event.number))
    if event.number == 13:
        raise RuntimeError("the listener cannot")


@events.after_commit(SomethingHappened)
def outside(event: SomethingHappened) -> None:
    heard.append(("outside", event.number))
    raise RuntimeError("the outside world is gone")


@pytest.fixture(autouse=True)
def _silence() -> None:
    heard.clear()


def counters() -> int:
    return db.session.scalar(select(func.count()).where(Counter.name == "test")) or 0


def test_reading_refuses_to_write(reading: Unit) -> None:
    with reading():
        db.session.add(Counter(name="test", value=1))
        with pytest.raises(transaction.WroteWhileReadingError):
            db.session.flush()


@pytest.mark.parametrize("how", ["within", "after"])
def test_reading_refuses_to_write_also_behind_a_with(reading: Unit, how: str) -> None:
    few = select(Counter.name).cte("few")
    after = delete(Counter).where(Counter.name.in_(select(few.c.name))).add_cte(few)
    inside = delete(Counter).returning(Counter.name).cte("gone")
    statement = after if how == "after" else select(func.count()).select_from(inside)
    with reading(), pytest.raises(transaction.WroteWhileReadingError):
        db.session.execute(statement)


def test_reading_behind_a_with_is_reading(reading: Unit) -> None:
    few = select(Counter.name, Counter.value.label("update")).cte("few")
    with reading():
        assert db.session.execute(select(few.c.name).where(few.c.update < 0)).all() == []


def test_a_unit_commits_once_and_then_tells_the_outside(app: Flask, database: object) -> None:
    with app.app_context():
        with transaction.writing():
            db.session.add(Counter(name="test", value=1))
            events.record(SomethingHappened(1))
            assert heard == [("inside", 1)]
        # A listener outside may fail alone; what was committed stays.
        assert heard == [("inside", 1), ("outside", 1)]
        with transaction.reading():
            assert counters() == 1


def test_cause_and_listener_die_together(app: Flask, database: object) -> None:
    with app.app_context():
        with pytest.raises(RuntimeError), transaction.writing():
            db.session.add(Counter(name="test", value=1))
            events.record(SomethingHappened(13))
        assert ("outside", 13) not in heard
        with transaction.reading():
            assert counters() == 0


def test_giving_up_leaves_nothing_and_tells_nobody(app: Flask, database: object) -> None:
    with app.app_context():
        with transaction.writing() as unit:
            db.session.add(Counter(name="test", value=1))
            events.record(SomethingHappened(2))
            unit.give_up()
        assert ("outside", 2) not in heard
        with transaction.reading():
            assert counters() == 0


def test_glancing_comes_first_or_not_at_all(app: Flask, database: object) -> None:
    with app.app_context(), transaction.writing():
        with transaction.glancing():
            assert counters() == 0
        db.session.add(Counter(name="test", value=1))
        db.session.flush()
        with pytest.raises(RuntimeError, match="before"), transaction.glancing():
            pass


def test_an_event_needs_a_unit_of_work() -> None:
    with pytest.raises(RuntimeError, match="unit of work"):
        events.record(SomethingHappened(3))


def test_a_database_that_goes_away_keeps_no_thread_from_writing_later(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(DBAPIError), transaction.reading():
            lost = db.session.connection().connection.dbapi_connection
            assert lost is not None
            lost.close()
        db.session.remove()
        with transaction.writing() as unit:
            assert db.session.scalar(select(func.count()).select_from(Counter)) is not None
            unit.give_up()


def in_a_transaction() -> bool:
    driver = db.session.connection().connection.driver_connection
    assert driver is not None
    if isinstance(driver, sqlite3.Connection):
        return driver.in_transaction
    return bool(driver.info.transaction_status)


def test_a_connection_that_only_read_takes_back_what_is_given_up_next(app: Flask) -> None:
    with app.app_context():
        with transaction.reading():
            assert counters() == 0
            assert in_a_transaction() is not on_postgresql()
        with transaction.writing() as unit:
            db.session.add(Counter(name="test", value=1))
            db.session.flush()
            assert in_a_transaction()
            unit.give_up()
        with transaction.reading():
            assert counters() == 0


def test_a_savepoint_holds_what_is_read_after_it_together(app: Flask) -> None:
    with app.app_context(), transaction.reading():
        assert counters() == 0
        with pytest.raises(DBAPIError), db.session.begin_nested():
            db.session.execute(text("SELECT nothing FROM nowhere"))
        assert counters() == 0
        assert in_a_transaction()


@pytest.mark.skipif(not on_postgresql(), reason="an embedded database has no server")
def test_connections_that_ended_while_nobody_asked_are_made_anew(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("innovation.core.db.LONGEST_REST", 0.0)
    address = app.extensions["settings"].database_url.replace("+psycopg", "")
    with app.app_context():
        with transaction.reading():
            before = db.session.scalar(text("SELECT pg_backend_pid()"))
        with psycopg.connect(address, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [before])
        with transaction.reading():
            assert counters() == 0
