"""What the logs tell of doors and refusals, and that they name nobody."""

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from innovation.accounts.models import Account
from innovation.core import clock
from innovation.core.db import db
from innovation.web import logs
from tests.conftest import Unit
from tests.real.people import PASSWORD, person, signed_in


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO, logger="innovation.web.logs"):
        yield caplog


def test_coming_in_and_being_refused_are_logged_without_names(
    app: Flask, client: FlaskClient, writing: Unit, told: pytest.LogCaptureFixture
) -> None:
    with writing():
        person(email="aino@posti.example", name="Aino Tavallinen")
    for password in ("arvaus arvaus", PASSWORD):
        client.post("/sign-in", data={"email": "aino@posti.example", "password": password})
    own, _who = signed_in(app)
    own.get("/moderation")
    own.post("/profile/edit", headers={"Sec-Fetch-Site": "cross-site"})
    lines = [record.getMessage() for record in told.records]
    assert "POST accounts.enter answered 422" in lines
    assert "POST accounts.enter answered 303" in lines
    assert "GET moderation.index answered 403" in lines
    assert "POST accounts.update answered 403" in lines or any(
        re.fullmatch(r"POST accounts\.\w+ answered 403", line) for line in lines
    )
    assert not any(word in "".join(lines) for word in ("aino", "Aino", PASSWORD, "/"))


def test_a_page_that_anybody_reads_leaves_no_line(
    client: FlaskClient, told: pytest.LogCaptureFixture
) -> None:
    for path in ("/", "/ideas", "/seuraa/KXR7-4MTP-9H2D", "/nowhere", "/sign-in"):
        client.get(path)
    assert [record.getMessage() for record in told.records] == []


@pytest.mark.once
def test_times_are_utc(app: Flask) -> None:
    record = logging.LogRecord("a", logging.INFO, "", 1, "text", (), None)
    record.created, record.msecs, record.request_id = 0.0, 7.0, "-"
    line = logs.formatter().format(record)
    assert line == "1970-01-01T00:00:00.007Z INFO a [-] text"


def test_a_row_that_the_database_refuses_is_told_without_what_is_in_it(
    app: Flask, writing: Unit, caplog: pytest.LogCaptureFixture
) -> None:
    given: dict[str, Any] = {
        "email": "aino@posti.example",
        "name": "Aino",
        "created_at": clock.now(),
    }
    for refused in (given, {**given, "email": "toinen@posti.example", "language": None}):
        with pytest.raises(IntegrityError) as caught, writing():
            person(email=given["email"])
            db.session.execute(insert(Account).values(**refused))
        logging.getLogger("test").error("refused", exc_info=caught.value)
    assert "refused" in caplog.text
    assert "DETAIL" not in caplog.text
    assert "posti.example" not in caplog.text
