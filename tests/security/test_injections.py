"""Statements, headers, logs and paths that somebody would like to write for us."""

import logging
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from innovation.core.db import db
from innovation.core.permissions import Role
from innovation.ideas.models import Idea
from innovation.notifications.actions import queue_mail
from innovation.web.logs import OneLine
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person, signed_in

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "attack", ["' OR '1'='1", "x' OR 1=1 --", "%' OR '%'='", '") OR ("1"="1', "%", "_", "\\"]
)
def test_a_search_for_people_is_no_statement(app: Flask, writing: Unit, attack: str) -> None:
    with writing():
        person(name="Aino Tavallinen", email="aino@posti.example")
    own, _who = signed_in(app, Role.ADMINISTRATOR)
    assert "Aino Tavallinen" in own.get("/admin/people?q=Tavallinen").text
    assert "Aino Tavallinen" not in own.get("/admin/people", query_string={"q": attack}).text


@pytest.mark.parametrize("path", ["/search", "/ideas", "/experiments", "/operating-models"])
def test_a_search_for_ideas_drops_no_table(client: FlaskClient, writing: Unit, path: str) -> None:
    with writing():
        number = idea(text="Kynnys on liian korkea.")
    for attack in ("'; DROP TABLE ideas; --", "kynnys' UNION SELECT 1 --", "\0", "a" * 3_000):
        for name in ("q", "sort", "page", "area", "sub_project", "state"):
            assert client.get(path, query_string={name: attack}).status_code < 500
    with writing():
        assert db.session.get(Idea, number) is not None


# Statements and markup that are put together of our own constants, each with its reason there.
OURS = {
    "backups/postgres_tools.py",
    "backups/shapes.py",
    "search/postgres_rows.py",
    "search/postgres_questions.py",
    "second_factors/views.py",
    "tracking/views.py",
    "web/icons.py",
    "web/locale.py",
}


def test_no_statement_and_no_markup_is_put_together_from_texts() -> None:
    """The linter finds them in the whole code; where it was told to look away is listed here."""
    away = re.compile(r"noqa:[^#\n]*S(608|704|701|602|605|307|301)")
    found = {
        str(path.relative_to(ROOT / "innovation"))
        for path in (ROOT / "innovation").rglob("*.py")
        if away.search(path.read_text(encoding="utf-8"))
    }
    assert found <= OURS
    trusting = re.compile(r"\|\s*safe\b|autoescape\s+false")
    trusted = {
        path.name
        for path in (ROOT / "templates").rglob("*.*")
        if trusting.search(path.read_text(encoding="utf-8"))
    }
    assert trusted <= {"landscape.html", "area.html", "promises.html"}, "drawings, and one link"


@pytest.mark.parametrize(
    "path",
    [
        "/sign-in?next=/a%0d%0aSet-Cookie:%20a=b",
        "/?lang=fi%0d%0aSet-Cookie:%20a=b",
        "/seuraa/a%0d%0aSet-Cookie:%20a=b",
        "/areas/a%0d%0aX-Bad:%201",
    ],
)
def test_no_address_writes_a_header(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code < 500
    assert "X-Bad" not in answer.headers
    assert not any("a=b" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


def test_a_request_id_is_ours_or_looks_like_it(client: FlaskClient) -> None:
    for given in ("abc def", "' OR 1", "x" * 400, "ABCDEFABCDEFABCD"):
        answer = client.get("/nowhere", headers={"X-Request-ID": given})
        assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-ID"])


def test_a_log_entry_stays_on_its_line() -> None:
    record = logging.LogRecord("a", logging.INFO, "", 1, "typed %s", ("a\r\nERROR b\x1b[2J",), None)
    assert OneLine().filter(record)
    assert record.getMessage() == "typed a\\r\\nERROR b\\x1b[2J"


@pytest.mark.parametrize(
    "recipient",
    ["a@b.example\nBcc: c@d.example", "a@b.example\r\nX: y", "a@b.example, c@d.example", "<a@b.c>"],
)
def test_a_mail_goes_to_one_address_alone(writing: Unit, recipient: str) -> None:
    with writing(), pytest.raises(ValueError, match="one plain address"):
        queue_mail("test", "key", recipient, "Aihe", "Teksti", "fi")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../wsgi.py",
        "/static/..%2fwsgi.py",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/static/..%5c..%5cwsgi.py",
        "/static//etc/passwd",
        "/static/css/..%2f..%2f..%2fpyproject.toml",
        "/admin/texts/..%2f..%2fsettings/fi",
        "/admin/texts/terms/..%2f..%2ffi",
        "/operating-models/..%2f1/export.json",
        "/.well-known/..%2f..%2fwsgi.py",
        "/.git/config",
        "/.env",
    ],
)
def test_no_path_leads_out_of_its_folder(app: Flask, database: object, path: str) -> None:
    own, _who = signed_in(app, Role.ADMINISTRATOR)
    answer = own.get(path)
    assert answer.status_code in {404, 308}
    assert (answer.location or "/static/").startswith(("/static/", "http://localhost/static/"))
    for word in (b"create_app", b"root:", b"[tool.ruff]", b"[core]"):
        assert word not in answer.data


def test_only_three_places_look_at_the_host_that_was_asked_for() -> None:
    """They compare; addresses in mails and files are made with the setting: public_url."""
    asking = re.compile(r"request\.(host|url_root|host_url|base_url|url\b)|\b_external\b")
    looking = {
        str(path.relative_to(ROOT / "innovation"))
        for path in (ROOT / "innovation").rglob("*.py")
        if asking.search(path.read_text(encoding="utf-8"))
    }
    assert looking <= {"votes/views.py", "web/errors.py", "web/security.py"}
