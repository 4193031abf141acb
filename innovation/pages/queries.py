"""Reading for the front page: how much there is where, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import extract, func, select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Nobody
from innovation.ideas.lifecycle import Handling
from innovation.ideas.models import Idea, TimelineEntry
from innovation.ideas.queries import visible_to

RECENT_ANSWERS = 200
FEWEST_FOR_MEDIAN = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of the ideas. typical_days is None when there are too few answers to tell."""

    answered_this_year: int
    waiting: int
    typical_days: int | None
    in_use: int
    trying: int


def figures() -> Figures:
    """Count what a nameless visitor may know."""
    public = visible_to(Nobody())
    year = clock.today().year
    rows = db.session.execute(
        select(
            Idea.handling,
            func.count(),
            func.count(Idea.answered_at).filter(extract("year", Idea.answered_at) == year),
            func.count(Idea.answered_at),
        )
        .where(public)
        .group_by(Idea.handling)
    ).all()
    by_handling = {row[0]: row[1] for row in rows}
    answered = sum(row[3] for row in rows)
    return Figures(
        answered_this_year=sum(row[2] for row in rows),
        waiting=sum(by_handling.values()) - answered,
        typical_days=_typical_days(),
        in_use=by_handling.get(Handling.IN_USE, 0) + by_handling.get(Handling.DESCRIBED, 0),
        trying=by_handling.get(Handling.IN_EXPERIMENT, 0),
    )


def _typical_days() -> int | None:
    """Give the median from publication to first answer over the latest answers."""
    rows = db.session.execute(
        select(Idea.published_at, Idea.answered_at)
        .where(visible_to(Nobody()), Idea.answered_at.is_not(None))
        .order_by(Idea.answered_at.desc())
        .limit(RECENT_ANSWERS)
    ).all()
    days = [(answered - published).days for published, answered in rows if published and answered]
    return round(median(days)) if len(days) >= FEWEST_FOR_MEDIAN else None


@dataclass(frozen=True, slots=True)
class Answered:
    """An idea that was answered lately, with the answer's reason."""

    number: int
    title: str
    excerpt: str
    language: str
    handling: str
    reason: str
    at: datetime
    sub_project_id: int | None
    support_count: int
    comment_count: int


def recently_answered(limit: int = 3) -> list[Answered]:
    """Give the ideas that were answered last, each with its latest public reason."""
    latest = (
        select(TimelineEntry.idea_id, func.max(TimelineEntry.id).label("id"))
        .where(TimelineEntry.kind == "handling", TimelineEntry.public, TimelineEntry.reason != "")
        .group_by(TimelineEntry.idea_id)
        .order_by(func.max(TimelineEntry.at).desc())
        .limit(limit * 10)
        .subquery()
    )
    rows = db.session.execute(
        select(
            Idea.id.label("number"),
            Idea.title,
            Idea.excerpt,
            Idea.language,
            TimelineEntry.handling_to.label("handling"),
            TimelineEntry.reason,
            TimelineEntry.at,
            Idea.primary_sub_project_id.label("sub_project_id"),
            Idea.support_count,
            Idea.comment_count,
        )
        .join(latest, latest.c.idea_id == Idea.id)
        .join(TimelineEntry, TimelineEntry.id == latest.c.id)
        .where(visible_to(Nobody()))
        .order_by(TimelineEntry.at.desc())
        .limit(limit)
    )
    return [Answered(**row._mapping) for row in rows]


def ideas_by_area() -> dict[int, int]:
    """Count public ideas by area."""
    rows = db.session.execute(
        select(Idea.area_id, func.count()).where(visible_to(Nobody())).group_by(Idea.area_id)
    )
    return {area: count for area, count in rows if area is not None}


def ideas_by_sub_project() -> dict[int, tuple[int, int]]:
    """Count public ideas by primary sub-project: (all, answered)."""
    rows = db.session.execute(
        select(Idea.primary_sub_project_id, func.count(), func.count(Idea.answered_at))
        .where(visible_to(Nobody()))
        .group_by(Idea.primary_sub_project_id)
    )
    return {known: (count, answered) for known, count, answered in rows if known is not None}
