"""What can happen with supports."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VoteCast:
    """Somebody began to support an idea."""

    idea_id: int
    person_id: int
