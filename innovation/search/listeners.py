"""Writes an index job with every change that readers may find, and has the worker do it."""

from datetime import timedelta

from flask import current_app

from innovation.core import transaction
from innovation.core.events import on
from innovation.core.jobs import Due, every, job
from innovation.core.permissions import System
from innovation.ideas.events import IdeaChanged, IdeaRedacted
from innovation.search import actions, concepts, upkeep
from innovation.search.engine import Engine
from innovation.search.engines import engine_for, forms_file
from innovation.search.works import known_works

BATCH = 200


@on(IdeaChanged)
def index_idea(event: IdeaChanged) -> None:
    """The job that changes the index lives or dies with its cause."""
    upkeep.ask_for([event.idea_id])


@on(IdeaRedacted)
def forget_words(event: IdeaRedacted) -> None:
    """What was taken out of an idea is to stand nowhere in the index either."""
    upkeep.ask_for([event.idea_id])
    upkeep.ask_to_forget()


@job(upkeep.FORGETTING)
def forget_what_is_gone(_due: list[Due]) -> None:
    """Leave nothing of texts that are no longer there."""
    upkeep.forget(_engine())


@job(upkeep.KIND, batch=BATCH)
def put_into_index(due: list[Due]) -> None:
    """Bring the ideas in the index up to date."""
    upkeep.drain(_engine(), due)


@every(timedelta(seconds=10))
def heal_index() -> None:
    """Make a missing, damaged or outdated index anew while the old one serves."""
    upkeep.heal(_engine())


@every(timedelta(hours=1), apart=True)
def compare_index() -> None:
    """Find ideas that the index has missed."""
    upkeep.compare(_engine())


@every(timedelta(days=1), apart=True)
def count_words() -> None:
    """Forget words that stand nowhere any more."""
    upkeep.count_words()


@every(timedelta(minutes=20), on_each_machine=True)
def keep_forms() -> None:
    """Let the next processes know the words that this one has read."""
    with transaction.reading():
        concepts.know_programme_words()
        known_works()
    upkeep.keep_forms(forms_file(current_app.extensions["settings"]))


@every(timedelta(days=1))
def forget_missed_searches() -> None:
    """Forget what was looked for in vain a year ago."""
    with transaction.writing():
        actions.forget_missed(System("search"))


def _engine() -> Engine:
    return engine_for(current_app.extensions["settings"])
