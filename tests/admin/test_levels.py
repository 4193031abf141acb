"""How well one has to be known before one tells, comments or supports."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from innovation.accounts.models import Session
from innovation.comments.actions import CommentDraft, post_comment
from innovation.core.audit import AuditRow
from innovation.core.db import db
from innovation.core.errors import RuleBrokenError
from innovation.core.permissions import Actor, Nobody, Role, System
from innovation.ideas.actions import IdeaDraft, submit_idea
from innovation.ideas.queries import visible_idea
from innovation.programme.levels import LevelsDraft, edit_levels
from innovation.programme.queries import snapshot
from innovation.votes.actions import cast_vote
from tests.conftest import Unit
from tests.real.ideas import idea, ripe_once
from tests.real.people import person, signed_in

SYSTEM = System("test")
PAGE = "/admin/programme/levels"
TEXT = "Penkit puuttuvat odotustilasta."


def levels(submit: str, comment: str = "registered", support: str = "registered") -> None:
    draft = LevelsDraft({"submit": submit, "comment": comment, "support": support})
    edit_levels(SYSTEM, draft, snapshot().version)


@pytest.mark.parametrize(
    ("level", "allowed"),
    [
        ("anonymous", {"nobody", "person", "strong"}),
        ("registered", {"person", "strong"}),
        ("strong", {"strong"}),
    ],
)
def test_telling_needs_what_is_set(writing: Unit, level: str, allowed: set[str]) -> None:
    with writing():
        levels(level)
        who = person()
        actors: dict[str, Actor] = {
            "nobody": Nobody(),
            "person": who,
            "strong": replace(who, strong=True),
        }
        for name, actor in actors.items():
            if name in allowed:
                assert submit_idea(actor, IdeaDraft(TEXT), receipt_key=name).idea_id
            else:
                with pytest.raises(RuleBrokenError) as broken:
                    submit_idea(actor, IdeaDraft(TEXT), receipt_key=name)
                assert broken.value.field == "text"


def test_commenting_and_supporting_need_what_is_set(writing: Unit) -> None:
    with writing():
        levels("anonymous", "strong", "strong")
        who, number = person(), idea()
        strong = replace(who, strong=True)
        there = visible_idea(who, number)
        with pytest.raises(RuleBrokenError):
            post_comment(who, there, CommentDraft("Samaa mieltä."))
        with pytest.raises(RuleBrokenError):
            cast_vote(who, there)
        assert post_comment(strong, there, CommentDraft("Samaa mieltä.")).id
        assert cast_vote(strong, there)


def test_the_form_says_it_first_and_keeps_the_text(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        levels("registered")
    assert "Sign in to send an idea." in client.get("/ideas/new?lang=en").text
    answer = client.post("/ideas?lang=en", data={"text": TEXT, "once": ripe_once(app)})
    assert answer.status_code == 422
    assert TEXT in answer.text
    assert "Sign in to send an idea." in answer.text
    own, _ = signed_in(app)
    assert "Sign in to send an idea." not in own.get("/ideas/new?lang=en").text


def test_a_session_that_began_strongly_is_enough(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        number = idea()
        levels("strong", support="strong")
    own, who = signed_in(app)
    assert own.post("/ideas", data={"text": TEXT}).status_code == 422
    partial = own.post(f"/ideas/{number}/vote?lang=en", headers={"X-Partial": "1"})
    assert partial.status_code == 422
    assert "strong identification" in partial.text
    with writing():
        db.session.execute(update(Session).where(Session.person_id == who.id).values(strong=True))
    assert own.post("/ideas", data={"text": TEXT}).status_code == 303
    assert own.post(f"/ideas/{number}/vote", headers={"X-Partial": "1"}).status_code == 200


def test_administrators_set_the_levels(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    own, _ = signed_in(app, Role.ADMINISTRATOR)
    with reading():
        version = snapshot().version
    wanted = {"submit_level": "strong", "comment_level": "registered", "support_level": "strong"}
    draft = {**wanted, "version": str(version)}
    assert own.get(PAGE).status_code == 200
    assert "/admin/programme/levels" in own.get("/admin/programme").text
    wrong = {**draft, "comment_level": "anonymous"}
    assert own.post(PAGE, data=wrong).status_code == 422
    assert own.post(PAGE, data=draft).status_code == 303
    with reading():
        assert snapshot().levels == {
            "submit": "strong",
            "comment": "registered",
            "support": "strong",
        }
        row = db.session.scalars(
            select(AuditRow).where(AuditRow.action == "programme:levels")
        ).one()
        assert row.details["submit"] == "strong"
    stale = {**draft, "submit_level": "anonymous"}
    assert own.post(PAGE, data=stale).status_code == 409
    assert signed_in(app, Role.MODERATOR)[0].get(PAGE).status_code == 403
