"""Reading the rights that people were given: what for, until when, and why they ended."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from innovation.accounts.models import Account, Grant
from innovation.accounts.queries import valid_grant
from innovation.core import clock
from innovation.core.db import db


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A right as it was given, and taken back if it was. valid_until: the moment it ends by itself.

    sub_project_id, area_id: what a lead leads, None for everything of that sort.
    """

    id: int
    role: str
    sub_project_id: int | None
    area_id: int | None
    reason: str
    granted_at: datetime
    granted_by: str
    valid_until: datetime | None
    revoked_at: datetime | None
    revoke_reason: str

    @property
    def over(self) -> bool:
        """True when it counts no more."""
        ended = self.valid_until is not None and self.valid_until <= clock.now()
        return ended or self.revoked_at is not None


def grants_of(person_id: int) -> list[GrantRow]:
    """Give every right a person ever had, newest first."""
    rows = db.session.execute(
        select(Grant, func.coalesce(Account.name, ""))
        .outerjoin(Account, Account.id == Grant.granted_by)
        .where(Grant.person_id == person_id)
        .order_by(Grant.id.desc())
    )
    return [_row(grant, by) for grant, by in rows]


def _row(grant: Grant, by: str) -> GrantRow:
    area_alone = grant.scope_kind == "area"
    return GrantRow(
        id=grant.id,
        role=grant.role,
        sub_project_id=None if area_alone else grant.scope_id,
        area_id=grant.scope_id if area_alone else grant.area_id,
        reason=grant.reason,
        granted_at=grant.granted_at,
        granted_by=by,
        valid_until=grant.valid_until,
        revoked_at=grant.revoked_at,
        revoke_reason=grant.revoke_reason,
    )


@dataclass(frozen=True, slots=True)
class HolderRow:
    """Somebody who holds a role now."""

    grant_id: int
    person_id: int
    name: str
    reason: str
    granted_at: datetime
    valid_until: datetime | None


def holders(role: str) -> list[HolderRow]:
    """Give who holds a role now, by name."""
    rows = db.session.execute(
        select(
            Grant.id,
            Account.id,
            Account.name,
            Grant.reason,
            Grant.granted_at,
            Grant.valid_until,
        )
        .join(Account, Account.id == Grant.person_id)
        .where(Grant.role == role, valid_grant(), Account.closed_at.is_(None))
        .order_by(Account.name, Grant.id)
    )
    return [HolderRow(*row) for row in rows]


def role_of_grant(grant_id: int) -> str:
    """Give the role of a grant, "" when there is none."""
    return db.session.scalar(select(Grant.role).where(Grant.id == grant_id)) or ""
