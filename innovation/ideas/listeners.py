"""Keeps the counts beside lists fresh when an idea changes."""

from innovation.core.events import on
from innovation.ideas import reckoning
from innovation.ideas.events import IdeaChanged


@on(IdeaChanged)
def forget_counts(event: IdeaChanged) -> None:
    """An idea may have come into a list, left it, or moved to another group."""
    if event.in_lists:
        reckoning.mark_lists()
