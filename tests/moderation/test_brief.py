"""Two sentences in Finnish under a text in another language."""

from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from innovation.core.db import db
from innovation.core.errors import ConflictError, ForbiddenError, RuleBrokenError
from innovation.core.permissions import Person
from innovation.ideas.queries import timeline_of, visible_idea
from innovation.moderation.brief import LONGEST_BRIEF, write_brief
from innovation.moderation.cases import last_entry
from innovation.moderation.models import Decision
from innovation.moderation.undo import undo_decision
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person, sign_in

SWEDISH = "Det går inte att boka tid på svenska på webben."
BRIEF = "Ajan varaaminen ruotsiksi ei onnistu verkossa. Sitä toivotaan."


@pytest.fixture
def moderator(writing: Unit) -> Person:
    with writing():
        return person("moderator")


@pytest.fixture
def number(writing: Unit) -> int:
    with writing():
        return idea(text=SWEDISH, language="sv")


def test_it_is_written_shown_undone_and_taken_away(
    writing: Unit, moderator: Person, number: int
) -> None:
    with writing():
        row = visible_idea(moderator, number)
        write_brief(moderator, row, BRIEF)
        assert row.in_brief == BRIEF
        assert timeline_of(moderator, row)[0].kind == "brief"
        write_brief(moderator, row, BRIEF)
        decisions = db.session.query(Decision).all()
        assert [decision.kind for decision in decisions] == ["brief"]
        undo_decision(moderator, decisions[0])
        assert row.in_brief == ""
        write_brief(moderator, row, BRIEF)
        write_brief(moderator, row, "")
        assert row.in_brief == ""


def test_what_is_refused(writing: Unit, moderator: Person, number: int) -> None:
    with writing():
        row = visible_idea(moderator, number)
        finnish = visible_idea(moderator, idea())
        for one, text in (
            (row, "a" * (LONGEST_BRIEF + 1)),
            (row, "Tunnus 131052-308T näkyi."),
            (finnish, BRIEF),
        ):
            with pytest.raises(RuleBrokenError) as broken:
                write_brief(moderator, one, text)
            assert broken.value.field == "brief"
        with pytest.raises(ForbiddenError):
            write_brief(person("staff"), row, BRIEF)
        seen = last_entry(number)
        write_brief(person("moderator"), row, "Toinen ehti ensin.")
        with pytest.raises(ConflictError):
            write_brief(moderator, row, BRIEF, seen=seen)
        assert row.in_brief == "Toinen ehti ensin."


def test_a_moderator_writes_it_on_the_card_and_everybody_reads_it(
    app: Flask, client: FlaskClient, moderator: Person, number: int, writing: Unit
) -> None:
    desk = sign_in(app, app.test_client(), moderator)
    card = f"/moderation/ideas/{number}"
    text = unescape(desk.get(f"{card}?lang=en").get_data(as_text=True))
    assert "Two sentences in Finnish" in text
    seen = text.split('id="brief-seen"')[1].split('value="')[1].split('"')[0]
    long = desk.post(f"{card}/brief?lang=en", data={"brief": "a" * 401, "seen": seen})
    assert long.status_code == 422
    assert "a" * 401 in long.get_data(as_text=True)
    done = desk.post(f"{card}/brief", data={"brief": BRIEF, "seen": seen})
    assert (done.status_code, done.location) == (303, card)
    shown = unescape(client.get(f"/ideas/{number}").get_data(as_text=True))
    assert BRIEF in shown.split("Suomeksi lyhyesti")[1]
    assert BRIEF in unescape(client.get("/ideas").get_data(as_text=True))


def test_a_text_in_finnish_has_no_such_form(app: Flask, moderator: Person, writing: Unit) -> None:
    with writing():
        number = idea()
    desk = sign_in(app, app.test_client(), moderator)
    page = desk.get(f"/moderation/ideas/{number}?lang=en").get_data(as_text=True)
    assert "Two sentences in Finnish" not in page
