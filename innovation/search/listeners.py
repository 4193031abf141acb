"""Writes an index job with every change that readers may find, and has the worker do it."""

from datetime import timedelta

from flask import current_app

from innovation.core.events import on
from innovation.core.jobs import Due, every, job
from innovation.ideas.events import IdeaChanged
from innovation.search import upkeep
from innovation.search.engine import Engine, engine_for

BATCH = 200


@on(IdeaChanged)
def index_idea(event: IdeaChanged) -> None:
    """The job lives or dies with its cause."""
    upkeep.ask_for([event.idea_id])


@job(upkeep.KIND, batch=BATCH)
def put_into_index(due: list[Due]) -> None:
    """Bring the ideas in the index up to date."""
    upkeep.drain(_engine(), due)


@every(timedelta(seconds=10))
def heal_index() -> None:
    """Make a missing, damaged or outdated index anew while the old one serves."""
    upkeep.heal(_engine())


@every(timedelta(minutes=10))
def compare_index() -> None:
    """Find ideas that the index has missed."""
    upkeep.compare(_engine())


def _engine() -> Engine:
    return engine_for(current_app.extensions["settings"])
