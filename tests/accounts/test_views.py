"""Coming in, going out, one's own details, over HTTP."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from werkzeug.test import TestResponse

from innovation.accounts import queries
from innovation.accounts.models import Account, MailedLink, Session
from innovation.core import transaction
from innovation.core.db import db
from innovation.core.permissions import Role
from innovation.notifications.models import Mail
from innovation.web import worker
from tests.conftest import Unit
from tests.real.counting import questions
from tests.real.people import PASSWORD, person, sign_in, signed_in

NEWCOMER = {
    "email": "Tuula@Posti.example",
    "name": "Tuula",
    "password": "kesäilta saunalla",
    "grown": "y",
}


def reset_link(app: Flask, reading: Unit) -> str:
    """Let the worker work and give the path of the newest mailed link."""
    while worker.do_jobs(app):
        pass
    with reading():
        body = db.session.scalar(
            select(Mail.body).where(Mail.kind == "reset").order_by(Mail.id.desc())
        )
    found = re.search(r"http://localhost(/reset/\w+)", body or "")
    assert found
    return found[1]


def come_in(app: Flask, client: FlaskClient, email: str, where: str = "/") -> TestResponse:
    """Sign in with a password, as a new person."""
    with app.app_context(), transaction.writing():
        person(email=email, name="Tuula")
    return client.post(f"/sign-in?next={where}", data={"email": email, "password": PASSWORD})


def test_a_password_signs_in_and_leads_on(app: Flask, client: FlaskClient) -> None:
    answer = come_in(app, client, "tuula@posti.example", "/profile")
    assert answer.status_code == 303
    assert answer.location == "/profile"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Tuula" in client.get("/profile").text


def test_an_account_works_again_after_signing_out(app: Flask, client: FlaskClient) -> None:
    come_in(app, client, "tuula@posti.example")
    page = client.get("/profile").text
    token = re.search(r'name="csrf_token" value="(\w+)"', page)
    assert token
    ours = {"Origin": "http://localhost"}
    answer = client.post("/sign-out", data={"csrf_token": token[1]}, headers=ours)
    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/profile").location.startswith("/sign-in?next=/profile")
    typed = {"email": "Tuula@Posti.example ", "password": PASSWORD}
    assert client.post("/sign-in?next=/profile", data=typed).location == "/profile"
    assert client.get("/profile").status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "tuula.posti.example"),
        ("email", "a@b\r\nBcc: c@d.example"),
        ("email", "x" * 300 + "@posti.example"),
        ("name", ""),
        ("name", " \u202e "),
        ("name", "x" * 61),
        ("name", "131052-308T"),
        ("name", "Maija 040 123 4567"),
        ("name", "maija@posti.example"),
        ("name", "www.maijan-hieronta.fi"),
        ("password", "lyhyt"),
        ("password", "x" * 201),
        ("password", "Salasana2026!"),
        ("password", "tuula@posti.example"),
        ("password", "innovaatioalusta 1"),
        ("grown", ""),
    ],
)
def test_what_cannot_be_an_account_is_said_at_its_field(
    client: FlaskClient, reading: Unit, field: str, value: str
) -> None:
    answer = client.post("/register", data={**NEWCOMER, field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert NEWCOMER["password"] not in answer.text
    with reading():
        assert queries.is_empty()


def test_html_in_a_name_is_shown_harmless(app: Flask, client: FlaskClient) -> None:
    own, _ = signed_in(app)
    draft = {"name": "<script>go()</script>", "language": "fi", "capacity": "", "area": ""}
    assert own.post("/profile/edit", data=draft).status_code == 303
    assert "<script>go()" not in own.get("/profile").text


def test_wrong_password_and_unknown_address_look_the_same(
    client: FlaskClient, writing: Unit
) -> None:
    with writing():
        known = person(email="aino@posti.example")
    assert known.id
    texts = []
    for email in ("aino@posti.example", "eiole@posti.example", "ei osoite"):
        answer = client.post("/sign-in", data={"email": email, "password": "väärä salasana"})
        assert answer.status_code == 422
        texts.append(answer.text.replace(email, ""))
    assert texts[0] == texts[1] == texts[2]


def test_a_closed_account_cannot_sign_in(client: FlaskClient, writing: Unit) -> None:
    with writing():
        who = person(email="aino@posti.example")
        account = db.session.get_one(Account, who.id)
        account.closed_at = account.created_at
    answer = client.post("/sign-in", data={"email": "aino@posti.example", "password": PASSWORD})
    assert answer.status_code == 422


def test_details_are_changed_and_pages_follow_the_language(app: Flask, client: FlaskClient) -> None:
    own, _ = signed_in(app)
    draft = {"name": "Uusi nimi", "language": "sv", "capacity": "laheinen", "area": "rannikko"}
    answer = own.post("/profile/edit", data=draft)
    assert answer.location == "/profile?lang=sv"
    assert '<html lang="sv">' in own.get(answer.location).text
    page = own.get("/profile/edit").text
    assert "Uusi nimi" in page
    assert re.search(r'selected value="rannikko"|value="rannikko" selected', page)


def test_an_unknown_choice_in_the_details_is_refused(app: Flask, client: FlaskClient) -> None:
    own, _ = signed_in(app)
    draft = {"name": "Nimi", "language": "sv", "capacity": "kuningas", "area": ""}
    assert own.post("/profile/edit", data=draft).status_code == 422


def test_a_new_password_ends_the_other_sessions(app: Flask, client: FlaskClient) -> None:
    own, who = signed_in(app)
    other = sign_in(app, app.test_client(), who)
    wrong = {"current_password": "ei tämä", "password": "aivan uusi salasana"}
    assert own.post("/profile/password", data=wrong).status_code == 422
    right = {**wrong, "current_password": PASSWORD}
    assert own.post("/profile/password", data=right).status_code == 303
    assert own.get("/profile").status_code == 200
    assert other.get("/profile").status_code == 303


def test_a_mailed_link_sets_the_password_once_and_ends_every_session(
    app: Flask, client: FlaskClient, reading: Unit
) -> None:
    own, who = signed_in(app)
    with reading():
        email = queries.profile_of(who.id).email
    assert client.post("/reset", data={"email": email}).location == "/reset?sent=1"
    path = reset_link(app, reading)
    shown = client.get(path)
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "no-store"
    assert client.post(path, data={"password": "lyhyt"}).status_code == 422
    new = {"password": "aivan uusi salasana"}
    assert client.post(path, data=new).location == "/sign-in"
    assert client.post(path, data=new).status_code == 404
    assert client.get(path).status_code == 404
    assert own.get("/profile").status_code == 303
    assert client.post("/sign-in", data={"email": email, **new}).status_code == 303


def test_asking_for_a_link_answers_the_same_for_an_unknown_address(
    app: Flask, client: FlaskClient, reading: Unit
) -> None:
    answer = client.post("/reset", data={"email": "eiole@posti.example"})
    assert answer.location == "/reset?sent=1"
    while worker.do_jobs(app):
        pass
    with reading():
        assert db.session.scalar(select(Mail.id)) is None


def test_a_second_link_works_and_the_first_dies_with_it(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        person(email="aino@posti.example")
    client.post("/reset", data={"email": "aino@posti.example"})
    first = reset_link(app, reading)
    client.post("/reset", data={"email": "aino@posti.example"})
    second = reset_link(app, reading)
    assert first != second
    assert client.post(second, data={"password": "aivan uusi salasana"}).status_code == 303
    assert client.get(first).status_code == 404


def test_the_first_administrator_comes_by_a_link_that_works_once(
    app: Flask, client: FlaskClient, visitor: Callable[[], FlaskClient], reading: Unit
) -> None:
    printed = app.test_cli_runner().invoke(args=["admin", "invite"]).stdout.strip()
    path = printed.removeprefix("http://localhost")
    assert path.startswith("/welcome/")
    assert visitor().get("/welcome/nonsense").status_code == 404
    assert client.get(path).status_code == 200
    assert client.post(path, data={**NEWCOMER, "password": ""}).status_code == 422
    answer = client.post(path, data=NEWCOMER)
    assert answer.location == "/admin"
    assert client.get("/admin").status_code == 200
    assert visitor().post(path, data={**NEWCOMER, "email": "b@posti.example"}).status_code == 404
    with reading():
        assert queries.how_many_hold(Role.ADMINISTRATOR) == 1
    again = app.test_cli_runner().invoke(args=["admin", "invite"])
    assert again.exit_code == 1


def test_a_newer_invitation_ends_the_older(app: Flask, client: FlaskClient) -> None:
    links = [app.test_cli_runner().invoke(args=["admin", "invite"]).stdout.strip() for _ in "ab"]
    older, newer = (link.removeprefix("http://localhost") for link in links)
    assert client.get(older).status_code == 404
    assert client.get(newer).status_code == 200


def test_no_session_is_stored_with_its_key(app: Flask, client: FlaskClient, reading: Unit) -> None:
    come_in(app, client, "tuula@posti.example")
    cookie = client.get_cookie("session")
    assert cookie is not None
    with reading():
        stored = db.session.scalars(select(Session.key_hash)).all()
    assert len(stored) == 1
    assert cookie.value not in stored


def test_one_s_own_page_lists_what_concerns_one(app: Flask, client: FlaskClient) -> None:
    own, _ = signed_in(app)
    text = own.get("/profile").text
    assert all(f'id="{name}"' in text for name in ("own", "followed", "supported", "commented"))


@pytest.mark.parametrize("email", ["", "ei osoite", "a@b\r\nBcc: c@d.example"])
def test_a_code_is_mailed_to_whole_addresses_only(
    app: Flask, client: FlaskClient, reading: Unit, email: str
) -> None:
    answer = client.post("/sign-in", data={"email": email})
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    while worker.do_jobs(app):
        pass
    with reading():
        assert db.session.scalar(select(Mail.id)) is None


def test_asking_for_a_code_leads_to_our_own_pages_only(client: FlaskClient) -> None:
    answer = client.post("/sign-in?next=//evil.example/", data={"email": "a@posti.example"})
    assert answer.location == "/sign-in/code?next=/"
    page = client.get("/sign-in/code?next=https://evil.example").text
    assert page.count('action="/sign-in/code?next=/"') == 1


def test_a_wrong_password_asks_the_database_as_much_as_an_unknown_address(
    client: FlaskClient, database: Connection, writing: Unit
) -> None:
    with writing():
        person(email="aino@posti.example")

    def asked(email: str) -> int:
        typed = {"email": email, "password": "väärä salasana"}
        return questions(database, lambda: client.post("/sign-in", data=typed))

    assert asked("aino@posti.example") == asked("eiole@posti.example")


def test_the_mail_with_a_link_does_not_leave_when_the_link_is_over(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        person(email="aino@posti.example")
    client.post("/reset", data={"email": "aino@posti.example"})
    reset_link(app, reading)
    with reading():
        over = db.session.scalars(select(MailedLink.expires_at)).one()
        assert db.session.scalars(select(Mail.not_after).where(Mail.kind == "reset")).one() == over
