"""Notes of moderators about an idea, which nobody else reads."""

from html import unescape

import pytest
from flask import Flask
from sqlalchemy import Connection

from innovation.core.errors import ForbiddenError, RuleBrokenError
from innovation.ideas.queries import visible_idea
from innovation.moderation.notes import notes_of, write_note
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person, sign_in, signed_in

TEXT = "Kysyin tästä vastuuhenkilöltä."


def test_a_note_is_read_by_moderators_alone(
    app: Flask, database: Connection, writing: Unit
) -> None:
    with writing():
        author = person()
        number = idea(author, indexable=True)
    (moderator, who), (other, _) = signed_in(app, "moderator"), signed_in(app, "administrator")
    address = f"/moderation/ideas/{number}"
    answer = moderator.post(f"{address}/notes", data={"text": TEXT})
    assert answer.location == f"{address}#notes"
    page = unescape(other.get(address).get_data(as_text=True))
    assert TEXT in page
    assert who.name in page
    own = sign_in(app, app.test_client(), author)
    assert TEXT not in own.get(f"/ideas/{number}").get_data(as_text=True)
    assert own.post(f"{address}/notes", data={"text": TEXT}).status_code == 403


@pytest.mark.parametrize("text", ["", "  ", "Tunnus on 131052-308T.", "y" * 1_001])
def test_a_note_that_cannot_be_kept_comes_back_as_it_was_typed(
    app: Flask, database: Connection, writing: Unit, text: str
) -> None:
    with writing():
        number = idea(indexable=True)
    client, who = signed_in(app, "moderator")
    answer = client.post(f"/moderation/ideas/{number}/notes", data={"text": text})
    assert answer.status_code == 422
    assert text.strip() in unescape(answer.get_data(as_text=True))
    with writing():
        assert notes_of(who, number) == []


def test_the_same_note_twice_in_a_row_stays_one(writing: Unit, database: Connection) -> None:
    with writing():
        who, resident = person("moderator"), person()
        row = visible_idea(who, idea(indexable=True))
        for text in (TEXT, TEXT, "Vastuuhenkilö lupasi katsoa.", TEXT):
            write_note(who, row, text)
        texts = [note.text for note in notes_of(who, row.id)]
        assert texts == [TEXT, "Vastuuhenkilö lupasi katsoa.", TEXT]
        with pytest.raises(ForbiddenError):
            notes_of(resident, row.id)
        with pytest.raises(RuleBrokenError):
            write_note(who, row, "")
