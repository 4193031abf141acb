"""The re-route pile: open ideas of sub-projects that have closed, or have a successor already."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from innovation.core.db import db
from innovation.core.i18n import in_the_readers_language
from innovation.ideas.lifecycle import FINISHED, Visibility
from innovation.ideas.models import Idea, TimelineEntry
from innovation.programme.models import SubProject
from innovation.programme.queries import snapshot

SHOWN = (Visibility.PUBLIC, Visibility.STAFF_ONLY)


@dataclass(frozen=True, slots=True)
class Pile:
    """The open ideas of a sub-project that others go on from: they wait for another one.

    since: when it closed; of one that is open only the last change of the programme is known.
    successor: the id of the open sub-project that goes on with the work, None when there is none.
    """

    id: int
    title: object
    ideas: int
    since: datetime
    closed: bool
    successor: int | None


def piles() -> list[Pile]:
    """Give the re-route pile by sub-project, the oldest first."""
    known = snapshot()
    left = [fact.id for fact in known.sub_projects if is_left(fact.id)]
    if not left:
        return []
    rows = db.session.execute(
        select(SubProject.id, func.count(), SubProject.closed_at)
        .join(Idea, Idea.primary_sub_project_id == SubProject.id)
        .where(*in_pile(left))
        .group_by(SubProject.id, SubProject.closed_at)
    )
    found = [
        Pile(
            number,
            in_the_readers_language(known.sub_project_by_id[number].short_names),
            count,
            since or known.updated_at,
            since is not None,
            successor_of(number),
        )
        for number, count, since in rows
    ]
    return sorted(found, key=lambda pile: (pile.since, pile.id))


def in_pile(left: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    """Give the conditions for the open ideas of these sub-projects."""
    return (
        Idea.primary_sub_project_id.in_(left),
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
    """Give the open ideas of one sub-project of the pile, the most supported first."""
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


def is_left(number: int) -> bool:
    """Tell whether a sub-project's open ideas wait for another one.

    They do when it has closed, and while it is open when its work goes on in another that is open:
    without such a place they stay where somebody answers.
    """
    fact = snapshot().sub_project_by_id.get(number)
    return fact is not None and (fact.closed or successor_of(number) is not None)


def successor_of(number: int) -> int | None:
    """Give the last open sub-project in the chain of successors, None when there is none.

    The last one, since those on the way send their ideas on too.
    """
    known = snapshot().sub_project_by_id
    seen: set[int] = set()
    heir, fact = None, known.get(number)
    while fact is not None and fact.id not in seen:
        seen.add(fact.id)
        heir = fact.id if not fact.closed and fact.id != number else heir
        fact = known.get(fact.successor_id or 0)
    return heir if fact is None else None  # one that leads back would send ideas round and round
