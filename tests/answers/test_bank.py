"""The bank of answers: what was answered to similar ideas, and whether its promise was kept."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from innovation.answers.actions import give_answer
from innovation.answers.bank import Bank, Kept, answer_to_use, bank, kept
from innovation.answers.bulk import answers_to_undo
from innovation.answers.models import Answer
from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Person, System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_idea
from innovation.moderation.cases import last_entry
from innovation.moderation.queries import decision_by_id
from innovation.moderation.undo import undo_decision
from innovation.search import upkeep
from innovation.search.engines import engine_for
from tests.answers.test_desk import given, home, lead, routed
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person, signed_in

WHEN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def answered(who: Person, slug: str = "hoitotakuu", **facts: object) -> tuple[Idea, Answer]:
    """Give an idea with an answer that promises the 22nd of November."""
    row = routed(slug, **facts)
    answer = give_answer(who, row, given())
    assert answer
    return row, answer


def beside(who: Person, row: Idea, *similar: Idea) -> Bank:
    return bank(who, row, [one.id for one in similar])


@pytest.mark.parametrize(
    ("promised", "came", "is_kept"),
    [
        (None, None, Kept("nothing")),
        (date(2026, 11, 2), None, Kept("open")),
        (date(2026, 11, 1), None, Kept("overdue", 1)),
        (date(2026, 11, 2), WHEN, Kept("kept")),
        (date(2026, 10, 30), WHEN, Kept("late", 3)),
        # Half past ten at night in UTC is the next day here.
        (date(2026, 11, 2), WHEN.replace(hour=22, minute=30), Kept("late", 1)),
    ],
)
def test_a_promise_is_kept_late_or_open(
    promised: date | None, came: datetime | None, is_kept: Kept
) -> None:
    with clock.frozen_at(WHEN):
        assert kept(promised, came) == is_kept


def test_the_next_answer_tells_whether_the_promise_was_kept(writing: Unit) -> None:
    with writing():
        who, row = lead("hoitotakuu"), routed("hoitotakuu")
        states = {}
        for name, days in (("kept", 10), ("late", 25), ("open", None)):
            with clock.frozen_at(WHEN):
                one, answer = answered(who)
                states[name] = answer.id
            if days:
                with clock.frozen_at(WHEN + timedelta(days=days)):
                    give_answer(who, one, given(handling="in_use", step="", step_on=None))
        with clock.frozen_at(WHEN + timedelta(days=15)):
            found = {name: answer_to_use(who, str(number)) for name, number in states.items()}
            assert {name: one.kept.state for name, one in found.items() if one} == {
                "kept": "kept",
                "late": "late",
                "open": "open",
            }
        # Of each idea the newest answer stands beside the form.
        assert {one.handling for one in beside(who, row).same} == {"in_use", "going_forward"}


def test_an_answer_that_was_undone_keeps_no_promise(writing: Unit) -> None:
    with writing():
        who = lead("hoitotakuu")
        with clock.frozen_at(WHEN):
            one, answer = answered(who)
        give_answer(who, one, given(handling="in_use"))

        undo_decision(who, decision_by_id(answers_to_undo(who)[0].id))
        found = answer_to_use(who, str(answer.id))
        assert found
        assert found.kept.state != "kept"


def test_similar_ideas_come_first_and_none_twice(writing: Unit) -> None:
    with writing():
        who, other = lead("hoitotakuu"), lead("hyte")
        row = routed("hoitotakuu")
        mine, _answer = answered(who)
        alike, _answer = answered(other, "hyte")
        found = beside(who, row, alike, mine)
        assert [one.idea_id for one in found.similar] == [alike.id, mine.id]
        assert found.same == []
        assert [one.idea_id for one in beside(who, row).same] == [mine.id]


def test_what_the_actor_may_not_see_is_not_in_the_bank(writing: Unit) -> None:
    with writing():
        who, row = lead("hoitotakuu"), routed("hoitotakuu")
        hidden, answer = answered(who)
        merged, _answer = answered(who)
        hidden.visibility = Visibility.HIDDEN
        merged.merged_into_id = row.id
        staff, kept_inside = answered(who, visibility=Visibility.STAFF_ONLY)
        db.session.flush()
        found = beside(who, row, hidden, merged)
        assert [one.idea_id for one in (*found.similar, *found.same)] == [staff.id]
        assert answer_to_use(who, str(answer.id)) is None
        assert answer_to_use(person(), str(kept_inside.id)) is None
        for nonsense in ("", "x", "999999", "9" * 30, "²"):
            assert answer_to_use(who, nonsense) is None


def test_an_earlier_answer_fills_the_form_and_is_remembered(app: Flask, writing: Unit) -> None:
    with writing():
        who = lead("hoitotakuu")
        _row, answer = answered(who)
        number, source, here = routed("hoitotakuu").id, answer.id, home("hoitotakuu")
    client, _who = signed_in(app, leads=(here,))
    address = f"/ideas/{number}/answer"
    page = client.get(address).text
    assert f"{address}?source={source}" in page
    page = client.get(f"{address}?source={source}").text
    assert "Otamme tämän käyttöön.</textarea>" in page
    assert f'value="{source}"' in page
    assert client.get(f"{address}?source=x").status_code == 200
    with writing():
        seen = str(last_entry(number))
    sent = {"handling": "not_going_forward", "text": "Ei nyt.", "seen": seen}
    wrong = client.post(address, data={**sent, "text": "", "source": str(source)})
    assert wrong.status_code == 422
    assert f'value="{source}"' in wrong.text
    assert client.post(address, data={**sent, "source": str(source)}).status_code == 303
    with writing():
        made = db.session.query(Answer).filter_by(idea_id=number).one()
        assert made.source_id == source


def test_a_source_that_is_not_there_stops_no_answer(writing: Unit) -> None:
    with writing():
        row = routed("hoitotakuu")
        answer = give_answer(lead("hoitotakuu"), row, given(source_id=999_999))
        assert answer
        assert answer.source_id is None


def test_answers_to_similar_ideas_are_found(app: Flask, writing: Unit) -> None:
    text = "Kotihoidon hoitaja vaihtuu joka päivä, eikä vanhus opi tuntemaan ketään."
    with writing():
        who = lead("hoitotakuu")
        like = visible_idea(System("test"), idea(text=text))
        like.primary_sub_project_id, like.handling = home("hoitotakuu"), "routed"
        db.session.flush()
        give_answer(who, like, given(text="Aloitamme omahoitajakokeilun."))
        row = visible_idea(System("test"), idea(text=text))
        row.primary_sub_project_id, row.handling = home("hyte"), "routed"
        number, here = row.id, home("hyte")
    with app.app_context():
        upkeep.rebuild(engine_for(app.extensions["settings"]))
    client, _who = signed_in(app, leads=(here,))
    page = client.get(f"/ideas/{number}/answer").text
    assert "Vastaukset samankaltaisiin ideoihin" in page
    assert "Aloitamme omahoitajakokeilun." in page
