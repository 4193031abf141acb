"""Answering an idea: where it goes, why, what next and by when; and the promises it keeps."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from innovation.answers.actions import give_answer
from innovation.answers.drafts import AnswerDraft, Elsewhere, Judgement
from innovation.answers.models import Answer
from innovation.answers.queries import answers_of
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, ForbiddenError, RuleBrokenError
from innovation.core.permissions import Person, System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.listing import row_of
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_idea
from innovation.moderation.cases import last_entry
from innovation.moderation.models import Decision
from innovation.moderation.undo import undo_decision
from innovation.programme.queries import snapshot
from innovation.routing.actions import route_idea
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person, signed_in

WHEN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def given(**changes: object) -> AnswerDraft:
    """Give an answer that lacks nothing."""
    whole = AnswerDraft(
        handling="going_forward",
        text="Otamme tämän käyttöön Oulussa.",
        step="Sovimme käyttöönotosta yksikön kanssa.",
        step_on=clock.today() + timedelta(days=20),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def routed(slug: str = "ikaihmiset") -> Idea:
    """Give a public idea of this sub-project."""
    row = visible_idea(System("test"), idea())
    route_idea(System("test"), row, snapshot().sub_project_by_slug[slug].id, [])
    return row


def lead(slug: str = "ikaihmiset") -> Person:
    return person(leads=(snapshot().sub_project_by_slug[slug].id,))


def test_an_answer_moves_the_idea_and_promises_the_next_step(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        row, who = routed(), lead()
        assert row.first_answer_by == date(2026, 11, 16)
        give_answer(who, row, given(named=True))
        assert (row.handling, row.next_step_on) == ("going_forward", date(2026, 11, 22))
        assert row.answered_at == row.decided_at == WHEN
        (answer,) = answers_of(row.id, row.published_at)
        assert (answer.name, answer.actor_role, answer.days) == (who.name, "lead", 0)
        step = row_of(row).next_step
        assert step
        assert (step.what, step.on) == ("step", date(2026, 11, 22))


def test_more_can_be_told_without_moving_the_idea(writing: Unit) -> None:
    with writing():
        row, who = routed(), lead()
        give_answer(who, row, given())
        give_answer(who, row, given(text="Käyttöönotto siirtyi viikolla."))
        assert [one.text for one in answers_of(row.id)] == [
            "Käyttöönotto siirtyi viikolla.",
            "Otamme tämän käyttöön Oulussa.",
        ]
        assert row.handling == "going_forward"


def test_only_the_lead_of_the_sub_project_answers(writing: Unit) -> None:
    with writing():
        row = routed()
        for stranger in (person(), person("staff"), lead("hoitotakuu")):
            with pytest.raises(ForbiddenError):
                give_answer(stranger, row, given())
        give_answer(person("coordinator"), row, given())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"handling": "routed"}, "handling"),
        ({"handling": "described"}, "handling"),
        ({"text": ""}, "text"),
        ({"text": "Hetu 131052-308T"}, "text"),
        ({"step": ""}, "step"),
        ({"step_on": None}, "step_on"),
        ({"step_on": date(2020, 1, 1)}, "step_on"),
        ({"step_on": date(2040, 1, 1)}, "step_on"),
        ({"handling": "passed_on"}, "other"),
        ({"criteria": {"effect": Judgement("huge")}}, "criterion_effect"),
        ({"impact_tags": ("nothing",)}, "impact_tags"),
        ({"elsewhere": Elsewhere(url="https://innokyla.fi/x")}, "elsewhere_name"),
        ({"elsewhere": Elsewhere("Malli", "javascript:alert(1)")}, "elsewhere_url"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_place(
    writing: Unit, changes: dict[str, object], field: str
) -> None:
    with writing():
        row, who = routed(), lead()
        with pytest.raises(RuleBrokenError) as broken:
            give_answer(who, row, given(**changes))
        assert broken.value.field == field
        assert not answers_of(row.id)


def test_what_was_merged_withdrawn_or_answered_meanwhile_is_not_answered(writing: Unit) -> None:
    with writing():
        who, other = lead(), lead()
        merged, gone, answered = routed(), routed(), routed()
        merged.merged_into_id = answered.id
        gone.visibility = Visibility.WITHDRAWN
        for row in (merged, gone):
            with pytest.raises(ConflictError):
                give_answer(who, row, given())
        seen = last_entry(answered.id)
        give_answer(other, answered, given())
        with pytest.raises(ConflictError):
            give_answer(who, answered, given(), seen=seen)
        assert give_answer(other, answered, given(), seen=seen) is None  # the button, twice
        assert len(answers_of(answered.id)) == 1


def test_an_answer_is_undone_as_if_it_had_not_been_given(writing: Unit) -> None:
    with writing():
        row, who = routed(), lead()
        before = {column.key: getattr(row, column.key) for column in Idea.__table__.columns}
        give_answer(who, row, given())
        decision = db.session.scalars(select(Decision).where(Decision.kind == "answer")).one()
        undo_decision(who, decision)
        db.session.refresh(row)
        after = {column.key: getattr(row, column.key) for column in Idea.__table__.columns}
        assert {key for key in after if after[key] != before[key]} <= {"version", "updated_at"}
        assert db.session.scalar(select(Answer.id)) is None


def test_the_clock_stands_while_the_author_is_asked(writing: Unit) -> None:
    with writing():
        with clock.frozen_at(WHEN):
            row = routed()
        with clock.frozen_at(WHEN + timedelta(days=2)):
            row.asked_at = clock.now()
        for days, on in ((2, 16), (5, 19), (30, 30)):
            with clock.frozen_at(WHEN + timedelta(days=days)):
                step = row_of(row).next_step
                assert step
                assert step.on == date(2026, 11, on)


def test_the_page_keeps_what_was_written_when_something_is_wrong(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        number = routed().id
        home = snapshot().sub_project_by_slug["ikaihmiset"].id
    desk, _who = signed_in(app, leads=(home,))
    address = f"/ideas/{number}/answer"
    page = desk.get(address).text
    assert "Vaikutus asiakkaalle" in page
    sent = {"handling": "going_forward", "text": "Otamme käyttöön.", "step": "Sovitaan."}
    with writing():
        sent["seen"] = str(last_entry(number))
    wrong = desk.post(address, data=sent)
    assert wrong.status_code == 422
    assert "Otamme käyttöön." in wrong.text
    sent["step_on"] = (clock.today() + timedelta(days=9)).strftime("%d.%m.%Y")
    assert desk.post(address, data=sent).status_code == 303
    shown = client.get(f"/ideas/{number}").text
    for words in ("Otamme käyttöön.", "Sovitaan.", "Etenee"):
        assert words in shown


def test_everything_that_is_wrong_is_told_at_once(app: Flask, writing: Unit) -> None:
    with writing():
        number, home = routed().id, snapshot().sub_project_by_slug["ikaihmiset"].id
        seen = str(last_entry(number))
    desk, _who = signed_in(app, leads=(home,))
    sent = {
        "seen": seen, "handling": "going_forward", "step_on": "31.2.2027",
        "elsewhere_url": "innokyla", "criterion_effect_sentence": "Vain lause.",
    }  # fmt: skip
    wrong = desk.post(f"/ideas/{number}/answer", data=sent)
    assert wrong.status_code == 422
    fields = {"text", "step", "step_on", "elsewhere_name", "elsewhere_url", "criterion_effect"}
    assert set(re.findall(r'href="#([\w-]+)"', wrong.text)) >= fields
    assert wrong.text.count("31.2.2027") == 1
    many = sent | {"picked": f"{number}:{seen}", "listed": f"{number}:{seen}", "handling": ""}
    told = set(re.findall(r'href="#([\w-]+)"', desk.post("/answers/many", data=many).text))
    assert told >= {"handling-0", "text", "step_on"}


def test_only_the_first_answer_tells_how_long_it_took(client: FlaskClient, writing: Unit) -> None:
    with writing():
        with clock.frozen_at(WHEN):
            row, who = routed(), lead()
            number = row.id
        for days in (3, 20):
            with clock.frozen_at(WHEN + timedelta(days=days)):
                give_answer(who, row, given(text=f"Vastaus {days}"))
        assert [one.days for one in answers_of(number, row.published_at)] == [None, 3]
    page = client.get(f"/ideas/{number}?lang=en").text
    assert "in 3 days" in page
    assert "in 20 days" not in page


def test_a_decision_that_is_late_is_called_one(client: FlaskClient, writing: Unit) -> None:
    with writing():
        row, who = routed(), lead()
        give_answer(who, row, given(handling="under_evaluation"))
        row.decision_by = clock.today() - timedelta(days=2)
        number, by = row.id, f"{row.decision_by.day}.{row.decision_by.month}."
    page = client.get(f"/ideas/{number}?lang=en").text
    assert "We promised the decision by " in page
    listed = client.get("/ideas?lang=en").text
    assert "The decision was promised by" in listed
    assert "and is 2 days late" in listed
    assert "next step is" not in listed
    assert by in client.get(f"/ideas/{number}?lang=fi").text
