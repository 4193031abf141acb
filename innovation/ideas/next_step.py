"""What happens next to an idea and by when: the promise that every reader sees."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from innovation.core import clock
from innovation.ideas.lifecycle import FINISHED, Handling, Visibility

# What is promised by the date of the next step, in each state that has its own words for it.
_PROMISED: dict[str, str] = {
    Handling.IN_EXPERIMENT: "trial",
    Handling.UNDER_EVALUATION: "decision",
    Handling.ON_HOLD: "reopened",
}


@dataclass(frozen=True, slots=True)
class NextStep:
    """A promise and its date. what: looked_at, first_answer, trial, decision, reopened or step.

    late: by how many days the promise has been broken, 0 while it holds.
    """

    what: str
    on: date
    late: int = 0


def next_step(
    *,
    visibility: str,
    handling: str,
    created_at: datetime,
    published_at: datetime | None,
    answered_at: datetime | None,
    next_step_on: date | None,
    promises: Mapping[str, Any],
) -> NextStep | None:
    """Give the next step of an idea, or None when nothing is promised any more.

    promises: those of the programme, in days.
    """
    if visibility == Visibility.WAITING:
        if published_at is not None or handling in FINISHED:
            return None  # it has been read once; the promise is about newcomers
        start = clock.local_date(created_at)
        return _promise(
            "looked_at", clock.working_days_after(start, int(promises["looked_at_working_days"]))
        )
    if visibility not in {Visibility.PUBLIC, Visibility.STAFF_ONLY} or handling in FINISHED:
        return None
    if next_step_on is not None:
        return _promise(_PROMISED.get(handling, "step"), next_step_on)
    if answered_at is None and published_at is not None:
        start = clock.local_date(published_at)
        days = int(promises["first_answer_days"])
        return _promise("first_answer", clock.deadline_after(start, days))
    return None


def _promise(what: str, on: date) -> NextStep:
    return NextStep(what, on, max(0, (clock.today() - on).days))
