"""Reading whom a decision concerns: those who are told of it by mail."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, exists, select, union

from innovation.accounts.models import Account, Grant
from innovation.accounts.queries import valid_grant
from innovation.comments.models import Comment
from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import PERMISSIONS, Role
from innovation.groups.models import Group, Membership
from innovation.groups.queries import counts_on
from innovation.ideas.lifecycle import Handling
from innovation.ideas.merged import family_of
from innovation.ideas.models import Authorship, TimelineEntry
from innovation.ideas.timeline import Kind
from innovation.notifications.models import Follow
from innovation.votes.models import Vote

# The kind of the mails about decisions; their keys are "decision <id> <why> <person>".
DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a mail goes to, "" while the address is unconfirmed, and why: a key of texts.WHY.

    Of a merge hear the "author" of the idea, a "coauthor" whose idea was merged into it earlier,
    a "target" (who wrote what it was merged into) and a "follower"; of an answer, a moved date and
    what else becomes of an idea in public all of them but the target.
    """

    person_id: int
    email: str
    language: str
    why: str


def came_along(idea_id: int) -> list[int]:
    """Give an idea that was merged, and first what had been merged into it before.

    Its timeline tells it, since by now they all point to the same idea.
    """
    found: list[int] = []
    newer = [idea_id]
    while newer:
        found += newer
        newer = list(
            db.session.scalars(
                select(TimelineEntry.idea_id)
                .where(
                    TimelineEntry.kind == Kind.MERGED,
                    TimelineEntry.handling_to == Handling.MERGED,
                    TimelineEntry.other_idea_id.in_(newer),
                    TimelineEntry.idea_id.not_in(found),
                    TimelineEntry.undone_at.is_(None),
                )
                .distinct()
            )
        )
    return found


def were_there(idea_id: int, other_idea_id: int) -> list[int]:
    """Give what an idea was merged into, with all that had been merged into that before."""
    came = came_along(idea_id)
    return [number for number in family_of(other_idea_id) if number not in came]


def authors_to_tell(
    ideas: Collection[int], *, always: bool, why: str = "author"
) -> list[Recipient]:
    """Give the authors of these ideas; always: also those who have stopped following."""
    asked = {"ideas": list(ideas), "today": clock.today()}
    return _asked(why, _authors(always=always), asked)


@cache
def _authors(*, always: bool) -> Select[Any]:
    ideas = Authorship.idea_id.in_(bindparam("ideas", expanding=True))
    wrote = select(Authorship.person_id).where(ideas, Authorship.group_id.is_(None))
    # What was written in a group's name is its members' of today.
    members = (
        select(Membership.person_id)
        .join(Group, Group.id == Membership.group_id)
        .join(Authorship, Authorship.group_id == Membership.group_id)
        .where(ideas, counts_on(bindparam("today")))
    )
    if not always:
        wrote = wrote.where(~_stopped(Authorship.person_id, Authorship.idea_id))
        members = members.where(~_stopped(Membership.person_id, Authorship.idea_id))
    return _reached_by(wrote, members)


def commenter_to_tell(comment_id: int) -> list[Recipient]:
    """Give the writer of a comment, when they have an account."""
    wrote = select(Comment.person_id).where(Comment.id == comment_id)
    return _asked("commenter", _reached_by(wrote))


def family_to_tell(idea_id: int, *, always: bool, public: bool) -> list[Recipient]:
    """Give the authors and followers of an idea and of what was merged into it.

    always: as for `authors_to_tell`, of the idea itself. public: everybody may read it; otherwise
    only followers who are staff are told. Somebody may be there twice.
    """
    family = family_of(idea_id)
    merged = [number for number in family if number != idea_id]
    return [
        *authors_to_tell([idea_id], always=always),
        *authors_to_tell(merged, always=False, why="coauthor"),
        *followers_to_tell(family, inside=not public),
    ]


def followers_to_tell(ideas: Collection[int], *, inside: bool = False) -> list[Recipient]:
    """Give who follows or supports one of these ideas, each once.

    Not who has stopped following just that one. inside: only those who may read what is for staff.
    """
    follows = select(Follow.person_id).where(Follow.idea_id.in_(ideas), Follow.stopped_at.is_(None))
    votes = select(Vote.person_id).where(
        Vote.idea_id.in_(ideas), ~_stopped(Vote.person_id, Vote.idea_id)
    )
    if inside:
        roles = sorted(PERMISSIONS["idea:see_staff_only"])
        staff = select(Grant.person_id).where(Grant.role.in_(roles), valid_grant())
        follows = follows.where(Follow.person_id.in_(staff))
        votes = votes.where(Vote.person_id.in_(staff))
    return _asked("follower", _reached_by(follows, votes))


def _stopped(person: Any, idea: Any) -> ColumnElement[bool]:
    """Give the condition that somebody has stopped following an idea."""
    return exists().where(
        Follow.person_id == person, Follow.idea_id == idea, Follow.stopped_at.is_not(None)
    )


def moderators_to_tell() -> list[Recipient]:
    """Give every moderator, confirmed or not; administrators where there is no moderator."""
    for role in (Role.MODERATOR, Role.ADMINISTRATOR):
        hold = select(Grant.person_id).where(Grant.role == role, valid_grant())
        found = _asked("moderator", _accounts(Account.id.in_(hold)))
        if found:
            return found
    return []


def _reached_by(*people: Select[Any]) -> Select[Any]:
    # Together: asked for one by one, PostgreSQL would look at every account.
    among = Account.id.in_(union(*people) if people[1:] else people[0])
    confirmed = case((Account.email_confirmed_at.is_(None), ""), else_=Account.email)
    return _accounts(among, email=confirmed)


def _accounts(condition: ColumnElement[bool], email: Any = Account.email) -> Select[Any]:
    return (
        select(Account.id, email, Account.language)
        .where(Account.closed_at.is_(None), condition)
        .order_by(Account.id)
    )


def _asked(
    why: str, people: Select[Any], values: Mapping[str, Any] | None = None
) -> list[Recipient]:
    rows = db.session.execute(people, values or {})
    return [Recipient(row[0], row[1], row[2], why) for row in rows]
