"""What stands where in a population: which ideas are popular, old, answered, and talked about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from innovation.ideas.lifecycle import Capacity, Handling
from innovation.programme.queries import snapshot

Rows = Iterator[Mapping[str, Any]]

# What becomes of ideas, roughly, as a hundred of them. The new ones belong nowhere yet.
_BECAME = (
    [Handling.NEW] * 5
    + [Handling.ROUTED] * 45
    + [Handling.UNDER_EVALUATION] * 15
    + [Handling.GOING_FORWARD] * 10
    + [Handling.IN_USE] * 10
    + [Handling.NOT_GOING_FORWARD] * 10
    + [Handling.ON_HOLD] * 5
)
UNANSWERED = (Handling.NEW, Handling.ROUTED)
ROLES = [str(one) for one in Capacity if one is not Capacity.EXPERT]
# Nobody votes, and nothing is answered, later than this before now.
_LATEST = timedelta(minutes=1)


@dataclass(frozen=True)
class Plan:
    """What stands where: ideas 1 to `ideas` are public, those after them wait.

    published: of the public ones, the first first. supports, comments: by the idea's number, 0
    where it is missing. seats: so many of the first people wrote the idea of their own number.
    """

    ideas: int
    waiting: int
    people: int
    seats: int
    now: datetime
    published: Sequence[datetime]
    supports: Mapping[int, int]
    comments: Mapping[int, int]

    @property
    def numbers(self) -> range:
        """Every idea that everybody sees."""
        return range(1, self.ideas + 1)

    @property
    def those_waiting(self) -> range:
        """Every idea that waits."""
        return range(self.ideas + 1, self.ideas + self.waiting + 1)

    def handling(self, number: int) -> Handling:
        """Give what became of an idea."""
        return _BECAME[(number * 37) % len(_BECAME)]

    def sub_project(self, number: int) -> int | None:
        """Give where an idea belongs."""
        places = snapshot().sub_projects
        return None if self.handling(number) is Handling.NEW else places[number % len(places)].id

    def since(self, number: int, part: float) -> datetime:
        """Give a moment between an idea's publication (0.0) and now (1.0)."""
        begun = self.published[number - 1]
        return begun + (self.now - _LATEST - begun) * part
