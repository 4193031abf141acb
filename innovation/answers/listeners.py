"""What follows from decisions and from time: the maker of an initiative is told; figures."""

from datetime import timedelta

from innovation.answers import figures
from innovation.answers.statutory import begin_initiative, forget_initiative
from innovation.core.events import on
from innovation.core.jobs import every
from innovation.moderation.events import DecisionMade, DecisionUndone


@on(DecisionMade)
def initiative_begins(event: DecisionMade) -> None:
    """An idea may have been passed on as an initiative, whose maker is told within a month."""
    begin_initiative(event.decision_id)


@on(DecisionUndone)
def initiative_is_gone(event: DecisionUndone) -> None:
    """What was undone was no initiative."""
    forget_initiative(event.decision_id)


@every(timedelta(minutes=10))
def count_promises() -> None:
    """Count how the promises are kept, for all pages that tell it."""
    figures.keep_figures()
