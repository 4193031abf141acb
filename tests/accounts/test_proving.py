"""A mailed code shows anew, on the spot, who sits at a session that began long ago."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from innovation.accounts.models import Account, Session
from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Person, Role
from tests.accounts.letters import body_of_newest, code_in, mails
from tests.conftest import Unit
from tests.real.people import person, sign_in, signed_in

HOURS = timedelta(hours=2)
NEWCOMER = {"name": "Tuula", "grown": "y"}
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture
def nobody_s_password(app: Flask, writing: Unit, client: FlaskClient) -> tuple[FlaskClient, Person]:
    """Somebody who has an account without a password, signed in."""
    with writing():
        who = person()
        account = db.session.get_one(Account, who.id)
        account.password_hash, account.email_confirmed_at = None, clock.now()
    return sign_in(app, client, who), who


@pytest.mark.parametrize("page", ["/profile/data", "/profile/delete"])
def test_own_data_and_leaving_ask_for_a_code_and_go_on(
    app: Flask, nobody_s_password: tuple[FlaskClient, Person], reading: Unit, page: str
) -> None:
    own, _who = nobody_s_password
    sure = {"way": "nameless", "sure": "y"} if page.endswith("delete") else {}
    with clock.frozen_at(clock.now() + HOURS):
        assert own.post(page, data=sure).status_code == 422
        assert f'formaction="/profile/confirm?next={page}"' in own.get(page).text
        asked = own.post(f"/profile/confirm?next={page}", data=sure).location
        code = code_in(body_of_newest(app, "code"))
        assert own.post(asked, data={"code": code}).location == page
        assert "formaction" not in own.get(page).text
        assert own.post(page, data=sure).status_code in {200, 303}


def test_the_session_stays_the_same_and_ends_when_it_would_have(
    app: Flask, nobody_s_password: tuple[FlaskClient, Person], reading: Unit
) -> None:
    own, _who = nobody_s_password
    with reading():
        before = db.session.execute(select(Session.key_hash, Session.created_at)).one()
    with clock.frozen_at(clock.now() + HOURS):
        asked = own.post("/profile/confirm?next=/profile").location
        own.post(asked, data={"code": code_in(body_of_newest(app, "code"))})
        with reading():
            after = db.session.execute(select(Session.key_hash, Session.created_at)).one()
            assert db.session.scalar(select(Session.proved_at)) == clock.now()
    assert after == before


def test_without_a_mailbox_one_signs_in_anew(
    nobody_s_password: tuple[FlaskClient, Person], writing: Unit
) -> None:
    own, who = nobody_s_password
    with writing():
        db.session.get_one(Account, who.id).email = "abc@employer.invalid"
    with clock.frozen_at(clock.now() + timedelta(hours=5)):
        for page in ("/profile/data", "/profile/devices", "/second-factor", "/profile/address"):
            assert "/profile/confirm" not in own.get(page).text
        assert "/second-factor/again" in own.get("/second-factor").text


@pytest.fixture
def required(app: Flask, database: object) -> Iterator[None]:
    """Officials must have a second factor."""
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, second_factor="officials")
    yield
    app.extensions["settings"] = before


def test_a_mailed_code_lets_the_first_factor_be_added_but_is_none(
    app: Flask, required: None
) -> None:
    own, _who = signed_in(app, Role.MODERATOR)
    with clock.frozen_at(clock.now() + HOURS):
        asking = own.get("/profile/security/app").location
        assert "/profile/confirm?next=/profile/security/app" in own.get(asking).text
        asked = own.post("/profile/confirm?next=/profile/security/app").location
        code = code_in(body_of_newest(app, "code"))
        assert own.post(asked, data={"code": code}).location == "/profile/security/app"
        assert own.get("/profile/security/app").status_code == 200
        assert own.get("/moderation").status_code == 303, "rights still wait"


def test_many_register_from_one_place_and_very_many_do_not(app: Flask, client: FlaskClient) -> None:
    codes = []
    for number in range(201):
        sent = {**NEWCOMER, "email": f"a{number}@posti.example"}
        with clock.frozen_at(clock.now()):
            codes.append(client.post("/register", data=sent).status_code)
    assert set(codes[:200]) == {303}
    assert codes[200] == 429


def test_nobody_is_kept_from_registering_by_others(
    app: Flask, client: FlaskClient, visitor: Callable[[], FlaskClient]
) -> None:
    sent = {**NEWCOMER, "email": "tuula@posti.example"}
    pest = visitor()
    answers = [
        pest.post("/register", data=sent, environ_overrides=ELSEWHERE).status_code
        for _ in range(12)
    ]
    assert answers.count(429) == 2, "counted by visitor and address together"
    assert client.post("/register", data=sent).status_code == 303
    assert (
        pest.post(
            "/register", data={**sent, "email": "toinen@posti.example"}, environ_overrides=ELSEWHERE
        ).status_code
        == 303
    )
    assert len({mail.recipient for mail in mails(app, "code")}) == 2
