"""The register of matters whose time the law sets: the day of each, moving it, being done."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select

from innovation.answers import statutory
from innovation.answers.models import StatutoryClock
from innovation.answers.registers import KINDS, done_matters, open_matters
from innovation.answers.statutory import MatterDraft, enter
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, ForbiddenError, NotFoundError, RuleBrokenError
from innovation.core.permissions import System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.queries import visible_idea
from innovation.messages.actions import reply
from innovation.moderation.asking import ask_author
from innovation.moderation.models import Decision
from innovation.moderation.passing import pass_on, pass_on_as_initiative
from innovation.moderation.undo import undo_decision
from innovation.programme.actions import touch
from innovation.programme.models import Programme
from tests.conftest import Unit
from tests.real.counting import questions
from tests.real.ideas import idea
from tests.real.people import person, signed_in

SYSTEM = System("test")
WHEN = datetime(2026, 12, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 12, 23)


@pytest.mark.parametrize(
    ("kind", "arrived", "due"),
    [
        ("initiative", date(2026, 11, 20), date(2026, 12, 21)),  # the twentieth is a Sunday
        ("initiative", date(2026, 11, 24), date(2026, 12, 28)),  # Christmas Eve, a Thursday
        ("initiative", date(2026, 11, 6), date(2026, 12, 7)),  # Independence Day, a Sunday
        ("initiative", date(2026, 4, 1), date(2026, 5, 4)),  # May Day, a Friday
        ("initiative", date(2026, 5, 19), date(2026, 6, 22)),  # Midsummer Eve
        ("initiative", date(2027, 1, 31), date(2027, 3, 1)),  # the 28th is a Sunday
        ("initiative", date(2028, 1, 31), date(2028, 2, 29)),  # a leap day
        ("initiative", date(2028, 2, 29), date(2028, 3, 29)),
        ("initiative", date(2026, 12, 31), date(2027, 2, 1)),  # over the year, onto a Sunday
        ("accessibility", date(2026, 12, 10), date(2026, 12, 28)),
        ("accessibility", date(2026, 10, 17), date(2026, 11, 2)),  # All Saints' Day
        ("accessibility", date(2026, 10, 20), date(2026, 11, 3)),  # clocks go back between
        ("data_request", date(2026, 10, 31), date(2026, 11, 30)),
        ("data_request", date(2026, 8, 31), date(2026, 9, 30)),
        ("document_request", date(2026, 12, 23), date(2027, 1, 7)),  # Epiphany
        ("document_request", date(2026, 3, 20), date(2026, 4, 7)),  # Good Friday to Easter Monday
    ],
)
def test_the_law_sets_the_day(kind: str, arrived: date, due: date) -> None:
    assert KINDS[kind].due(arrived) == due


def test_only_requests_can_be_moved_and_only_so_far() -> None:
    arrived = date(2026, 12, 23)
    far = {name: kind.longest(arrived) if kind.longest else None for name, kind in KINDS.items()}
    assert far == {
        "initiative": None,
        "accessibility": None,
        "data_request": date(2027, 3, 23),
        "document_request": date(2027, 1, 25),
    }


def draft(
    kind: str = "document_request", on: date | None = TODAY, about: str = "Kokeilun raportti"
) -> MatterDraft:
    return MatterDraft(kind, on, about)


def test_no_closed_time_of_the_programme_moves_the_day(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        programme = db.session.get_one(Programme, 1)
        programme.closed_periods = [{"first": "2026-12-21", "last": "2027-01-31", "names": {}}]
        touch()
        assert enter(SYSTEM, draft()).due_on == date(2027, 1, 7)


def test_a_matter_is_entered_once_and_due_first_is_at_the_top(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        for _twice in range(2):
            enter(SYSTEM, draft())
        enter(SYSTEM, draft("data_request", about="Omat tiedot"))
        enter(SYSTEM, draft("accessibility", date(2026, 12, 1), "Lomake ja ruudunlukija"))
        found = open_matters(SYSTEM)
        assert [(one.kind, one.late) for one in found] == [
            ("accessibility", 8),
            ("document_request", 0),
            ("data_request", 0),
        ]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (draft("complaint"), "kind"),
        (draft(on=None), "arrived_on"),
        (draft(on=date(2026, 12, 24)), "arrived_on"),
        (draft(on=date(2020, 1, 1)), "arrived_on"),
        (draft(about=""), "about"),
        (draft(about="x" * 161), "about"),
        (draft(about="Hetu 131052-308T"), "about"),
        (draft(about="Soita 040 123 4567"), "about"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(writing: Unit, given: MatterDraft, field: str) -> None:
    with writing(), clock.frozen_at(WHEN):
        with pytest.raises(RuleBrokenError) as broken:
            enter(SYSTEM, given)
        assert broken.value.field == field


def test_a_mark_of_the_text_check_can_be_answered_but_no_code_passes(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        sure = MatterDraft("accessibility", TODAY, "Soita 040 123 4567", sure=True)
        assert enter(SYSTEM, sure).id
        with pytest.raises(RuleBrokenError):
            enter(SYSTEM, MatterDraft("accessibility", TODAY, "Hetu 131052-308T", sure=True))


def test_a_day_is_moved_once_with_a_reason_and_in_time(writing: Unit) -> None:
    with writing():
        with clock.frozen_at(WHEN):
            row = enter(SYSTEM, draft())
            for to, reason, field in (
                (None, "Syy", "to"),
                (date(2027, 1, 7), "Syy", "to"),
                (date(2027, 1, 26), "Syy", "to"),
                (date(2027, 1, 25), "", "reason"),
                (date(2027, 1, 25), "Hetu 131052-308T", "reason"),
            ):
                with pytest.raises(RuleBrokenError) as broken:
                    statutory.move(SYSTEM, row.id, to, reason)
                assert broken.value.field == field
            for _twice in range(2):
                statutory.move(SYSTEM, row.id, date(2027, 1, 25), "Paljon asiakirjoja")
            (matter,) = open_matters(SYSTEM)
            assert (matter.due_on, matter.first_due) == (date(2027, 1, 25), date(2027, 1, 7))
            with pytest.raises(ConflictError):
                statutory.move(SYSTEM, row.id, date(2027, 1, 22), "Toinen syy")
            initiative = enter(SYSTEM, draft("initiative"))
            with pytest.raises(ConflictError):
                statutory.move(SYSTEM, initiative.id, date(2027, 2, 10), "Syy")
            late = enter(SYSTEM, draft("data_request", about="Omat tiedot"))
        with clock.frozen_at(WHEN + timedelta(days=40)), pytest.raises(ConflictError):
            statutory.move(SYSTEM, late.id, date(2027, 3, 1), "Syy")


def test_done_can_be_taken_back(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        row = enter(SYSTEM, draft())
        for _twice in range(2):
            statutory.finish(SYSTEM, row.id)
        assert open_matters(SYSTEM) == []
        assert [one.done_on for one in done_matters(SYSTEM, 1).items] == [TODAY]
        statutory.reopen(SYSTEM, row.id)
        assert [one.due_on for one in open_matters(SYSTEM)] == [date(2027, 1, 7)]
        with pytest.raises(NotFoundError):
            statutory.finish(SYSTEM, 999_999)


def test_only_those_who_keep_it_see_the_register(writing: Unit) -> None:
    with writing():
        for stranger in (person(), person("staff"), person(leads=(1,))):
            for act in (
                lambda who=stranger: open_matters(who),
                lambda who=stranger: enter(who, draft()),
                lambda who=stranger: statutory.finish(who, 1),
            ):
                with pytest.raises(ForbiddenError):
                    act()
        for keeper in (person("moderator"), person("coordinator"), person("administrator")):
            assert open_matters(keeper) == []


def test_an_idea_passed_on_as_an_initiative_begins_its_month(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        author = person()
        row = visible_idea(SYSTEM, idea(author, visibility=Visibility.PUBLIC))
        ask_author(SYSTEM, row, "Saako tästä tehdä aloitteen?", consent=True)
        reply(author, row, "", agrees=True)
        pass_on_as_initiative(SYSTEM, row, "Asia kuuluu aluevaltuustolle.")
        (matter,) = open_matters(SYSTEM)
        assert (matter.kind, matter.idea_id, matter.about) == (
            "initiative",
            row.id,
            row.reference,
        )
        assert (matter.arrived_on, matter.due_on) == (TODAY, date(2027, 1, 25))
        decisions = select(Decision).where(Decision.kind == "pass_on")
        undo_decision(SYSTEM, db.session.scalars(decisions).one())
        assert db.session.scalar(select(StatutoryClock.id)) is None


def test_an_idea_passed_on_elsewhere_begins_nothing(writing: Unit) -> None:
    with writing():
        row = visible_idea(SYSTEM, idea())
        pass_on(SYSTEM, row, "Kunta", "Asia on kunnan.")
        assert open_matters(SYSTEM) == []


def test_the_pages_enter_warn_move_and_finish(
    app: Flask, client: FlaskClient, writing: Unit, database: Connection
) -> None:
    desk, _who = signed_in(app, "coordinator")
    address = "/answers/statutory"
    today = clock.today().strftime("%d.%m.%Y")
    sent = {"kind": "document_request", "arrived_on": today, "about": "Soita 040 123 4567"}
    warned = desk.post(address, data=sent)
    assert warned.status_code == 422
    assert 'name="sure"' in warned.text
    assert "040 123 4567" in warned.text
    assert desk.post(address, data=sent | {"about": "Kokeilun raportti"}).status_code == 303
    with writing():
        row = db.session.scalars(select(StatutoryClock)).one()
        number, due = row.id, row.due_on
    assert desk.post(f"{address}/{number}/move", data={"to": "huomenna"}).status_code == 422
    to = clock.deadline_after(due, 1).strftime("%d.%m.%Y")
    moved = desk.post(f"{address}/{number}/move", data={"to": to, "reason": "Paljon papereita"})
    assert moved.status_code == 303
    assert "Paljon papereita" in desk.get(address).text
    assert desk.post(f"{address}/{number}/done").status_code == 303
    assert desk.get(f"{address}/{number}/move").status_code == 404
    assert desk.post(f"{address}/{number}/reopen").status_code == 303
    counts = []
    for more in (1, 15):
        with writing():
            for place in range(more):
                enter(SYSTEM, draft("initiative", clock.today(), f"Aloite {more} {place}"))
        counts.append(questions(database, lambda: desk.get(address)))
    assert counts[0] == counts[1]
    assert client.get(address).status_code == 303
