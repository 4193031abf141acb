"""A promised date is moved to a later one, with a reason; the third time a coordinator decides."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from innovation.answers import postponing
from innovation.answers.actions import give_answer
from innovation.answers.models import Postponement
from innovation.answers.postponements import current_moves, moves_of, waiting_moves
from innovation.answers.postponing import PostponementDraft, postpone
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, ForbiddenError, NotFoundError, RuleBrokenError
from innovation.core.i18n import LANGUAGES
from innovation.core.permissions import Person, System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.listing import row_of
from innovation.ideas.models import Idea, TimelineEntry
from innovation.ideas.timeline import Kind
from innovation.moderation.cases import last_entry
from innovation.moderation.models import Decision
from innovation.moderation.undo import undo_decision
from innovation.programme.closings import ClosedDraft, add_closed
from innovation.programme.queries import snapshot
from tests.answers.test_answers import given, lead, routed
from tests.conftest import Unit
from tests.real.people import person, sign_in, signed_in

WHEN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
WHY = "Kysymme ensin asumisyksiköiltä."


def move(
    who: Person, row: Idea, to: date, promise: str = "first_answer", reason: str = WHY
) -> Postponement | None:
    return postpone(who, row, PostponementDraft(promise, to, reason))


def thrice(who: Person, row: Idea) -> Postponement:
    """Move the first answer twice, and ask for the third time."""
    for day in (20, 23):
        move(who, row, date(2026, 11, day))
    asked = move(who, row, date(2026, 11, 27))
    assert asked
    return asked


def test_a_moved_date_is_the_promised_one_and_both_are_told(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        row, who = routed(), lead()
        move(who, row, date(2026, 11, 20))
        step = row_of(row).next_step
        assert step
        assert (step.what, step.on, step.late) == ("first_answer", date(2026, 11, 20), 0)
        (told,) = current_moves(row)
        assert (told.first, told.moved_to, told.reason) == (
            date(2026, 11, 16),
            date(2026, 11, 20),
            WHY,
        )
        entry = db.session.scalars(
            select(TimelineEntry).where(TimelineEntry.kind == Kind.POSTPONED)
        ).one()
        assert (entry.public, entry.reason, entry.actor_role) == (True, WHY, "lead")
        move(who, row, date(2026, 11, 23), reason="Yksiköt vastaavat vasta maanantaina.")
        (told,) = current_moves(row)
        assert (told.first, told.moved_to) == (date(2026, 11, 16), date(2026, 11, 23))


def test_each_promise_moves_by_itself(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        row, who = routed(), lead()
        by = row.decision_by
        give_answer(who, row, given(handling="under_evaluation", step_on=date(2026, 11, 30)))
        move(who, row, date(2026, 12, 4), "step")
        assert (row.next_step_on, row.decision_by) == (date(2026, 12, 4), by)
        move(who, row, date(2027, 3, 1), "decision")
        assert (row.next_step_on, row.decision_by) == (date(2026, 12, 4), date(2027, 3, 1))
        with pytest.raises(RuleBrokenError):
            move(who, row, date(2026, 12, 9), "first_answer")  # it has been answered
        assert {one.promise for one in current_moves(row)} == {"step", "decision"}
        give_answer(who, row, given(step_on=date(2026, 12, 20)))
        assert current_moves(row) == []  # decided, and the next step is a new promise


@pytest.mark.parametrize(
    ("to", "reason", "promise", "field"),
    [
        (None, WHY, "first_answer", "to"),
        (date(2026, 11, 2), WHY, "first_answer", "to"),
        (date(2026, 11, 16), WHY, "first_answer", "to"),
        (date(2026, 11, 10), WHY, "first_answer", "to"),
        (date(2027, 11, 4), WHY, "first_answer", "to"),
        (date(2026, 11, 20), "", "first_answer", "reason"),
        (date(2026, 11, 20), "Hetu 131052-308T", "first_answer", "reason"),
        (date(2026, 11, 20), "x" * 501, "first_answer", "reason"),
        (date(2026, 11, 20), WHY, "step", "promise"),
        (date(2026, 11, 20), WHY, "looked_at", "promise"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(
    writing: Unit, to: date | None, reason: str, promise: str, field: str
) -> None:
    with writing(), clock.frozen_at(WHEN):
        row, who = routed(), lead()
        with pytest.raises(RuleBrokenError) as broken:
            postpone(who, row, PostponementDraft(promise, to, reason))
        assert broken.value.field == field
        assert row.first_answer_by == date(2026, 11, 16)


def test_what_is_over_or_changed_meanwhile_is_not_moved(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        who, other = lead(), lead()
        merged, gone, done, moved = routed(), routed(), routed(), routed()
        merged.merged_into_id = moved.id
        gone.visibility = Visibility.WITHDRAWN
        give_answer(who, done, given(handling="not_going_forward"))
        for row in (merged, gone, done):
            with pytest.raises(ConflictError):
                move(who, row, date(2026, 11, 20))
        seen = last_entry(moved.id)
        draft = PostponementDraft("first_answer", date(2026, 11, 20), WHY)
        assert postpone(other, moved, draft, seen=seen)
        with pytest.raises(ConflictError):
            postpone(who, moved, draft, seen=seen)
        assert postpone(other, moved, draft, seen=seen) is None  # the button, twice
        assert len(moves_of(moved.id)) == 1


def test_only_who_answers_moves(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        row = routed()
        for stranger in (person(), person("staff"), lead("hoitotakuu")):
            with pytest.raises(ForbiddenError):
                move(stranger, row, date(2026, 11, 20))


def test_a_move_is_undone_as_if_it_had_not_been_made(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        row, who = routed(), lead()
        move(who, row, date(2026, 11, 20))
        decision = db.session.scalars(select(Decision).where(Decision.kind == "postpone")).one()
        undo_decision(who, decision)
        db.session.refresh(row)
        assert row.first_answer_by == date(2026, 11, 16)
        assert moves_of(row.id) == []


def test_the_third_move_waits_and_the_old_date_holds(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        row, who = routed(), lead()
        asked = thrice(who, row)
        assert (asked.state, row.first_answer_by) == ("waiting", date(2026, 11, 23))
        assert move(who, row, date(2026, 11, 27)) is asked  # the button, twice
        with pytest.raises(ConflictError):
            move(who, row, date(2026, 11, 30))
        assert len(moves_of(row.id)) == 2
        with pytest.raises(ForbiddenError):
            waiting_moves(who)
        with pytest.raises(ForbiddenError):
            postponing.accept(who, asked.id)
        chief = person("coordinator")
        (waits,) = waiting_moves(chief)
        assert (waits.move.moved_to, waits.name, waits.over) == (
            date(2026, 11, 27),
            who.name,
            False,
        )
        postponing.accept(chief, asked.id)
        postponing.accept(chief, asked.id)
        assert row.first_answer_by == date(2026, 11, 27)
        (told,) = current_moves(row)
        assert told.first == date(2026, 11, 16)
        assert waiting_moves(chief) == []
        with pytest.raises(ConflictError):
            postponing.decline(chief, asked.id, "Ei käy.")


def test_a_declined_move_leaves_the_date_and_a_word_to_who_asked(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        row, who, chief = routed(), lead(), person("coordinator")
        asked = thrice(who, row)
        for word in ("", "Hetu 131052-308T"):
            with pytest.raises(RuleBrokenError) as broken:
                postponing.decline(chief, asked.id, word)
            assert broken.value.field == "word"
        postponing.decline(chief, asked.id, "Vastatkaa siitä, mitä jo tiedätte.")
        postponing.decline(chief, asked.id, "Vastatkaa siitä, mitä jo tiedätte.")
        assert (asked.state, row.first_answer_by) == ("declined", date(2026, 11, 23))
        with pytest.raises(ConflictError):
            postponing.accept(chief, asked.id)
        with pytest.raises(NotFoundError):
            postponing.accept(chief, 999_999)


def test_what_was_answered_or_passed_by_meanwhile_is_not_accepted(writing: Unit) -> None:
    with writing():
        with clock.frozen_at(WHEN):
            who, chief = lead(), person("coordinator")
            answered, slow = routed(), routed()
            first, second = thrice(who, answered), thrice(who, slow)
            give_answer(who, answered, given(step_on=date(2026, 11, 20)))
            with pytest.raises(ConflictError):
                postponing.accept(chief, first.id)
        with clock.frozen_at(WHEN + timedelta(days=25)):
            assert [one.over for one in waiting_moves(chief)] == [True, True]
            with pytest.raises(ConflictError):
                postponing.accept(chief, second.id)


def test_a_new_next_step_is_a_new_promise(writing: Unit) -> None:
    with writing():
        with clock.frozen_at(WHEN):
            row, who = routed(), lead()
            give_answer(who, row, given(step_on=date(2026, 11, 20)))
        with clock.frozen_at(WHEN + timedelta(hours=1)):
            for day in (23, 24):
                move(who, row, date(2026, 11, day), "step")
        with clock.frozen_at(WHEN + timedelta(hours=2)):
            give_answer(who, row, given(step_on=date(2026, 12, 1)))
        with clock.frozen_at(WHEN + timedelta(hours=3)):
            moved = move(who, row, date(2026, 12, 3), "step")
            assert moved
            assert moved.state == "made"


def test_a_coordinator_moves_alone(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        row, chief = routed(), person("coordinator")
        assert thrice(chief, row).state == "made"


def test_no_answer_date_moves_while_the_author_is_asked(writing: Unit) -> None:
    with writing():
        with clock.frozen_at(WHEN):
            row, who = routed(), lead()
            row.asked_at = clock.now()
            with pytest.raises(RuleBrokenError) as broken:
                move(who, row, date(2026, 12, 20))
            assert broken.value.field == "promise"
        with clock.frozen_at(WHEN + timedelta(days=15)):
            step = row_of(row).next_step
            assert step
            assert step.on == date(2026, 11, 30)
            moved = move(who, row, date(2026, 12, 4))
            assert moved
            assert moved.moved_from == date(2026, 11, 30)
            step = row_of(row).next_step
            assert step
            assert step.on == date(2026, 12, 4)


def test_the_pages_move_ask_and_decide(app: Flask, client: FlaskClient, writing: Unit) -> None:
    with writing():
        row, who = routed(), lead()
        number, promised = row.id, row.first_answer_by
        assert promised
    desk = sign_in(app, app.test_client(), who)
    address = f"/ideas/{number}/postpone"
    assert address in desk.get(f"/ideas/{number}").text
    assert address not in client.get(f"/ideas/{number}").text

    def sent(days: int, **more: str) -> int:
        with writing():
            seen = str(last_entry(number))
        day = (promised + timedelta(days=days)).strftime("%d.%m.%Y")
        data = {"promise": "first_answer", "to": day, "reason": WHY, "seen": seen} | more
        return desk.post(address, data=data).status_code

    wrong = desk.post(address, data={"promise": "first_answer", "to": "eilen", "reason": WHY})
    assert wrong.status_code == 422
    assert WHY in wrong.text
    assert sent(7) == 303
    old = {"promise": "first_answer", "to": "1.6.2030", "reason": "Vanhalta sivulta", "seen": "0"}
    stale = desk.post(address, data=old)
    assert stale.status_code == 409
    assert "Vanhalta sivulta" in stale.text  # nothing typed is lost
    shown = client.get(f"/ideas/{number}").text
    assert WHY in shown
    assert "Uusi päivä:" in shown
    assert (sent(14), sent(21, reason="Kolmas kerta")) == (303, 303)
    assert "Kolmas kerta" not in client.get(f"/ideas/{number}").text
    assert "Odottaa koordinaattoria" in desk.get(address).text
    chief, _person = signed_in(app, "coordinator")
    waiting = chief.get("/answers/dates").text
    assert "Kolmas kerta" in waiting
    with writing():
        ask = db.session.scalars(select(Postponement.id).where(Postponement.state == "waiting"))
        asked = ask.one()
    assert chief.post(f"/answers/dates/{asked}", data={"verdict": "decline"}).status_code == 422
    no = {"verdict": "decline", "word": "Vastatkaa nyt."}
    assert chief.post(f"/answers/dates/{asked}", data=no).status_code == 303
    assert "Vastatkaa nyt." in desk.get(address).text
    assert "Vastatkaa nyt." not in client.get(f"/ideas/{number}").text
    assert desk.get("/answers/dates").status_code == 403


@pytest.mark.parametrize(
    ("chosen", "promised"),
    [
        (date(2026, 11, 21), date(2026, 11, 23)),
        (date(2026, 11, 22), date(2026, 11, 23)),
        (date(2026, 12, 24), date(2026, 12, 28)),
        (date(2026, 12, 2), date(2026, 12, 7)),
    ],
)
def test_a_day_off_becomes_the_next_working_day(
    writing: Unit, chosen: date, promised: date
) -> None:
    with writing(), clock.frozen_at(WHEN):
        add_closed(
            System("test"),
            ClosedDraft(date(2026, 12, 1), date(2026, 12, 4), dict.fromkeys(LANGUAGES, "Muutto")),
            snapshot().version,
        )
        row, who = routed(), lead()
        seen = last_entry(row.id)
        made = move(who, row, chosen)
        assert made
        assert made.moved_to == row.first_answer_by == promised
        draft = PostponementDraft("first_answer", chosen, WHY)
        assert postpone(who, row, draft, seen=seen) is None  # the button, twice


def test_the_page_says_which_day_a_day_off_became(app: Flask, writing: Unit) -> None:
    with writing():
        row, who = routed(), lead()
        number, seen, by = row.id, str(last_entry(row.id)), row.decision_by
    assert by
    desk = sign_in(app, app.test_client(), who)
    saturday = by + timedelta(days=7 + (5 - by.weekday()) % 7)
    day = saturday.strftime("%d.%m.%Y")
    data = {"promise": "decision", "to": day, "reason": WHY, "seen": seen}
    address = f"/ideas/{number}/postpone?lang=en"
    told = desk.post(address, data=data, follow_redirects=True).text
    assert "You chose a day off, so the new date is the next working day, Mon " in told
