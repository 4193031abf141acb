"""Keeps the counts beside lists fresh when an idea changes."""

from innovation.core.events import on
from innovation.ideas import reckoning
from innovation.ideas.events import IdeaChanged, IdeaSubmitted


@on(IdeaChanged)
def forget_counts(_event: IdeaChanged) -> None:
    """An idea may have come into a list, left it, or moved to another group."""
    reckoning.mark_lists()


@on(IdeaSubmitted)
def forget_counts_of_newcomer(_event: IdeaSubmitted) -> None:
    """An idea that is public at once is a newcomer in the lists."""
    reckoning.mark_lists()
