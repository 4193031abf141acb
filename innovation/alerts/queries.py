"""Reading kept searches, and what is new in one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from sqlalchemy import select

from innovation.alerts.models import Alert
from innovation.core.db import db
from innovation.core.pagination import Page
from innovation.core.permissions import Person
from innovation.ideas.authors import written_by
from innovation.ideas.filters import IdeaFilter
from innovation.ideas.listing import IdeaRow, list_ideas
from innovation.ideas.models import Authorship, Idea
from innovation.programme.queries import snapshot
from innovation.search.engine import Engine
from innovation.search.queries import RELEVANCE, search_ideas

# So long after its publication an idea may still be read by a moderator, or come into the index.
READ_WITHIN = timedelta(days=30)
# So many pages of ideas published in that time are looked through.
MOST_PAGES = 5
# So much later than it was changed an idea is surely found by searching.
FOUND_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AlertRow:
    """A kept search. narrowed: the names of the sub-projects and areas that it is narrowed to."""

    id: int
    person_id: int
    query: str
    words: str
    narrowed: tuple[str, ...]
    language: str
    created_at: datetime
    checked_at: datetime


def alerts_of(person: Person) -> list[AlertRow]:
    """Give somebody's kept searches, the newest first."""
    rows = db.session.scalars(
        select(Alert).where(Alert.person_id == person.id).order_by(Alert.id.desc())
    )
    return [_row(row, person.language) for row in rows]


def alert(alert_id: int) -> AlertRow:
    """Give a kept search by the id that an event carries."""
    row = db.session.get_one(Alert, alert_id)
    return _row(row, row.language)


def due(before: datetime, most: int) -> list[AlertRow]:
    """Give the kept searches that were looked at last before a moment, the oldest first."""
    rows = db.session.scalars(
        select(Alert).where(Alert.checked_at < before).order_by(Alert.checked_at).limit(most)
    )
    return [_row(row, row.language) for row in rows]


def wanted_by(query: str) -> IdeaFilter:
    """Give the list that a kept search asks for, the newest first."""
    read = IdeaFilter.read(parse_qs(query), default_sort=RELEVANCE)
    return read.changed(sort="newest")


def news(engine: Engine, person: Person, found: AlertRow) -> list[IdeaRow]:
    """Give the ideas that may be new in a kept search, the newest first; at most MOST_PAGES pages.

    Only what a moderator has read, since nothing else goes into mails, and nothing of the person's
    own. What is public may be read days later, and found by searching a while later, so some that
    were given before are given again: whoever tells of them remembers what was told.
    """
    since = max(found.created_at, found.checked_at - READ_WITHIN)
    fresh: list[IdeaRow] = []
    for number in range(1, MOST_PAGES + 1):
        page, lacking = _page(engine, person, wanted_by(found.query).changed(page=number), found)
        newer = [row for row in page.items if row.published_at and row.published_at > since]
        fresh += [row for row in newer if row.number not in lacking]
        if page.next is None or len(newer) < len(page.items):
            break
    if not fresh:
        return []
    changed = select(Idea.id).where(
        Idea.id.in_([row.number for row in fresh]),
        Idea.id.not_in(select(Authorship.idea_id).where(written_by(person))),
        Idea.indexable.is_(True),
        Idea.updated_at > found.checked_at - FOUND_WITHIN,
    )
    told = set(db.session.scalars(changed))
    return [row for row in fresh if row.number in told]


def _page(
    engine: Engine, person: Person, wanted: IdeaFilter, found: AlertRow
) -> tuple[Page[IdeaRow], Collection[int]]:
    """Give a page of the list, and the numbers of those in it that lack some of the words."""
    if not wanted.words:
        return list_ideas(person, wanted), ()
    results = search_ideas(engine, person, wanted, found.language)
    return results.page, results.lacking


def _row(row: Alert, language: str) -> AlertRow:
    wanted, known = wanted_by(row.query), snapshot()
    homes = [known.sub_project_by_slug[slug].name(language) for slug in wanted.sub_project]
    areas = [known.area_by_slug[slug].name(language) for slug in wanted.area]
    return AlertRow(
        row.id,
        row.person_id,
        row.query,
        wanted.words,
        (*homes, *areas),
        row.language,
        row.created_at,
        row.checked_at,
    )
