"""Merged ideas: nothing moves, everything is read in one place, and one press brings it back."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select

from innovation.comments.actions import CommentDraft, post_comment, publish_comment
from innovation.core.db import db
from innovation.core.errors import RuleBrokenError
from innovation.core.permissions import Person, System
from innovation.ideas.actions import IdeaDraft, edit_idea
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Revision
from innovation.ideas.queries import visible_idea
from innovation.moderation.actions import merge_idea
from innovation.moderation.parts import accept_revision
from innovation.moderation.recusals import recuse
from innovation.votes.actions import cast_vote
from tests.conftest import Unit
from tests.moderation.test_views import fields
from tests.real.ideas import idea
from tests.real.people import person, signed_in

INSIDE = "Varaston koodi pitäisi vaihtaa useammin."
SAID, OWN = "Meillä on sama vika.", "Ulko-ovi ei aukea pyörätuolista."


@pytest.fixture
def moderator(app: Flask, database: Connection) -> FlaskClient:
    return signed_in(app, "moderator")[0]


@pytest.fixture
def pair(writing: Unit) -> tuple[int, int, int]:
    """An idea, another with a comment and a support, and the comment."""
    with writing():
        first, second = idea(), idea(text=OWN)
        other = visible_idea(System("test"), second)
        said = post_comment(person(), other, CommentDraft(SAID))
        publish_comment(System("test"), said)
        cast_vote(person(), other)
        return first, second, said.id


def merge(moderator: FlaskClient, source: int, target: int, reading: Unit) -> None:
    with reading():
        reference = visible_idea(System("test"), target).reference
    address = f"/moderation/ideas/{source}"
    data = fields(moderator, address) | {"decision": "merge", "target": reference.lower()}
    answer = moderator.post(address, data=data)
    assert answer.status_code == 303, unescape(answer.text)


def test_the_other_page_has_everything_and_the_old_address_leads_there(
    moderator: FlaskClient, client: FlaskClient, pair: tuple[int, int, int], reading: Unit
) -> None:
    first, second, said = pair
    merge(moderator, second, first, reading)
    moved = client.get(f"/ideas/{second}")
    assert (moved.status_code, moved.location) == (303, f"/ideas/{first}")
    page = unescape(client.get(f"/ideas/{first}?lang=en").text)
    assert OWN in page
    assert SAID in page
    assert "which was merged into this" in page
    assert "Another idea was merged into this one" in page
    assert "3 people have told of this need or support it" in page
    assert f"/ideas/{second}" not in client.get("/ideas").text
    # The comment can still be answered and reported where it is read now.
    assert client.get(f"/comments/{said}/report").status_code == 200


def test_an_answer_stays_with_what_it_answers(
    moderator: FlaskClient, pair: tuple[int, int, int], reading: Unit, writing: Unit
) -> None:
    first, second, said = pair
    merge(moderator, second, first, reading)
    with writing():
        system = System("test")
        head = visible_idea(system, first)
        answer = post_comment(_staff(), head, CommentDraft("Korjattu.", parent_id=said))
        publish_comment(system, answer)
        counts = [visible_idea(system, number).comment_count for number in (first, second)]
        assert answer.idea_id == second
        assert counts == [2, 2]


def _staff() -> Person:
    return person("staff")


def test_one_press_takes_it_back(
    moderator: FlaskClient, client: FlaskClient, pair: tuple[int, int, int], reading: Unit
) -> None:
    first, second, _ = pair
    merge(moderator, second, first, reading)
    page = moderator.get("/moderation?lang=en").text
    undo = re.search(r'action="(/moderation/decisions/\d+/undo)', page)
    assert undo
    assert moderator.post(undo[1]).status_code == 303
    assert OWN in unescape(client.get(f"/ideas/{second}").text)
    assert OWN not in unescape(client.get(f"/ideas/{first}").text)
    assert undo[1] not in moderator.get("/moderation").text


def test_a_merge_that_cannot_be_says_why_at_its_field(
    moderator: FlaskClient, pair: tuple[int, int, int], reading: Unit, writing: Unit
) -> None:
    first, _second, _said = pair
    with writing():
        hidden = visible_idea(System("test"), idea(visibility=Visibility.HIDDEN)).reference
    with reading():
        own = visible_idea(System("test"), first).reference
    address = f"/moderation/ideas/{first}?lang=en"
    data = fields(moderator, address) | {"decision": "merge"}
    for target, why in (
        ("PS-1999-0001", "There is no idea with this reference"),
        (own, "Choose another idea that is shown and not merged"),
        (hidden, "is not shown to the same readers"),
    ):
        answer = moderator.post(address, data=data | {"target": target})
        assert answer.status_code == 422
        assert why in unescape(answer.text)


@pytest.mark.parametrize("place", [Visibility.STAFF_ONLY, Visibility.HIDDEN])
def test_merging_shows_nothing_to_more_people_than_before(
    moderator: FlaskClient,
    client: FlaskClient,
    pair: tuple[int, int, int],
    reading: Unit,
    writing: Unit,
    place: Visibility,
) -> None:
    with writing():
        kept = idea(text=INSIDE, visibility=place)
    with reading():
        reference = visible_idea(System("test"), pair[0]).reference
    address = f"/moderation/ideas/{kept}?lang=en"
    data = fields(moderator, address) | {"decision": "merge", "target": reference}
    answer = moderator.post(address, data=data)
    assert answer.status_code == 422
    assert "is not shown to the same readers" in unescape(answer.text)
    assert INSIDE not in unescape(client.get(f"/ideas/{pair[0]}").text)


def test_an_idea_with_a_change_that_waits_is_not_merged(writing: Unit) -> None:
    with writing():
        author, who = person(), person("moderator")
        row = visible_idea(author, idea(author, indexable=True))
        target = visible_idea(System("test"), idea())
        edit_idea(author, row, IdeaDraft(text="Toinen teksti."))
        with pytest.raises(RuleBrokenError) as broken:
            merge_idea(who, row, target)
        assert broken.value.field == "target"
        change = db.session.scalars(select(Revision).where(Revision.state == "waiting")).one()
        accept_revision(who, row, change)
        merge_idea(who, row, target)
        assert row.merged_into_id == target.id


def test_nobody_merges_into_what_concerns_them(writing: Unit) -> None:
    with writing():
        who, _other = person("moderator"), person("moderator")
        row, target = (visible_idea(System("test"), idea()) for _ in range(2))
        recuse(who, target)
        with pytest.raises(RuleBrokenError):
            merge_idea(who, row, target)
