"""What a sign-in costs: one argon2id check, whoever it is; and how passwords are kept."""

import argon2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from innovation.accounts.models import Account
from innovation.accounts.passwords import hash_password
from innovation.core.db import db
from tests.conftest import Unit
from tests.real.people import PASSWORD, person

KEPT_AS = "$argon2id$v=19$m=32768,t=2,p=1$"
KNOWN, WITHOUT = "aino@posti.example", "eino@posti.example"
OLDER = argon2.PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give what each real check by argon2 was made against; the check itself is done."""
    made: list[str] = []
    verify = argon2.low_level.verify_secret

    def counted(kept: bytes, password: bytes, kind: argon2.Type) -> bool:
        made.append(kept.decode())
        return verify(kept, password, kind)

    monkeypatch.setattr("argon2._password_hasher.verify_secret", counted)
    return made


def stored(reading: Unit, email: str) -> str:
    with reading():
        found = db.session.scalars(select(Account.password_hash).where(Account.email == email))
        return found.one() or ""


@pytest.mark.parametrize("email", [KNOWN, "eiole@posti.example", WITHOUT])
def test_a_wrong_password_costs_one_check_whoever_it_is(
    client: FlaskClient, writing: Unit, checks: list[str], email: str
) -> None:
    with writing():
        person(email=KNOWN)
        db.session.get_one(Account, person(email=WITHOUT).id).password_hash = None
    # What is made once in a process, the hash of nobody, is there already.
    client.post("/sign-in", data={"email": "muu@posti.example", "password": "väärä salasana"})
    checks.clear()
    typed = {"email": email, "password": "väärä salasana"}
    assert client.post("/sign-in", data=typed).status_code == 422
    assert [one.startswith(KEPT_AS) for one in checks] == [True]


def test_passwords_are_kept_by_argon2id() -> None:
    assert hash_password(PASSWORD).startswith(KEPT_AS)
    assert hash_password(PASSWORD) != hash_password(PASSWORD)


def test_a_hash_with_older_parameters_is_made_anew_at_sign_in(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        who = person(email=KNOWN)
        db.session.get_one(Account, who.id).password_hash = OLDER.hash(PASSWORD)
    typed = {"email": KNOWN, "password": "väärä salasana"}
    assert client.post("/sign-in", data=typed).status_code == 422
    assert stored(reading, KNOWN).startswith("$argon2id$v=19$m=8192,t=1,p=1$")
    assert client.post("/sign-in", data={**typed, "password": PASSWORD}).status_code == 303
    renewed = stored(reading, KNOWN)
    assert renewed.startswith(KEPT_AS)
    again = app.test_client().post("/sign-in", data={**typed, "password": PASSWORD})
    assert again.status_code == 303
    assert stored(reading, KNOWN) == renewed
