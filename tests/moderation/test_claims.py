"""Two moderators at one list: who has what in hand, and what happens when both decide."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from innovation.comments.actions import CommentDraft, post_comment
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ForbiddenError, RuleBrokenError
from innovation.core.permissions import Person, System
from innovation.ideas.actions import withdraw_idea
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.queries import visible_idea
from innovation.moderation import actions, claims, parts, recusals
from innovation.moderation.models import Claim
from innovation.moderation.sittings import undoable_of
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person, signed_in

WAITING = Visibility.WAITING
Desk = tuple[FlaskClient, Person]


@pytest.fixture
def first(app: Flask, database: Connection) -> Desk:
    return signed_in(app, "moderator")


@pytest.fixture
def second(app: Flask, database: Connection) -> Desk:
    return signed_in(app, "administrator")


def waiting(writing: Unit, count: int = 1) -> list[int]:
    with writing():
        return [idea(visibility=WAITING) for _ in range(count)]


def seen(client: FlaskClient, address: str) -> dict[str, str]:
    page = client.get(address).get_data(as_text=True)
    found = re.search(r'<input[^>]* name="seen"[^>]* value="([^"]*)"', page)
    assert found
    return {"seen": found[1]}


def texts(answer: object) -> str:
    return unescape(answer.get_data(as_text=True))  # type: ignore[attr-defined]


def state(reading: Unit, number: int) -> str:
    with reading():
        return visible_idea(System("test"), number).visibility


def test_a_claim_shows_to_others_and_leads_them_to_the_next(
    first: Desk, second: Desk, writing: Unit
) -> None:
    one, two = waiting(writing, 2)
    assert first[0].post(f"/moderation/claims/idea/{one}").location == f"/moderation/ideas/{one}"
    page = texts(second[0].get("/moderation?lang=en"))
    assert f'action="/moderation/ideas/{two}"' in page
    assert f"{first[1].name} is handling this" in page
    card = texts(second[0].get(f"/moderation/ideas/{one}?lang=en"))
    assert f"{first[1].name} is handling this" in card
    assert f'href="/moderation/ideas/{two}"' in card
    assert "You are handling this" in texts(first[0].get(f"/moderation/ideas/{one}?lang=en"))


def test_reading_claims_nothing(first: Desk, writing: Unit, reading: Unit) -> None:
    (one,) = waiting(writing)
    first[0].get(f"/moderation/ideas/{one}")
    with reading():
        assert claims.holder_of("idea", one) is None


def test_a_script_gets_the_piece_that_says_whose_it_is(
    first: Desk, second: Desk, writing: Unit
) -> None:
    (one,) = waiting(writing)
    headers = {"X-Partial": "1"}
    address = f"/moderation/claims/idea/{one}?lang=en"
    assert 'data-claim="mine"' in texts(first[0].post(address, headers=headers))
    assert 'data-claim="other"' in texts(second[0].post(address, headers=headers))


def test_a_claim_lapses_is_released_and_moves_on_with_its_person(
    writing: Unit, first: Desk, second: Desk
) -> None:
    one, two = waiting(writing, 2)
    (_, mine), (_, other) = first, second
    with writing():
        claims.claim(mine, "idea", one)
        assert claims.claim(other, "idea", one).person_id == mine.id
        db.session.query(Claim).update({"until": clock.now() - timedelta(seconds=1)})
        assert claims.claim(other, "idea", one).person_id == other.id
        claims.release(mine, "idea", one)
        assert claims.holder_of("idea", one)
        claims.release(other, "idea", one)
        assert claims.holder_of("idea", one) is None
        claims.claim(mine, "idea", one)
        claims.claim(mine, "idea", two)
        assert claims.holder_of("idea", one) is None
        with pytest.raises(ForbiddenError):
            claims.claim(person(), "idea", one)


def test_deciding_on_what_another_has_offers_to_take_it_over_with_what_was_typed(
    first: Desk, second: Desk, writing: Unit, reading: Unit
) -> None:
    (one,) = waiting(writing)
    address = f"/moderation/ideas/{one}"
    data = seen(second[0], address) | {
        "decision": "hide", "rule": "honour", "reason": "Sävy on loukkaava.",
    }  # fmt: skip
    first[0].post(f"/moderation/claims/idea/{one}")
    answer = second[0].post(f"{address}?lang=en", data=data)
    assert answer.status_code == 409
    page = texts(answer)
    assert f"{first[1].name} is handling this right now" in page
    assert "Sävy on loukkaava." in page
    assert state(reading, one) == "waiting"
    sent = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    again = {name: value for name, value in sent if name != "csrf_token"}
    assert second[0].post(address, data=again | {"over": "1"}).status_code == 303
    assert state(reading, one) == "hidden"
    with reading():
        assert claims.holder_of("idea", one) is None


def test_a_claim_ends_with_the_decision_and_stays_when_none_was_made(
    first: Desk, writing: Unit, reading: Unit
) -> None:
    (one,) = waiting(writing)
    address = f"/moderation/ideas/{one}"
    first[0].post(f"/moderation/claims/idea/{one}")
    data = seen(first[0], address)
    assert first[0].post(address, data=data | {"decision": "hide"}).status_code == 422
    with reading():
        assert claims.holder_of("idea", one)
    assert first[0].post(address, data=data | {"decision": "publish"}).status_code == 303
    with reading():
        assert claims.holder_of("idea", one) is None


@pytest.mark.parametrize("kind", ["nonsense", "unrouted"])
def test_only_what_is_listed_can_be_claimed(first: Desk, kind: str) -> None:
    assert first[0].post(f"/moderation/claims/{kind}/1").status_code == 404


@pytest.mark.parametrize("meanwhile", ["withdrawn", "merged", "the same"])
def test_what_happened_meanwhile_is_said_and_nothing_is_lost(
    first: Desk, second: Desk, writing: Unit, meanwhile: str
) -> None:
    with writing():
        author = person()
        one = idea(author, WAITING)
        target = idea(indexable=True)
    address = f"/moderation/ideas/{one}"
    data = seen(first[0], address) | {"decision": "publish", "reason": "Kiitos tästä."}
    with writing():
        row = visible_idea(author, one)
        if meanwhile == "withdrawn":
            withdraw_idea(author, row)
        elif meanwhile == "merged":
            actions.merge_idea(second[1], row, visible_idea(second[1], target))
        else:
            actions.publish_idea(second[1], row)
    answer = first[0].post(f"{address}?lang=en", data=data)
    assert answer.status_code == 409
    assert "Kiitos tästä." in texts(answer)


def test_what_concerns_oneself_is_passed_on_and_can_be_taken_back(
    first: Desk, second: Desk, writing: Unit, reading: Unit
) -> None:
    one, two = waiting(writing, 2)
    address = f"/moderation/ideas/{one}"
    data = seen(first[0], address) | {"decision": "publish"}
    assert first[0].post(f"{address}/recuse").location == f"/moderation/ideas/{two}"
    answer = first[0].post(f"{address}?lang=en", data=data)
    assert answer.status_code == 422
    assert "this concerns you" in texts(answer)
    assert state(reading, one) == "waiting"
    with reading():
        decision = next(iter(_undoable(first[1])))
    assert first[0].post(f"/moderation/decisions/{decision}/undo").status_code == 303
    assert first[0].post(address, data=data).status_code == 409
    again = seen(first[0], address) | {"decision": "publish"}
    assert first[0].post(address, data=again).status_code == 303


def test_when_others_have_everything_the_list_stays_and_says_so(
    first: Desk, second: Desk, writing: Unit
) -> None:
    (one,) = waiting(writing)
    first[0].post(f"/moderation/claims/idea/{one}")
    page = texts(second[0].get("/moderation?lang=en"))
    assert "In another moderator's hands" in page
    assert f'href="/moderation/ideas/{one}"' in page


def _undoable(who: Person) -> list[int]:
    return [one.id for one in undoable_of(who)]


def test_the_last_moderator_cannot_leave_an_idea_to_nobody(writing: Unit, first: Desk) -> None:
    (one,) = waiting(writing)
    with writing():
        with pytest.raises(RuleBrokenError):
            recusals.recuse(first[1], visible_idea(first[1], one))
        person("administrator")
        recusals.recuse(first[1], visible_idea(first[1], one))
        recusals.recuse(first[1], visible_idea(first[1], one))
        comment = post_comment(
            person(), visible_idea(first[1], idea(indexable=True)), CommentDraft("Meillä samoin.")
        )
        recusals.recuse(first[1], visible_idea(first[1], comment.idea_id))
        with pytest.raises(RuleBrokenError):
            parts.hide_comment(first[1], comment, "honour", "Sävy.")
        with pytest.raises(RuleBrokenError):
            actions.hide_idea(first[1], visible_idea(first[1], one), "honour", "Sävy.")


def test_only_who_left_an_idea_takes_that_back(
    writing: Unit, reading: Unit, first: Desk, second: Desk
) -> None:
    (one,) = waiting(writing)
    first[0].post(f"/moderation/ideas/{one}/recuse")
    with reading():
        (made,) = _undoable(first[1])
    address = f"/moderation/decisions/{made}/undo"
    assert second[0].post(address).status_code == 422
    second[0].post("/moderation/undo", data={"decision": str(made)})
    with reading():
        assert recusals.is_recused(first[1], one)
    assert first[0].post(address).status_code == 303
    with reading():
        assert not recusals.is_recused(first[1], one)
