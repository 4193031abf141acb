"""Where somebody was going is kept through every way in, and leads nowhere but to our own pages."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from innovation.accounts.models import MailedLink
from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Person, Role
from tests.accounts.letters import body_of_newest, code_in, path_in
from tests.conftest import Unit
from tests.real.factors import ASKED, add_app, code_of, secret_on, take_spares
from tests.real.forms import fields_of
from tests.real.people import PASSWORD, person, sign_in

AINO = "aino@posti.example"
TARGET = "/ideas?sort=newest&area=oulu"
SENT = {"next": TARGET}


@pytest.fixture
def aino(writing: Unit) -> Person:
    with writing():
        return person(email=AINO)


@pytest.mark.usefixtures("aino")
def test_by_a_password(client: FlaskClient) -> None:
    page = client.get("/sign-in", query_string=SENT)
    typed = {"email": AINO, "password": PASSWORD}
    assert client.post(form_of(page.text, "/sign-in"), data=typed).location == TARGET


def form_of(page: str, begins: str) -> str:
    """Give the address that the first form to such a path is sent to."""
    return page.split(f'action="{begins}')[1].split('"')[0].replace("&amp;", "&").join((begins, ""))


@pytest.mark.usefixtures("aino")
def test_by_a_code_that_was_mistyped_first(app: Flask, client: FlaskClient) -> None:
    answer = client.post("/sign-in", query_string=SENT, data={"email": AINO})
    body = body_of_newest(app, "code")
    page = client.get(client.post(answer.location, data={"code": "12345678"}).location).text
    typed = {"code": code_in(body)}
    assert client.post(form_of(page, "/sign-in/code"), data=typed).location == TARGET


@pytest.mark.usefixtures("aino")
def test_by_a_link_that_is_opened_in_another_browser(
    app: Flask, client: FlaskClient, visitor: Callable[[], FlaskClient], reading: Unit
) -> None:
    client.post("/sign-in", query_string=SENT, data={"email": AINO})
    path, phone = path_in(body_of_newest(app, "code")), visitor()
    assert "next" not in path
    page = phone.get(path).text
    assert phone.post(form_of(page, "/sign-in/link")).location == TARGET
    with reading():
        assert db.session.scalars(select(MailedLink.going_to)).all() == [""], "not kept"


def test_by_a_link_that_makes_the_account(
    app: Flask, client: FlaskClient, visitor: Callable[[], FlaskClient]
) -> None:
    client.post("/sign-in", query_string=SENT, data={"email": "outo@posti.example"})
    path, phone = path_in(body_of_newest(app, "code")), visitor()
    page = phone.get(path).text
    done = phone.post(form_of(page, "/register/"), data={"name": "Outo", "grown": "y"})
    assert done.location == TARGET


def test_by_registering(
    app: Flask, client: FlaskClient, visitor: Callable[[], FlaskClient]
) -> None:
    typed = {"email": "outo@posti.example", "name": "Outo", "grown": "y"}
    client.post("/register", query_string=SENT, data=typed)
    assert visitor().post(path_in(body_of_newest(app, "code"))).location == TARGET


@pytest.mark.usefixtures("aino")
def test_by_a_new_password(
    app: Flask, client: FlaskClient, visitor: Callable[[], FlaskClient]
) -> None:
    page = client.get("/reset", query_string=SENT).text
    client.post(form_of(page, "/reset"), data={"email": AINO})
    phone, path = visitor(), path_in(body_of_newest(app, "reset"))
    answer = phone.post(path, data={"password": "aivan toinen lause"})
    page = phone.get(answer.location).text
    typed = {"email": AINO, "password": "aivan toinen lause"}
    assert phone.post(form_of(page, "/sign-in"), data=typed).location == TARGET


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "/" + "a" * 600]
)
@pytest.mark.usefixtures("aino")
def test_a_link_leads_to_our_own_pages_alone(
    app: Flask, client: FlaskClient, visitor: Callable[[], FlaskClient], target: str
) -> None:
    client.post("/sign-in", query_string={"next": target}, data={"email": AINO})
    assert visitor().post(path_in(body_of_newest(app, "code"))).location == "/"


def test_through_the_second_factor(
    app: Flask, client: FlaskClient, aino: Person, visitor: Callable[[], FlaskClient]
) -> None:
    secret = add_app(sign_in(app, app.test_client(), aino))
    client.post("/sign-in", query_string=SENT, data={"email": AINO})
    phone = visitor()
    assert phone.post(path_in(body_of_newest(app, "code"))).location == ASKED
    page = phone.get(ASKED).text
    asked = form_of(page, ASKED)
    with clock.frozen_at(clock.now() + timedelta(minutes=11)):
        late = phone.post(asked, data={"code": code_of(secret)}).location
    assert form_of(client.get(late).text, "/sign-in") == form_of(
        client.get("/sign-in", query_string=SENT).text, "/sign-in"
    ), "whoever took too long begins anew and still gets there"
    assert phone.post(asked, data={"code": code_of(secret)}).location == TARGET


@pytest.fixture
def required(app: Flask, database: object) -> Iterator[None]:
    """Officials must have a second factor."""
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, second_factor="officials")
    yield
    app.extensions["settings"] = before


def test_while_an_official_makes_the_first_factor(
    app: Flask, required: None, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        who = person(Role.MODERATOR, email=AINO)
    sign_in(app, client, who)
    here = client.get("/moderation?pile=new").location
    page = client.get(here).text
    new = page.split('href="/profile/security/app')[1].split('"')[0].replace("&amp;", "&")
    page = client.get(f"/profile/security/app{new}").text
    secret = secret_on(page)
    typed = {"sealed": fields_of(page)["sealed"], "name": "Puhelin", "code": code_of(secret)}
    spares = client.post(form_of(page, "/profile/security/app"), data=typed).location
    page = client.get(spares).text
    kept = {"sealed": fields_of(page)["sealed"]}
    answer = client.post(form_of(page, "/profile/security/spare-codes"), data=kept)
    assert answer.location == "/moderation?pile=new"
    assert take_spares(client), "without a target the page of factors is next"
