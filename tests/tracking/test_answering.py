"""A nameless author is asked, answers with the tracking key, and hears where the matter went."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from innovation.core.db import db
from innovation.moderation import actions
from innovation.moderation.appeals import decide_appeal
from innovation.moderation.asking import ask_author
from innovation.moderation.models import Appeal
from innovation.moderation.passing import pass_on
from tests.conftest import Unit
from tests.real.people import person
from tests.tracking.test_views import behind, send

QUESTION = "Missä yksikössä näin käy?"


def test_a_question_is_read_and_answered_with_the_key(
    client: FlaskClient, app: Flask, writing: Unit
) -> None:
    key = send(client, app)
    with writing():
        ask_author(person("moderator"), behind(key), QUESTION)
    page = client.get(f"/seuraa/{key}")
    assert QUESTION in page.text
    assert f'action="/seuraa/{key}/reply"' in page.text
    bad = client.post(f"/seuraa/{key}/reply", data={"reply-text": "131052-308T"})
    assert bad.status_code == 422
    assert bad.headers["Cache-Control"] == "no-store"
    sent = client.post(f"/seuraa/{key}/reply", data={"reply-text": "Osastolla 3."})
    assert (sent.status_code, sent.location) == (303, f"/seuraa/{key}")
    after = client.get(f"/seuraa/{key}").text
    assert "Osastolla 3." in after
    assert "reply-text" not in after
    assert client.get(f"/seuraa/{key}/reply").status_code == 200


def test_keys_of_nobody_answer_nothing(client: FlaskClient) -> None:
    for _ in range(20):
        assert client.post("/seuraa/KXR7-4MTP-9H2D/reply", data={}).status_code == 404
    assert client.get("/seuraa/KXR7-4MTP-9H2D/reply").status_code == 429


def test_a_returned_idea_shows_its_reason_and_the_way_to_correct_it(
    client: FlaskClient, app: Flask, writing: Unit
) -> None:
    key = send(client, app)
    with writing():
        who = person("moderator")
        ask_author(who, behind(key), QUESTION)
        actions.return_idea(who, behind(key), "Poista nimet.")
    page = client.get(f"/seuraa/{key}").text
    box = page.split('id="asked"')[1].split("</section>")[0]
    assert "Poista nimet." in box
    assert f'href="/seuraa/{key}/edit"' in box
    assert page.count('id="asked"') == 1


def test_what_was_passed_on_is_told_with_the_reason(
    client: FlaskClient, app: Flask, writing: Unit
) -> None:
    key = send(client, app)
    with writing():
        pass_on(person("moderator"), behind(key), "Oulun kaupunki", "Katu kuuluu kaupungille.")
        number = behind(key).id
    page = client.get(f"/seuraa/{key}?lang=en").text
    assert "Passed on: Oulun kaupunki" in page
    assert "Katu kuuluu kaupungille." in page
    assert "A moderator has not read the idea yet" not in page
    assert client.get(f"/ideas/{number}").status_code == 404


def test_the_answer_to_another_look_is_read_with_the_key(
    client: FlaskClient, app: Flask, writing: Unit
) -> None:
    key = send(client, app)
    with writing():
        actions.hide_idea(person("moderator"), behind(key), "privacy", "Nimi mainittu.")
    page = client.get(f"/seuraa/{key}?lang=en").text
    assert "you can ask another moderator" in page
    client.post(f"/seuraa/{key}/appeal", data={"text": "Siinä ei ole nimeä."})
    page = client.get(f"/seuraa/{key}?lang=en").text
    assert "Another moderator looks at it again" in page
    assert "you can ask another moderator" not in page
    with writing():
        made = db.session.scalars(select(Appeal)).one()
        decide_appeal(person("moderator"), made, "upheld", "Lempinimi on nimi.")
    page = client.get(f"/seuraa/{key}?lang=en").text
    assert "Another moderator looked at it again, and the decision stays." in page
    assert page.count("Lempinimi on nimi.") == 2, "on top and in the journey"
    with writing():
        actions.restore_idea(person("moderator"), behind(key), "Nimi poistui.")
    assert "at it again, and the decision stays" not in client.get(f"/seuraa/{key}?lang=en").text


def test_a_decision_that_was_taken_back_is_told_in_the_journey(
    client: FlaskClient, app: Flask, writing: Unit
) -> None:
    key = send(client, app)
    with writing():
        actions.hide_idea(person("moderator"), behind(key), "privacy", "Nimi mainittu.")
    client.post(f"/seuraa/{key}/appeal", data={"text": "Siinä ei ole nimeä."})
    with writing():
        made = db.session.scalars(select(Appeal)).one()
        decide_appeal(person("moderator"), made, "changed", "Olet oikeassa.")
    page = client.get(f"/seuraa/{key}?lang=en").text
    assert "Another moderator took the decision back" in page
    assert "Olet oikeassa." in page


def test_what_went_wrong_behind_a_key_is_kept_as_secret(
    client: FlaskClient, app: Flask, writing: Unit
) -> None:
    key = send(client, app)
    with writing():
        actions.hide_idea(person("moderator"), behind(key), "privacy", "Nimi mainittu.")
    refused = client.get(f"/seuraa/{key}/edit")
    assert refused.status_code == 403
    assert refused.headers["Cache-Control"] == "no-store"
    assert refused.headers["X-Robots-Tag"] == "noindex"
