"""One answer to many ideas: each is its own, and what cannot take it is told with why."""

from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import func, select

from innovation.answers.bulk import (
    MOST_AT_ONCE,
    answer_each,
    answers_to_undo,
    last_entries,
    undo_answers,
)
from innovation.answers.models import Answer
from innovation.core.db import db
from innovation.core.errors import ForbiddenError, RuleBrokenError
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.models import Idea
from innovation.moderation.bulk import Chosen
from innovation.moderation.models import Decision
from tests.answers.test_desk import given, home, lead, routed
from tests.conftest import Unit
from tests.real.people import person, signed_in


def chosen(*ideas: Idea) -> list[Chosen]:
    seen = last_entries([one.id for one in ideas])
    return [Chosen(one.id, seen[one.id]) for one in ideas]


def form(ideas: Sequence[int], **more: object) -> dict[str, object]:
    """Give what the page sends for these ideas."""
    marks = [f"{number}:{entry}" for number, entry in last_entries(list(ideas)).items()]
    return {
        "listed": marks,
        "picked": marks,
        "handling": "not_going_forward",
        "text": "Tähän ei ole nyt varaa.",
        **more,
    }


def test_each_idea_has_an_answer_and_a_decision_of_its_own(writing: Unit) -> None:
    with writing():
        who, ideas = lead(), [routed() for _ in range(3)]
        outcome = answer_each(who, chosen(*ideas), given())
        assert (len(outcome.decisions), outcome.refused) == (3, ())
        assert {one.handling for one in ideas} == {Handling.GOING_FORWARD}
        first = outcome.decisions[0]
        undo_answers(who, [first])
        assert [one.id for one in answers_to_undo(who)] == [*reversed(outcome.decisions[1:])]
        assert sorted(one.handling for one in ideas) == ["going_forward", "going_forward", "routed"]
        undo_answers(who, outcome.decisions)
        assert not answers_to_undo(who)
        assert db.session.scalar(select(func.count(Answer.id))) == 0


def test_what_cannot_take_the_answer_is_told_and_stays_as_it_was(writing: Unit) -> None:
    with writing():
        who, other = lead(), lead("hoitotakuu")
        good, late, closed = routed(), routed(), routed(handling="passed_on")
        strange, merged, gone = routed("hoitotakuu"), routed(), routed()
        everything = chosen(good, late, closed, strange, merged, gone)
        merged.merged_into_id = good.id
        gone.visibility = Visibility.WITHDRAWN
        answer_each(lead(), chosen(late), given(text="Ehdin ensin."))
        db.session.flush()
        outcome = answer_each(who, [*everything, Chosen(999_999, 1)], given())
        told = {one.idea_id: str(one.message) for one in outcome.refused}
        assert set(told) == {late.id, closed.id, strange.id, merged.id, gone.id, 999_999}
        assert all(told.values())
        assert len(outcome.decisions) == 1
        assert good.handling == Handling.GOING_FORWARD
        assert (closed.handling, strange.handling) == (Handling.PASSED_ON, Handling.ROUTED)
        names = {one.idea_id: one.title for one in outcome.refused}
        assert names[closed.id] == closed.title
        # What the person may not see has no title here.
        assert names[gone.id] == str(gone.id)
        answers = select(func.count(Answer.id)).where(Answer.person_id == who.id)
        assert db.session.scalar(answers) == 1
        undo_answers(other, outcome.decisions)  # somebody else's
        assert good.handling == Handling.GOING_FORWARD


def test_what_is_wrong_with_the_answer_itself_stops_all(writing: Unit) -> None:
    with writing():
        who, ideas = lead(), [routed(), routed()]
        for changes, field in (
            ({"text": ""}, "text"),
            ({"text": "Hetu 131052-308T"}, "text"),
            ({"step_on": None}, "step_on"),
            ({"handling": ""}, "handling"),
            ({"handling": "routed"}, "handling"),
        ):
            with pytest.raises(RuleBrokenError) as broken:
                answer_each(who, chosen(*ideas), given(**changes))
            assert broken.value.field == field
        for wrong in ([], [Chosen(number, 1) for number in range(1, MOST_AT_ONCE + 2)]):
            with pytest.raises(RuleBrokenError) as broken:
                answer_each(who, wrong, given())
            assert broken.value.field == "picked"
        with pytest.raises(ForbiddenError):
            answer_each(person("staff"), chosen(*ideas), given())
        assert not answers_to_undo(who)


def test_the_button_pressed_twice_answers_once(writing: Unit) -> None:
    with writing():
        who, row = lead(), routed()
        seen = chosen(row)
        answer_each(who, seen, given())
        again = answer_each(who, seen, given())
        assert (again.decisions, again.refused) == ((), ())
        assert db.session.scalar(select(func.count(Answer.id))) == 1


def test_the_page_answers_what_was_ticked_on_the_desk(app: Flask, writing: Unit) -> None:
    with writing():
        numbers = [routed().id, routed().id]
        untouched, here = routed().id, home()
    client, who = signed_in(app, leads=(here,))
    page = client.get(f"/answers/many?picked={numbers[0]}&picked={numbers[1]}&picked=x").text
    assert page.count(" checked") == 2  # both ideas; nobody's name is shown unasked
    assert f'id="pick-{untouched}"' not in page
    with writing():
        sent = form(numbers)
        wrong = form(numbers, text="", picked=[])
    failed = client.post("/answers/many", data={**wrong, "text": "Kirjoitin jo tämän."})
    assert failed.status_code == 422
    assert "Kirjoitin jo tämän." in failed.text
    assert f'id="pick-{numbers[1]}"' in failed.text
    assert client.post("/answers/many", data=sent).headers["Location"] == "/answers"
    with writing():
        for number in numbers:
            assert db.session.get_one(Idea, number).handling == Handling.NOT_GOING_FORWARD
        made = select(func.count(Decision.id)).where(Decision.person_id == who.id)
        assert db.session.scalar(made) == 2
    desk = client.get("/answers").text
    assert "2 vastausta voi kumota" in desk


def test_the_page_tells_what_was_left(app: Flask, writing: Unit) -> None:
    with writing():
        good, closed, here = routed().id, routed(handling="passed_on").id, home()
        sent = form([good, closed])
    client, _who = signed_in(app, leads=(here,))
    page = client.post("/answers/many", data=sent).text
    assert "1 idea sai vastauksen" in page
    assert "Siirretty toiselle taholle" in page
    nothing = client.post("/answers/many", data={"handling": "in_use", "text": "Käytössä."})
    assert nothing.status_code == 422


def test_nobody_sees_ideas_of_others_on_the_page(app: Flask, writing: Unit) -> None:
    with writing():
        strange, here = routed("hoitotakuu").id, home()
    client, _who = signed_in(app, leads=(here,))
    assert f'id="pick-{strange}"' not in client.get(f"/answers/many?picked={strange}").text
