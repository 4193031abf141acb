"""The promises on which every other test stands: isolation, checked pages, a real server."""

import urllib.request

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy import func, select

from innovation.core import jobs
from innovation.core.db import db
from tests.conftest import Unit
from tests.real.client import check_html
from tests.real.server import LiveServer

PAGE = """<!doctype html><html lang="fi"><head><title>Ideat</title></head><body><main><h1>Ideat</h1>
<label for="q">Haku</label><input id="q" name="q"><p id="hint">Hei</p></main></body></html>"""


def count_jobs() -> int:
    return db.session.scalar(select(func.count()).select_from(jobs.Job)) or 0


@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_commits_is_gone_in_the_next(turn: int, writing: Unit, reading: Unit) -> None:
    with reading():
        before = count_jobs()
    with writing():
        jobs.enqueue("fixture", "only one")
    with reading():
        assert count_jobs() == before + 1 == 1


def test_a_failed_unit_takes_back_its_own_rows_only(writing: Unit, reading: Unit) -> None:
    with writing():
        jobs.enqueue("fixture", "kept")
    with pytest.raises(LookupError), writing():
        jobs.enqueue("fixture", "lost")
        db.session.flush()
        raise LookupError
    with reading():
        assert [job.unique_key for job in db.session.scalars(select(jobs.Job))] == ["kept"]


def test_the_client_sees_no_context_of_the_test(client: FlaskClient, app: Flask) -> None:
    assert client.get("/healthz").status_code == 200
    with pytest.raises(RuntimeError, match="application context"):
        db.session()


@pytest.mark.once
def test_a_well_made_page_and_a_piece_of_one_pass() -> None:
    check_html(PAGE, "/")
    check_html('<li id="a">Hei</li>', "/piece")


@pytest.mark.once
@pytest.mark.parametrize(
    ("good", "bad", "complaint"),
    [
        ("<h1>Ideat</h1>", "", "0 h1"),
        ("<title>Ideat</title>", "<title> </title>", "no title"),
        (' lang="fi"', "", "no language"),
        ('<p id="hint">', '<p id="q">', "id twice: q"),
        ('<label for="q">', '<label for="w">', "field without a label: q"),
        ("<p ", '<p style="color:red" ', "inline style"),
        ("<p ", '<p onclick="go()" ', "inline handler"),
        ("</main>", "<script>go()</script></main>", "inline script"),
        ("</main>", "</section></main>", "line 2"),
    ],
)
def test_a_page_with_a_fault_is_refused(good: str, bad: str, complaint: str) -> None:
    assert good in PAGE
    with pytest.raises(AssertionError, match=complaint):
        check_html(PAGE.replace(good, bad, 1), "/")


def test_the_served_application_answers(live_server: LiveServer) -> None:
    with urllib.request.urlopen(f"{live_server.url}/healthz", timeout=10) as answer:
        assert answer.status == 200


def test_the_browser_reaches_the_served_application(page: Page) -> None:
    answer = page.goto("/healthz")
    assert answer is not None
    assert answer.status == 200
