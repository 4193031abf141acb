"""The re-route pile: open ideas of sub-projects that have closed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.i18n import in_the_readers_language
from innovation.ideas.lifecycle import FINISHED, Visibility
from innovation.ideas.models import Idea, TimelineEntry
from innovation.programme.models import SubProject
from innovation.programme.queries import snapshot

SHOWN = (Visibility.PUBLIC, Visibility.STAFF_ONLY)


@dataclass(frozen=True, slots=True)
class Pile:
    """The open ideas of a sub-project that has closed: they wait for another one.

    successor: the id of the open sub-project that goes on with the work, None when there is none.
    """

    id: int
    title: object
    ideas: int
    since: datetime
    successor: int | None


def piles() -> list[Pile]:
    """Give the re-route pile by sub-project, the oldest first."""
    known = snapshot()
    closed = [fact.id for fact in known.sub_projects if fact.closed]
    if not closed:
        return []
    rows = db.session.execute(
        select(SubProject.id, func.count(), SubProject.closed_at)
        .join(Idea, Idea.primary_sub_project_id == SubProject.id)
        .where(*in_pile(closed))
        .group_by(SubProject.id, SubProject.closed_at)
        .order_by(SubProject.closed_at, SubProject.id)
    )
    return [
        Pile(
            number,
            in_the_readers_language(known.sub_project_by_id[number].short_names),
            count,
            since or clock.now(),
            successor_of(number),
        )
        for number, count, since in rows
    ]


def in_pile(closed: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    """Give the conditions for the open ideas of these sub-projects."""
    return (
        Idea.primary_sub_project_id.in_(closed),
        Idea.visibility.in_(SHOWN),
        Idea.handling.not_in(FINISHED),
        Idea.merged_into_id.is_(None),
    )


@dataclass(frozen=True, slots=True)
class PiledIdea:
    """An idea in the pile. seen: the last entry of its timeline."""

    id: int
    title: str
    language: str
    reference: str
    created_at: datetime
    support: int
    seen: int


def ideas_of_pile(number: int, limit: int) -> list[PiledIdea]:
    """Give the open ideas of a closed sub-project, the most supported first."""
    newest = (
        select(func.max(TimelineEntry.id))
        .where(TimelineEntry.idea_id == Idea.id)
        .correlate(Idea)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Idea.id,
            Idea.title,
            Idea.language,
            Idea.reference,
            Idea.created_at,
            Idea.support_count,
            newest,
        )
        .where(*in_pile([number]))
        .order_by(Idea.support_count.desc(), Idea.id)
        .limit(limit)
    )
    return [PiledIdea(*row) for row in rows]


def successor_of(number: int) -> int | None:
    """Give the open sub-project at which the chain of successors ends up first."""
    known = snapshot().sub_project_by_id
    seen: set[int] = set()
    fact = known.get(known[number].successor_id or 0) if number in known else None
    while fact is not None and fact.closed and fact.id not in seen:
        seen.add(fact.id)
        fact = known.get(fact.successor_id or 0)
    return None if fact is None or fact.closed else fact.id
