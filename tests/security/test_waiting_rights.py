"""Where officials have to show a second factor, without it they are as anybody who works here."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import Connection

from innovation.core import transaction
from innovation.core.keys import hash_key
from innovation.core.permissions import Role
from innovation.second_factors.actions import note_shown
from tests.real.people import key_of_session, person
from tests.security.walking import Someone, rules, somebody

pytestmark = pytest.mark.once

PROVING = ("/second-factor", "/profile/security")


@pytest.fixture
def required(app: Flask, database: Connection) -> Iterator[Flask]:
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, second_factor="officials")
    yield app
    app.extensions["settings"] = before


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_right_of_an_official_counts_without_the_factor(
    required: Flask, database: Connection, method: str
) -> None:
    official = somebody(required)
    with required.app_context(), transaction.writing():
        colleague = person(Role.STAFF)
    staff = replace(official, who=colleague, key=key_of_session(required, colleague))
    proved = official.again()
    with required.app_context(), transaction.writing():
        note_shown(hash_key(proved.key))
    more = 0
    for rule in rules(required, method):
        codes = [_answer(one, rule, method, database) for one in (official, staff, proved)]
        without, as_staff, with_factor = codes
        assert without == as_staff, f"{method} {rule.rule}: {without}, staff gets {as_staff}"
        more += with_factor != as_staff
    assert more > 50


def _answer(who: Someone, rule: object, method: str, database: Connection) -> int:
    savepoint = database.begin_nested()
    answer = who.client.open(who.address(rule), method=method)  # type: ignore[arg-type]
    savepoint.rollback()
    led = answer.status_code == 303 and answer.location.startswith(PROVING)
    return 403 if led else answer.status_code
