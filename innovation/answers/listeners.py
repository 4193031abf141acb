"""What follows from decisions: the month in which the maker of an initiative is told."""

from innovation.answers.statutory import begin_initiative, forget_initiative
from innovation.core.events import on
from innovation.moderation.events import DecisionMade, DecisionUndone


@on(DecisionMade)
def initiative_begins(event: DecisionMade) -> None:
    """An idea may have been passed on as an initiative, whose maker is told within a month."""
    begin_initiative(event.decision_id)


@on(DecisionUndone)
def initiative_is_gone(event: DecisionUndone) -> None:
    """What was undone was no initiative."""
    forget_initiative(event.decision_id)
