"""What routing does when others act, and by the clock: imports, what was suggested, learning."""

from datetime import timedelta
from pathlib import Path

from flask import current_app

from innovation.core import transaction
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.core.events import on
from innovation.core.jobs import Due, enqueue, every, job
from innovation.core.permissions import System
from innovation.ideas.events import IdeaImported, IdeaMoved
from innovation.ideas.models import Idea
from innovation.routing.actions import route_idea
from innovation.routing.decisions import (
    is_first_decision,
    newest_routing,
    note_suggestions,
    suggested_for,
)
from innovation.routing.model_file import NAME, ModelFileError, read_model

NOTE = "routing-suggestion"
BATCH = 100


@on(IdeaImported)
def route_imported(event: IdeaImported) -> None:
    """Route an imported idea: the first sub-project is its own, the others are informed."""
    if event.sub_project_ids:
        primary, *informed = event.sub_project_ids
        idea = db.session.get_one(Idea, event.idea_id)
        route_idea(System("import"), idea, primary, informed)


@on(IdeaMoved)
def have_suggestion_noted(event: IdeaMoved) -> None:
    """Have the worker put down what is suggested, before anything is learnt from the decision."""
    if is_first_decision(event.idea_id, event.timeline_id):
        enqueue(NOTE, str(event.idea_id), {"timeline_id": event.timeline_id})


@job(NOTE, batch=BATCH)
def put_down_suggestions(due: list[Due]) -> None:
    """Put down what is suggested for ideas that were just routed for the first time."""
    entries = [one.payload["timeline_id"] for one in due]
    with transaction.reading():
        rows = suggested_for(_folder(), entries)
    with transaction.writing():
        note_suggestions(System("routing"), rows)


@every(timedelta(minutes=10), on_each_machine=True, apart=True)
def learn_routing() -> None:
    """Learn from all decisions once a night, and at once when what was learnt is damaged.

    Each machine does so for itself; one that is new learns at once what the others know.
    """
    # Imported here: this module is loaded where pages are served, which never learn.
    from innovation.routing.learning import is_due, learn_from_decisions

    if is_due(_folder(), damaged=_is_damaged() or _is_new_here()):
        learn_from_decisions(_folder())


def _is_damaged() -> bool:
    try:
        read_model(_folder() / NAME)
    except ModelFileError:
        return True
    return False


def _is_new_here() -> bool:
    """Tell whether this may be a further machine on a database where others have learnt."""
    settings: Settings = current_app.extensions["settings"]
    if settings.embedded or (settings.instance / NAME).exists():
        return False
    with transaction.reading():
        return newest_routing() > 0


def _folder() -> Path:
    folder: Path = current_app.extensions["settings"].instance
    return folder
