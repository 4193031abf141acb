"""Second factors over HTTP: adding them, being asked on the way in, losing them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from innovation.accounts import queries
from innovation.core import clock
from innovation.core.audit import AuditRow
from innovation.core.db import db
from innovation.core.permissions import Person, Role, System
from innovation.notifications.models import Mail
from innovation.second_factors import actions
from innovation.second_factors.models import (
    AuthenticatorApp,
    Passkey,
    SpareCode,
    UsedChallenge,
)
from tests.conftest import Unit
from tests.real.factors import (
    ASKED,
    add_app,
    add_passkey,
    code_of,
    halfway,
    is_in,
    secret_on,
    take_spares,
)
from tests.real.forms import fields_of
from tests.real.passkeys import SoftKey
from tests.real.people import PASSWORD, person, sign_in, signed_in


@pytest.fixture
def mine(app: Flask, database: object) -> tuple[FlaskClient, Person]:
    return signed_in(app)


@pytest.fixture
def email(app: Flask, writing: Unit) -> str:
    """The address of somebody with a password."""
    with writing():
        person(email="asukas@posti.example")
    return "asukas@posti.example"


def test_an_app_is_asked_for_at_the_next_sign_in(
    app: Flask, mine: tuple[FlaskClient, Person]
) -> None:
    client, who = mine
    secret = add_app(client)
    visitor = halfway(app, who)
    assert not is_in(visitor), "the password alone opens nothing"
    answer = visitor.post(ASKED, data={"code": code_of(secret)})
    assert (answer.status_code, answer.location) == (303, "/profile")
    assert is_in(visitor)


def test_an_app_that_is_sent_twice_is_added_once(
    mine: tuple[FlaskClient, Person], reading: Unit
) -> None:
    page = mine[0].get("/profile/security/app").text
    secret = secret_on(page)
    with clock.frozen_at(clock.now()):
        for step in (-1, 0):
            sent = {**fields_of(page), "name": "Puhelin", "code": code_of(secret, step)}
            assert mine[0].post("/profile/security/app", data=sent).status_code == 303
    with reading():
        assert db.session.scalar(select(func.count()).select_from(AuthenticatorApp)) == 1


def test_the_secret_is_kept_sealed(mine: tuple[FlaskClient, Person], reading: Unit) -> None:
    secret = add_app(mine[0])
    with reading():
        assert secret not in db.session.scalar(select(AuthenticatorApp.secret))


def test_a_code_works_once(app: Flask, mine: tuple[FlaskClient, Person]) -> None:
    client, who = mine
    secret = add_app(client)
    code = code_of(secret)
    assert halfway(app, who).post(ASKED, data={"code": code}).status_code == 303
    second = halfway(app, who)
    assert second.post(ASKED, data={"code": code}).status_code == 422
    assert second.post(ASKED, data={"code": code_of(secret, -1)}).status_code == 422, "an older one"
    assert not is_in(second)


def test_codes_cannot_be_tried_without_end(app: Flask, mine: tuple[FlaskClient, Person]) -> None:
    client, who = mine
    secret = add_app(client)
    visitor = halfway(app, who)
    answers = [visitor.post(ASKED, data={"code": "000000"}).status_code for _ in range(21)]
    assert answers[19:] == [422, 429]
    other = halfway(app, who)
    assert other.post(ASKED, data={"code": code_of(secret)}).status_code == 429


def test_nobody_is_asked_without_the_first_proof(client: FlaskClient) -> None:
    assert client.get(ASKED).location == "/sign-in"
    assert client.post(ASKED, data={"code": "123456"}).location == "/sign-in"
    client.set_cookie("halfway", "made-up")
    assert client.get(ASKED).location == "/sign-in"


def test_the_first_proof_is_worth_ten_minutes(app: Flask, mine: tuple[FlaskClient, Person]) -> None:
    client, who = mine
    add_app(client)
    visitor = halfway(app, who)
    with clock.frozen_at(clock.now() + timedelta(minutes=11)):
        assert visitor.get(ASKED).location == "/sign-in"


def test_a_spare_code_works_once_and_its_owner_is_told(
    app: Flask, mine: tuple[FlaskClient, Person], reading: Unit
) -> None:
    client, who = mine
    add_app(client)
    spares = take_spares(client)
    assert len(spares) == 10
    visitor = halfway(app, who)
    assert visitor.post(ASKED, data={"code": spares[4].lower()}).status_code == 303
    assert is_in(visitor)
    again = halfway(app, who)
    assert again.post(ASKED, data={"code": spares[4]}).status_code == 422
    with reading():
        assert spares[0][2:].replace("-", "") not in str(
            db.session.scalars(select(SpareCode.code_hash)).all()
        )
        told = db.session.scalars(select(Mail.unique_key).where(Mail.kind == "factor")).all()
    assert sum("spare_used" in one for one in told) == 1


def test_a_used_spare_code_does_not_come_back_with_the_same_page(
    app: Flask, mine: tuple[FlaskClient, Person]
) -> None:
    client, who = mine
    add_app(client)
    page = client.get("/profile/security/spare-codes").text
    spare = page.partition("<li><code>")[2].partition("<")[0]
    sent = fields_of(page)
    for place, wanted in enumerate((303, 422)):
        assert client.post("/profile/security/spare-codes", data=sent).status_code == 303, place
        assert halfway(app, who).post(ASKED, data={"code": spare}).status_code == wanted


def test_new_spare_codes_end_the_old_ones(app: Flask, mine: tuple[FlaskClient, Person]) -> None:
    client, who = mine
    add_app(client)
    old, new = take_spares(client), take_spares(client)
    visitor = halfway(app, who)
    assert visitor.post(ASKED, data={"code": old[0]}).status_code == 422
    assert visitor.post(ASKED, data={"code": new[0]}).status_code == 303


def test_changes_need_a_fresh_proof(
    app: Flask, mine: tuple[FlaskClient, Person], reading: Unit
) -> None:
    client, _who = mine
    secret = add_app(client)
    with reading():
        number = db.session.scalar(select(AuthenticatorApp.id))
    page = f"/profile/security/app/{number}"
    with clock.frozen_at(clock.now() + timedelta(minutes=20)):
        for path in (page, "/profile/security/app", "/profile/security/spare-codes"):
            assert client.get(path).location == f"{ASKED}?next={path}"
        assert client.post(page).status_code == 403
        assert client.post(f"{ASKED}?next={page}", data={"code": code_of(secret)}).location == page
        assert client.post(page).status_code == 303
    with reading():
        assert db.session.scalar(select(func.count()).select_from(AuthenticatorApp)) == 0


def test_without_a_factor_one_signs_in_anew_before_adding_one(
    mine: tuple[FlaskClient, Person],
) -> None:
    client, _who = mine
    with clock.frozen_at(clock.now() + timedelta(minutes=20)):
        asked = client.get("/profile/security/app").location
        assert asked == f"{ASKED}?next=/profile/security/app"
        client.get(asked)
        answer = client.post(f"{ASKED}/again?next=/profile/security/app")
        assert answer.location == "/sign-in?next=/profile/security/app"
        assert not is_in(client)


def test_the_first_factor_ends_other_sessions(app: Flask, mine: tuple[FlaskClient, Person]) -> None:
    client, who = mine
    elsewhere = sign_in(app, app.test_client(), who)
    add_app(client)
    assert is_in(client)
    assert not is_in(elsewhere)


def test_nobody_removes_what_is_somebody_elses(
    app: Flask, mine: tuple[FlaskClient, Person], reading: Unit
) -> None:
    add_app(mine[0])
    other, _who = signed_in(app)
    with reading():
        number = db.session.scalar(select(AuthenticatorApp.id))
    for kind in ("app", "passkey", "password"):
        assert other.get(f"/profile/security/{kind}/{number}").status_code == 404
        assert other.post(f"/profile/security/{kind}/{number}").status_code == 404


def test_a_picture_of_another_session_adds_nothing(
    app: Flask, mine: tuple[FlaskClient, Person]
) -> None:
    page = mine[0].get("/profile/security/app").get_data(as_text=True)
    other, _who = signed_in(app)
    sealed = fields_of(page)["sealed"]
    sent = {"sealed": sealed, "name": "X", "code": code_of(secret_on(page))}
    assert other.post("/profile/security/app", data=sent).location == "/profile/security/app"


@pytest.fixture
def required(app: Flask, database: object) -> Iterator[None]:
    """Officials must have a second factor."""
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, second_factor="officials")
    yield
    app.extensions["settings"] = before


def test_officials_act_as_residents_until_they_have_one(app: Flask, required: None) -> None:
    client, _who = signed_in(app, Role.MODERATOR)
    led = client.get("/moderation").location
    assert led == "/profile/security?next=/moderation"
    client.get(led)
    assert client.post("/moderation/ideas/1").status_code == 403
    add_app(client)
    assert client.get("/moderation").status_code == 200


def test_residents_and_staff_are_not_led_anywhere(app: Flask, required: None) -> None:
    client, _who = signed_in(app, Role.STAFF)
    assert client.get("/moderation").status_code == 403
    assert is_in(client)


def test_an_administrator_helps_whoever_has_lost_everything(
    app: Flask, mine: tuple[FlaskClient, Person], reading: Unit
) -> None:
    client, who = mine
    add_app(client)
    add_passkey(client, SoftKey())
    page = f"/admin/people/{who.id}/second-factors"
    assert client.get(page).status_code == 403
    administrator, boss = signed_in(app, Role.ADMINISTRATOR)
    administrator.get(page)
    assert administrator.post(page, data={"reason": ""}).status_code == 422
    sent = {"reason": "Tuli käymään, puhelin putosi avantoon"}
    assert administrator.post(page, data=sent).status_code == 303
    assert "avantoon" in administrator.get(page).get_data(as_text=True)
    assert not is_in(client), "signed out"
    own = f"/admin/people/{boss.id}/second-factors"
    assert administrator.post(own, data=sent).status_code == 403
    with reading():
        assert db.session.scalar(select(func.count()).select_from(Passkey)) == 0
        noted = db.session.scalars(
            select(AuditRow.action).where(AuditRow.subject_id == who.id)
        ).all()
        told = db.session.scalars(select(Mail.unique_key).where(Mail.person_id == who.id)).all()
    assert "factor:reset" in noted
    assert any("reset" in one for one in told)
    assert is_in(sign_in(app, app.test_client(), who))


def test_the_password_page_leads_to_the_second_factor(
    app: Flask, email: str, client: FlaskClient, reading: Unit
) -> None:
    with reading():
        door = queries.door_of(email)
        who = queries.person_by_id(door.person_id) if door else None
    assert who is not None
    secret = add_app(sign_in(app, app.test_client(), who))
    sent = {"email": email, "password": PASSWORD}
    assert client.post("/sign-in?next=/profile", data=sent).location == ASKED
    assert not is_in(client)
    assert client.post(ASKED, data={"code": code_of(secret)}).location == "/profile"
    assert is_in(client)


def test_an_official_without_one_begins_where_it_is_made(
    app: Flask, required: None, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        person(Role.MODERATOR, email="valvoja@posti.example")
        person(Role.STAFF, email="hoitaja@posti.example")
    for email, page in (("valvoja", "/profile/security?next=/profile"), ("hoitaja", "/profile")):
        sent = {"email": f"{email}@posti.example", "password": PASSWORD}
        assert app.test_client().post("/sign-in?next=/profile", data=sent).location == page


def test_leads_without_one_lead_nothing(app: Flask, required: None) -> None:
    client, who = signed_in(app, leads=(1,))
    assert who.leads(1)
    assert client.get("/answers").location == "/profile/security?next=/answers"
    add_app(client)
    assert client.get("/answers").status_code == 200


def test_the_command_helps_the_only_administrator(
    app: Flask, mine: tuple[FlaskClient, Person], reading: Unit
) -> None:
    add_app(mine[0])
    with reading():
        address = queries.profile_of(mine[1].id).email
    run = app.test_cli_runner().invoke
    nobody = run(args=["second-factors", "reset", "nobody@posti.example", "--reason", "x"])
    assert nobody.exit_code == 1
    unfinished = run(args=["second-factors", "reset", "x", "--reason", "x"])
    assert "posti.fi" in unfinished.output
    done = run(args=["second-factors", "reset", address, "--reason", "Puhelin katosi"])
    assert done.exit_code == 0, done.output
    with reading():
        assert db.session.scalar(select(func.count()).select_from(AuthenticatorApp)) == 0


def test_what_can_no_longer_be_answered_is_forgotten(
    app: Flask, writing: Unit, reading: Unit
) -> None:
    with writing():
        assert actions.use_challenge("a")
        assert not actions.use_challenge("a")
    with clock.frozen_at(clock.now() + timedelta(hours=2)), writing():
        actions.forget_old(System("test"))
    with reading():
        assert db.session.scalar(select(func.count()).select_from(UsedChallenge)) == 0
