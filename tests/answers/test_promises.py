"""The dates promised to ideas: from which moment, over which days, and when their clock stands."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from innovation.answers.actions import give_answer
from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Person, System
from innovation.ideas.journey import promised
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.listing import row_of
from innovation.ideas.models import Authorship, Idea
from innovation.ideas.moves import move_handling, move_visibility
from innovation.ideas.promises import stood
from innovation.ideas.queries import visible_idea
from innovation.ideas.timeline import Kind
from innovation.moderation.actions import merge_idea
from innovation.programme.actions import touch
from innovation.programme.models import Programme
from innovation.programme.queries import snapshot
from innovation.routing.actions import route_idea
from tests.answers.test_answers import given as answer
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person

SYSTEM = System("test")
WHEN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def sent(at: datetime, author: Person | None = None) -> Idea:
    """Give an idea sent at this moment, which waits."""
    with clock.frozen_at(at):
        return visible_idea(SYSTEM, idea(author, visibility=Visibility.WAITING))


def published(at: datetime, author: Person | None = None) -> Idea:
    row = sent(at, author)
    with clock.frozen_at(at):
        move_visibility(SYSTEM, row, Visibility.PUBLIC, Kind.PUBLISHED)
    return row


def promise_on(row: Idea) -> tuple[str, date]:
    step = row_of(row).next_step
    assert step
    return step.what, step.on


def close(*periods: tuple[str, str]) -> None:
    row = db.session.get_one(Programme, 1)
    row.closed_periods = [{"first": one, "last": last, "names": {}} for one, last in periods]
    touch()


@pytest.fixture
def elsewhere() -> Iterator[None]:
    """Count the days of an installation on the Azores, an hour behind UTC in winter."""
    clock.use_zone(ZoneInfo("Atlantic/Azores"))
    yield
    clock.use_zone(ZoneInfo("Europe/Helsinki"))


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 11, 20, 9, 0, tzinfo=UTC), date(2026, 11, 25)),  # a Friday
        (datetime(2026, 11, 16, 21, 30, tzinfo=UTC), date(2026, 11, 19)),  # Monday 23.30
        (datetime(2026, 11, 16, 22, 30, tzinfo=UTC), date(2026, 11, 20)),  # Tuesday 0.30
        (datetime(2026, 7, 6, 20, 30, tzinfo=UTC), date(2026, 7, 9)),  # Monday 23.30 in summer
        (datetime(2026, 7, 6, 21, 30, tzinfo=UTC), date(2026, 7, 10)),  # Tuesday 0.30 in summer
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), date(2026, 4, 1)),  # clocks go forward
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 28)),  # clocks go back
        (datetime(2026, 12, 22, 9, 0, tzinfo=UTC), date(2026, 12, 29)),  # over Christmas
        (datetime(2026, 6, 17, 9, 0, tzinfo=UTC), date(2026, 6, 23)),  # over Midsummer
        (datetime(2028, 2, 28, 9, 0, tzinfo=UTC), date(2028, 3, 2)),  # over a leap day
    ],
)
def test_it_is_looked_at_in_three_working_days(writing: Unit, at: datetime, day: date) -> None:
    with writing():
        assert promise_on(sent(at)) == ("looked_at", day)


@pytest.mark.parametrize(
    ("at", "first", "decision"),
    [
        (WHEN, date(2026, 11, 16), date(2027, 2, 1)),  # the 90th day is a Sunday
        (datetime(2026, 11, 22, 21, 30, tzinfo=UTC), date(2026, 12, 7), date(2027, 2, 22)),
        (datetime(2026, 12, 10, 9, 0, tzinfo=UTC), date(2026, 12, 28), date(2027, 3, 10)),
        (datetime(2026, 4, 17, 9, 0, tzinfo=UTC), date(2026, 5, 4), date(2026, 7, 16)),
        (datetime(2026, 6, 5, 20, 30, tzinfo=UTC), date(2026, 6, 22), date(2026, 9, 3)),
        (datetime(2026, 3, 20, 9, 0, tzinfo=UTC), date(2026, 4, 7), date(2026, 6, 18)),
        (datetime(2026, 10, 17, 9, 0, tzinfo=UTC), date(2026, 11, 2), date(2027, 1, 15)),
        (datetime(2028, 2, 15, 9, 0, tzinfo=UTC), date(2028, 2, 29), date(2028, 5, 15)),
    ],
)
def test_it_is_answered_in_14_days_and_decided_in_90(
    writing: Unit, at: datetime, first: date, decision: date
) -> None:
    with writing():
        row = published(at)
        assert (row.first_answer_by, row.decision_by) == (first, decision)


def test_days_are_those_of_the_installation(writing: Unit, elsewhere: None) -> None:
    with writing():
        late = datetime(2026, 11, 17, 0, 30, tzinfo=UTC)  # there it is still Monday
        assert promise_on(sent(late)) == ("looked_at", date(2026, 11, 19))
        assert published(late).first_answer_by == date(2026, 11, 30)


def test_a_closed_time_is_in_the_dates_that_the_sender_reads(writing: Unit) -> None:
    with writing():
        close(("2026-12-21", "2027-01-03"), ("2026-12-28", "2027-01-10"))
        at = datetime(2026, 12, 18, 9, 0, tzinfo=UTC)
        dates = promised(clock.local_date(at))
        assert (dates.read_by, dates.first_answer_by) == (date(2027, 1, 13), date(2027, 1, 22))
        assert promise_on(sent(at)) == ("looked_at", date(2027, 1, 13))
        assert published(at).first_answer_by == date(2027, 1, 22)
        # What was promised before a closed time was told of stays.
        row = published(WHEN)
        close(("2026-11-01", "2026-12-31"))
        assert promise_on(row) == ("first_answer", date(2026, 11, 16))


def test_nothing_but_an_answer_keeps_the_promise(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        row = published(WHEN)
        route_idea(SYSTEM, row, snapshot().sub_project_by_slug["ikaihmiset"].id, [])
        assert promise_on(row) == ("first_answer", date(2026, 11, 16))
        give_answer(SYSTEM, row, answer(handling="under_evaluation"))
        assert row.answered_at == WHEN
        assert row.decided_at is None


def test_routing_merging_and_taking_up_again_start_nothing_anew(writing: Unit) -> None:
    with writing():
        known = snapshot().sub_project_by_slug
        old, new = published(WHEN), published(WHEN + timedelta(days=8))
        with clock.frozen_at(WHEN + timedelta(days=9)):
            for slug in ("ikaihmiset", "hoitotakuu"):
                route_idea(SYSTEM, new, known[slug].id, [])
            assert new.first_answer_by == date(2026, 11, 24)
            merge_idea(SYSTEM, old, new)
            assert (new.first_answer_by, new.decision_by) == (date(2026, 11, 16), date(2027, 2, 1))
            give_answer(SYSTEM, new, answer(handling="not_going_forward"))
        with clock.frozen_at(WHEN + timedelta(days=40)):
            move_handling(SYSTEM, new, Handling.UNDER_EVALUATION)
            assert row_of(new).next_step is None  # what was decided in time is not promised again
            assert (new.first_answer_by, new.decision_by) == (date(2026, 11, 16), date(2027, 2, 1))


def test_the_clock_stands_for_nobody_who_cannot_be_reached(writing: Unit) -> None:
    with writing():
        row = published(WHEN, person())
        with clock.frozen_at(WHEN + timedelta(days=2)):
            row.asked_at = clock.now()
        db.session.query(Authorship).filter_by(idea_id=row.id).update(
            {"person_id": None, "receipt_id": None}
        )
        with clock.frozen_at(WHEN + timedelta(days=7)):
            stood(row)
        assert row.first_answer_by == date(2026, 11, 16)


def test_what_was_broken_before_the_question_stays_broken(writing: Unit) -> None:
    with writing():
        row = published(WHEN, person())
        with clock.frozen_at(WHEN + timedelta(days=20)):
            row.asked_at = clock.now()
        with clock.frozen_at(WHEN + timedelta(days=25)):
            assert promise_on(row) == ("first_answer", date(2026, 11, 16))
            stood(row)
        assert (row.first_answer_by, row.decision_by) == (date(2026, 11, 16), date(2027, 2, 8))


GAPS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 40)), max_size=5)


def test_asking_never_brings_a_date_nearer_or_moves_it_more_than_the_clock_stood(
    writing: Unit,
) -> None:
    with writing():
        row = published(WHEN, person())
        row.decision_by = None

        @settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
        @given(st.dates(date(2026, 1, 1), date(2029, 12, 31)), GAPS)
        def holds(start: date, gaps: list[tuple[int, int]]) -> None:
            row.asked_at = None
            row.first_answer_by = by = clock.deadline_after(start, 14)
            at = clock.day_begins(start) + timedelta(hours=12)
            for until_asked, asked in gaps:
                at += timedelta(days=until_asked)
                row.asked_at, on_time = at, clock.local_date(at) <= by
                at += timedelta(days=asked)
                with clock.frozen_at(at):
                    shown = promise_on(row)[1]
                    stood(row)
                row.asked_at = None
                assert row.first_answer_by is not None
                counted = min(14, asked) if on_time else 0
                assert shown == row.first_answer_by
                assert by <= row.first_answer_by <= clock.deadline_after(by, counted)
                assert (row.first_answer_by == by) == (counted == 0)
                by = row.first_answer_by

        holds()
