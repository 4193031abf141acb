"""What a provider says is believed only in its proper shape, and never of two people as one."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from innovation.accounts.models import Account
from innovation.core import clock
from innovation.core.db import db
from innovation.federation.models import Identity
from tests.conftest import Unit
from tests.real.people import person

pytestmark = pytest.mark.usefixtures("told")
Come = Callable[..., TestResponse]

ADDRESS = "maija@tyo.example"
ODD: list[dict[str, Any]] = [
    {"sub": 7}, {"sub": ""}, {"sub": None}, {"sub": ["a"]}, {"sub": "x" * 10_000},
    {"iat": "x"}, {"iat": True}, {"iat": 1e30}, {"exp": "9999999999"},
    {"aud": []}, {"aud": {"a": 1}}, {"iss": ["x"]}, {"nonce": None},
    {"name": None}, {"name": ["x"]}, {"name": "a\r\nBcc: x@y.example"}, {"email": ["a@b.example"]},
    {"groups": {"a": 1}}, {"sid": ["x"]}, {"acr": ["high"]},
]  # fmt: skip


def _owners(reading: Unit) -> list[int]:
    with reading():
        return list(db.session.scalars(select(Identity.person_id).order_by(Identity.id)))


def _known(writing: Unit, address: str = ADDRESS) -> int:
    """Make somebody whose address is confirmed."""
    with writing():
        who = person(email=address)
        db.session.get_one(Account, who.id).email_confirmed_at = clock.now()
    return who.id


def test_an_address_that_was_given_to_somebody_new_opens_nothing_of_its_former_owner(
    come: Come, reading: Unit
) -> None:
    come()
    come(sub="toinen maija")
    first, second = _owners(reading)
    assert first != second


def test_the_case_of_an_address_does_not_matter(come: Come, reading: Unit, writing: Unit) -> None:
    known = _known(writing)
    come(email=ADDRESS.upper())
    assert _owners(reading) == [known]


@pytest.mark.parametrize(
    "address",
    [
        "mai\u0458a@tyo.example",
        "maija@ty\u043e.example",
        "ma\u0131ja@tyo.example",
        "maija@tyo.example\u0000",
        "maija@tyo.example,x@y.example",
        "\uff4daija@tyo.example",
    ],
)
def test_what_only_looks_like_an_address_joins_nothing(
    come: Come, reading: Unit, writing: Unit, address: str
) -> None:
    known = _known(writing)
    assert come(email=address).status_code < 500
    assert known not in _owners(reading)


def test_a_kelvin_sign_is_no_k(come: Come, reading: Unit, writing: Unit) -> None:
    known = _known(writing, "maika@tyo.example")
    assert come(email="mai\u212aa@tyo.example").status_code < 500
    assert known not in _owners(reading)


@pytest.mark.parametrize("value", [False, "false", 1, "1", None, [], {}, "True", [True]])
def test_only_a_plain_yes_says_that_an_address_is_confirmed(
    come: Come, reading: Unit, writing: Unit, value: object
) -> None:
    known = _known(writing)
    assert come(email_verified=value).status_code < 500
    assert known not in _owners(reading)


@pytest.mark.parametrize("claims", ODD, ids=str)
def test_claims_of_another_shape_are_refused_in_order(come: Come, claims: dict[str, Any]) -> None:
    assert come(**claims).status_code < 500
