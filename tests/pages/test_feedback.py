"""Feedback on accessibility: anybody tells, its two weeks begin, those who answer read it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select

from innovation.answers.models import StatutoryClock
from innovation.core import clock
from innovation.core.audit import AuditRow
from innovation.core.db import db
from innovation.core.permissions import Role
from innovation.pages.models import AccessibilityFeedback
from tests.conftest import Unit
from tests.real.counting import questions
from tests.real.people import signed_in

PATH = "/accessibility/feedback"
TOLD = {"text": "Haku ei kerro tulosten määrää.", "page": "/search", "email": "a@posti.example"}


def test_anybody_can_tell_and_the_clock_begins(client: FlaskClient, writing: Unit) -> None:
    answer = client.post(PATH, data={"text": TOLD["text"]})
    assert (answer.status_code, answer.location) == (303, f"{PATH}/thanks")
    assert client.get(answer.location).status_code == 200
    with writing():
        told = db.session.scalars(select(AccessibilityFeedback)).one()
        counted = db.session.get_one(StatutoryClock, told.clock_id)
        assert (counted.kind, counted.about) == ("accessibility", f"#{told.id}")
        assert counted.due_on == clock.deadline_after(clock.today(), 14)


def test_a_second_press_adds_nothing(client: FlaskClient, writing: Unit) -> None:
    for _ in range(2):
        assert client.post(PATH, data=TOLD).status_code == 303
    with writing():
        assert len(db.session.scalars(select(AccessibilityFeedback)).all()) == 1
        assert len(db.session.scalars(select(StatutoryClock)).all()) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "Tunnukseni on 131052-308T."}, "text"),
        ({"text": "a" * 4_001}, "text"),
        ({"email": "ei osoite"}, "email"),
        ({"email": "a@b.example\r\nBcc: c@d.example"}, "email"),
        ({"page": "/ideas?q=131052-308T"}, "page"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field(
    client: FlaskClient, writing: Unit, wrong: dict[str, str], field: str
) -> None:
    answer = client.post(PATH, data={**TOLD, **wrong})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    with writing():
        assert db.session.scalars(select(AccessibilityFeedback)).all() == []


def test_those_who_keep_the_clocks_read_it_and_open_the_address_on_record(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    client.post(PATH, data=TOLD)
    for role in (Role.MODERATOR, Role.COORDINATOR):
        own, who = signed_in(app, role)
        page = own.get("/answers/accessibility")
        assert TOLD["text"] in page.text
        with writing():
            number = db.session.scalars(select(AccessibilityFeedback.id)).one()
        shown = own.get(f"/answers/accessibility/{number}")
        assert TOLD["email"] not in page.text + shown.text
        assert page.headers["Cache-Control"] == shown.headers["Cache-Control"] == "no-store"
        opened = own.post(f"/answers/accessibility/{number}/address")
        assert TOLD["email"] in opened.text
        assert opened.headers["Cache-Control"] == "no-store"
        with writing():
            noted = select(AuditRow).where(
                AuditRow.action == "address:see", AuditRow.actor_id == who.id
            )
            assert [row.subject_id for row in db.session.scalars(noted)] == [number]
    for role in (Role.STAFF, Role.ANALYST):
        own, _who = signed_in(app, role)
        for path in ("/answers/accessibility", f"/answers/accessibility/{number}"):
            assert own.get(path).status_code == 403
        assert own.post(f"/answers/accessibility/{number}/address").status_code == 403


def test_without_an_address_there_is_nothing_to_open(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    client.post(PATH, data={**TOLD, "email": ""})
    own, _who = signed_in(app, Role.MODERATOR)
    with writing():
        number = db.session.scalars(select(AccessibilityFeedback.id)).one()
    assert own.post(f"/answers/accessibility/{number}/address").status_code == 404
    assert own.post("/answers/accessibility/999/address").status_code == 404


def test_a_robot_is_stopped(client: FlaskClient) -> None:
    codes = [client.post(PATH, data={**TOLD, "text": f"Kerta {n}"}).status_code for n in range(21)]
    assert codes == [303] * 20 + [429]


def test_the_list_asks_the_database_as_often_for_2_as_for_17(
    app: Flask, client: FlaskClient, database: Connection
) -> None:
    own, _who = signed_in(app, Role.MODERATOR)
    asked = []
    for first, last in ((0, 2), (2, 17)):
        for number in range(first, last):
            client.post(PATH, data={**TOLD, "text": f"Palaute {number}"})
        asked.append(questions(database, lambda: own.get("/answers/accessibility")))
    assert asked[0] == asked[1]
