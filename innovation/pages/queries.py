"""Reading for the front page: how much there is where, and what came of it."""

from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from sqlalchemy import func, select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.i18n import DEFAULT_LANGUAGE, LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Nobody
from innovation.ideas.lifecycle import Handling
from innovation.ideas.models import Idea, TimelineEntry
from innovation.ideas.queries import visible_to
from innovation.ideas.reckoning import kept
from innovation.ideas.timeline import Kind
from innovation.pages.models import PageText
from innovation.pages.texts import FACTS, PAGES

RECENT_ANSWERS = 200
FEWEST_FOR_MEDIAN = 5
# Among so many times more entries there are enough ideas, even when some were answered repeatedly.
ANSWERS_OF_ONE = 10
# Facts without which a notice is not whole, and where each stands.
NEEDED_BY = {
    "controller": _("Stands in the privacy notice."),
    "data_protection_officer": _("Stands in the privacy notice."),
    "hosting": _("Stands in the privacy notice."),
    "accessibility_contact": _("Stands in the accessibility statement."),
}
# Notices that carry the day on which somebody here last wrote them.
DATED = ("privacy", "accessibility", "terms")
_OWN = _("The ready text is a draft with its own date. Read it, make it yours and save it.")


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
    year = clock.today().year
    return kept(lambda: _figures(year), "figures", year)


def _figures(year: int) -> Figures:
    public = visible_to(Nobody())
    begins = clock.day_begins(date(year, 1, 1))
    rows = db.session.execute(
        select(
            Idea.handling,
            func.count(),
            func.count(Idea.answered_at).filter(Idea.answered_at >= begins),
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
    latest = kept(lambda: _latest_answers(limit), "answered", limit)
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
        .join(TimelineEntry, TimelineEntry.idea_id == Idea.id)
        .where(TimelineEntry.id.in_(latest), visible_to(Nobody()), Idea.indexable)
        .order_by(TimelineEntry.at.desc(), TimelineEntry.id.desc())
    )
    return [Answered(**row._mapping) for row in rows]


def _latest_answers(limit: int) -> list[int]:
    """Give the entries of the last answers, one for each idea; read backwards along their index.

    The front page is open to search engines, so ideas that no moderator has read stay out of it.
    """
    rows = db.session.execute(
        select(TimelineEntry.id, TimelineEntry.idea_id)
        .join(Idea, Idea.id == TimelineEntry.idea_id)
        .where(TimelineEntry.kind == Kind.HANDLING, TimelineEntry.public)
        .where(TimelineEntry.reason != "", visible_to(Nobody()), Idea.indexable)
        .order_by(TimelineEntry.at.desc(), TimelineEntry.id.desc())
        .limit(limit * ANSWERS_OF_ONE)
    )
    found: dict[int, int] = {}
    for entry_id, idea_id in rows:
        found.setdefault(idea_id, entry_id)
    return list(found.values())[:limit]


@dataclass(frozen=True, slots=True)
class NeededText:
    """A text that has to be there before the public comes.

    done is None when the ready text is in use, which only a person can accept.
    """

    name: str
    label: LazyString
    sentence: LazyString
    done: bool | None


def needed_texts() -> list[NeededText]:
    """Give the facts that notices need, open while they are empty, and the notices themselves.

    One query. Facts count when they are written in Finnish: other languages show that, too.
    """
    latest = (
        select(PageText.page, PageText.text)
        .where(PageText.language == DEFAULT_LANGUAGE, PageText.page.in_([*NEEDED_BY, *DATED]))
        .order_by(PageText.version)
    )
    texts = {row.page: row.text for row in db.session.execute(latest)}
    facts = [
        NeededText(name, FACTS[name].title, sentence, bool(texts.get(name)))
        for name, sentence in NEEDED_BY.items()
    ]
    notices = [
        NeededText(name, PAGES[name].title, _OWN, True if texts.get(name) else None)
        for name in DATED
    ]
    return [*facts, *notices]
