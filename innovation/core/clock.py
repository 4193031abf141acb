"""The one place that knows what time it is, and which days are working days.

Deadlines follow the act 150/1930 (2, 3 and 5 §): the day of sending is not counted, and a last day
on a Saturday, a Sunday, a church holiday, Independence Day, May Day, Christmas Eve or Midsummer Eve
moves to the next working day.
"""

from calendar import monthrange
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)
_DAY = timedelta(days=1)
# Times in which nothing is counted: their first and last days.
Periods = Collection[tuple[date, date]]
_zone = ZoneInfo("Europe/Helsinki")


def now() -> datetime:
    """Give the present moment in UTC, or the one that `frozen_at` has set."""
    return _frozen.get() or datetime.now(UTC)


@contextmanager
def frozen_at(moment: datetime) -> Iterator[datetime]:
    """Let `now()` stand still at an aware moment, in this context only; may be nested."""
    fixed = _aware(moment).astimezone(UTC)
    token = _frozen.set(fixed)
    try:
        yield fixed
    finally:
        _frozen.reset(token)


def local(moment: datetime, zone: ZoneInfo | str) -> datetime:
    """Give an aware moment as clocks in a zone such as "Europe/Helsinki" show it."""
    return _aware(moment).astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)


def use_zone(zone: ZoneInfo) -> None:
    """Say in which zone this installation counts its days; the factory does it once."""
    global _zone
    _zone = zone


def local_date(moment: datetime) -> date:
    """Give the day that an aware moment belongs to where the installation is."""
    return local(moment, _zone).date()


def day_begins(day: date) -> datetime:
    """Give the moment in UTC at which a day begins where the installation is."""
    return datetime.combine(day, time(), _zone).astimezone(UTC)


def today() -> date:
    """Give today's date where the installation is."""
    return local_date(now())


def is_working_day(day: date) -> bool:
    """Tell whether Finnish offices work on this local day: no weekend, holiday or eve."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def working_days_after(start: date, days: int, closed: Periods = ()) -> date:
    """Give the working day that is the `days`th after `start`; the day of sending is not counted.

    With no days to count it is `start`, or the first working day after it. closed: first and last
    days of times in which no day is counted.
    """
    day = start if days > 0 else _working_day_from(start, closed)
    for _ in range(days):
        day = _working_day_from(day + _DAY, closed)
    return day


def deadline_after(start: date, days: int, closed: Periods = ()) -> date:
    """Give the last day of a time of calendar days; the day of sending is not counted.

    closed: as for `working_days_after`.
    """
    day = start
    for _ in range(days):
        day = _open_day_from(day + _DAY, closed)
    return _working_day_from(day, closed)


def deadline_in_months(start: date, months: int) -> date:
    """Give the last day of a time of months: the day of the same number, else the month's last.

    No time that the law sets stands while an office is closed, so there are no closed periods.
    """
    month = start.year * 12 + start.month - 1 + months
    year, month = month // 12, month % 12 + 1
    day = min(start.day, monthrange(year, month)[1])
    return _working_day_from(date(year, month, day))


def _open_day_from(day: date, closed: Periods) -> date:
    for first, last in sorted(closed):
        if first <= day <= last:
            day = last + _DAY
    return day


def _working_day_from(day: date, closed: Periods = ()) -> date:
    day = _open_day_from(day, closed)
    while not is_working_day(day):
        day = _open_day_from(day + _DAY, closed)
    return day


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    # The library's own object fills itself while it is asked, perhaps by several threads at once.
    # Midsummer Eve and Christmas Eve are in its list for Finland.
    return frozenset(holidays.country_holidays("FI", years=year))


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment
