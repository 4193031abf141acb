"""Where ideas were decided to belong: what is learnt from it, what was suggested before it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, or_, select

from innovation.core import clock
from innovation.core.db import db, insert
from innovation.core.permissions import Actor, System
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.models import Idea, TimelineEntry
from innovation.ideas.timeline import Kind, role_of
from innovation.programme.queries import snapshot
from innovation.routing.model_file import Model
from innovation.routing.models import Routing, RoutingSuggestion
from innovation.routing.profiles import NONE, Decision, heirs_of
from innovation.routing.suggestions import adviser_in

# Learning looks at the newest decisions, so that it takes a known time.
MOST_LEARNT = 25_000
SYSTEM = role_of(System(""))
_PLACES = ("first_id", "second_id", "third_id")
_READ = (Visibility.PUBLIC, Visibility.STAFF_ONLY, Visibility.WAITING)


def whole_text(title: str, text: str, what_helps: str) -> str:
    """Give all that an author wrote, a title made from the text left out."""
    said = text.lower().lstrip().startswith(title.lower().rstrip(".…")[:40])
    return "\n".join(part for part in ("" if said else title, text, what_helps) if part)


def newest_routing() -> int:
    """Give the id of the newest routing, 0 when there is none."""
    return int(db.session.scalar(select(func.max(Routing.id))) or 0)


def decisions(limit: int = MOST_LEARNT) -> list[Decision]:
    """Give the newest ideas with where they belong now; a closed sub-project's are its heir's.

    Ideas that were passed on to another body belong to none. Drafts and what was hidden or
    withdrawn are left out.
    """
    rows = db.session.execute(_decided().order_by(Idea.id.desc()).limit(limit))
    programme = snapshot()
    heirs = heirs_of(programme.sub_projects)
    found = []
    for title, text, what_helps, language, sub_project_id in rows:
        slug: str | None = NONE
        if sub_project_id is not None:
            slug = heirs.get(programme.sub_project_by_id[sub_project_id].slug)
        if slug is not None:
            found.append(Decision(whole_text(title, text, what_helps), language, slug))
    return found[::-1]


def _decided() -> Select[str, str, str, str, int | None]:
    passed_on = Idea.handling == Handling.PASSED_ON
    return select(
        Idea.title, Idea.text, Idea.what_helps, Idea.language, Idea.primary_sub_project_id
    ).where(Idea.visibility.in_(_READ), or_(Idea.primary_sub_project_id.is_not(None), passed_on))


def is_first_decision(idea_id: int, timeline_id: int) -> bool:
    """Tell whether an entry of the timeline is where somebody first said where an idea belongs."""
    entry = db.session.get_one(TimelineEntry, timeline_id)
    if entry.kind != Kind.ROUTED or entry.sub_project_id is None or entry.actor_role == SYSTEM:
        return False
    earlier = select(Routing.id).where(Routing.idea_id == idea_id, Routing.kind == "primary")
    return db.session.scalar(earlier.where(Routing.timeline_id != timeline_id).limit(1)) is None


def suggested_for(folder: Path, entries: Iterable[int]) -> list[dict[str, Any]]:
    """Give what would be suggested for ideas whose first decisions are these entries, as rows.

    Only where what was learnt has not seen the decision. folder: the installation's. Thinking may
    take seconds, so it is done while only reading.
    """
    adviser = adviser_in(folder)
    if adviser is None:
        return []
    rows = db.session.execute(
        select(Routing.id, Idea.id, Idea.title, Idea.text, Idea.what_helps, Idea.language)
        .join(Idea, Idea.id == Routing.idea_id)
        .where(Routing.timeline_id.in_(list(entries)), Routing.kind == "primary")
    )
    known = snapshot().sub_project_by_slug
    found = []
    for routing_id, idea_id, title, text, what_helps, language in rows:
        if _has_seen(adviser.model, routing_id):
            continue
        given = adviser.suggest(whole_text(title, text, what_helps), language)
        ids = dict(zip(_PLACES, (known[one.sub_project].id for one in given), strict=False))
        found.append(
            {
                **dict.fromkeys(_PLACES),
                **ids,
                "idea_id": idea_id,
                "at": clock.now(),
                "stamp": adviser.stamp,
                "certainties": [one.certainty for one in given],
            }
        )
    return found


def note_suggestions(actor: Actor, rows: Iterable[dict[str, Any]]) -> None:
    """Put down what was suggested, once for an idea. For the platform itself alone."""
    if not isinstance(actor, System):
        raise TypeError("only the platform notes what it suggested")
    for values in rows:
        statement = insert(RoutingSuggestion).values(**values)
        db.session.execute(statement.on_conflict_do_nothing())


def _has_seen(model: Model | None, routing_id: int) -> bool:
    return model is not None and model.last >= routing_id
