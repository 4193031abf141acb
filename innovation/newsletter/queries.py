"""Reading the newsletter: who gets it, what was sent, what has happened since the one before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, SQLColumnExpression, func, or_, select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.i18n import pick
from innovation.core.keys import is_made, keyed_hash
from innovation.core.permissions import Actor, authorize
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea, TimelineEntry
from innovation.ideas.timeline import Kind
from innovation.newsletter.models import Issue, Subscriber

MOST_TOLD = 12


def key_of(secret: str, number: int, created_at: datetime) -> str:
    """Give the key with which a subscriber confirms, changes and stops; it is stored nowhere."""
    seed = f"newsletter:{number}:{created_at.isoformat()}"
    return f"{number}-{keyed_hash(secret, seed).hex()[:32]}"


@dataclass(frozen=True, slots=True)
class SubscriberRow:
    """Who gets the newsletter, and what it is narrowed to."""

    id: int
    email: str
    language: str
    areas: tuple[int, ...]
    sub_projects: tuple[int, ...]
    created_at: datetime
    confirmed: bool


def subscriber_behind(secret: str, key: str) -> SubscriberRow:
    """Give whom the key belongs to. Raises NotFoundError, alike for wrong and for old keys."""
    typed = key.partition("-")[0]
    usable = typed.isascii() and typed.isdigit() and len(typed) < 10
    row = db.session.get(Subscriber, int(typed)) if usable else None
    number, at = (row.id, row.created_at) if row else (0, clock.now())
    if row is None or not is_made(secret, lambda one: key_of(one, number, at), key):
        raise NotFoundError("subscriber")
    return _row(row)


def subscriber(subscriber_id: int) -> SubscriberRow:
    """Give a subscriber by the id that an event carries."""
    return _row(db.session.get_one(Subscriber, subscriber_id))


def _row(row: Subscriber) -> SubscriberRow:
    return SubscriberRow(
        row.id,
        row.email,
        row.language,
        tuple(row.areas),
        tuple(row.sub_projects),
        row.created_at,
        row.confirmed_at is not None,
    )


@dataclass(frozen=True, slots=True)
class IssueRow:
    """A newsletter. subjects, texts: by language."""

    id: int
    subjects: dict[str, str]
    texts: dict[str, str]
    version: int
    created_at: datetime
    sent_at: datetime | None
    since: datetime | None

    def subject(self, language: str) -> str:
        """Its subject in a language, or in Finnish."""
        return pick(self.subjects, language)

    def text(self, language: str) -> str:
        """Its text in a language, or in Finnish."""
        return pick(self.texts, language)


def issue(number: int) -> IssueRow:
    """Give a newsletter; of one that waits, since: when the one before it was sent. Raises
    NotFoundError.
    """
    row = db.session.get(Issue, number)
    if row is None:
        raise NotFoundError(f"issue {number}")
    if row.sent_at is not None:
        return _issue(row)
    return replace(_issue(row), since=db.session.scalar(select(func.max(Issue.sent_at))))


def issues(actor: Actor) -> list[IssueRow]:
    """Give every newsletter, the newest first."""
    authorize(actor, "programme:manage")
    return [_issue(row) for row in db.session.scalars(select(Issue).order_by(Issue.id.desc()))]


def _issue(row: Issue) -> IssueRow:
    return IssueRow(
        row.id, row.subjects, row.texts, row.version, row.created_at, row.sent_at, row.since
    )


def how_many() -> int:
    """Count those who get the newsletter."""
    known = Subscriber.confirmed_at.is_not(None)
    return db.session.scalar(select(func.count()).where(known)) or 0


def is_kept(subscriber_id: int, created_at: str) -> bool:
    """Tell whether an address is still kept since a moment, which stands in its links."""
    row = db.session.get(Subscriber, subscriber_id)
    return row is not None and row.created_at.isoformat() == created_at


def reader(subscriber_id: int) -> SubscriberRow | None:
    """Give who gets the newsletter; None for who has stopped it or never confirmed."""
    row = db.session.get(Subscriber, subscriber_id)
    return _row(row) if row is not None and row.confirmed_at is not None else None


def readers(after: int, most: int) -> list[SubscriberRow]:
    """Give those who get the newsletter, in order of their numbers from beyond one on."""
    rows = db.session.scalars(
        select(Subscriber)
        .where(Subscriber.id > after, Subscriber.confirmed_at.is_not(None))
        .order_by(Subscriber.id)
        .limit(most)
    )
    return [_row(row) for row in rows]


@dataclass(frozen=True, slots=True)
class ToldIdea:
    """An idea as the newsletter tells of it."""

    id: int
    title: str
    answered: bool


def told_since(
    since: datetime | None,
    until: datetime,
    areas: Sequence[int] = (),
    sub_projects: Sequence[int] = (),
) -> list[ToldIdea]:
    """Give the ideas answered or published in a time, answered ones first, the newest first.

    Only what everybody may read and a moderator has read, and that is new from when it was read; at
    most MOST_TOLD, of which half is kept for each of the two. What happens later is for the next
    one. areas, sub_projects: what a reader wants to hear of, none for all. Two queries.
    """
    # What is read after it was published has an entry of its own, which changes the idea.
    read = func.coalesce(_first_read(), Idea.published_at)
    published, answered = [read <= until], Idea.answered_at <= until
    if since is not None:
        touched = or_(Idea.published_at > since, Idea.updated_at > since)
        published, answered = (
            [touched, read > since, *published],
            answered & (Idea.answered_at > since),
        )
    wanted = [
        Idea.visibility == Visibility.PUBLIC,
        Idea.merged_into_id.is_(None),
        Idea.indexable.is_(True),
        Idea.published_at <= until,
        *([Idea.area_id.in_(areas)] if areas else ()),
        *([Idea.primary_sub_project_id.in_(sub_projects)] if sub_projects else ()),
    ]
    new = _told(read, *wanted, *published, func.coalesce(~answered, True))
    old = _told(Idea.answered_at, *wanted, answered)
    half = MOST_TOLD - min(len(new), MOST_TOLD // 2)
    kept = [ToldIdea(*row, answered=True) for row in old[:half]]
    return [*kept, *(ToldIdea(*row, answered=False) for row in new[: MOST_TOLD - len(kept)])]


def _first_read() -> ScalarSelect[datetime]:
    """Select when a moderator first let everybody read an idea, or read one that was public.

    What is public by its author's right comes from a draft.
    """
    return (
        select(func.min(TimelineEntry.at))
        .where(
            TimelineEntry.idea_id == Idea.id,
            TimelineEntry.kind == Kind.PUBLISHED,
            TimelineEntry.visibility_to == Visibility.PUBLIC,
            func.coalesce(TimelineEntry.visibility_from, "") != Visibility.DRAFT,
            TimelineEntry.undone_at.is_(None),
        )
        .correlate(Idea)
        .scalar_subquery()
    )


def _told(newest: SQLColumnExpression[Any], *wanted: ColumnElement[bool]) -> list[tuple[int, str]]:
    rows = db.session.execute(
        select(Idea.id, Idea.title)
        .where(*wanted)
        .order_by(newest.desc(), Idea.id.desc())
        .limit(MOST_TOLD)
    )
    return [(row.id, row.title) for row in rows]
