"""Reading single ideas: who may see them, their authors, revisions and timeline."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import GoneError, MovedError, NotFoundError
from innovation.core.permissions import Actor, holds, may
from innovation.ideas import policy
from innovation.ideas.authors import with_authors
from innovation.ideas.labels import status_label as status_label  # found here as well
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Authorship, Idea, Receipt, Revision, TimelineEntry
from innovation.ideas.timeline import Kind
from innovation.programme.queries import snapshot

# What the public reads of an idea that it could see once, by where the idea is now.
_GONE: dict[str, str] = {
    Visibility.HIDDEN: "hidden",
    Visibility.WITHDRAWN: "withdrawn",
    Visibility.WAITING: "held",
    Visibility.DRAFT: "returned",
}


def listed_for(actor: Actor) -> tuple[Visibility, ...]:
    """Give the visibilities of the ideas that belong in lists for this actor."""
    if holds(actor, "idea:see_staff_only"):
        return (Visibility.PUBLIC, Visibility.STAFF_ONLY)
    return (Visibility.PUBLIC,)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Give the condition for ideas that belong in lists for this actor; merged ones never do."""
    return seen_with(listed_for(actor))


def seen_with(listed: Sequence[Visibility]) -> ColumnElement[bool]:
    """Give the same condition for those who see these visibilities in lists."""
    one = len(listed) == 1
    seen = Idea.visibility == listed[0] if one else Idea.visibility.in_(listed)
    return and_(seen, Idea.merged_into_id.is_(None))


def visible_ideas(actor: Actor, *columns: Any) -> Select[Any]:
    """Select the ideas that belong in lists for this actor, for others to extend.

    columns: what is wanted of them, without any whole rows.
    """
    return select(*(columns or (Idea,))).select_from(Idea).where(visible_to(actor))


def visible_idea(actor: Actor, number: int) -> Idea:
    """Give the idea with its authors known to the policy.

    Raises GoneError when it was public and is not shown now, MovedError when it was merged,
    NotFoundError when the actor may not know of it.
    """
    idea = with_authors(db.session.get(Idea, number))
    if idea is None:
        raise NotFoundError(f"idea {number}")
    if may(actor, "idea:see", idea):
        if idea.merged_into_id is not None and not holds(actor, "idea:moderate"):
            raise MovedError(idea.merged_into_id)
        return idea
    kind = _GONE.get(idea.visibility)
    if kind and _last_entry(idea.id, Visibility.PUBLIC):
        entry = _last_entry(idea.id, idea.visibility)
        raise GoneError(
            kind,
            idea.reference,
            clock.local_date(entry.at).isoformat() if entry else "",
            snapshot().rule_texts(entry.rule) if entry else {},
        )
    raise NotFoundError(f"idea {number}")


def number_of_reference(reference: str, text: str = "") -> int | None:
    """Give the number of the idea with this reference, whoever may see it.

    text: as it was typed, which may be the reference of an idea brought along from elsewhere.
    """
    known = [Idea.external_reference.in_({text, text.upper(), text.lower()})] if text else []
    return db.session.scalar(select(Idea.id).where(or_(Idea.reference == reference, *known)))


def idea_of_receipt(receipt_id: int) -> Idea:
    """Give the idea that a tracking key opens. Raises NotFoundError."""
    number = db.session.scalar(
        select(Authorship.idea_id).where(Authorship.receipt_id == receipt_id)
    )
    idea = with_authors(db.session.get(Idea, number)) if number else None
    if idea is None:
        raise NotFoundError("receipt")
    return idea


def receipt_by_hash(key_hash: str) -> tuple[int, int] | None:
    """Give (receipt id, idea id) of a tracking key's hash."""
    row = db.session.execute(
        select(Receipt.id, Authorship.idea_id)
        .join(Authorship, Authorship.receipt_id == Receipt.id)
        .where(Receipt.key_hash == key_hash)
    ).first()
    return (row[0], row[1]) if row else None


def _last_entry(number: int, visibility: str) -> TimelineEntry | None:
    return db.session.scalar(
        select(TimelineEntry)
        .where(
            TimelineEntry.idea_id == number,
            TimelineEntry.visibility_to == visibility,
            TimelineEntry.undone_at.is_(None),
        )
        .order_by(TimelineEntry.id.desc())
        .limit(1)
    )


def place_to_return(number: int) -> Visibility | None:
    """Give where a hidden idea, or one held by a report, was shown; None when it was not."""
    entries = db.session.execute(
        select(TimelineEntry.visibility_from)
        .where(
            TimelineEntry.idea_id == number,
            TimelineEntry.visibility_from.is_not(None),
            TimelineEntry.undone_at.is_(None),
        )
        .order_by(TimelineEntry.id.desc())
        .limit(2)
    ).all()
    for entry in entries:
        if entry.visibility_from in {Visibility.PUBLIC, Visibility.STAFF_ONLY}:
            return Visibility(entry.visibility_from)
        if entry.visibility_from != Visibility.WAITING:
            break  # nobody could see it before it waited
    return None


def is_held() -> ColumnElement[bool]:
    """Give the condition for ideas that were shown and wait because of a report."""
    last = (
        select(TimelineEntry.kind)
        .where(
            TimelineEntry.idea_id == Idea.id,
            TimelineEntry.visibility_from.is_not(None),
            TimelineEntry.undone_at.is_(None),
        )
        .order_by(TimelineEntry.id.desc())
        .limit(1)
        .correlate(Idea)
        .scalar_subquery()
    )
    return and_(Idea.visibility == Visibility.WAITING, func.coalesce(last, "") == Kind.HELD)


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One thing that happened, as it is shown."""

    id: int
    at: datetime
    kind: str
    actor_role: str
    visibility_to: str | None
    handling_to: str | None
    sub_project_id: int | None
    other_idea_id: int | None
    revision_id: int | None
    reason: str
    rule: str
    next_step_on: date | None
    public: bool


def timeline_of(actor: Actor, idea: Idea) -> list[TimelineRow]:
    """Give what happened, newest first; what is not public only to its author and moderators."""
    moderates, is_own = holds(actor, "idea:moderate"), policy.is_author(actor, idea)
    wanted = _timeline(everything=moderates, own=is_own)
    found = db.session.execute(wanted, {"number": idea.id})
    rows = [TimelineRow(**row._mapping) for row in found]
    if moderates:
        return rows
    # What was done for somebody in danger is told without its details.
    return [replace(row, reason="") if row.kind == Kind.URGENT else row for row in rows]


_LINE: tuple[Any, ...] = tuple(getattr(TimelineEntry, field.name) for field in fields(TimelineRow))


@cache
def _timeline(*, everything: bool, own: bool) -> Select[Any]:
    # Made once: that takes longer than reading what it gives.
    wanted: Select[Any] = (
        select(*_LINE)
        .where(TimelineEntry.idea_id == bindparam("number"))
        .order_by(TimelineEntry.at.desc(), TimelineEntry.id.desc())
    )
    if everything:
        return wanted
    # What was undone, whom an idea concerns and what befell a waiting comment stay inside.
    apart = TimelineEntry.kind.not_in((Kind.UNDONE, Kind.RECUSED, Kind.NOT_POSTPONED))
    of_all = TimelineEntry.public | TimelineEntry.comment_id.is_(None)
    wanted = wanted.where(TimelineEntry.undone_at.is_(None), apart, of_all)
    return wanted if own else wanted.where(TimelineEntry.public)


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """One text of an idea."""

    id: int
    number: int
    title: str
    text: str
    what_helps: str
    state: str
    created_at: datetime


def compared_texts(actor: Actor, idea: Idea) -> list[RevisionRow]:
    """Give the texts to compare; where something was taken out, only moderators have any."""
    hidden = idea.redacted and not holds(actor, "idea:moderate")
    return [] if hidden else revisions_of(idea.id)


def revisions_of(number: int, states: Iterable[str] = ("accepted",)) -> list[RevisionRow]:
    """Give the public revisions of an idea in these states, newest first."""
    rows = db.session.execute(
        select(
            Revision.id,
            Revision.number,
            Revision.title,
            Revision.text,
            Revision.what_helps,
            Revision.state,
            Revision.created_at,
        )
        .where(Revision.idea_id == number, Revision.state.in_(list(states)), Revision.public)
        .order_by(Revision.number.desc())
    )
    return [RevisionRow(*row) for row in rows]


def was_changed(number: int) -> bool:
    """True when readers can compare: the idea has had more than one text in public."""
    return (db.session.scalar(_TEXTS, {"number": number}) or 0) > 1


_TEXTS = (
    select(func.count())
    .select_from(Revision)
    .join(Idea, Idea.id == Revision.idea_id)
    .where(Revision.idea_id == bindparam("number"), Revision.state == "accepted", Revision.public)
    .where(Idea.redacted.is_(False))
)


def idea_by_external_reference(reference: str | None) -> Idea | None:
    """Give the idea that was brought along under this reference, if it has one."""
    if reference is None:
        return None
    return db.session.scalar(select(Idea).where(Idea.external_reference == reference))
