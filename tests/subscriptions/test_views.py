"""Supporting, following and hearing of one's idea with an address instead of an account."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from innovation.accounts.queries import profile_of
from innovation.core.db import db
from innovation.ideas.lifecycle import Visibility
from innovation.notifications.models import Mail
from innovation.subscriptions import actions, queries
from innovation.subscriptions.models import Subscription
from tests.admin.test_levels import levels
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person, sign_in, signed_in
from tests.tracking.test_views import behind, send

ADDRESS = "aino@posti.example"


@pytest.fixture
def number(writing: Unit) -> int:
    with writing():
        return idea()


def ask(client: FlaskClient, number: int, email: str = ADDRESS, **ways: str) -> None:
    answer = client.post(f"/ideas/{number}/by-mail", data={"email": email, **ways})
    assert answer.status_code == 200
    assert ADDRESS in answer.text or email != ADDRESS


def mailed_key(app: Flask, unit: Unit, email: str = ADDRESS) -> str:
    with unit():
        body = db.session.scalars(
            select(Mail.body).where(Mail.recipient == email).order_by(Mail.id.desc())
        ).first()
    assert body is not None
    found = re.search(r"/by-mail/(\S+)", body)
    assert found is not None
    return found[1]


def test_support_counts_only_when_the_owner_has_confirmed(
    app: Flask, client: FlaskClient, number: int, reading: Unit
) -> None:
    ask(client, number, supports="y", follows="y")
    with reading():
        assert queries.supporters_by_mail(number) == 0
        assert queries.addressed([number]) == []
    key = mailed_key(app, reading)
    page = client.get(f"/by-mail/{key}")
    assert page.headers["Cache-Control"] == "no-store"
    with reading():
        assert queries.supporters_by_mail(number) == 0
    answer = client.post(f"/by-mail/{key}")
    assert (answer.status_code, answer.location) == (303, f"/by-mail/{key}")
    client.post(f"/by-mail/{key}")
    with reading():
        assert queries.supporters_by_mail(number) == 1
        assert [one.why for one in queries.addressed([number])] == ["supports"]
    assert "1 " in client.get(f"/ideas/{number}?lang=en").text.split("confirmed e-mail")[0][-40:]


def test_what_others_ask_for_with_my_address_is_not_mine(
    app: Flask, client: FlaskClient, number: int, reading: Unit
) -> None:
    ask(client, number, follows="y")
    client.post(f"/by-mail/{mailed_key(app, reading)}")
    ask(client, number, supports="y")
    with reading():
        assert queries.supporters_by_mail(number) == 0


def test_one_press_stops_and_forgets(
    app: Flask, client: FlaskClient, number: int, reading: Unit
) -> None:
    ask(client, number, supports="y")
    key = mailed_key(app, reading)
    client.post(f"/by-mail/{key}")
    assert client.post(f"/by-mail/{key}/stop").status_code == 200
    with reading():
        assert db.session.scalars(select(Subscription)).all() == []
    assert client.get(f"/by-mail/{key}").status_code == 404
    assert client.post(f"/by-mail/{key}/stop").status_code == 404


def test_a_support_stays_as_a_number_when_its_owner_leaves(
    app: Flask, client: FlaskClient, number: int, reading: Unit, writing: Unit
) -> None:
    ask(client, number, supports="y", follows="y")
    key = mailed_key(app, reading)
    client.post(f"/by-mail/{key}")
    with writing():
        actions.keep_as_numbers(ADDRESS)
    with reading():
        assert queries.supporters_by_mail(number) == 1
        assert queries.addressed([number]) == []
        row = db.session.scalars(select(Subscription)).one()
        assert ADDRESS not in row.email
        assert row.follows is None
    assert client.get(f"/by-mail/{key}").status_code == 404
    assert client.post(f"/by-mail/{key}/stop").status_code == 404


def test_stopping_and_supporting_anew_counts_once(
    app: Flask, client: FlaskClient, number: int, reading: Unit
) -> None:
    for _ in range(3):
        ask(client, number, supports="y")
        key = mailed_key(app, reading)
        client.post(f"/by-mail/{key}")
        with reading():
            assert queries.supporters_by_mail(number) == 1
        client.post(f"/by-mail/{key}/stop")
    with reading():
        assert queries.supporters_by_mail(number) == 0


def test_who_supports_with_an_account_too_is_counted_once_afterwards(
    app: Flask, client: FlaskClient, number: int, reading: Unit, writing: Unit
) -> None:
    own, who = signed_in(app)
    with reading():
        email = profile_of(who.id).email
    own.post(f"/ideas/{number}/vote", data={"support": "1"})
    ask(client, number, email=email, supports="y")
    key = mailed_key(app, reading, email)
    client.post(f"/by-mail/{key}")
    with reading():
        before = queries.supporters_by_mail(number)
    with writing():
        actions.keep_as_numbers(email)
    with reading():
        assert queries.supporters_by_mail(number) == before


def test_keys_that_were_changed_open_nothing(
    app: Flask, client: FlaskClient, number: int, reading: Unit
) -> None:
    ask(client, number, follows="y")
    row, _letters, mac = mailed_key(app, reading).split("-")
    for key in (f"{row}-s-{mac}", f"{row}-f-{mac[:-1]}", f"{row}", "x", "1-f-ä", f"9{row}-f-{mac}"):
        assert client.get(f"/by-mail/{key}").status_code == 404
        assert client.post(f"/by-mail/{key}").status_code == 404


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(
    client: FlaskClient, number: int
) -> None:
    answer = client.post(f"/ideas/{number}/by-mail", data={"email": ADDRESS})
    assert answer.status_code == 422
    assert ADDRESS in answer.text
    answer = client.post(f"/ideas/{number}/by-mail", data={"email": "aino", "follows": "y"})
    assert answer.status_code == 422


def test_nothing_is_asked_about_what_is_not_public(client: FlaskClient, writing: Unit) -> None:
    with writing():
        hidden = idea(visibility=Visibility.WAITING)
    assert client.get(f"/ideas/{hidden}/by-mail").status_code == 404
    data = {"email": ADDRESS, "follows": "y"}
    assert client.post(f"/ideas/{hidden}/by-mail", data=data).status_code == 404


def test_an_account_that_supports_is_not_counted_twice(
    app: Flask, client: FlaskClient, number: int, writing: Unit, reading: Unit
) -> None:
    with writing():
        who = person(email=ADDRESS)
    ask(client, number, supports="y")
    client.post(f"/by-mail/{mailed_key(app, reading)}")
    sign_in(app, app.test_client(), who).post(f"/ideas/{number}/vote")
    with reading():
        assert queries.supporters_by_mail(number) == 0


def test_a_nameless_author_gives_an_address_and_has_it_forgotten(
    app: Flask, client: FlaskClient, reading: Unit
) -> None:
    key = send(client, app)
    assert client.post(f"/seuraa/{key}/address", data={"email": "x"}).status_code == 422
    answer = client.post(f"/seuraa/{key}/address", data={"email": ADDRESS})
    assert (answer.status_code, answer.location) == (303, f"/seuraa/{key}")
    assert ADDRESS not in client.get(f"/seuraa/{key}").text
    client.post(f"/by-mail/{mailed_key(app, reading)}")
    assert ADDRESS in client.get(f"/seuraa/{key}").text
    client.post(f"/seuraa/{key}/address/forget")
    assert ADDRESS not in client.get(f"/seuraa/{key}").text


def test_an_idea_is_taken_into_an_account_once(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    key = send(client, app)
    assert client.post(f"/seuraa/{key}/claim").status_code == 401
    mine, _ = signed_in(app)
    answer = mine.post(f"/seuraa/{key}/claim")
    assert (answer.status_code, answer.location) == (303, "/profile")
    with reading():
        reference = behind(key).reference
    assert reference in mine.get("/profile").text
    assert mine.post(f"/seuraa/{key}/claim").location == "/profile"
    other, _ = signed_in(app)
    other.post(f"/seuraa/{key}/claim")
    assert reference not in other.get("/profile").text
    assert client.get(f"/seuraa/{key}").status_code == 200


def test_where_support_needs_strong_identification_an_address_only_follows(
    app: Flask, client: FlaskClient, number: int, writing: Unit
) -> None:
    with writing():
        levels("anonymous", support="strong")
    data = {"email": ADDRESS, "supports": "y", "follows": "y"}
    assert client.post(f"/ideas/{number}/by-mail", data=data).status_code == 422
    ask(client, number, follows="y")
