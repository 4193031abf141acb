"""The pages of taking words out, as a moderator and as others meet them."""

from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select

from innovation.comments.models import Comment
from innovation.core.audit import AuditRow
from innovation.core.db import db
from innovation.core.permissions import Person, System
from innovation.ideas.actions import edit_idea
from innovation.ideas.drafts import IdeaDraft
from innovation.ideas.models import Revision
from innovation.ideas.queries import visible_idea
from innovation.moderation.models import Decision
from innovation.moderation.parts import accept_revision
from innovation.redactions.actions import redact_comment
from innovation.redactions.marks import Cut
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person, sign_in, signed_in
from tests.redactions.board import Board, board_with

TEXT = "Soitin hoitaja Tuulikki Katajalle numeroon 040 123 4567, eikä kukaan vastannut."
NAME = "Tuulikki Kataja"


@pytest.fixture
def desk(app: Flask, moderator: Person) -> FlaskClient:
    return sign_in(app, app.test_client(), moderator)


@pytest.fixture
def board(writing: Unit) -> Board:
    with writing():
        return board_with(NAME)


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(f"{address}{'&' if '?' in address else '?'}lang=en")
    assert answer.status_code == 200, address
    return unescape(answer.get_data(as_text=True))


def seen_in(text: str) -> str:
    return text.split('name="seen"')[1].split('value="')[1].split('"')[0]


def test_what_the_guard_marks_is_chosen_and_the_result_shown(
    desk: FlaskClient, writing: Unit
) -> None:
    with writing():
        number = idea(text=TEXT)
    text = page(desk, f"/moderation/ideas/{number}/redact")
    assert 'value="contact 040 123 4567" checked' in text or "checked" in text
    assert "[yhteystieto poistettu]" in text
    assert "[nimi poistettu]" in text
    assert "numeroon 040" not in text.split('id="preview"')[1]


def test_own_words_are_shown_first_and_then_taken_out(
    desk: FlaskClient, client: FlaskClient, board: Board, reading: Unit
) -> None:
    address = f"/moderation/ideas/{board.number}/redact"
    data = {"seen": seen_in(page(desk, address)), "words_1": NAME, "kind_1": "health"}
    looked = desk.post(address, data=data | {"step": "look"})
    assert looked.status_code == 200
    assert "[terveystieto poistettu]" in unescape(looked.get_data(as_text=True))
    assert NAME in page(client, f"/ideas/{board.number}")
    done = desk.post(address, data=data | {"step": "take_out"})
    assert (done.status_code, done.location) == (303, f"/moderation/ideas/{board.number}")
    for public in (f"/ideas/{board.number}", "/ideas"):
        assert NAME not in page(client, public)
    text = page(client, f"/ideas/{board.number}")
    assert "A moderator took something out of the text on" in text
    assert "A moderator took something out of this comment on" in text
    kept = f"/moderation/ideas/{board.number}/redactions"
    assert NAME not in page(desk, kept)
    opened = desk.post(f"{kept}?lang=en")
    assert opened.headers["Cache-Control"] == "no-store"
    originals = unescape(opened.get_data(as_text=True))
    assert NAME in originals
    with reading():
        assert db.session.scalars(select(AuditRow.action)).all()[-1] == "original:see"
    assert "Kept until" in originals
    with reading():
        decision = db.session.scalars(select(Decision.id).order_by(Decision.id.desc())).first()
    assert desk.post(f"/moderation/decisions/{decision}/undo").status_code == 303
    text = page(client, f"/ideas/{board.number}")
    assert NAME in text
    assert "took something out" not in text


def test_words_that_stand_nowhere_are_an_error_at_their_field(
    desk: FlaskClient, board: Board
) -> None:
    address = f"/moderation/ideas/{board.number}/redact?lang=en"
    data = {"words_2": "Ei Tällaista", "kind_2": "name", "step": "take_out"}
    answer = desk.post(address, data=data | {"seen": seen_in(page(desk, address))})
    text = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert 'href="#words_2"' in text
    assert 'value="Ei Tällaista"' in text


def test_a_text_that_changed_meanwhile_keeps_what_was_chosen(
    desk: FlaskClient, client: FlaskClient, board: Board, writing: Unit
) -> None:
    address = f"/moderation/ideas/{board.number}/redact?lang=en"
    seen = seen_in(page(desk, address))
    with writing():
        changed = IdeaDraft(text=f"Aivan uusi teksti: {NAME}.")
        edit_idea(board.author, visible_idea(board.author, board.number), changed)
    data = {"words_1": NAME, "kind_1": "name", "step": "take_out"}
    answer = desk.post(address, data=data | {"seen": seen})
    text = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert "was faster" in text
    assert f'value="{NAME}"' in text
    assert "Aivan uusi teksti" in text
    again = desk.post(address, data=data | {"seen": seen_in(text)})
    assert again.status_code == 303


def test_texts_can_be_compared_only_where_nothing_was_taken_out(
    desk: FlaskClient, client: FlaskClient, board: Board, writing: Unit, moderator: Person
) -> None:
    with writing():
        row = visible_idea(moderator, board.number)
        waiting = select(Revision).where(Revision.state == "waiting")
        accept_revision(moderator, row, db.session.scalars(waiting).one())
    address = f"/ideas/{board.number}/revisions"
    before = client.get(address).status_code
    post = f"/moderation/ideas/{board.number}/redact"
    data = {"words_1": NAME, "kind_1": "name", "step": "take_out"}
    desk.post(post, data=data | {"seen": seen_in(page(desk, post))})
    assert (before, client.get(address).status_code) == (200, 404)
    assert f"/ideas/{board.number}/revisions" not in page(client, f"/ideas/{board.number}")
    assert desk.get(address).status_code == 200


def test_a_comment_has_a_page_of_its_own(
    desk: FlaskClient, client: FlaskClient, board: Board, writing: Unit, moderator: Person
) -> None:
    address = f"/moderation/comments/{board.comment}/redact"
    data = {"words_1": NAME, "kind_1": "name", "step": "take_out"}
    seen = seen_in(page(desk, address))
    done = desk.post(address, data=data | {"seen": seen})
    assert (done.status_code, done.location) == (303, f"/moderation/comments/{board.comment}")
    assert "took something out of this comment" in page(client, f"/ideas/{board.number}")
    again = desk.post(f"{address}?lang=en", data=data | {"seen": seen})
    assert again.status_code == 422


def test_only_moderators_come_here(
    app: Flask, database: Connection, board: Board, writing: Unit, moderator: Person
) -> None:
    staff = signed_in(app, "staff")[0]
    for address in (
        f"/moderation/ideas/{board.number}/redact",
        f"/moderation/ideas/{board.number}/redactions",
        f"/moderation/comments/{board.comment}/redact",
    ):
        assert staff.get(address).status_code == 403
        assert staff.post(address, data={}).status_code in {403, 405}


def test_a_merged_idea_leads_to_the_one_it_belongs_to(
    desk: FlaskClient, board: Board, writing: Unit
) -> None:
    with writing():
        head = idea()
        visible_idea(System("test"), board.number).merged_into_id = head
    answer = desk.get(f"/moderation/ideas/{board.number}/redact")
    assert answer.location == f"/moderation/ideas/{head}/redact"


def test_the_stub_of_a_hidden_comment_says_no_more(
    client: FlaskClient, board: Board, writing: Unit, moderator: Person
) -> None:
    with writing():
        said = db.session.get_one(Comment, board.comment)
        redact_comment(person("moderator"), said, [Cut(NAME, "name")])
        said.visibility = "hidden"
    assert "took something out" not in page(client, f"/ideas/{board.number}")
