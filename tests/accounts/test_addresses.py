"""Moving an account to another address: the new one is confirmed, the old one is told."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from innovation.accounts import queries
from innovation.accounts.models import Account, MailedLink
from innovation.core import clock, transaction
from innovation.core.audit import AuditRow
from innovation.core.db import db
from innovation.web import worker
from tests.accounts.letters import body_of_newest, code_in, mails, path_in
from tests.conftest import Unit
from tests.real.people import PASSWORD, person, sign_in, signed_in

NEW = {"email": "Uusi@posti.example", "current_password": PASSWORD}


def test_the_account_moves_when_the_new_address_is_shown_to_be_theirs(
    app: Flask, client: FlaskClient, visitor: Callable[[], FlaskClient], reading: Unit
) -> None:
    own, who = signed_in(app)
    with reading():
        old = db.session.get_one(Account, who.id).email
    assert own.post("/profile/address", data=NEW).location == "/profile/address?sent=1"
    path = path_in(body_of_newest(app, "address"))
    assert mails(app, "address")[0].recipient == "uusi@posti.example"
    assert client.get(path).status_code == 200
    with reading():
        assert db.session.get_one(Account, who.id).email == old
    assert client.post(path).location == "/sign-in"
    assert visitor().post(path).status_code == 404
    assert own.get("/profile").status_code == 303
    typed = {"email": "uusi@posti.example", "password": PASSWORD}
    assert visitor().post("/sign-in", data=typed).status_code == 303
    assert visitor().post("/sign-in", data={**typed, "email": old}).status_code == 422
    assert mails(app, "moved")[0].recipient == old
    with reading():
        assert db.session.get_one(Account, who.id).email_confirmed_at
        rows = db.session.scalars(select(AuditRow).where(AuditRow.action == "address:change"))
        assert [(row.subject_id, row.details) for row in rows] == [(who.id, {})]


@pytest.mark.parametrize(
    ("field", "value"), [("email", "uusi"), ("email", ""), ("current_password", "väärä sana")]
)
def test_what_is_wrong_is_said_at_its_field(
    app: Flask, client: FlaskClient, field: str, value: str
) -> None:
    own, _ = signed_in(app)
    answer = own.post("/profile/address", data={**NEW, field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert PASSWORD not in answer.text
    assert mails(app, "address") == []


def test_a_taken_address_is_answered_alike_and_gets_nothing(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        person(email="uusi@posti.example")
    own, _ = signed_in(app)
    assert own.post("/profile/address", data=NEW).location == "/profile/address?sent=1"
    assert mails(app, "address") == []


def test_an_address_taken_meanwhile_is_not_given_twice(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    own, _ = signed_in(app)
    own.post("/profile/address", data=NEW)
    path = path_in(body_of_newest(app, "address"))
    with writing():
        person(email="uusi@posti.example")
    assert client.post(path).status_code == 404


def test_without_a_password_only_who_has_just_come_in_moves(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction.writing():
        who = person()
        db.session.get_one(Account, who.id).password_hash = None
    own, now = sign_in(app, client, who), clock.now()
    with clock.frozen_at(now + timedelta(minutes=16)):
        assert own.post("/profile/address", data=NEW).status_code == 422
        assert 'name="email"' not in own.get("/profile/address").text
    with clock.frozen_at(now + timedelta(minutes=10)):
        assert own.post("/profile/address", data=NEW).status_code == 303


def test_the_link_lasts_a_day(app: Flask, client: FlaskClient) -> None:
    own, _ = signed_in(app)
    own.post("/profile/address", data=NEW)
    path = path_in(body_of_newest(app, "address"))
    with clock.frozen_at(clock.now() + timedelta(hours=25)):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404
        worker.do_duties(app)


def moved(app: Flask, client: FlaskClient) -> tuple[str, str, int]:
    """Move somebody's account away; gives its old address, the path in the mail there, its id."""
    own, who = signed_in(app)
    with app.app_context(), transaction.reading():
        old = db.session.get_one(Account, who.id).email
    own.post("/profile/address", data=NEW)
    client.post(path_in(body_of_newest(app, "address")))
    body = body_of_newest(app, "moved")
    assert "uusi@posti.example" not in body, "who moved it need not be the reader"
    return old, path_in(body), who.id


def test_the_old_address_takes_the_change_back(
    app: Flask, client: FlaskClient, visitor: Callable[[], FlaskClient], reading: Unit
) -> None:
    old, path, number = moved(app, client)
    thief = visitor()
    typed = {"email": "uusi@posti.example", "password": PASSWORD}
    assert thief.post("/sign-in", data=typed).status_code == 303
    visitor().post("/reset", data={"email": "uusi@posti.example"})
    reset = path_in(body_of_newest(app, "reset"))
    with clock.frozen_at(clock.now() + timedelta(days=6)):
        page = client.get(path)
        assert old in page.text
        assert page.headers["Cache-Control"] == "no-store"
        with reading():
            assert db.session.get_one(Account, number).email == "uusi@posti.example"
        assert client.post(path).location == "/sign-in"
        assert visitor().post(path).status_code == 404, "works once"
    assert thief.get("/profile").status_code == 303
    for email in (old, "uusi@posti.example"):
        again = visitor().post("/sign-in", data={"email": email, "password": PASSWORD})
        assert again.status_code == 422, "whoever moved it may know the password"
    assert visitor().get(reset).status_code == 404
    assert mails(app, "moved")[-1].recipient == "uusi@posti.example"
    assert "/address/back/" not in mails(app, "moved")[-1].body
    with reading():
        account = db.session.get_one(Account, number)
        assert (account.email, account.password_hash) == (old, None)
        deeds = db.session.scalars(
            select(AuditRow.action).where(AuditRow.subject_id == number).order_by(AuditRow.id)
        )
        assert list(deeds) == ["address:change", "address:back"]


def test_taking_back_has_an_end_of_days(app: Flask, client: FlaskClient) -> None:
    _old, path, _number = moved(app, client)
    with clock.frozen_at(clock.now() + timedelta(days=7, minutes=1)):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404


def test_of_two_moves_the_first_is_taken_back_and_the_second_with_it(
    app: Flask, client: FlaskClient, visitor: Callable[[], FlaskClient], reading: Unit
) -> None:
    old, first, number = moved(app, client)
    with reading():
        who = queries.person_by_id(number)
    assert who is not None
    sign_in(app, visitor(), who).post("/profile/address", data={**NEW, "email": "c@posti.example"})
    client.post(path_in(body_of_newest(app, "address")))
    second = path_in(body_of_newest(app, "moved"))
    assert first != second
    assert client.post(first).location == "/sign-in"
    assert client.post(second).status_code == 404
    with reading():
        assert db.session.get_one(Account, number).email == old


def test_an_address_with_an_account_of_its_own_is_not_put_back(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    old, path, _number = moved(app, client)
    with writing():
        person(email=old)
    answer = client.post(path)
    assert answer.status_code == 404
    assert "/contact" in answer.text


def test_the_old_address_is_forgotten_with_its_link(app: Flask, client: FlaskClient) -> None:
    moved(app, client)
    with clock.frozen_at(clock.now() + timedelta(days=8)):
        worker.do_duties(app)
    with app.app_context(), transaction.reading():
        assert db.session.scalar(select(MailedLink.id)) is None


def test_without_a_password_a_mailed_code_is_proof_enough(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), transaction.writing():
        who = person()
        db.session.get_one(Account, who.id).password_hash = None
    own, now = sign_in(app, client, who), clock.now()
    with clock.frozen_at(now + timedelta(minutes=30)):
        assert "/profile/confirm?next=/profile/address" in own.get("/profile/address").text
        asked = own.post("/profile/confirm?next=/profile/address").location
        code = code_in(body_of_newest(app, "code"))
        assert own.post(asked, data={"code": code}).location == "/profile/address"
        assert 'name="email"' in own.get("/profile/address").text
