"""Every address is asked as every role; docs/access.md shows what really happened."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Blueprint, Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import Connection
from werkzeug.routing import Rule

from innovation.core import transaction
from innovation.core.db import db
from innovation.core.permissions import Nobody, Person, Role, System
from innovation.ideas.actions import IdeaDraft, submit_idea
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.ideas.moves import move_visibility
from innovation.ideas.timeline import Kind
from innovation.programme.queries import snapshot
from innovation.web import access
from tests.real.people import carrying, key_of_session, person

PAGE = Path(__file__).parents[2] / "docs/access.md"
ROLES = ("visitor", "resident", "staff", "lead", "moderator", "administrator")
TRACKING_KEY = "KXR7-4MTP-9H2D"
NOBODY_S = 999_999
HEAD = """# Who gets what

Made by `tests/architecture/test_access.py`, which asks every address as everybody and fails when
an answer differs from this page. To write it anew:
`WRITE_ACCESS=1 make test ARGS="tests/architecture/test_access.py"`.

Rows: *public* is a published idea of somebody else, *own* a waiting idea that the person asking
wrote, *other* a waiting idea of somebody else, *none* a row that does not exist. Forms are sent
empty, so 422 means: allowed, but something has to be filled in. 303 for a visitor on a page for
people with an account leads to the sign-in page.

| address | rule | row | visitor | resident | staff | lead | moderator | administrator |
|---|---|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class World:
    """Everybody, the keys of their sessions, and the ideas they ask for: number by (row, role)."""

    app: Flask
    connection: Connection
    people: dict[str, Person]
    keys: dict[str, str]
    ideas: dict[tuple[str, str], int]

    def client(self, role: str) -> FlaskClient:
        client = self.app.test_client()
        return carrying(self.app, client, self.keys[role]) if role != "visitor" else client


@pytest.fixture
def world(app: Flask, database: Connection) -> World:
    people: dict[str, Person] = {}
    ideas: dict[tuple[str, str], int] = {}
    with app.app_context(), transaction.writing():
        first = snapshot().sub_projects[0].id
        people["resident"] = person()
        people["staff"] = person(Role.STAFF)
        people["lead"] = person(leads=(first,))
        people["moderator"] = person(Role.MODERATOR)
        people["administrator"] = person(Role.ADMINISTRATOR)
        stranger = person()
        public = _idea(stranger, "Ajanvaraus ei kerro kerrosta, eikä ovella ole ketään.")
        move_visibility(
            System("test"), db.session.get_one(Idea, public), Visibility.PUBLIC, Kind.PUBLISHED
        )
        other = _idea(stranger, "Odotin puhelua kolme tuntia ja puhelin sammui.")
        for role in ROLES:
            ideas["public", role] = public
            ideas["other", role] = other
            ideas["none", role] = NOBODY_S
            if role != "visitor":
                own = _idea(people[role], "Neuvolan ovella on kuusi porrasta ja lastenvaunut.")
                db.session.get_one(Idea, own).visibility = Visibility.WAITING
                ideas["own", role] = own
        submit_idea(Nobody(), IdeaDraft(text="Rannassa ei ole penkkiä."), receipt_key=TRACKING_KEY)
    keys = {role: key_of_session(app, who) for role, who in people.items()}
    return World(app, database, people, keys, ideas)


def _idea(author: Person, text: str) -> int:
    resident = Person(author.id, author.name)
    return submit_idea(resident, IdeaDraft(text=text)).idea_id


def test_what_everybody_gets(world: World) -> None:
    lines = []
    rules = sorted(world.app.url_map.iter_rules(), key=lambda rule: (rule.rule, str(rule.methods)))
    for rule in rules:
        if rule.endpoint == "static":
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            lines += _lines(world, rule, method)
    made = HEAD + "\n".join(lines) + "\n"
    if os.environ.get("WRITE_ACCESS"):
        PAGE.write_text(made, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8").splitlines() == made.splitlines()


def _lines(world: World, rule: Rule, method: str) -> list[str]:
    about = ("public", "own", "other", "none") if "number" in rule.arguments else ("",)
    allowed = access.rule_of(world.app, rule.endpoint)
    lines = []
    for row in about:
        answers = [_answer(world, rule, method, row, role) for role in ROLES]
        lines.append(f"| {method} {rule.rule} | {allowed} | {row} | {' | '.join(answers)} |")
    return lines


def _answer(world: World, rule: Rule, method: str, row: str, role: str) -> str:
    """Ask in a savepoint that is taken back, so that every question meets the same world."""
    if row == "own" and role == "visitor":
        return "–"
    values = {name: _value(world, name, row, role) for name in rule.arguments}
    with world.app.test_request_context():
        address = url_for(rule.endpoint, **values)
    savepoint = world.connection.begin_nested()
    try:
        status = world.client(role).open(address, method=method).status_code
        assert status < 500, f"{method} {address} as {role}: {status}"
        return str(status)
    finally:
        savepoint.rollback()


def _value(world: World, name: str, row: str, role: str) -> str | int:
    match name:
        case "number":
            return world.ideas[row or "public", role]
        case "slug":
            return "lapset-nuoret-perheet"
        case "key":
            return TRACKING_KEY
        case "person_id":
            return world.people["staff"].id
        case _:
            return NOBODY_S


def test_a_view_without_an_access_rule_stops_the_start(app: Flask) -> None:
    bare = Flask("bare")
    blueprint = Blueprint("bare", __name__)
    view: Callable[[], str] = lambda: "open to all"  # noqa: E731 - the shortest view there is
    blueprint.add_url_rule("/bare", "view", view)
    bare.register_blueprint(blueprint)
    with pytest.raises(access.MissingAccessRuleError, match=r"bare\.view"):
        access.check_every_view(bare)
