"""Who wrote without a name stays unknown: on every page, in every mail and in every column."""

from collections.abc import Iterator
from contextlib import nullcontext
from io import BytesIO
from zipfile import ZipFile, is_zipfile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, String, Text, cast, select
from werkzeug.test import TestResponse

from innovation.accounts.actions import Newcomer, register
from innovation.accounts.queries import person_by_id
from innovation.core import clock, transaction
from innovation.core.db import Base, db
from innovation.core.permissions import Person, Role
from innovation.ideas.models import Authorship
from innovation.messages.models import AUTHOR, Message
from innovation.web import worker
from tests.real.ideas import idea
from tests.real.people import person, sign_in
from tests.security.walking import Someone, rules

pytestmark = pytest.mark.once

NAME, EMAIL = "Xerxes Nimetönkirjoittaja", "xerxes.salattu@posti.example"
# The list of colleagues from whom a lead chooses who stands in.
COLLEAGUES = "/answers/absences"
# The account itself, and mails to its own address.
OWN = {("people", "name"), ("people", "email"), ("mails", "recipient")}


@pytest.fixture(params=["staff", "minor"])
def writer(request: pytest.FixtureRequest, app: Flask, database: Connection) -> Person:
    """Somebody of the staff who gives no name, or somebody under 18 who writes one everywhere."""
    with app.app_context(), transaction.writing():
        if request.param == "staff":
            return person(Role.STAFF, name=NAME, email=EMAIL)
        number = register(Newcomer(EMAIL, NAME, None, "fi", minor=True))
        found = person_by_id(number)
    assert found is not None
    return found


@pytest.fixture
def number(app: Flask, writer: Person) -> int:
    """An idea of theirs on which all sorts of things have happened."""
    with app.app_context(), transaction.writing():
        made = idea(writer)
        db.session.add(
            Message(idea_id=made, side=AUTHOR, person_id=writer.id, text="Oulussa.", at=clock.now())
        )
    own = sign_in(app, app.test_client(), writer)
    name = NAME if writer.minor else ""
    for path, sent in _deeds(made, name):
        answer = own.post(path, data=sent)
        assert answer.status_code < 500, path
    while worker.do_jobs(app):
        pass
    return made


def _deeds(number: int, name: str) -> Iterator[tuple[str, dict[str, str]]]:
    text = "Ajanvaraus ei kerro, mihin kerrokseen pitää tulla. Opaste auttaisi kaikkia."
    yield f"/ideas/{number}/edit", {"text": text, "name": name, "language": "fi"}
    yield "/profile/edit", {"name": name or NAME, "language": "fi", "capacity": "", "area": ""}
    yield f"/ideas/{number}/follow", {}
    yield f"/ideas/{number}/report", {"rule": "other", "text": "Tarkistakaa tämä."}
    yield "/ideas", {"text": text + " Toinen kerta.", "name": name, "language": "fi"}


@pytest.mark.parametrize("writer", ["staff"], indirect=True)
def test_no_page_tells_who_wrote(app: Flask, database: Connection, number: int) -> None:
    with app.app_context(), transaction.writing():
        official = person(Role.STAFF, Role.COORDINATOR, Role.MODERATOR, Role.ANALYST, leads=(1, 2))
    clients = [app.test_client(), sign_in(app, app.test_client(), official)]
    asked, seen = 0, Someone(app, official, "", {"number": number, "person_id": official.id})
    for rule in rules(app, "GET"):
        address = seen.address(rule)
        for client in clients if address != COLLEAGUES else ():
            asked += _tells_nothing(client, address)
    assert asked > 100
    prepared = clients[1].post("/documents", data={"reference": _reference(app, number)})
    assert prepared.status_code == 200
    _refuse_names(prepared, "/documents")


def _tells_nothing(client: FlaskClient, address: str) -> int:
    answer = client.get(address)
    _refuse_names(answer, address)
    return answer.status_code == 200


def _refuse_names(answer: TestResponse, where: str) -> None:
    body = answer.get_data()
    packed = is_zipfile(BytesIO(body))
    with ZipFile(BytesIO(body)) if packed else nullcontext() as files:
        parts = [files.read(name) for name in files.namelist()] if files else [body]
    for part in parts:
        shown = part.decode(errors="ignore")
        assert NAME not in shown, where
        assert EMAIL not in shown, where


def _reference(app: Flask, number: int) -> str:
    from innovation.ideas.models import Idea

    with app.app_context(), transaction.reading():
        return db.session.get_one(Idea, number).reference


def test_no_column_holds_who_wrote(app: Flask, number: int, writer: Person) -> None:
    with app.app_context(), transaction.reading():
        assert db.session.scalars(
            select(Authorship.name).where(Authorship.idea_id == number)
        ).all() == [""]
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if (table.name, column.name) in OWN:
                    continue
                held = cast(column, Text) if not isinstance(column.type, String) else column
                for word in (NAME, NAME.split()[1], EMAIL):
                    found = db.session.scalar(select(held).where(held.contains(word)).limit(1))
                    assert found is None, f"{table.name}.{column.name}: {found}"
    if writer.minor:
        with app.app_context(), transaction.reading():
            stored = Base.metadata.tables["people"]
            assert db.session.scalar(select(stored.c.name).where(stored.c.id == writer.id)) == ""
