"""Lines of the log as text and JSON: each is one line, and none says what somebody wrote."""

import json
import logging
import sqlite3
import sys

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from innovation.core import transaction
from innovation.core.config import Settings, SettingsError
from innovation.core.db import db
from innovation.operation import listeners
from innovation.web import logs
from tests.conftest import Unit

SECRET = "aino.tavallinen@posti.example"


def line(shape: str, error: BaseException | None = None, **fields: object) -> str:
    record = logging.LogRecord("a.b", logging.ERROR, "", 1, "told %d", (7,), None)
    record.fields = fields
    if error is not None:
        record.exc_info = (type(error), error, error.__traceback__)
    return logs.formatter(shape).format(record)


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    try:
        raise error from cause
    except BaseException:
        caught = sys.exc_info()[1]
    assert caught is not None
    return caught


@pytest.mark.once
def test_a_line_of_json_is_one_object() -> None:
    told = json.loads(line("json", endpoint="ideas.show", ms=1.5))
    assert told["message"] == "told 7"
    assert (told["level"], told["logger"], told["request_id"]) == ("error", "a.b", "-")
    assert (told["endpoint"], told["ms"]) == ("ideas.show", 1.5)
    assert told["time"].endswith("Z")


@pytest.mark.once
@pytest.mark.parametrize("shape", ["text", "json"])
@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (ValueError(SECRET), "ValueError"),
        (KeyError(SECRET), "KeyError"),
        (FileNotFoundError(2, "No such file", SECRET), "FileNotFoundError: No such file"),
        (AttributeError("'NoneType' has no 'x'"), "AttributeError: 'NoneType' has no 'x'"),
        (
            DBAPIError("SELECT ?", (SECRET,), sqlite3.IntegrityError("UNIQUE: people.email")),
            "DBAPIError: IntegrityError: UNIQUE: people.email",
        ),
    ],
)
def test_an_error_is_told_without_words_of_others(shape: str, error: Exception, shown: str) -> None:
    told = line(shape, raised(RuntimeError("of the code"), raised(error)))
    assert SECRET not in told
    assert shown in told
    assert "RuntimeError: of the code" in told
    assert "in raised" in told
    assert shape == "text" or "\n" not in told


def test_what_the_database_refuses_is_told_without_values(app: Flask, writing: Unit) -> None:
    with pytest.raises(DBAPIError) as caught, writing():
        db.session.execute(
            text("INSERT INTO programmes (id, slug) VALUES (:id, :slug)"), {"id": 1, "slug": SECRET}
        )
    told = line("json", caught.value)
    assert SECRET not in told
    assert "IntegrityError" in told


def test_slow_statements_are_written_down_without_values(
    app: Flask, reading: Unit, caplog: pytest.LogCaptureFixture
) -> None:
    with app.app_context():
        listeners._write_down("SELECT *\n FROM people WHERE name = 'Aino ''T''' AND id = ?", 0.25)
    assert caplog.records[0].getMessage() == (
        "slow query in -, 250.0 ms: SELECT * FROM people WHERE name = '…' AND id = ?"
    )
    assert getattr(caplog.records[0], logs.FIELDS) == {"ms": 250.0, "endpoint": "-"}


def test_only_slow_statements_are_written_down(
    app: Flask, database: object, caplog: pytest.LogCaptureFixture
) -> None:
    settings: Settings = app.extensions["settings"]
    slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
    counting = text(f"{slow} SELECT count(*) FROM n WHERE i > :least")
    try:
        for limit, lines in ((0, 0), (900_000, 0), (2, 1)):
            object.__setattr__(settings, "slow_query_ms", limit)
            caplog.clear()
            with app.app_context(), transaction.reading():
                db.session.execute(counting, {"least": 271_828})
            told = [one.getMessage() for one in caplog.records]
            assert len([one for one in told if "WITH RECURSIVE n(i)" in one]) == lines
            assert "271828" not in caplog.text
    finally:
        object.__setattr__(settings, "slow_query_ms", 0)


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("METRICS_TOKEN", "short"), ("METRICS_TOKEN", "ä" * 40), ("METRICS_TOKEN", "a b" * 20),
        ("LOG", "xml"), ("LOG_REQUESTS", "1"), ("SLOW_QUERY_MS", "-1"), ("SLOW_QUERY_MS", "fast"),
    ],
)  # fmt: skip
def test_absurd_settings_stop_the_start(tmp_path: object, name: str, value: str) -> None:
    given = {"INNOVATION_INSTANCE": str(tmp_path), f"INNOVATION_{name}": value}
    with pytest.raises(SettingsError, match=f"INNOVATION_{name}") as caught:
        Settings.from_environment(given)
    assert "METRICS" not in name or value not in str(caught.value)
