"""Time stands still when told to, and deadlines step over weekends, holidays and eves."""

import threading
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovation.core import clock

pytestmark = pytest.mark.once


NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))


def test_now_is_aware_and_runs() -> None:
    first = clock.now()
    assert first.utcoffset() == timedelta(0)
    assert clock.now() >= first


def test_time_stands_still_inside_only_and_may_be_nested() -> None:
    with clock.frozen_at(NOON) as moment:
        assert clock.now() == moment == NOON
        with clock.frozen_at(NOON + timedelta(days=1)):
            assert clock.now() == NOON + timedelta(days=1)
        assert clock.now() == NOON
    assert clock.now() != NOON


def test_a_frozen_moment_is_given_in_utc() -> None:
    with clock.frozen_at(datetime(2026, 11, 20, 14, tzinfo=timezone(timedelta(hours=2)))):
        assert clock.now() == NOON
        assert clock.now().tzinfo is UTC


def test_another_thread_keeps_its_own_time() -> None:
    seen: list[datetime] = []
    with clock.frozen_at(NOON):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert seen != [NOON]


def test_time_runs_again_after_an_error() -> None:
    with pytest.raises(KeyError), clock.frozen_at(NOON):
        raise KeyError
    assert clock.now() != NOON


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 11, 20, 12)
    with pytest.raises(ValueError, match="time zone"):
        clock.local(naive, "Europe/Helsinki")
    with pytest.raises(ValueError, match="time zone"), clock.frozen_at(naive):
        pass


@pytest.mark.parametrize(
    ("moment", "hour"),
    [(datetime(2026, 1, 15, 12, tzinfo=UTC), 14), (datetime(2026, 7, 15, 12, tzinfo=UTC), 15)],
)
def test_local_time_knows_summer_and_winter(moment: datetime, hour: int) -> None:
    assert clock.local(moment, "Europe/Helsinki").hour == hour
    assert clock.local(moment, ZoneInfo("Europe/Helsinki")).hour == hour


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 1, 6),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 14),
        date(2026, 6, 19),
        date(2024, 12, 6),
        date(2026, 12, 24),
        date(2026, 12, 25),
        date(2026, 11, 21),
        date(2026, 11, 22),
    ],
)
def test_nobody_works_on(day: date) -> None:
    assert not clock.is_working_day(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 4, 2),
        date(2026, 4, 30),
        date(2026, 6, 18),
        date(2026, 11, 20),
        date(2026, 12, 23),
        date(2026, 12, 28),
        date(2026, 12, 31),
    ],
)
def test_people_work_on(day: date) -> None:
    assert clock.is_working_day(day)


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        (date(2026, 11, 16), 3, date(2026, 11, 19)),
        (date(2026, 11, 20), 3, date(2026, 11, 25)),
        (date(2026, 11, 21), 3, date(2026, 11, 25)),
        (date(2026, 12, 22), 3, date(2026, 12, 29)),
        (date(2026, 12, 30), 3, date(2027, 1, 5)),
        (date(2027, 1, 4), 2, date(2027, 1, 7)),
        (date(2026, 4, 1), 3, date(2026, 4, 8)),
        (date(2026, 6, 17), 2, date(2026, 6, 22)),
        (date(2026, 4, 29), 2, date(2026, 5, 4)),
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
        (date(2026, 11, 21), 0, date(2026, 11, 23)),
    ],
)
def test_working_days_are_counted(start: date, days: int, expected: date) -> None:
    assert clock.working_days_after(start, days) == expected


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        (date(2026, 11, 16), 14, date(2026, 11, 30)),
        (date(2026, 11, 21), 14, date(2026, 12, 7)),
        (date(2026, 12, 10), 14, date(2026, 12, 28)),
        (date(2026, 12, 18), 14, date(2027, 1, 4)),
        (date(2026, 3, 20), 14, date(2026, 4, 7)),
        (date(2026, 6, 5), 14, date(2026, 6, 22)),
        (date(2026, 4, 17), 14, date(2026, 5, 4)),
        (date(2026, 10, 17), 14, date(2026, 11, 2)),
        (date(2026, 9, 22), 90, date(2026, 12, 21)),
        (date(2024, 11, 22), 14, date(2024, 12, 9)),
    ],
)
def test_a_last_day_moves_to_the_next_working_day(start: date, days: int, expected: date) -> None:
    assert clock.deadline_after(start, days) == expected


@given(DAYS, st.integers(0, 120))
def test_a_deadline_is_a_working_day_and_never_early(start: date, days: int) -> None:
    last = clock.deadline_after(start, days)
    assert clock.is_working_day(last)
    # Christmas is the longest break: never more than five days in a row are free.
    assert timedelta(days=days) <= last - start <= timedelta(days=days + 5)


@given(DAYS, st.integers(1, 40))
def test_exactly_so_many_working_days_lie_between(start: date, days: int) -> None:
    last = clock.working_days_after(start, days)
    between = [start + timedelta(days=n) for n in range(1, (last - start).days + 1)]
    assert sum(map(clock.is_working_day, between)) == days
    assert clock.is_working_day(last)


def test_a_day_begins_at_local_midnight() -> None:
    assert clock.day_begins(date(2026, 1, 1)) == datetime(2025, 12, 31, 22, tzinfo=UTC)
    assert clock.day_begins(date(2026, 7, 1)) == datetime(2026, 6, 30, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (date(2026, 10, 31), 1, date(2026, 11, 30)),  # no day of that number: the month's last
        (date(2027, 1, 31), 1, date(2027, 3, 1)),  # the 28th is a Sunday
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 11, 24), 1, date(2026, 12, 28)),  # Christmas Eve
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 11, 30), 3, date(2027, 3, 1)),
        (date(2026, 12, 23), 12, date(2027, 12, 23)),
    ],
)
def test_months_end_on_the_day_of_the_same_number(start: date, months: int, expected: date) -> None:
    assert clock.deadline_in_months(start, months) == expected


@given(DAYS, st.integers(1, 12))
def test_a_time_of_months_ends_on_a_working_day_and_never_early(start: date, months: int) -> None:
    last = clock.deadline_in_months(start, months)
    assert clock.is_working_day(last)
    assert timedelta(days=28 * months) <= last - start <= timedelta(days=31 * months + 5)


def test_no_day_is_counted_in_a_closed_time() -> None:
    closed = [(date(2026, 12, 28), date(2027, 1, 10)), (date(2026, 12, 21), date(2027, 1, 3))]
    assert clock.working_days_after(date(2026, 12, 18), 3, closed) == date(2027, 1, 13)
    assert clock.deadline_after(date(2026, 12, 18), 14, closed) == date(2027, 1, 22)
    # What begins in a closed time is counted from its end.
    assert clock.deadline_after(date(2026, 12, 24), 14, closed) == date(2027, 1, 25)


@given(DAYS, st.integers(0, 60), st.integers(0, 40), st.integers(0, 40))
def test_a_closed_time_only_moves_a_deadline_on(
    start: date, days: int, begins: int, lasts: int
) -> None:
    first = start + timedelta(days=begins)
    closed = [(first, first + timedelta(days=lasts))]
    last = clock.deadline_after(start, days, closed)
    assert clock.deadline_after(start, days) <= last
    assert not first <= last <= closed[0][1]
