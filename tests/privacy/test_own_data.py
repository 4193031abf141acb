"""Own data: everything about oneself in one package, and nothing of anybody else."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from innovation.accounts.models import Session
from innovation.answers.models import StatutoryClock
from innovation.core import clock
from innovation.core.audit import AuditRow
from innovation.core.db import db
from innovation.core.keys import MASK, masked, tracking_key
from innovation.core.permissions import Nobody
from innovation.ideas.actions import IdeaDraft, submit_idea
from innovation.messages.models import MODERATOR, Message
from innovation.privacy.holdings import shown_columns
from innovation.privacy.package import SCHEMA
from innovation.privacy.register import tables
from innovation.privacy.texts import FIELD_LABELS, INNER, TABLE_LABELS
from tests.accounts.letters import body_of_newest, code_in, path_in
from tests.conftest import Unit
from tests.privacy.living import EMAIL, NAME, a_life
from tests.real.people import PASSWORD, person, sign_in, signed_in

KEY = tracking_key("secret", "seed")


def opened(answer: TestResponse) -> tuple[dict[str, Any], str]:
    """Give the JSON and the page of a package."""
    with zipfile.ZipFile(io.BytesIO(answer.data)) as package:
        assert package.namelist() == ["data.html", "data.json"]
        return json.loads(package.read("data.json")), package.read("data.html").decode()


def test_one_press_gives_everything_about_me_and_nothing_of_others(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        life = a_life()
    own = sign_in(app, client, life.who)
    answer = own.post("/profile/data")
    assert answer.mimetype == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    told, page = opened(answer)
    assert told["schema"] == SCHEMA
    data = told["data"]
    assert data["people"][0]["email"] == EMAIL
    assert {row["id"] for row in data["ideas"]} == {life.alone, life.built_on, life.draft}
    assert {row["text"] for row in data["messages"]} == {"Missä?", "Oulussa."}
    assert {row["id"] for row in data["comments"]} == {life.quiet, life.answered}
    assert data["reports"][0]["text"] == "outo"
    assert data["votes"][0]["idea_id"] == life.supported
    whole = json.dumps(told, ensure_ascii=False) + page
    for secret in (life.other.name, "Salainen muistiinpano", "opasteet puuttuvat", "a hash"):
        assert secret not in whole
    assert "password_hash" not in whole
    assert NAME in page
    assert "<dt>" in page


def test_nobody_else_is_in_it_by_number(app: Flask, client: FlaskClient, writing: Unit) -> None:
    with writing():
        life = a_life()
    told, _page = opened(sign_in(app, client, life.who).post("/profile/data"))
    for name, rows in told["data"].items():
        for row in rows:
            assert not {"person_id", "granted_by", "deputy_id", "decided_by_id"} & set(row), name


def test_the_page_speaks_the_readers_language(app: Flask, client: FlaskClient) -> None:
    own, _ = signed_in(app)
    assert '<html lang="sv">' in opened(own.post("/profile/data?lang=sv"))[1]


def test_it_is_logged_and_noted_as_a_request_that_is_done(
    app: Flask, client: FlaskClient, reading: Unit
) -> None:
    own, who = signed_in(app)
    own.post("/profile/data")
    with reading():
        matter = db.session.scalars(select(StatutoryClock)).one()
        assert (matter.about, matter.done_on) == (f"account {who.id}", clock.today())
        deed = select(AuditRow.action).where(AuditRow.actor_id == who.id)
        assert "data:take" in db.session.scalars(deed).all()


def test_who_signed_in_long_ago_shows_the_password(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        who = person()
    own = sign_in(app, client, who)
    with writing():
        session = db.session.scalars(select(Session).where(Session.person_id == who.id)).one()
        session.created_at = clock.now() - timedelta(minutes=61)
    assert 'type="password"' in own.get("/profile/data").text
    assert own.post("/profile/data").status_code == 422
    assert own.post("/profile/data", data={"password": "väärä sana"}).status_code == 422
    assert own.post("/profile/data", data={"password": PASSWORD}).status_code == 200


def test_a_visitor_gets_nothing(client: FlaskClient) -> None:
    assert client.get("/profile/data").status_code == 303
    assert client.post("/profile/data").status_code == 401


def test_a_request_to_a_person_gets_its_month(
    app: Flask, client: FlaskClient, reading: Unit
) -> None:
    own, who = signed_in(app)
    assert own.post("/profile/data/ask", data={}).status_code == 422
    assert own.post("/profile/data/ask", data={"wish": "riches"}).status_code == 422
    for _ in "ab":
        assert own.post("/profile/data/ask", data={"wish": "object"}).status_code == 303
    with reading():
        matter = db.session.scalars(select(StatutoryClock)).one()
        assert matter.about == f"account {who.id}: object"
        assert matter.done_on is None
        assert matter.due_on == clock.deadline_in_months(clock.today(), 1)


def test_the_holder_of_a_key_gets_the_same(app: Flask, client: FlaskClient, writing: Unit) -> None:
    with writing():
        mine = submit_idea(Nobody(), IdeaDraft(text="Ovi on raskas."), receipt_key=KEY)
        submit_idea(Nobody(), IdeaDraft(text="Muun kirjoittama teksti."))
        said = Message(idea_id=mine.idea_id, side=MODERATOR, text="Missä?", at=clock.now())
        db.session.add(said)
    assert client.get(f"/seuraa/{KEY}/data").status_code == 200
    told, page = opened(client.post(f"/seuraa/{KEY}/data"))
    assert [row["text"] for row in told["data"]["ideas"]] == ["Ovi on raskas."]
    assert [row["text"] for row in told["data"]["messages"]] == ["Missä?"]
    assert "Muun kirjoittama" not in json.dumps(told, ensure_ascii=False) + page
    assert "key_hash" not in page
    assert client.get("/seuraa/AAAA-BBBB-CCCC/data").status_code == 404
    assert client.post("/seuraa/AAAA-BBBB-CCCC/data").status_code == 404


def test_taking_it_often_is_stopped(app: Flask, client: FlaskClient, reading: Unit) -> None:
    own, _ = signed_in(app)
    answers = [own.post("/profile/data").status_code for _ in range(21)]
    assert answers[0] == 200
    assert answers[-1] == 429
    with reading():
        assert db.session.scalar(select(func.count()).select_from(StatutoryClock)) == 20


def test_mails_are_there_without_the_keys_that_still_open_something(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        life = a_life()
    client.post("/reset", data={"email": EMAIL})
    visitor = app.test_client()
    visitor.post("/sign-in", data={"email": EMAIL})
    code, reset = body_of_newest(app, "code"), body_of_newest(app, "reset")
    keys = [path_in(code).rpartition("/")[2], path_in(reset).rpartition("/")[2], code_in(code)]
    answer = sign_in(app, app.test_client(), life.who).post("/profile/data")
    told, page = opened(answer)
    whole = json.dumps(told, ensure_ascii=False) + page
    for key in keys:
        assert key not in whole
    bodies = [row["body"] for row in told["data"]["outbox"]]
    assert code.replace(keys[0], MASK).replace(keys[2], MASK) in bodies
    assert reset.replace(keys[1], MASK) in bodies
    assert visitor.get(path_in(reset)).status_code == 200


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"Avaa http://localhost/seuraa/{KEY} nyt", f"Avaa http://localhost/seuraa/{MASK} nyt"),
        (f"/by-mail/12-sf-{'0a' * 16}/stop", f"/by-mail/12-sf-{MASK}/stop"),
        ("Koodi:\n1234 5678\n", f"Koodi:\n{MASK}\n"),
        ("Soita 1234 5678 tai 040 123 4567", "Soita 1234 5678 tai 040 123 4567"),
        (
            "PS-2026-0042, ajanvarausjärjestelmäuudistus",
            "PS-2026-0042, ajanvarausjärjestelmäuudistus",
        ),
    ],
)
def test_keys_in_texts_are_masked_and_nothing_else(said: str, shown: str) -> None:
    assert masked(said) == shown


def test_every_column_has_words_for_its_reader() -> None:
    for declared in tables().values():
        if not declared.given:
            continue
        assert declared.name in TABLE_LABELS
        for column in shown_columns(declared):
            assert column.name in INNER or column.name in FIELD_LABELS, (declared.name, column.name)
