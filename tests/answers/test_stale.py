"""Pages that were made before something happened, and numbers that cannot be: nothing is lost."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from innovation.answers.actions import give_answer
from innovation.answers.bulk import answer_each
from innovation.answers.models import Answer, Postponement
from innovation.answers.postponing import PostponementDraft, postpone
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError
from innovation.moderation.bulk import Chosen
from innovation.moderation.cases import last_entry
from innovation.programme.actions import touch
from innovation.programme.models import SubProject
from tests.answers.test_answers import given, lead, routed
from tests.conftest import Unit
from tests.real.forms import fields_of
from tests.real.people import person, signed_in

WHEN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "Aivan toinen vastaus."},
        {"handling": "on_hold"},
        {"step": "Toinen askel."},
        {"step_on": date(2027, 1, 4)},
    ],
)
def test_another_answer_from_an_old_page_is_not_thrown_away(
    writing: Unit, changes: dict[str, object]
) -> None:
    with writing(), clock.frozen_at(WHEN):
        row, who = routed(), lead()
        seen = last_entry(row.id)
        give_answer(who, row, given(), seen=seen)
        assert give_answer(who, row, given(), seen=seen) is None  # the button, twice
        with pytest.raises(ConflictError):
            give_answer(who, row, given(**changes), seen=seen)
        outcome = answer_each(who, [Chosen(row.id, seen)], given(**changes))
        assert (outcome.decisions, [one.idea_id for one in outcome.refused]) == ((), [row.id])


def test_another_move_from_an_old_page_is_not_thrown_away(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        row, who = routed(), lead()
        seen, draft = last_entry(row.id), PostponementDraft("decision", date(2027, 3, 1), "Syy")
        postpone(who, row, draft, seen=seen)
        assert postpone(who, row, draft, seen=seen) is None
        for other in (
            PostponementDraft("first_answer", date(2027, 3, 1), "Syy"),
            PostponementDraft("decision", date(2027, 3, 2), "Syy"),
            PostponementDraft("decision", date(2027, 3, 1), "Toinen syy"),
        ):
            with pytest.raises(ConflictError):
                postpone(who, row, other, seen=seen)


def test_what_was_written_is_shown_when_it_could_not_be_given(app: Flask, writing: Unit) -> None:
    with writing():
        row, home = routed(), routed().primary_sub_project_id
        number = row.id
    client, who = signed_in(app, leads=(home,))
    with writing():
        seen = last_entry(number)
        give_answer(who, db.session.merge(row), given(), seen=seen)
    data = {"handling": "not_going_forward", "text": "Toinen vastaus.", "seen": str(seen)}
    answer = client.post(f"/ideas/{number}/answer", data=data)
    assert answer.status_code == 409
    assert "Toinen vastaus." in answer.text
    many = data | {"picked": f"{number}:{seen}", "listed": f"{number}:{seen}"}
    assert "Toinen vastaus." in client.post("/answers/many", data=many).text


@pytest.mark.parametrize("digits", [10, 30, 5000])
def test_a_number_that_can_be_no_row_is_an_old_page(app: Flask, writing: Unit, digits: int) -> None:
    with writing():
        row = routed()
        number, home = row.id, row.primary_sub_project_id
    client, _who = signed_in(app, leads=(home,))
    nines = {"seen": "9" * digits, "source": "9" * digits}
    data = {"handling": "not_going_forward", "text": "Teksti."} | nines
    assert client.post(f"/ideas/{number}/answer", data=data).status_code == 409
    moved = {"promise": "decision", "to": "1.6.2027", "reason": "Syy"} | nines
    assert client.post(f"/ideas/{number}/postpone", data=moved).status_code in {409, 422}
    data["seen"] = fields_of(client.get(f"/ideas/{number}/answer").text)["seen"]
    assert client.post(f"/ideas/{number}/answer", data=data).status_code == 303


def test_a_third_move_that_is_over_stops_no_later_one(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        row, who = routed(), lead()
        give_answer(who, row, given(handling="under_evaluation"))
        for days in (30, 40, 50):
            to = clock.today() + timedelta(days=days)
            asked = postpone(who, row, PostponementDraft("step", to, "Syy"))
        assert asked
        assert asked.state == "waiting"
    with writing(), clock.frozen_at(WHEN + timedelta(minutes=30)):
        row = db.session.merge(row)
        give_answer(who, row, given(handling="under_evaluation", text="Uusi", step="Uusi askel"))
        made = postpone(who, row, PostponementDraft("step", date(2027, 1, 1), "Syy"))
        assert made
        assert made.state == "made"


def test_no_old_step_stays_promised_where_nothing_happens_next(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        row, who = routed(), lead()
        give_answer(who, row, given())
        give_answer(who, row, given(handling="on_hold", text="Tauko."))
        give_answer(who, row, given(handling="not_going_forward", step="Vanha askel"))
        newest = db.session.scalars(select(Answer).order_by(Answer.id.desc())).first()
        assert newest
        assert (newest.step, newest.step_on, row.next_step_on) == ("", None, None)


def test_enter_in_the_word_declines_and_a_word_is_never_accepted(app: Flask, writing: Unit) -> None:
    with writing():
        row = routed()
        by = row.decision_by
        assert by
        asked = Postponement(
            idea_id=row.id, promise="decision", moved_from=by, moved_to=by + timedelta(days=9),
            reason="Syy", at=clock.now(), state="waiting",
        )  # fmt: skip
        db.session.add(asked)
        db.session.flush()
        number = asked.id
    chief, _who = signed_in(app, "coordinator")
    page = chief.get("/answers/dates").text
    assert page.index('value="decline"') < page.index('value="accept"')
    address = f"/answers/dates/{number}"
    both = chief.post(address, data={"verdict": "accept", "word": "Ei enää."})
    assert both.status_code == 422
    assert "Ei enää." in both.text
    assert chief.post(address, data={"verdict": "accept", "word": ""}).status_code == 303


def test_nobody_answers_for_a_closed_sub_project_but_who_coordinates(
    app: Flask, writing: Unit
) -> None:
    with writing():
        row = routed("sote-ict")
        number, home = row.id, row.primary_sub_project_id
        heir = routed("hoitotakuu").primary_sub_project_id
        place = db.session.get_one(SubProject, home)
        place.closed_at, place.successor_id = clock.now(), heir
        touch()
    client, who = signed_in(app, leads=(home,))
    address = f"/ideas/{number}/answer?lang=en"
    page = client.get(address).text
    assert "has closed. Ask a moderator to route the idea to" in page
    data = {"handling": "not_going_forward", "text": "Teksti.", "seen": fields_of(page)["seen"]}
    refused = client.post(address, data=data)
    assert refused.status_code == 422
    assert "has closed. Ask a moderator" in refused.text
    assert "Teksti." in refused.text
    with writing():
        chosen = [Chosen(number, int(data["seen"]))]
        assert answer_each(who, chosen, given(handling="not_going_forward")).refused
        assert not answer_each(
            person("coordinator"), chosen, given(handling="not_going_forward")
        ).refused


def test_who_led_a_closed_sub_project_moves_no_date(app: Flask, writing: Unit) -> None:
    with writing():
        row = routed("sote-ict")
        number, seen, home = row.id, str(last_entry(row.id)), row.primary_sub_project_id
        by = row.decision_by
        place = db.session.get_one(SubProject, home)
        place.closed_at = clock.now()
        place.successor_id = routed("hoitotakuu").primary_sub_project_id
        touch()
    assert by
    assert home
    desk, _who = signed_in(app, leads=(home,))
    address = f"/ideas/{number}/postpone?lang=en"
    assert "has closed. Ask a moderator to route the idea to" in desk.get(address).text
    data = {
        "promise": "decision",
        "to": (by + timedelta(days=7)).strftime("%d.%m.%Y"),
        "reason": "Syymme.",
        "seen": seen,
    }
    refused = desk.post(address, data=data)
    assert refused.status_code == 422
    assert "has closed. Ask a moderator to route the idea to" in refused.text
    assert "Syymme." in refused.text
    chief, _person = signed_in(app, "coordinator")
    assert chief.post(address, data=data).status_code == 303
