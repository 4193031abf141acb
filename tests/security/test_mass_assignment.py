"""Fields that a form does not have change nothing, whatever column they are named after."""

import itertools
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select

from innovation.accounts.models import Account
from innovation.comments.models import Comment
from innovation.core.db import Base, db
from innovation.ideas.models import Idea
from tests.conftest import Unit
from tests.real.ideas import idea, ripe_once
from tests.real.people import signed_in
from tests.security.walking import forms_of

# Every column of every table, as somebody would guess them, with values that would be noticed.
GUESSED = {
    column.name: value
    for table, value in zip(
        Base.metadata.sorted_tables, itertools.cycle(("1", "public", "true")), strict=False
    )
    for column in table.columns
} | {"role": "administrator", "roles": "administrator", "scopes": "lead", "visibility": "public"}


def facts(row: Any) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}


def guessed(client: FlaskClient, path: str, **real: str) -> dict[str, str]:
    """Give a form with everything that its page does not offer."""
    forms = forms_of(client.get(path).text, path)
    offered = {name for form in forms for name in (*form.typed, *form.kept)}
    return {name: value for name, value in GUESSED.items() if name not in offered} | real


def test_the_profile_changes_nothing_else(app: Flask, database: Connection, writing: Unit) -> None:
    own, who = signed_in(app)
    with writing():
        before = facts(db.session.get_one(Account, who.id))
    typed = {"name": "Uusi nimimerkki", "language": "fi", "capacity": "", "area": ""}
    sent = guessed(own, "/profile/edit", **typed)
    assert len(sent) > 50
    assert own.post("/profile/edit", data=sent).status_code == 303
    with writing():
        after = facts(db.session.get_one(Account, who.id))
    changed = {name for name in before if before[name] != after[name]}
    assert "name" in changed
    assert changed <= {"name", "version", "updated_at", "seen_at", "seen_on"}
    assert own.get("/admin").status_code == 403


@pytest.mark.parametrize("signed", [False, True])
def test_an_idea_gets_no_state_of_its_sender_s_choice(
    app: Flask, client: FlaskClient, writing: Unit, signed: bool
) -> None:
    own = signed_in(app)[0] if signed else client
    rows = []
    for extra in (False, True):
        real = {"text": "Ovella on kuusi porrasta.", "language": "fi", "once": ripe_once(app)}
        sent = guessed(own, "/ideas/new", **real) if extra else real
        if sent.pop("group", None):  # to write in the name of others is refused as such
            assert own.post("/ideas", data={**sent, "group": "1"}).status_code == 422
        assert own.post("/ideas", data=sent).status_code == 303
        with writing():
            newest = db.session.scalars(select(Idea).order_by(Idea.id.desc())).first()
            rows.append(facts(newest))
    plain, other = rows
    assert other["id"] > plain["id"]
    for name, value in plain.items():
        if name not in {"id", "reference", "number"} and not isinstance(value, datetime):
            assert other[name] == value, name


def test_a_comment_is_only_what_its_form_says(app: Flask, writing: Unit) -> None:
    own, who = signed_in(app)
    with writing():
        number = idea()
    path = f"/ideas/{number}"
    sent = guessed(own, path, text="Samaa mieltä ovesta.", once=ripe_once(app))
    assert own.post(f"{path}/comments", data={**sent, "official": "1"}).status_code == 403
    sent.pop("official", None)
    assert own.post(f"{path}/comments", data=sent).status_code == 303
    with writing():
        row = db.session.scalars(select(Comment)).one()
        assert (row.person_id, row.idea_id, row.official) == (who.id, number, False)
