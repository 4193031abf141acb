"""Clocks that are put on and back, and a machine in another zone: every day stays the one it is.

Whatever happens once a day is walked through the two nights ten minutes by ten minutes; the same
with a served installation and a clock that is really set does bench/faults/times.py.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from innovation.backups import listeners as backups
from innovation.backups.packing import STAMP
from innovation.core import clock
from innovation.core.config import Settings
from innovation.notifications.choices import Choice
from innovation.privacy.listeners import is_due as forgetting_is_due
from innovation.routing import learning

pytestmark = pytest.mark.once

ZONE = ZoneInfo("Europe/Helsinki")
SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)
CHANGES = pytest.mark.parametrize("sunday", [SPRING, AUTUMN])
STEP, DAY = timedelta(minutes=10), timedelta(days=1)


@pytest.fixture(params=["UTC", "America/New_York", "Pacific/Kiritimati"])
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A machine that keeps the time of another zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def walk(sunday: date) -> Iterator[datetime]:
    """Give the moments from Saturday's noon to Tuesday's, ten minutes apart as clocks run."""
    moment = datetime(sunday.year, sunday.month, sunday.day, 12, tzinfo=ZONE) - DAY
    moment = moment.astimezone(UTC)
    for _ in range(3 * 24 * 6):
        yield moment
        moment += STEP


def by_day(moments: list[datetime]) -> Counter[date]:
    return Counter(clock.local_date(one) for one in moments)


@pytest.mark.parametrize(
    ("day", "begins", "hours"),
    [
        (SPRING - DAY, 22, 24),
        (SPRING, 22, 23),
        (SPRING + DAY, 21, 24),
        (AUTUMN, 21, 25),
        (AUTUMN + DAY, 22, 24),
    ],
)
def test_a_day_is_as_long_as_it_is(machine: str, day: date, begins: int, hours: int) -> None:
    first, next_one = clock.day_begins(day), clock.day_begins(day + DAY)
    assert first.hour == begins
    assert next_one - first == timedelta(hours=hours)
    assert clock.local_date(first) == day
    assert clock.local_date(next_one - timedelta(microseconds=1)) == day


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 12, 31, 21, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 22, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2027, 2, 28, 22, tzinfo=UTC), date(2027, 3, 1)),
        (datetime(2027, 3, 31, 20, 59, tzinfo=UTC), date(2027, 3, 31)),
        (datetime(2027, 3, 31, 21, tzinfo=UTC), date(2027, 4, 1)),
        (datetime(2026, 10, 31, 21, 59, tzinfo=UTC), date(2026, 10, 31)),
    ],
)
def test_months_and_years_turn_at_local_midnight(machine: str, moment: datetime, day: date) -> None:
    with clock.frozen_at(moment):
        assert clock.today() == day


@CHANGES
def test_a_deadline_counts_days_and_not_hours(machine: str, sunday: date) -> None:
    for late in (clock.day_begins(sunday + DAY) - STEP, clock.day_begins(sunday) + STEP):
        assert clock.local_date(late) == sunday
        assert clock.deadline_after(clock.local_date(late), 14) >= sunday + 14 * DAY
    friday = sunday - 2 * DAY
    # Easter Monday is the day after the spring night of 2027.
    looked_at = date(2027, 4, 1) if sunday == SPRING else date(2026, 10, 28)
    assert clock.working_days_after(friday, 3) == looked_at


@pytest.mark.parametrize("at", ["03:30", "03:00", "02:59", "04:00", "00:00", "23:50"])
@CHANGES
def test_the_copy_is_made_once_a_day(machine: str, sunday: date, at: str, tmp_path: Path) -> None:
    settings = replace(Settings.from_environment({}), backup_at=at)
    made = []
    for moment in walk(sunday):
        if backups.is_due(settings, tmp_path, moment):
            made.append(moment)
            (tmp_path / f"innovation-{moment.strftime(STAMP)}.tar.gz").touch()
    # The first is made at once, since there is none.
    counted = by_day(made[1:])
    first = sunday - DAY if at == "23:50" else sunday
    assert counted == Counter([first, first + DAY, first + 2 * DAY])


@CHANGES
def test_a_night_is_forgotten_in_once(app: Flask, machine: str, sunday: date) -> None:
    runs = [clock.day_begins(sunday - DAY) + timedelta(hours=2)]
    with app.app_context():
        for moment in walk(sunday):
            if forgetting_is_due(runs[-1], moment):
                runs.append(moment)
    assert by_day(runs[1:]) == Counter([sunday, sunday + DAY, sunday + 2 * DAY])
    assert {clock.local(one, ZONE).hour for one in runs[1:]} == {1}


@CHANGES
def test_the_worker_learns_once_a_night(
    machine: str, sunday: date, tmp_path: Path, utime: Callable[[Path, datetime], None]
) -> None:
    model = tmp_path / learning.NAME
    model.touch()
    utime(model, clock.day_begins(sunday - DAY) + timedelta(hours=1))
    learnt = []
    for moment in walk(sunday):
        with clock.frozen_at(moment):
            if learning.is_due(tmp_path, damaged=False):
                learnt.append(moment)
                utime(model, moment)
    assert by_day(learnt) == Counter([sunday, sunday + DAY, sunday + 2 * DAY])


@pytest.fixture
def utime() -> Callable[[Path, datetime], None]:
    """Sets when a file was written last."""
    return lambda path, at: os.utime(path, (at.timestamp(), at.timestamp()))


@CHANGES
def test_quiet_hours_end_by_the_clock_on_the_wall(machine: str, sunday: date) -> None:
    for moment in walk(sunday):
        ends = Choice().quiet_ends(moment, ZONE)
        quiet = not 7 <= clock.local(moment, ZONE).hour < 21
        assert (ends is not None) == quiet
        if ends is not None:
            assert clock.local(ends, ZONE).hour == 7
            assert timedelta() < ends - moment <= timedelta(hours=11)
