"""Supporting over HTTP: in place, by a form, and without an account."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from innovation.ideas.lifecycle import Visibility
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import sign_in, signed_in

SCRIPT = {"X-Partial": "1"}


@pytest.fixture
def number(writing: Unit) -> int:
    with writing():
        return idea()


def test_the_script_gets_the_button_as_it_is_now(app: Flask, number: int) -> None:
    client, _ = signed_in(app)
    answer = client.post(f"/ideas/{number}/vote", data={"support": "1"}, headers=SCRIPT)
    assert answer.status_code == 200
    assert answer.text.startswith('<form class="support"')
    assert 'aria-pressed="true"' in answer.text
    assert f'action="/ideas/{number}/unvote"' in answer.text
    back = client.post(f"/ideas/{number}/unvote", data={"support": "0"}, headers=SCRIPT)
    assert 'aria-pressed="false"' in back.text
    assert ">0<" in back.text


def test_a_stale_button_does_what_it_says(app: Flask, number: int) -> None:
    client, _ = signed_in(app)
    client.post(f"/ideas/{number}/vote")
    answer = client.post(f"/ideas/{number}/vote", data={"support": "0"}, headers=SCRIPT)
    assert 'aria-pressed="false"' in answer.text


@pytest.mark.parametrize(
    ("came_from", "goes_to"),
    [
        ("http://localhost/ideas?page=2&sort=newest", "/ideas?page=2&sort=newest"),
        ("http://elsewhere.example/ideas", "/ideas/{number}"),
        ("http://localhost//elsewhere.example/", "/ideas/{number}"),
        ("http://localhost/\\elsewhere.example/", "/ideas/{number}"),
        ("", "/ideas/{number}"),
    ],
)
def test_the_form_leads_back_to_the_button(
    app: Flask, number: int, came_from: str, goes_to: str
) -> None:
    client, _ = signed_in(app)
    answer = client.post(f"/ideas/{number}/vote", headers={"Referer": came_from})
    assert answer.status_code == 303
    assert answer.location == goes_to.format(number=number) + f"#support-{number}"


def test_a_visitor_is_led_to_signing_in_and_back(client: FlaskClient, number: int) -> None:
    answer = client.post(
        f"/ideas/{number}/vote", headers={"Referer": f"http://localhost/ideas/{number}"}
    )
    assert answer.status_code == 303
    assert answer.location == f"/sign-in?next=/ideas/{number}%23support-{number}"
    assert "notice" in client.get(answer.location).text


def test_the_script_of_a_visitor_gets_the_way_to_sign_in(client: FlaskClient, number: int) -> None:
    answer = client.post(f"/ideas/{number}/vote", headers=SCRIPT)
    assert answer.status_code == 200
    assert "data-reason" in answer.text
    assert 'href="/sign-in?next=' in answer.text


def test_ones_own_idea_says_why_it_is_not_supported(app: Flask, writing: Unit) -> None:
    client, who = signed_in(app)
    with writing():
        own = idea(who)
    answer = client.post(f"/ideas/{own}/vote", headers=SCRIPT)
    assert answer.status_code == 422
    assert "data-reason" in answer.text
    assert client.post(f"/ideas/{own}/vote").status_code == 303


@pytest.mark.parametrize("visibility", [Visibility.WAITING, Visibility.STAFF_ONLY])
def test_what_one_may_not_know_of_is_not_found(
    app: Flask, writing: Unit, visibility: Visibility
) -> None:
    client, _ = signed_in(app)
    with writing():
        secret = idea(visibility=visibility)
    assert client.post(f"/ideas/{secret}/vote").status_code == 404
    assert client.post("/ideas/999999/vote").status_code == 404


def test_a_press_without_the_sessions_token_changes_nothing(app: Flask, number: int) -> None:
    client, who = signed_in(app)
    client.environ_base.pop("HTTP_X_CSRF_TOKEN")
    assert client.post(f"/ideas/{number}/vote").status_code == 403
    again = sign_in(app, app.test_client(), who).post(f"/ideas/{number}/unvote", headers=SCRIPT)
    assert ">0<" in again.text


def test_the_command_compares_counters_with_supports(app: Flask, number: int) -> None:
    runner = app.test_cli_runner()
    result = runner.invoke(args=["votes", "check"])
    assert (result.exit_code, result.output) == (0, "0 wrong counters\n")
    assert runner.invoke(args=["votes", "check", "--repair"]).exit_code == 0
