"""The front page, the pages about the service, and every error page."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from innovation.core.permissions import System
from innovation.ideas.lifecycle import Handling
from innovation.ideas.moves import move_handling
from innovation.ideas.queries import visible_idea
from innovation.programme.queries import snapshot
from innovation.routing.actions import route_idea
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import signed_in


def test_the_service_is_alive(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")


def test_the_front_page_asks_first(client: FlaskClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert re.search(r'<form[^>]*action="/ideas/new"', answer.text)
    assert re.search(r'<textarea[^>]*name="text"', answer.text)
    for area in ("oulu", "koillismaa", "rannikko"):
        assert f'href="/areas/{area}"' in answer.text


def test_the_front_page_tells_what_was_answered(client: FlaskClient, writing: Unit) -> None:
    system = System("test")
    with writing():
        number = idea(title="Kyltti rappuun kolme")
        row = visible_idea(system, number)
        route_idea(system, row, snapshot().sub_projects[0].id, [])
        move_handling(
            system, row, Handling.UNDER_EVALUATION, reason="Mittaamme oven ensi viikolla."
        )
    page = client.get("/").text
    assert "Kyltti rappuun kolme" in page
    assert "Mittaamme oven ensi viikolla." in page


@pytest.mark.parametrize("path", ["/how", "/rules", "/contact"])
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_pages_about_the_service_speak_every_language(
    client: FlaskClient, path: str, language: str
) -> None:
    answer = client.get(f"{path}?lang={language}")
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text


def test_the_language_is_remembered(client: FlaskClient) -> None:
    client.get("/?lang=sv")
    assert '<html lang="sv"' in client.get("/how").text


def test_a_lost_visitor_is_told_the_way(client: FlaskClient) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert 'href="/ideas"' in answer.text


def test_a_page_for_others_is_closed_kindly(app: Flask, database: object) -> None:
    resident, _who = signed_in(app)
    assert resident.get("/moderation").status_code == 403


def test_a_form_too_large_is_refused_with_a_page(client: FlaskClient) -> None:
    answer = client.post("/ideas", data={"text": "a" * 1_200_000})
    assert answer.status_code == 413
    assert "<h1>" in answer.text


def test_the_text_of_a_form_that_came_from_elsewhere_is_kept(client: FlaskClient) -> None:
    answer = client.post(
        "/ideas",
        data={"text": "Pyörätuoli ei mahdu ovesta sisään."},
        headers={"Origin": "https://elsewhere.example"},
    )
    assert answer.status_code == 403
    assert "Pyörätuoli ei mahdu ovesta sisään." in answer.text


def test_an_unexpected_error_shows_a_code_and_no_details(app: Flask, client: FlaskClient) -> None:
    # A statement that cannot be understood stands for a database that is broken.
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.view_functions, "pages.how", _breaks)
        answer = client.get("/how")
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] in answer.text
    assert "no such thing" not in answer.text


def _breaks() -> str:
    raise RuntimeError("no such thing")


_breaks.access_rule = "public"  # type: ignore[attr-defined]


def test_a_second_look_costs_nothing(app: Flask, database: object) -> None:
    client = FlaskClient(app)  # the checking client reads no compressed answers
    first = client.get("/how", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    again = client.get("/how", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_the_policy_allows_no_inline_script(client: FlaskClient) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
