"""What can happen at the desk."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DecisionMade:
    """A moderator decided; until the decision's `until` it can be undone."""

    decision_id: int
    idea_id: int


@dataclass(frozen=True, slots=True)
class DecisionUndone:
    """A decision was undone: what waited for its end does not leave the house."""

    decision_id: int
    idea_id: int
