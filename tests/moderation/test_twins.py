"""Ideas that wait and tell of the same need show each other on the moderator's card."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from innovation.core import transaction
from innovation.core.permissions import Person
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.queries import visible_idea
from innovation.moderation import actions
from innovation.moderation.recusals import recuse
from innovation.search import among, engines, upkeep
from innovation.search.engines import engine_for
from tests.conftest import Unit
from tests.real import installation
from tests.real.counting import questions
from tests.real.ideas import idea
from tests.real.people import person, signed_in

WAITING = Visibility.WAITING
# The same need in other words, and another one in some of the same words.
ONE = "Äidin luona käy kotihoidosta joka kerta eri ihminen. Kukaan ei tunne häntä eikä hän heitä."
OTHER = "Isälleni tulee aina vieras työntekijä, vaihtuu päivittäin. Toivoisin tuttua hoitajaa."
ELSE = "Äidin talon pihalla ei ole autolle tilaa, ja kotihoito kiertää korttelia joka kerta."
Desk = tuple[FlaskClient, Person]


@pytest.fixture
def desk(app: Flask, database: Connection) -> Desk:
    with app.app_context():
        upkeep.rebuild(engine_for(app.extensions["settings"]))
    return signed_in(app, "moderator")


def waiting(writing: Unit, *texts: str, **facts: object) -> list[int]:
    with writing():
        return [idea(visibility=WAITING, text=text, **facts) for text in texts]


def beside(desk: Desk, number: int) -> str:
    page = unescape(desk[0].get(f"/moderation/ideas/{number}?lang=en").text)
    return " ".join(page.partition('id="twins"')[2].partition("</section>")[0].split())


def shown(desk: Desk, number: int) -> list[int]:
    return [int(one) for one in re.findall(r'"/moderation/ideas/(\d+)">PS-', beside(desk, number))]


def test_two_that_wait_show_each_other_and_nothing_else(desk: Desk, writing: Unit) -> None:
    one, other, _else = waiting(writing, ONE, OTHER, ELSE)
    assert shown(desk, one) == [other]
    assert shown(desk, other) == [one]
    told = beside(desk, one)
    assert "Waits for a moderator too" in told
    assert "In common: a new worker every time" in told
    assert "publish the one here first" in told


def test_what_waits_is_no_place_to_merge_into_until_one_is_published(
    app: Flask, desk: Desk, writing: Unit
) -> None:
    one, other = waiting(writing, ONE, OTHER)
    assert "<form" not in beside(desk, one)
    with writing():
        actions.publish_idea(desk[1], visible_idea(desk[1], one))
    assert "can be merged into the one here on its own page" in beside(desk, one)
    with app.app_context():
        upkeep.rebuild(engine_for(app.extensions["settings"]))
    told = beside(desk, other)
    assert "Merge into this" in told
    assert 'data-key="y"' in told
    assert "Waits for a moderator too" not in told


def test_what_is_left_to_others_is_not_shown(app: Flask, desk: Desk, writing: Unit) -> None:
    one, mine, _passed = waiting(writing, ONE, OTHER, f"{OTHER} Joka viikko.")
    with writing():
        person("moderator")
        recuse(desk[1], visible_idea(desk[1], mine))
        visible_idea(desk[1], _passed).handling = Handling.PASSED_ON
    assert shown(desk, one) == []
    colleague = signed_in(app, "moderator")
    assert shown(colleague, one) == [mine]


def test_those_for_staff_and_hidden_ones_are_compared_with_nobody(
    desk: Desk, writing: Unit
) -> None:
    waiting(writing, ONE)
    with writing():
        staff = idea(visibility=Visibility.STAFF_ONLY, text=OTHER)
        hidden = idea(visibility=Visibility.HIDDEN, text=OTHER)
    assert shown(desk, staff) == shown(desk, hidden) == []


def test_without_an_index_they_still_find_each_other(
    desk: Desk, writing: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = waiting(writing, ONE, OTHER)
    monkeypatch.setattr(engines, "_BESIDE", {})
    assert shown(desk, one) == [other]


def test_texts_are_read_once_and_only_while_they_wait(
    desk: Desk, writing: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[object] = []
    real = among._terms

    def noting(text: str, code: str) -> among.Terms:
        modes.append(transaction._mode.get())
        return real(text, code)

    monkeypatch.setattr(among, "_terms", noting)
    one, other, third = waiting(writing, ONE, OTHER, ELSE)
    beside(desk, one)
    beside(desk, one)
    assert modes == [transaction.Mode.READ] * 2
    assert not installation.written
    with writing():
        visible_idea(desk[1], other).text = "Jotain aivan muuta."
    beside(desk, one)
    assert len(modes) == 3
    assert len(among._read) == 2, "what a text said before is not kept"
    data = {"decision": "hide", "seen": "0"}
    assert desk[0].post(f"/moderation/ideas/{third}", data=data).status_code == 422
    assert len(modes) == 3, "nothing is read while the database is held"


def test_what_takes_too_long_is_read_for_the_next_card(
    desk: Desk, writing: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = waiting(writing, ONE, OTHER)
    monkeypatch.setattr(among, "_PATIENCE", -1.0)
    assert shown(desk, one) == []
    monkeypatch.undo()
    assert shown(desk, one) == [other]


def test_the_card_asks_no_more_however_many_wait(
    database: Connection, desk: Desk, writing: Unit
) -> None:
    def asked() -> int:
        return questions(database, lambda: desk[0].get(f"/moderation/ideas/{one}"))

    one, *_others = waiting(writing, ONE, OTHER, OTHER)
    beside(desk, one)
    few = asked()
    waiting(writing, *[f"{OTHER} {turn}" for turn in range(9)])
    beside(desk, one)
    assert asked() <= few
