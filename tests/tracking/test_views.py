"""Following with a tracking key: what its holder sees and does, and that guessing leads nowhere."""

from flask import Flask
from flask.testing import FlaskClient

from innovation.comments.reports import report
from innovation.core.keys import hash_key, read_tracking_key
from innovation.core.permissions import System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.ideas.moves import move_visibility
from innovation.ideas.queries import idea_of_receipt, receipt_by_hash
from innovation.ideas.timeline import Kind
from innovation.programme.queries import snapshot
from innovation.routing.actions import route_idea
from tests.conftest import Unit
from tests.real.ideas import ripe_once

TEXT = "Kotihoidon käyntiaika ei näy läheiselle missään."


def send(client: FlaskClient, app: Flask) -> str:
    form = {"text": TEXT, "language": "fi", "once": ripe_once(app)}
    answer = client.post("/ideas", data=form)
    return answer.location.removeprefix("/seuraa/").partition("?")[0]


def behind(key: str) -> Idea:
    found = receipt_by_hash(hash_key(read_tracking_key(key)))
    assert found
    return idea_of_receipt(found[0])


def test_the_first_page_gives_the_key_in_every_form(client: FlaskClient, app: Flask) -> None:
    key = send(client, app)
    page = client.get(f"/seuraa/{key}?new=1")
    assert page.text.count(key) >= 3
    assert '<path class="qrline"' in page.text
    assert "PS-20" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert "Content-Encoding" not in page.headers


def test_a_key_is_read_in_any_case_with_or_without_dashes(client: FlaskClient, app: Flask) -> None:
    key = send(client, app)
    for typed in (
        key,
        key.lower(),
        key.replace("-", ""),
        key.replace("-", " ").lower(),
        f" {key} ",
    ):
        answer = client.post("/seuraa", data={"key": typed})
        assert (answer.status_code, answer.location) == (303, f"/seuraa/{key}")
    page = client.get(f"/seuraa/{key.lower()}")
    assert TEXT in page.text


def test_a_key_that_opens_nothing_is_told_kindly_and_in_one_way(client: FlaskClient) -> None:
    malformed = client.post("/seuraa", data={"key": "ei mitään"})
    unknown = client.get("/seuraa/KXR7-4MTP-9H2D")
    short = client.get("/seuraa/abc")
    assert (malformed.status_code, unknown.status_code, short.status_code) == (422, 404, 404)
    told = [
        page.text.split('id="key-error"')[1].split("</p>")[0]
        for page in (malformed, unknown, short)
    ]
    assert len(set(told)) == 1


def test_guessing_is_stopped_but_owners_come_as_they_like(client: FlaskClient, app: Flask) -> None:
    key = send(client, app)
    for _ in range(25):
        assert client.get(f"/seuraa/{key}").status_code == 200
    answers = [client.get("/seuraa/KXR7-4MTP-9H2D") for _ in range(21)]
    assert {answer.status_code for answer in answers[:20]} == {404}
    assert answers[20].status_code == 429
    assert int(answers[20].headers["Retry-After"]) > 0


def test_the_holder_sees_the_route_and_the_reason(
    client: FlaskClient, app: Flask, writing: Unit
) -> None:
    key = send(client, app)
    with writing():
        idea = behind(key)
        system = System("test")
        move_visibility(system, idea, Visibility.PUBLIC, Kind.PUBLISHED, reason="Hyvä huomio.")
        fact = snapshot().sub_project_by_slug["ikaihmiset"]
        route_idea(system, idea, fact.id, [])
        name, number = fact.name("fi"), idea.id
    page = client.get(f"/seuraa/{key}")
    assert name in page.text
    assert "Hyvä huomio." in page.text
    assert f'href="/ideas/{number}"' in page.text


def test_a_question_is_answered_through_the_key(
    client: FlaskClient, app: Flask, writing: Unit
) -> None:
    key = send(client, app)
    with writing():
        idea = behind(key)
        move_visibility(
            System("test"), idea, Visibility.DRAFT, Kind.RETURNED, reason="Missä kunnassa?"
        )
        idea.asked_at = idea.updated_at
    page = client.get(f"/seuraa/{key}")
    assert "Missä kunnassa?" in page.text
    assert f'href="/seuraa/{key}/edit"' in page.text
    assert "Missä kunnassa?" in client.get(f"/seuraa/{key}/edit").text.split('name="text"')[0]
    form = {"text": TEXT + " Pudasjärvellä.", "language": "fi", "once": ripe_once(app)}
    answer = client.post(f"/seuraa/{key}/edit", data=form)
    assert answer.status_code == 303
    after = client.get(answer.location)
    assert "Pudasjärvellä." in after.text
    with writing():
        assert (behind(key).visibility, behind(key).asked_at) == ("waiting", None)


def test_the_author_is_told_when_a_report_took_the_idea_back(
    client: FlaskClient, app: Flask, writing: Unit
) -> None:
    key = send(client, app)
    with writing():
        move_visibility(System("test"), behind(key), Visibility.PUBLIC, Kind.PUBLISHED)
        report(System("test"), behind(key), None, "other_health", "", "reader")
    page = client.get(f"/seuraa/{key}?lang=en")
    assert "A moderator checks the idea again." in page.text
    assert "Back to be checked by a moderator after a report" in page.text


def test_a_change_with_an_error_keeps_the_text(client: FlaskClient, app: Flask) -> None:
    key = send(client, app)
    form = {"text": TEXT, "title": "o" * 90, "language": "fi", "once": ripe_once(app)}
    answer = client.post(f"/seuraa/{key}/edit", data=form)
    assert answer.status_code == 422
    assert "o" * 90 in answer.text


def test_the_holder_withdraws(client: FlaskClient, app: Flask) -> None:
    key = send(client, app)
    assert client.get(f"/seuraa/{key}/withdraw").status_code == 200
    answer = client.post(f"/seuraa/{key}/withdraw", data={"reason": ""})
    assert answer.status_code == 303
    page = client.get(f"/seuraa/{key}")
    assert page.status_code == 200
    assert f"/seuraa/{key}/edit" not in page.text
    assert client.get(f"/seuraa/{key}/edit").status_code == 403


def test_keys_of_nobody_open_no_form(client: FlaskClient) -> None:
    for path in ("edit", "withdraw"):
        assert client.get(f"/seuraa/KXR7-4MTP-9H2D/{path}").status_code == 404
        assert client.post(f"/seuraa/KXR7-4MTP-9H2D/{path}", data={}).status_code == 404


def test_no_page_repeats_the_host_that_a_request_names(client: FlaskClient, app: Flask) -> None:
    key = send(client, app)
    page = client.get(f"/seuraa/{key}?new=1", headers={"Host": "evil.example"}).text
    assert "evil.example" not in page
    assert "http://localhost/seuraa" in page
