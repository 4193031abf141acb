"""What happens next to an idea and by when: the promise that every reader sees."""

from dataclasses import dataclass
from datetime import date, datetime

from innovation.core import clock
from innovation.ideas.lifecycle import FINISHED, Handling, Visibility
from innovation.ideas.promises import later, standing
from innovation.programme.promises import looked_at_by

# What is promised by the date of the next step, in each state that has its own words for it.
_PROMISED: dict[str, str] = {
    Handling.IN_EXPERIMENT: "trial",
    Handling.ON_HOLD: "reopened",
}
# It has not been decided yet where an idea in these states goes.
UNDECIDED = frozenset({Handling.NEW, Handling.ROUTED, Handling.UNDER_EVALUATION})


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
    asked_at: datetime | None,
    next_step_on: date | None,
    first_answer_by: date | None,
    decision_by: date | None,
    decided_at: datetime | None,
) -> NextStep | None:
    """Give what is promised first of an idea, or None when nothing is promised any more.

    A later date never hides an earlier one that is open: a step does not put a decision off.
    """
    if visibility == Visibility.WAITING:
        if published_at is not None or handling in FINISHED:
            return None  # it has been read once; the promise is about newcomers
        return _promise("looked_at", looked_at_by(clock.local_date(created_at)))
    if visibility not in {Visibility.PUBLIC, Visibility.STAFF_ONLY} or handling in FINISHED:
        return None
    found = []
    if answered_at is None and first_answer_by is not None:
        found.append(_promise("first_answer", first_answer_by, asked_at))
    if decided_at is None and decision_by is not None and handling in UNDECIDED:
        found.append(_promise("decision", decision_by, asked_at))
    if next_step_on is not None:
        found.append(_promise(_PROMISED.get(handling, "step"), next_step_on))
    return min(found, key=lambda one: one.on, default=None)


def _promise(what: str, on: date, asked_at: datetime | None = None) -> NextStep:
    """Give the promise; while its author is asked, the clock stands unless it was late before."""
    if asked_at is not None and clock.local_date(asked_at) <= on:
        on = later(on, standing(asked_at))
    return NextStep(what, on, max(0, (clock.today() - on).days))
