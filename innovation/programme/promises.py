"""The dates that the programme promises: by when something is looked at, answered, decided."""

from datetime import date

from innovation.core import clock
from innovation.programme.queries import snapshot


def closed_periods() -> list[tuple[date, date]]:
    """Give the first and last days of the times in which nothing is answered."""
    return [
        (date.fromisoformat(one["first"]), date.fromisoformat(one["last"]))
        for one in snapshot().closed_periods
    ]


def looked_at_by(start: date) -> date:
    """Give the day by which a moderator looks at what arrived on this day."""
    days = int(snapshot().promises["looked_at_working_days"])
    return clock.working_days_after(start, days, closed_periods())


def first_answer_by(start: date) -> date:
    """Give the day by which an idea published on this day has its first answer."""
    return _by(start, "first_answer_days")


def decision_by(start: date) -> date:
    """Give the day by which it is decided where an idea published on this day goes."""
    return _by(start, "decision_days")


def _by(start: date, promise: str) -> date:
    return clock.deadline_after(start, int(snapshot().promises[promise]), closed_periods())
