"""Passkeys over HTTP: as a second factor, as a door, and everything that is not taken for one."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from innovation.accounts.models import Session
from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Person
from tests.conftest import Unit
from tests.real.factors import ASKED, add_passkey, halfway, options_on
from tests.real.passkeys import SoftKey
from tests.real.people import signed_in


@pytest.fixture
def mine(app: Flask, database: object) -> tuple[FlaskClient, Person]:
    return signed_in(app)


def test_a_passkey_is_a_second_factor_and_a_door(
    app: Flask, mine: tuple[FlaskClient, Person], reading: Unit
) -> None:
    client, who = mine
    key = SoftKey()
    assert add_passkey(client, key).location == "/profile/security/spare-codes"
    visitor = halfway(app, who)
    options = options_on(visitor.get(ASKED).get_data(as_text=True))
    answer = visitor.post(f"{ASKED}/passkey", data={"credential": key.show(options)})
    assert (answer.status_code, answer.location) == (303, "/profile")
    stranger = app.test_client()
    options = options_on(stranger.get("/passkey?next=/profile").get_data(as_text=True))
    assert options["userVerification"] == "required"
    answer = stranger.post("/passkey?next=/profile", data={"credential": key.show(options)})
    assert (answer.status_code, answer.location) == (303, "/profile")
    with reading():
        session = db.session.scalars(select(Session).order_by(Session.id.desc())).first()
        assert session is not None
        assert (session.method, session.factor_at is not None) == ("passkey", True)
        assert not session.shared
    other = app.test_client()
    options = options_on(other.get("/passkey").get_data(as_text=True))
    other.post("/passkey", data={"credential": key.show(options), "shared": "y"})
    with reading():
        newest = select(Session.shared).order_by(Session.id.desc()).limit(1)
        assert db.session.scalar(newest) is True


def test_answers_of_passkeys_that_are_not_taken(
    app: Flask, mine: tuple[FlaskClient, Person]
) -> None:
    client, _who = mine
    key = SoftKey()
    add_passkey(client, key)

    def tried(visitor: FlaskClient, credential: str) -> int:
        return visitor.post("/passkey", data={"credential": credential}).status_code

    def asked(visitor: FlaskClient) -> dict[str, Any]:
        return options_on(visitor.get("/passkey").get_data(as_text=True))

    one, other = app.test_client(), app.test_client()
    assert tried(one, key.show(asked(other))) == 422, "asked in another browser"
    assert tried(one, key.show({**asked(one), "challenge": "QUFBQQ"})) == 422, "made up"
    assert tried(one, key.show({**asked(one), "rpId": "evil.example"})) == 422, "another place"
    assert tried(one, replace(key, origin="http://evil.example").show(asked(one))) == 422
    assert tried(one, replace(key, verifies=False).show(asked(one))) == 422, "owner not checked"
    assert tried(one, replace(key, handle="AAAA").show(asked(one))) == 422, "somebody else's"
    assert tried(one, SoftKey().show(asked(one))) == 422, "an unknown one"
    key.count = 0
    assert tried(one, key.show(asked(one))) == 422, "counts backwards, so it may be a copy"
    key.count = 50
    with clock.frozen_at(clock.now() - timedelta(minutes=6)):
        late = asked(one)
    assert tried(one, key.show(late)) == 422, "too late"
    for rubbish in ("", "[]", "{", '{"id": 5}', '{"id": "x"}', "x" * 30_000):
        assert tried(one, rubbish) == 422
    right = key.show(asked(one))
    keyring = one.get_cookie("passkey")
    assert keyring is not None
    assert tried(one, right) == 303
    replay = app.test_client()
    replay.set_cookie("passkey", keyring.value)
    assert tried(replay, right) == 422, "answered before"


def test_a_passkey_belongs_to_one_person(app: Flask, mine: tuple[FlaskClient, Person]) -> None:
    client, _who = mine
    key, own = SoftKey(counts=False), SoftKey(counts=False)
    add_passkey(client, key)
    other_client, other = signed_in(app)
    add_passkey(other_client, own)
    visitor = halfway(app, other)
    options = options_on(visitor.get(ASKED).get_data(as_text=True))
    page = f"{ASKED}/passkey"
    assert visitor.post(page, data={"credential": key.show(options)}).status_code == 422
    assert visitor.post(page, data={"credential": own.show(options)}).status_code == 303
    assert add_passkey(other_client, key).status_code == 422, "it is there already"
