"""Administrators sign out one account or everybody, with a reason; all of it is written down."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from innovation.accounts import queries
from innovation.accounts.models import Account, Session, SessionEnd
from innovation.core import clock
from innovation.core.audit import AuditRow
from innovation.core.db import db
from innovation.core.permissions import Person, Role
from innovation.second_factors.queries import has_factors
from tests.conftest import Unit
from tests.real.factors import add_app
from tests.real.people import sign_in, signed_in

WHY = {"reason": "Puhelin jäi junaan"}


def is_in(client: FlaskClient) -> bool:
    return client.get("/profile").status_code == 200


@pytest.fixture
def boss(app: Flask, database: object) -> tuple[FlaskClient, Person]:
    return signed_in(app, Role.ADMINISTRATOR)


def test_one_press_ends_every_session_of_one_account_and_nothing_else(
    app: Flask, boss: tuple[FlaskClient, Person], reading: Unit
) -> None:
    own, who = signed_in(app)
    add_app(own)
    elsewhere = sign_in(app, app.test_client(), who)
    other, _ = signed_in(app)
    page = f"/admin/people/{who.id}/sessions"
    assert page in boss[0].get(f"/admin/people/{who.id}").text
    assert boss[0].post(page, data={"reason": ""}).status_code == 422
    assert is_in(own)
    assert boss[0].post(page, data=WHY).location == page
    assert not is_in(own)
    assert not is_in(elsewhere)
    assert is_in(other)
    assert is_in(boss[0])
    assert "junaan" in boss[0].get(page).text
    with reading():
        assert has_factors(who.id)
        assert queries.profile_of(who.id).password_hash
        row = db.session.scalars(select(AuditRow).where(AuditRow.action == "sessions:end")).one()
        assert (row.actor_id, row.subject_id, row.details) == (boss[1].id, who.id, {})


def test_one_press_ends_everybody_s(
    app: Flask, boss: tuple[FlaskClient, Person], reading: Unit
) -> None:
    own, _ = signed_in(app)
    assert "/admin/sessions" in boss[0].get("/admin/people").text
    assert boss[0].post("/admin/sessions", data={"reason": " "}).status_code == 422
    answer = boss[0].post("/admin/sessions", data=WHY)
    assert answer.location == "/sign-in"
    assert "Clear-Site-Data" in answer.headers
    assert not is_in(own)
    assert not is_in(boss[0])
    with reading():
        assert db.session.scalar(select(func.count()).select_from(Session)) == 0
        row = db.session.scalars(select(AuditRow).where(AuditRow.action == "sessions:all")).one()
        assert row.actor_id == boss[1].id
        kept = db.session.scalars(select(SessionEnd)).one()
        assert (kept.person_id, kept.ended_by, kept.reason) == (None, boss[1].id, WHY["reason"])


@pytest.mark.parametrize("role", ["", Role.MODERATOR, Role.COORDINATOR])
def test_nobody_else_signs_others_out(app: Flask, database: object, role: str) -> None:
    own, who = signed_in(app, *([role] if role else []))
    other, victim = signed_in(app)
    for page in (f"/admin/people/{victim.id}/sessions", "/admin/sessions"):
        assert own.get(page).status_code == 403
        assert own.post(page, data=WHY).status_code == 403
    assert is_in(other)
    assert is_in(own)
    assert who.id != victim.id


def test_the_command_signs_out_one_or_all(app: Flask, database: object, reading: Unit) -> None:
    own, who = signed_in(app)
    other, _ = signed_in(app)
    with reading():
        email = queries.profile_of(who.id).email
    run = app.test_cli_runner().invoke
    for wrong in ([], [email, "--everybody"], ["nobody@posti.example"]):
        done = run(args=["accounts", "sign-out", *wrong, "--reason", "x"])
        assert done.exit_code != 0
    assert run(args=["accounts", "sign-out", email, "--reason", ""]).exit_code == 1
    assert "posti.fi" in run(args=["accounts", "sign-out", "x", "--reason", "y"]).output
    done = run(args=["accounts", "sign-out", email.upper(), "--reason", "Epäilty murto"])
    assert done.exit_code == 0, done.output
    assert not is_in(own)
    assert is_in(other)
    done = run(args=["accounts", "sign-out", "--everybody", "--reason", "Epäilty murto"])
    assert done.exit_code == 0, done.output
    assert not is_in(other)


def test_the_pages_of_an_emptied_account_have_headings(
    app: Flask, boss: tuple[FlaskClient, Person], writing: Unit
) -> None:
    _own, who = signed_in(app)
    with writing():
        account = db.session.get_one(Account, who.id)
        account.name, account.closed_at = "", clock.now()
    for page in ("", "/sessions", "/second-factors"):
        text = boss[0].get(f"/admin/people/{who.id}{page}").text
        heading = text.split("<h1>")[1].split("</h1>")[0]
        assert "Poistettu käyttäjä" in heading, page
        assert "Poistettu käyttäjä" in text.split("<title>")[1].split("</title>")[0]
    assert boss[0].post(f"/admin/people/{who.id}/sessions", data=WHY).status_code == 404
