"""Preparing a request for documents: every text of one idea, with what may be secret marked.

Somebody who knows the law reads and finishes it: a mark is a doubt, and its lack is no promise.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from innovation.core import audit, clock
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.i18n import LazyString
from innovation.core.permissions import Actor, authorize
from innovation.guard import inspect
from innovation.ideas.inspecting import programme_watch
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.merged import family_of
from innovation.ideas.models import Idea, Revision, TimelineEntry
from innovation.privacy.texts import SECRECY
from innovation.redactions.models import Redaction
from innovation.redactions.queries import Place, texts_of_ideas
from innovation.redactions.texts import FIELD_LABELS, KIND_OF, PLACE_LABELS

SHOWN = frozenset({Visibility.PUBLIC})


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a text. reason: why it may be secret, a key of SECRECY, "" for none."""

    text: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One text: where it stood, with marks. reasons: in words, each once."""

    place: LazyString | str
    field: LazyString | str
    runs: list[Run]
    reasons: list[LazyString]
    public: bool


@dataclass(frozen=True, slots=True)
class Request:
    """The documents of one idea. events: what happened, with its moment."""

    reference: str
    title: str
    visibility: str
    documents: list[Document]
    events: list[tuple[Any, str, str]]
    made_at: Any


def prepare(actor: Actor, number: int) -> Request:
    """Give every document of an idea and what was merged into it. Afterwards `note_prepared`.

    It only reads, since inspecting takes its time. Raises ForbiddenError and NotFoundError.
    """
    authorize(actor, "idea:moderate")
    idea = db.session.get(Idea, number)
    if idea is None:
        raise NotFoundError(f"idea {number}")
    family = family_of(number)
    seen = _published(family)
    return Request(
        reference=idea.reference,
        title=idea.title,
        visibility=idea.visibility,
        documents=[_document(place, seen) for place in texts_of_ideas(family)] + _originals(family),
        events=_events(family),
        made_at=clock.now(),
    )


def note_prepared(actor: Actor, number: int) -> None:
    """Note that somebody has prepared the documents of an idea. Raises ForbiddenError."""
    authorize(actor, "idea:moderate")
    audit.note(actor, "documents:prepare", "idea", number)


def _document(place: Place, seen: set[tuple[str, int]]) -> Document:
    found = inspect(place.text, programme_watch())
    runs, reasons, end = [], [], 0
    for one in sorted(found, key=lambda mark: mark.start):
        if one.start < end:
            continue
        reason = KIND_OF.get(one.kind, "name")
        runs += [Run(place.text[end : one.start]), Run(place.text[one.start : one.end], reason)]
        reasons.append(reason)
        end = one.end
    runs.append(Run(place.text[end:]))
    public = (place.table, place.row_id) in seen
    reasons += [] if public else ["unpublished"]
    return Document(
        place=PLACE_LABELS.get(place.table, place.table),
        field=FIELD_LABELS.get(place.field, ""),
        runs=[run for run in runs if run.text],
        reasons=[SECRECY[one] for one in dict.fromkeys(reasons)],
        public=public,
    )


def _originals(family: Collection[int]) -> list[Document]:
    """Give the texts as they were before something was taken out, wholly marked."""
    rows = db.session.execute(
        select(Redaction.place, Redaction.field, Redaction.original)
        .where(Redaction.idea_id.in_(family), Redaction.original.is_not(None))
        .order_by(Redaction.id)
    )
    return [
        Document(
            place=PLACE_LABELS.get(place, place),
            field=FIELD_LABELS.get(field, ""),
            runs=[Run(original or "", "taken out")],
            reasons=[SECRECY["taken out"]],
            public=False,
        )
        for place, field, original in rows
    ]


def _published(family: Collection[int]) -> set[tuple[str, int]]:
    """Give which texts everybody can read today, as (table, row)."""
    shown = set(
        db.session.scalars(select(Idea.id).where(Idea.id.in_(family), Idea.visibility.in_(SHOWN)))
    )
    public: set[tuple[str, int]] = {("ideas", number) for number in shown}
    revisions = select(Revision.id).where(
        Revision.idea_id.in_(shown), Revision.public, Revision.state != "waiting"
    )
    public |= {("revisions", number) for number in db.session.scalars(revisions)}
    entries = select(TimelineEntry.id).where(
        TimelineEntry.idea_id.in_(shown), TimelineEntry.public, TimelineEntry.undone_at.is_(None)
    )
    public |= {("timeline", number) for number in db.session.scalars(entries)}
    for name in ("authorships", "answers", "comments"):
        public |= {(name, number) for number in _rows_shown(name, shown)}
    return public


def _rows_shown(name: str, shown: Collection[int]) -> list[int]:
    table = db.metadata.tables[name]
    wanted = select(table.c.id).where(table.c.idea_id.in_(shown))
    if "visibility" in table.c:
        wanted = wanted.where(table.c.visibility == Visibility.PUBLIC)
    return list(db.session.scalars(wanted))


def _events(family: Collection[int]) -> list[tuple[Any, str, str]]:
    rows = db.session.execute(
        select(TimelineEntry.at, TimelineEntry.kind, TimelineEntry.actor_role)
        .where(TimelineEntry.idea_id.in_(family))
        .order_by(TimelineEntry.at, TimelineEntry.id)
    )
    return [(row.at, row.kind, row.actor_role) for row in rows]
