"""Giving people rights and taking them back; a grant is never changed but for its end."""

from sqlalchemy import select

from innovation.accounts.models import Account, Grant
from innovation.accounts.queries import profile_of, valid_grant
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import NotFoundError, RuleBrokenError
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, Role, authorize
from innovation.guard.rules import refuse_identity_codes, refuse_long

SUB_PROJECT = "sub_project"
LONGEST_REASON = 500

ROLE_LABELS: dict[str, LazyString] = {
    Role.STAFF: _("Staff member"),
    Role.MODERATOR: _("Moderator"),
    Role.LEAD: _("Lead of a sub-project"),
    Role.COORDINATOR: _("Coordinator"),
    Role.ADMINISTRATOR: _("Administrator"),
}


def grant_role(
    actor: Actor, person_id: int, role: str, reason: str, sub_project_id: int | None = None
) -> None:
    """Give a person a right, a lead's for one sub-project. Safe to repeat.

    Raises RuleBrokenError at the field role, sub_project or reason.
    """
    authorize(actor, "person:manage")
    _check_reason(reason)
    if role not in ROLE_LABELS:
        raise RuleBrokenError(_("Choose one of the options."), "role")
    if role == Role.LEAD and sub_project_id is None:
        raise RuleBrokenError(_("Choose the sub-project that the person leads."), "sub_project")
    scope_id = sub_project_id if role == Role.LEAD else None
    # Two who give the same right at the same moment wait in line.
    db.session.execute(
        select(Account.id).where(Account.id == person_id).with_for_update(key_share=True)
    )
    if profile_of(person_id).closed:
        raise NotFoundError(f"person {person_id}")
    same = select(Grant.id).where(Grant.person_id == person_id, Grant.role == role, valid_grant())
    same = same.where(Grant.scope_id == scope_id if scope_id else Grant.scope_id.is_(None))
    if db.session.scalar(same.limit(1)) is not None:
        return
    db.session.add(
        Grant(
            person_id=person_id,
            role=role,
            scope_kind=SUB_PROJECT if scope_id else None,
            scope_id=scope_id,
            reason=reason,
            granted_at=clock.now(),
            granted_by=actor.id if isinstance(actor, Person) else None,
        )
    )


def revoke_grant(actor: Actor, grant_id: int, reason: str) -> int:
    """Take a right back and give the id of the person who had it. Safe to repeat.

    Raises RuleBrokenError when nobody would be left as administrator, or at the field reason.
    """
    authorize(actor, "person:manage")
    grant = db.session.get(Grant, grant_id)
    if grant is None:
        raise NotFoundError(f"grant {grant_id}")
    if grant.revoked_at is not None:
        return grant.person_id
    _check_reason(reason)
    if grant.role == Role.ADMINISTRATOR and not _another_administrator(grant.person_id):
        raise RuleBrokenError(
            _("This is the last administrator. Make somebody else an administrator first."),
            "reason",
        )
    grant.revoked_at = clock.now()
    grant.revoked_by = actor.id if isinstance(actor, Person) else None
    grant.revoke_reason = reason
    return grant.person_id


def _another_administrator(person_id: int) -> bool:
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
