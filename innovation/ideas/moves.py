"""Moving an idea from one status to another: the only place that changes the two columns."""

from datetime import date
from typing import Any

from innovation.core import clock
from innovation.core.db import Base, db
from innovation.core.errors import ConflictError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, authorize
from innovation.ideas.events import IdeaChanged, IdeaMoved
from innovation.ideas.lifecycle import (
    HANDLING_MOVES,
    VISIBILITY_MOVES,
    Handling,
    Visibility,
)
from innovation.ideas.models import Idea, TimelineEntry
from innovation.ideas.promises import promise
from innovation.ideas.risks import Risk
from innovation.ideas.timeline import Kind, add_entry

NEVER_SHOWN = _(
    "Somebody may be in danger, so this text is not shown. "
    "Open the idea and record what was done, or that it is not urgent."
)


def hold(row: Base) -> None:
    """Read the row as it is now, and let nobody else change it until this unit of work ends."""
    db.session.flush()  # a refresh forgets what has not been written
    # Only as strong as a change needs: rows that point at it can still be added meanwhile.
    db.session.refresh(row, with_for_update={"key_share": True})


def move_visibility(
    actor: Actor, idea: Idea, target: Visibility, kind: Kind, **facts: Any
) -> TimelineEntry:
    """Change who can see the idea, with its entry in the timeline.

    Raises ConflictError when no such move exists from where the idea is now, and for an urgent one
    that would be shown: no road leads there. Raises ForbiddenError.
    """
    source = Visibility(idea.visibility)
    permission = VISIBILITY_MOVES.get((source, target))
    if permission is None:
        raise ConflictError(_("The idea has changed meanwhile. Look at it again before deciding."))
    authorize(actor, permission, idea)
    if target in {Visibility.PUBLIC, Visibility.STAFF_ONLY} and idea.risk == Risk.URGENT:
        raise ConflictError(NEVER_SHOWN)
    idea.visibility = target
    if target in {Visibility.PUBLIC, Visibility.STAFF_ONLY} and idea.published_at is None:
        idea.published_at = facts.get("at") or clock.now()
        promise(idea)
    entry = add_entry(actor, idea, kind, visibility_from=source, visibility_to=target, **facts)
    record(IdeaChanged(idea.id))
    record(IdeaMoved(idea.id, entry.id))
    return entry


def move_handling(
    actor: Actor,
    idea: Idea,
    target: Handling,
    kind: Kind = Kind.HANDLING,
    next_step_on: date | None = None,
    **facts: Any,
) -> TimelineEntry:
    """Change where the idea is on its way, with its entry in the timeline.

    Raises ConflictError when no such move exists from where the idea is now, and ForbiddenError.
    """
    source = Handling(idea.handling)
    permission = HANDLING_MOVES.get((source, target))
    if permission is None:
        raise ConflictError(_("The idea has changed meanwhile. Look at it again before deciding."))
    authorize(actor, permission, idea)
    idea.handling = target
    idea.next_step_on = next_step_on
    entry = add_entry(
        actor,
        idea,
        kind,
        handling_from=source,
        handling_to=target,
        next_step_on=next_step_on,
        **facts,
    )
    record(IdeaChanged(idea.id))
    record(IdeaMoved(idea.id, entry.id))
    return entry
