"""Reading groups: in whose names somebody may write, who their members are and were."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, cast, func, or_, select

from innovation.accounts.models import Account
from innovation.accounts.queries import scopes_too
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.i18n import pick
from innovation.core.permissions import Person
from innovation.groups.models import Group, Membership
from innovation.programme.queries import snapshot


def kind_name(kind: str, language: str) -> str:
    """Give the name of a kind of group; one that the programme has no more is named by its id."""
    known = next((one for one in snapshot().group_kinds if one["id"] == kind), None)
    return pick(known["name"], language) if known else kind


def counts_now() -> ColumnElement[bool]:
    """Give the condition for memberships that count today, in groups that are not closed."""
    return counts_on(clock.today())  # type: ignore[no-any-return]


def counts_on(today: Any) -> Any:
    """Give the same for a day, or the bound parameter of one."""
    return (
        (Membership.first_day <= today)
        & or_(Membership.last_day.is_(None), Membership.last_day >= today)
        & Membership.ended_at.is_(None)
        & Group.closed_at.is_(None)
    )


# Whoever is read is told in whose names they may write today.
scopes_too(
    "member",
    "group",
    select(func.aggregate_strings(cast(Membership.group_id, String), ","))
    .join(Group, Group.id == Membership.group_id)
    .where(Membership.person_id == Account.id, counts_on(bindparam("today")))
    .correlate(Account)
    .scalar_subquery(),
)


def members_now(group_ids: Iterable[int]) -> frozenset[int]:
    """Give everybody who may write in the name of one of these groups today."""
    wanted = (
        select(Membership.person_id)
        .join(Group, Group.id == Membership.group_id)
        .where(Membership.group_id.in_(list(group_ids)), counts_now())
    )
    return frozenset(db.session.scalars(wanted))


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """A group in whose name somebody may write. kind: an id of the programme's kinds."""

    id: int
    name: str
    kind: str


def groups_of(who: object) -> list[GroupChoice]:
    """Give the groups in whose name the actor may write today, by name. No query for most."""
    numbers = who.groups if isinstance(who, Person) else ()
    if not numbers:
        return []
    rows = db.session.execute(
        select(Group.id, Group.name, Group.kind).where(Group.id.in_(numbers)).order_by(Group.name)
    )
    return [GroupChoice(*row) for row in rows]


def name_of(group_id: int) -> str:
    """Give the name of a group."""
    return db.session.scalars(select(Group.name).where(Group.id == group_id)).one()


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group in the administrators' list. members: how many write in its name today."""

    id: int
    kind: str
    name: str
    area_id: int | None
    closed: bool
    members: int


def all_groups() -> list[GroupRow]:
    """Give every group, those in use first, by name."""
    counted = (
        select(func.count(Membership.id))
        .where(Membership.group_id == Group.id, counts_now())
        .correlate(Group)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Group.id, Group.kind, Group.name, Group.area_id, Group.closed_at, counted).order_by(
            Group.closed_at.is_not(None), Group.name, Group.id
        )
    )
    return [GroupRow(row[0], row[1], row[2], row[3], row[4] is not None, row[5]) for row in rows]


def group_by_id(group_id: int) -> Group:
    """Give a group. Raises NotFoundError."""
    group = db.session.get(Group, group_id)
    if group is None:
        raise NotFoundError(f"group {group_id}")
    return group


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody who writes or wrote in a group's name."""

    id: int
    person_id: int
    name: str
    first_day: date
    last_day: date | None
    reason: str
    ended_at: datetime | None
    end_reason: str

    @property
    def over(self) -> bool:
        """True when nothing more can be written by it."""
        passed = self.last_day is not None and self.last_day < clock.today()
        return passed or self.ended_at is not None


def members_of(group_id: int) -> list[MemberRow]:
    """Give everybody who writes or wrote in a group's name, the newest first."""
    rows = db.session.execute(
        select(
            Membership.id,
            Membership.person_id,
            Account.name,
            Membership.first_day,
            Membership.last_day,
            Membership.reason,
            Membership.ended_at,
            Membership.end_reason,
        )
        .join(Account, Account.id == Membership.person_id)
        .where(Membership.group_id == group_id)
        .order_by(Membership.ended_at.is_not(None), Membership.id.desc())
    )
    return [MemberRow(*row) for row in rows]
