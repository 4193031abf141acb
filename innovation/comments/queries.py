"""Reading comments: the discussion of an idea, and what was reported."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)

from innovation.comments.lifecycle import Visibility
from innovation.comments.models import Comment, Report
from innovation.comments.policy import may_comment, may_comment_officially
from innovation.comments.threads import Discussion as Discussion
from innovation.comments.threads import thread_of
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.permissions import Actor, Person, holds
from innovation.groups.models import Group
from innovation.ideas.counters import WrongCounter, compare
from innovation.ideas.models import Authorship, Idea
from innovation.ideas.publishing import PERSON, SINCE
from innovation.programme.levels import what_first

FIRST_THREADS = 20
_ALL = 2**31 - 1
# Everybody sees these; of hidden and deleted ones only that there was something.
SHOWN = (Visibility.PUBLIC, Visibility.HIDDEN, Visibility.DELETED)
# These only their writer sees.
OWN_ONLY = (Visibility.WAITING, Visibility.DECLINED)


_NUMBER: BindParameter[int] = bindparam("number")
_RELATED = select(
    Idea.id,
    Idea.reference,
    Idea.visibility,
    Idea.merged_into_id,
    Idea.primary_sub_project_id,
    Idea.area_id,
    Idea.comment_count,
).where(or_(Idea.id == _NUMBER, Idea.merged_into_id == _NUMBER))


def discussion_of(actor: Actor, idea_id: int, *, everything: bool = False) -> Discussion:
    """Give the first threads, or all, newest first with the newest official one on top.

    Replies stand oldest first. Up to three queries and the programme, whatever the size. The caller
    has made sure that the actor may see the idea. Raises NotFoundError.
    """
    family = _family(idea_id)
    idea = family.get(idea_id)
    if idea is None:
        raise NotFoundError(f"idea {idea_id}")
    own = isinstance(actor, Person)
    asked = {"family": list(family), "viewer": actor.id if isinstance(actor, Person) else None}
    most = _ALL if everything else FIRST_THREADS
    threads = db.session.connection().execute(_threads(own=own), {**asked, "most": most}).all()
    asked["threads"] = [row.id for row in threads]
    wanted = _replies(own=own)
    replies = db.session.connection().execute(wanted, asked).all() if threads else []
    rows = tuple(
        thread_of(
            actor,
            row,
            [reply for reply in replies if reply.parent_id == row.id],
            origin=family[row.idea_id].reference if row.idea_id != idea_id else "",
        )
        for row in threads
    )
    missing = threads[0].total - len(threads) if threads else 0
    public = sum(row.visibility == Visibility.PUBLIC for row in (*threads, *replies))
    return Discussion(
        idea_id=idea_id,
        count=idea.comment_count,
        threads=rows,
        more=max(idea.comment_count - public, missing) if missing else 0,
        may_write=may_comment(actor, idea),
        may_write_officially=may_comment_officially(actor, idea),
        first=what_first(actor, "comment"),
    )


def _family(idea_id: int) -> dict[int, Any]:
    """Give what is needed of the idea and of those that were merged into it, by number."""
    rows = db.session.execute(_RELATED, {"number": idea_id})
    return {row.id: row for row in rows}


def home_of(comment: Comment) -> int:
    """Give the number of the idea under which the comment is read now."""
    head = func.coalesce(Idea.merged_into_id, Idea.id)
    return db.session.scalars(select(head).where(Idea.id == comment.idea_id)).one()


_FAMILY = Comment.idea_id.in_(bindparam("family", expanding=True))


@cache
def _threads(*, own: bool) -> Select[Any]:
    # Made once, as the one below: that takes longer than reading a discussion.
    newest_official = (
        select(Comment.id)
        .where(_FAMILY, Comment.parent_id.is_(None), Comment.official)
        .where(Comment.visibility == Visibility.PUBLIC)
        # By number, as the index of an idea's comments has them: by time SQLite would read all.
        .order_by(Comment.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(Comment.__table__, Group.kind.label("kind"), func.count().over().label("total"))
        .outerjoin(Group, Group.id == Comment.group_id)
        .where(_FAMILY, _shown(own=own), Comment.parent_id.is_(None))
        .order_by(
            case((Comment.id == newest_official, 0), else_=1),
            Comment.created_at.desc(),
            Comment.id.desc(),
        )
        .limit(bindparam("most"))
    )


@cache
def _replies(*, own: bool) -> Select[Any]:
    return (
        select(Comment.__table__, Group.kind.label("kind"))
        .outerjoin(Group, Group.id == Comment.group_id)
        .where(_FAMILY, _shown(own=own))
        .where(Comment.parent_id.in_(bindparam("threads", expanding=True)))
        .order_by(Comment.created_at, Comment.id)
    )


def _shown(*, own: bool) -> ColumnElement[bool]:
    seen = Comment.visibility.in_(SHOWN)
    if not own:
        return seen
    mine = Comment.person_id == bindparam("viewer", type_=Integer)
    return or_(seen, and_(Comment.visibility.in_(OWN_ONLY), mine))


def visible_comment(actor: Actor, number: int) -> Comment:
    """Give a comment that the actor may read; whether its idea may be seen the caller asks.

    Raises NotFoundError for what never was shown, is hidden or is deleted.
    """
    comment = db.session.get(Comment, number)
    if comment is None:
        raise NotFoundError(f"comment {number}")
    own = isinstance(actor, Person) and comment.person_id == actor.id
    waits = comment.visibility == Visibility.WAITING
    if comment.visibility == Visibility.PUBLIC or (
        waits and (own or holds(actor, "comment:moderate"))
    ):
        return comment
    raise NotFoundError(f"comment {number}")


def is_answered(comment: Comment) -> bool:
    """Tell whether somebody else has answered since, for all to see."""
    thread = comment.parent_id or comment.id
    later = and_(
        Comment.parent_id == thread,
        Comment.id > comment.id,
        Comment.visibility == Visibility.PUBLIC,
        Comment.person_id.is_distinct_from(comment.person_id),
    )
    return bool(db.session.scalar(select(exists().where(later))))


@dataclass(frozen=True, slots=True)
class OpenReport:
    """A report that nobody has decided on. comment_id is None when it is about the idea itself.

    rule: id of the rule that is said to be broken. said: what the reader added. text: what the
    report is about, or "" when the idea is. visibility: of the comment, else of the idea.
    """

    id: int
    idea_id: int
    idea_title: str
    comment_id: int | None
    text: str
    visibility: str
    rule: str
    said: str
    created_at: datetime


def open_reports() -> list[OpenReport]:
    """Give the reports that wait for a decision, the oldest first."""
    rows = db.session.execute(
        select(
            Report.id,
            Report.idea_id,
            Idea.title,
            Report.comment_id,
            func.coalesce(Comment.text, ""),
            func.coalesce(Comment.visibility, Idea.visibility),
            Report.rule,
            Report.text,
            Report.created_at,
        )
        .join(Idea, Idea.id == Report.idea_id)
        .outerjoin(Comment, Comment.id == Report.comment_id)
        .where(Report.resolved_at.is_(None))
        .order_by(Report.created_at, Report.id)
    )
    return [OpenReport(*row) for row in rows]


def recent_activity(since: datetime) -> dict[int, list[datetime]]:
    """Give when ideas were commented since a moment, for all to see, by the idea's number."""
    moments: dict[int, list[datetime]] = {}
    rows = db.session.execute(
        select(Comment.idea_id, Comment.created_at).where(
            Comment.visibility == Visibility.PUBLIC, Comment.created_at >= since
        )
    )
    for number, moment in rows:
        moments.setdefault(number, []).append(moment)
    return moments


def own_comments(person_id: int, idea_id: int) -> int:
    """Give how many public comments under an idea the person wrote."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Comment)
            .where(
                Comment.idea_id == idea_id,
                Comment.person_id == person_id,
                Comment.visibility == Visibility.PUBLIC,
            )
        )
        or 0
    )


def took_part(person_id: int, idea_id: int) -> bool:
    """Tell whether somebody wrote the idea, or in its discussion, in any name.

    What was merged into it counts as well. One query.
    """
    asked = {"person": person_id, "number": idea_id}
    return bool(db.session.execute(_TOOK_PART, asked).scalar_one())


_TOGETHER = select(Idea.id).where(or_(Idea.id == _NUMBER, Idea.merged_into_id == _NUMBER))
_PERSON: BindParameter[int] = bindparam("person")
_TOOK_PART = select(
    or_(
        exists().where(Authorship.person_id == _PERSON, Authorship.idea_id.in_(_TOGETHER)),
        exists().where(Comment.person_id == _PERSON, Comment.idea_id.in_(_TOGETHER)),
    )
)


def comments_of(numbers: Collection[int]) -> int:
    """Count the public comments of these ideas."""
    wanted = select(func.count()).where(
        Comment.idea_id.in_(numbers), Comment.visibility == Visibility.PUBLIC
    )
    return db.session.scalar(wanted) or 0


def wrong_counters() -> list[WrongCounter]:
    """Give the ideas whose number of comments is not that of their public ones, merged included."""
    counted = (
        select(func.count())
        .where(Comment.idea_id == Idea.id, Comment.visibility == Visibility.PUBLIC)
        .correlate(Idea)
        .scalar_subquery()
    )
    return compare(Idea.comment_count, counted, comments_of)


def _one_is(*visibilities: Visibility) -> ColumnElement[int]:
    return func.max(case((Comment.visibility.in_(visibilities), 1), else_=0))


# Whether comments of a person were published lately, and whether any were hidden.
STANDING = select(
    _one_is(Visibility.PUBLIC), _one_is(Visibility.HIDDEN, Visibility.DECLINED)
).where(Comment.person_id == PERSON, Comment.decided_at >= SINCE)
