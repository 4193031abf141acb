"""Whose an idea is: the people behind it for the rules, and what is shown of them."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, func, select

from innovation.core.db import db
from innovation.core.permissions import Person
from innovation.groups.models import Group
from innovation.groups.queries import members_now
from innovation.ideas import policy
from innovation.ideas.models import Authorship, Idea

_WROTE = select(Authorship.person_id, Authorship.group_id).where(
    Authorship.idea_id == bindparam("number")
)
_SHOWN = (
    select(
        Authorship.person_id,
        Authorship.name,
        Authorship.on_behalf_of,
        Authorship.people,
        func.coalesce(Group.kind, ""),
    )
    .outerjoin(Group, Group.id == Authorship.group_id)
    .where(Authorship.idea_id == bindparam("number"))
    .order_by(Authorship.id)
)


def with_authors(idea: Idea | None) -> Idea | None:
    """Let the rules know the idea's authors: a group's idea belongs to its members of today."""
    if idea is not None:
        rows = db.session.execute(_WROTE, {"number": idea.id}).all()
        groups = {row.group_id for row in rows if row.group_id is not None}
        own = {row.person_id for row in rows if row.person_id and row.group_id is None}
        members = members_now(groups) if groups else frozenset()
        setattr(idea, policy.AUTHORS, members.union(own))
        setattr(idea, policy.GROUP, next(iter(sorted(groups)), None))
    return idea


def written_by(who: Person) -> ColumnElement[bool]:
    """Give the condition for authorships that are somebody's today: their own, and their groups'.

    What they wrote in the name of a group is the group's: after their time there it is not theirs.
    """
    own = (Authorship.person_id == who.id) & Authorship.group_id.is_(None)
    return own | Authorship.group_id.in_(who.groups) if who.groups else own


@dataclass(frozen=True, slots=True)
class AuthorRow:
    """An author as shown: the chosen name ("" for a nameless one) and on whose behalf.

    group_kind: an id of the programme's kinds where a member wrote in a group's name, else "".
    """

    person_id: int | None
    name: str
    on_behalf_of: str
    people: int
    group_kind: str = ""


def authors_of(number: int) -> list[AuthorRow]:
    """Give the authors of an idea in the order in which they came."""
    rows = db.session.execute(_SHOWN, {"number": number})
    return [AuthorRow(*row) for row in rows]
