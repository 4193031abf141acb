"""Giving people rights and taking them back; a grant is never changed but for its end."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from innovation.accounts.models import Account, Grant
from innovation.accounts.queries import profile_of, valid_grant
from innovation.core import audit, clock
from innovation.core.db import db
from innovation.core.errors import NotFoundError, RuleBrokenError
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, Role, authorize
from innovation.guard.rules import refuse_identity_codes, refuse_long

SUB_PROJECT = "sub_project"
AREA = "area"
LONGEST_REASON = 500
# The reason of every right that was given by a claim; rights given by hand have other reasons.
FEDERATED = "employer's sign-in"
LAST_ADMINISTRATOR = _("This is the last administrator. Make somebody else an administrator first.")

ROLE_LABELS: dict[str, LazyString] = {
    Role.STAFF: _("Staff member"),
    Role.MODERATOR: _("Moderator"),
    Role.LEAD: _("Lead"),
    Role.COORDINATOR: _("Coordinator"),
    Role.ANALYST: _("Reader of figures"),
    Role.EXPERT: _("Expert by experience"),
    Role.ADMINISTRATOR: _("Administrator"),
}


def may_give(role: str) -> str:
    """Give the permission that giving and taking this role needs."""
    return "expert:grant" if role == Role.EXPERT else "person:manage"


def grant_role(
    actor: Actor,
    person_id: int,
    role: str,
    reason: str,
    sub_project_id: int | None = None,
    *,
    area_id: int | None = None,
    until: date | None = None,
) -> None:
    """Give a person a right, a lead's for a sub-project, an area, or the one in the other.

    until: the last day on which it counts. Safe to repeat: the same right again changes nothing
    but the day. A right from the employer's sign-in and the same one given by hand stand side by
    side. Raises RuleBrokenError at the field role, sub_project, until or reason.
    """
    authorize(actor, may_give(role))
    _check_reason(reason)
    if role not in ROLE_LABELS:
        raise RuleBrokenError(_("Choose one of the options."), "role")
    scope = _scope(role, sub_project_id, area_id)
    ends = _end_of(until)
    # Two who give the same right at the same moment wait in line.
    db.session.execute(
        select(Account.id).where(Account.id == person_id).with_for_update(key_share=True)
    )
    if profile_of(person_id).closed:
        raise NotFoundError(f"person {person_id}")
    same = select(Grant).where(Grant.person_id == person_id, Grant.role == role, valid_grant())
    same = same.where(
        *(
            column.is_not_distinct_from(value)
            for column, value in zip(
                (Grant.scope_kind, Grant.scope_id, Grant.area_id), scope, strict=True
            )
        )
    )
    alike = Grant.reason == FEDERATED if reason == FEDERATED else Grant.reason != FEDERATED
    known = db.session.scalar(same.where(alike).order_by(Grant.id).limit(1))
    if known is not None and known.valid_until == ends:
        return
    if known is not None:
        if role == Role.ADMINISTRATOR and ends and not another_administrator(person_id):
            raise RuleBrokenError(LAST_ADMINISTRATOR, "until")
        known.valid_until = ends
        _note(actor, "grant:prolong", known)
        return
    grant = Grant(
        person_id=person_id,
        role=role,
        scope_kind=scope[0],
        scope_id=scope[1],
        area_id=scope[2],
        reason=reason,
        granted_at=clock.now(),
        granted_by=actor.id if isinstance(actor, Person) else None,
        valid_until=ends,
    )
    db.session.add(grant)
    _note(actor, "grant:give", grant)


def _scope(
    role: str, sub_project_id: int | None, area_id: int | None
) -> tuple[str | None, int | None, int | None]:
    """Give scope_kind, scope_id and area_id of a grant: nothing but a lead's has any."""
    if role != Role.LEAD:
        return None, None, None
    if sub_project_id is not None:
        return SUB_PROJECT, sub_project_id, area_id
    if area_id is None:
        raise RuleBrokenError(
            _("Choose the sub-project or the area that the person leads."), "sub_project"
        )
    return AREA, area_id, None


def _end_of(until: date | None) -> datetime | None:
    """Give the moment at which a right ends by itself: when its last day is over."""
    if until is None:
        return None
    if until < clock.today():
        raise RuleBrokenError(_("This day has passed. Choose a day to come."), "until")
    return clock.day_begins(until + timedelta(days=1))


def _note(actor: Actor, action: str, grant: Grant) -> None:
    sub_project = grant.scope_id if grant.scope_kind == SUB_PROJECT else None
    area = grant.scope_id if grant.scope_kind == AREA else grant.area_id
    audit.note(
        actor,
        action,
        "person",
        grant.person_id,
        role=str(grant.role),
        **{
            name: value
            for name, value in (("sub_project", sub_project), ("area", area))
            if value is not None
        },
    )


def revoke_grant(actor: Actor, grant_id: int, reason: str) -> int:
    """Take a right back and give the id of the person who had it. Safe to repeat.

    Raises RuleBrokenError when nobody would be left as administrator, or at the field reason.
    """
    authorize(actor, "expert:grant")
    grant = db.session.get(Grant, grant_id)
    if grant is None:
        raise NotFoundError(f"grant {grant_id}")
    authorize(actor, may_give(grant.role))
    if grant.revoked_at is not None:
        return grant.person_id
    _check_reason(reason)
    if grant.role == Role.ADMINISTRATOR and not another_administrator(grant.person_id):
        raise RuleBrokenError(LAST_ADMINISTRATOR, "reason")
    grant.revoked_at = clock.now()
    grant.revoked_by = actor.id if isinstance(actor, Person) else None
    grant.revoke_reason = reason
    _note(actor, "grant:take", grant)
    return grant.person_id


def another_administrator(person_id: int) -> bool:
    """Tell whether somebody else is administrator; two who remove each other wait in line."""
    holders = db.session.scalars(
        select(Grant.person_id)
        .join(Account, Account.id == Grant.person_id)
        .where(Grant.role == Role.ADMINISTRATOR, valid_grant(), Account.closed_at.is_(None))
        .order_by(Grant.id)
        .with_for_update(of=Grant)
    )
    return any(holder != person_id for holder in holders)


def _check_reason(reason: str) -> None:
    if not reason:
        raise RuleBrokenError(_("Write the reason in a few words."), "reason")
    refuse_long(LONGEST_REASON, reason=reason)
    refuse_identity_codes(reason=reason)
