"""Comments are checked as ideas are: what is marked waits, danger is never shown."""

import pytest
from flask import Flask
from sqlalchemy import select

from innovation.comments.actions import CommentDraft, edit_comment, post_comment, publish_comment
from innovation.comments.models import Comment
from innovation.core import events
from innovation.core.db import db
from innovation.core.errors import ConflictError
from innovation.core.permissions import Role
from innovation.ideas.events import UrgentReceived
from innovation.ideas.queries import visible_idea
from innovation.ideas.risks import Risk
from tests.conftest import Unit
from tests.real.forms import fields_of
from tests.real.ideas import idea, ripe_once
from tests.real.people import person, signed_in

CLEAN = "Meillä on sama tarve."
NURSE = "Hoitaja Maija Virtanen sanoi samaa."
DANGER = "En jaksa enää, haluan kuolla."


def test_a_marked_comment_waits_whoever_writes_it(writing: Unit) -> None:
    with writing():
        who, number = person(Role.MODERATOR), idea()
        row = visible_idea(who, number)
        clean = post_comment(who, row, CommentDraft(CLEAN))
        marked = post_comment(who, row, CommentDraft(NURSE))
        assert (clean.visibility, clean.risk) == ("public", Risk.NONE)
        assert (marked.visibility, marked.risk) == ("waiting", Risk.PERSONAL)
        edit_comment(who, clean, NURSE)
        assert (clean.visibility, clean.risk) == ("waiting", Risk.PERSONAL)
        edit_comment(who, marked, CLEAN)
        assert marked.risk == Risk.NONE


def test_danger_in_a_comment_is_told_and_never_published(writing: Unit) -> None:
    told: list[UrgentReceived] = []
    with writing(), pytest.MonkeyPatch.context() as patch:
        patch.setitem(events._inside, UrgentReceived, [told.append])
        who, number = person(Role.MODERATOR), idea()
        comment = post_comment(who, visible_idea(who, number), CommentDraft(DANGER))
        assert told == [UrgentReceived(number, comment.id)]
        with pytest.raises(ConflictError):
            publish_comment(who, comment)
        edit_comment(who, comment, CLEAN)
        assert (comment.visibility, comment.risk) == ("waiting", Risk.URGENT)


@pytest.mark.parametrize("text", [NURSE, DANGER])
def test_the_box_comes_back_once_and_the_second_press_sends(
    app: Flask, writing: Unit, reading: Unit, text: str
) -> None:
    writer, _ = signed_in(app)
    with writing():
        number = idea()
    address = f"/ideas/{number}/comments"
    page = writer.post(address, data={"text": text, "once": ripe_once(app)})
    assert page.status_code == 422
    assert f"{text}</textarea>" in page.text
    with reading():
        assert not db.session.scalars(select(Comment.id)).all()
    assert writer.post(address, data=fields_of(page.text)).status_code == 303
    with reading():
        assert db.session.scalars(select(Comment.visibility)).all() == ["waiting"]


def test_a_button_puts_neutral_words_into_a_comment(app: Flask, writing: Unit) -> None:
    writer, _ = signed_in(app)
    with writing():
        number = idea()
    address = f"/ideas/{number}/comments"
    page = writer.post(address, data={"text": NURSE, "once": ripe_once(app)}).text
    value = page.split('name="replace"')[1].split('value="')[1].split('"')[0]
    page = writer.post(address, data={**fields_of(page), "replace": value}).text
    assert "Hoitaja sanoi samaa.</textarea>" in page


def test_the_box_is_checked_while_it_is_written_and_nothing_is_kept(
    app: Flask, writing: Unit, reading: Unit
) -> None:
    writer, _ = signed_in(app)
    with writing():
        number = idea()
    for address in (f"/ideas/{number}", f"/ideas/{number}/comments"):
        page = writer.get(address) if address.endswith(str(number)) else writer.post(address)
        assert 'data-guard="/ideas/check"' in page.text
    seen = writer.post("/ideas/check", data={"text": "Sanoin hoitaja Maija Virtaselle."})
    assert "<mark>hoitaja Maija Virtaselle</mark>" in seen.text
    assert 'data-instead="hoitajalle"' in seen.text
    assert seen.headers["Cache-Control"] == "no-store"
    with reading():
        assert not db.session.scalars(select(Comment.id)).all()


def test_a_clause_that_cannot_be_put_right_by_a_press_has_no_button(
    app: Flask, writing: Unit
) -> None:
    writer, _ = signed_in(app)
    text = "Äidilläni todettiin muistisairaus keväällä, eikä kukaan kertonut mihin soittaa."
    page = writer.post("/ideas/check", data={"text": text}).text
    assert "<mark>" in page
    assert 'name="replace"' not in page
    assert "“muistisairaus”" in page or "”muistisairaus”" in page
