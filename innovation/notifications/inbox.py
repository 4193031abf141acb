"""Reading what a person has been told, from the rows as they are now: nothing of what has gone."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import aliased

from innovation.comments.models import Comment
from innovation.core import clock
from innovation.core.db import db
from innovation.core.pagination import PAGE_SIZE, Page
from innovation.core.permissions import Person
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.ideas.queries import listed_for
from innovation.notifications.kinds import OWN, REQUIRED
from innovation.notifications.models import Notice

MOST_COUNTED = 99


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """Something a person was told. reference, title: of the idea, "" for what is not to be shown.

    language: of the title. kind, what, why, over: as in models.Notice.
    """

    id: int
    kind: str
    what: str
    why: str
    idea_id: int | None
    comment_id: int | None
    reference: str
    title: str
    language: str
    at: datetime
    unread: bool
    over: bool


def inbox(person: Person, number: int) -> Page[NoticeRow]:
    """Give a page of what the person has been told, newest first. Two queries."""
    now = clock.now()
    total = db.session.scalar(_told(person, func.count(Notice.id)).where(Notice.shown_from <= now))
    found = _rows(
        person,
        Notice.shown_from <= now,
        limit=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
    )
    return Page(found, number, total or 0)


def unread(person: Person) -> int:
    """Count what the person has not marked as read, at most MOST_COUNTED of it. One query."""
    asked = {"person": person.id, "now": clock.now()}
    return db.session.connection().scalar(_unread(listed_for(person)), asked) or 0


@cache
def _unread(listed: tuple[Visibility, ...]) -> Select[Any]:
    # Made once: that takes longer than counting, and every page asks.
    some = (
        _told_to(bindparam("person"), listed, Notice.id)
        .where(Notice.shown_from <= bindparam("now"), Notice.read_at.is_(None))
        .limit(MOST_COUNTED)
    )
    return select(func.count()).select_from(some.subquery())


def bundled_in(person: Person, digest_key: str) -> list[NoticeRow]:
    """Give what stands in a digest of the person, newest first."""
    return _rows(person, Notice.digest_key == digest_key)


def told_by(person: Person, unique_key: str) -> NoticeRow | None:
    """Give the notice with this key, when the person may still be told; else None."""
    return next(iter(_rows(person, Notice.unique_key == unique_key)), None)


def is_still_told(person: Person, unique_key: str) -> bool:
    """Tell whether there is a notice with this key that the person may still be told."""
    found = _told(person, Notice.id).where(Notice.unique_key == unique_key)
    return db.session.scalar(found.limit(1)) is not None


def _rows(
    person: Person, *conditions: ColumnElement[bool], limit: int = 500, offset: int = 0
) -> list[NoticeRow]:
    seen = _target.visibility.in_(listed_for(person)) & Idea.visibility.in_(listed_for(person))
    own = and_(Notice.why == "author", Idea.visibility != Visibility.HIDDEN)
    columns = (
        Notice.id,
        Notice.kind,
        Notice.what,
        Notice.why,
        Notice.idea_id,
        Notice.comment_id,
        func.coalesce(Idea.reference, ""),
        case((or_(seen, own), Idea.title), else_=""),
        func.coalesce(Idea.language, ""),
        Notice.shown_from,
        Notice.read_at.is_(None),
        Notice.over,
    )
    wanted = (
        _told(person, *columns)
        .where(*conditions)
        .order_by(Notice.shown_from.desc(), Notice.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [NoticeRow(*row) for row in db.session.execute(wanted)]


# What an idea was merged into, or the idea itself: readers are led there.
_target = aliased(Idea)


def _told(person: Person, *columns: Any) -> Select[Any]:
    return _told_to(person.id, listed_for(person), *columns)


def _told_to(person_id: Any, listed: tuple[Visibility, ...], *columns: Any) -> Select[Any]:
    """Select from the notices that the person may still be told.

    Of what everybody reads, everything. Of what one wrote oneself and is not read by all, what
    became of it; when it was hidden only what cannot be turned off, such as that it was. Of what
    was withdrawn or deleted, nothing.
    """
    seen = and_(
        Idea.visibility.in_(listed),
        _target.visibility.in_(listed),
        or_(Notice.comment_id.is_(None), Comment.visibility == Visibility.PUBLIC),
    )
    not_hidden = and_(
        Idea.visibility != Visibility.HIDDEN,
        or_(Notice.comment_id.is_(None), Comment.visibility == Visibility.PUBLIC),
    )
    own = and_(
        Idea.visibility != Visibility.WITHDRAWN,
        or_(Notice.comment_id.is_(None), Comment.visibility.not_in(("deleted", "withdrawn"))),
        or_(Notice.kind == REQUIRED, and_(Notice.kind == OWN, not_hidden)),
    )
    return (
        select(*columns)
        .select_from(Notice)
        .outerjoin(Idea, Idea.id == Notice.idea_id)
        .outerjoin(_target, _target.id == func.coalesce(Idea.merged_into_id, Idea.id))
        .outerjoin(Comment, Comment.id == Notice.comment_id)
        .where(Notice.person_id == person_id, or_(Notice.idea_id.is_(None), seen, own))
    )


def commented(comment_id: int) -> tuple[int | None, int | None, str]:
    """Give who wrote a comment, what it replies to, and the reference of its idea."""
    # Whoever publishes it has mostly read both rows already.
    comment = db.session.get_one(Comment, comment_id)
    idea = db.session.get_one(Idea, comment.idea_id)
    return comment.person_id, comment.parent_id, idea.reference
