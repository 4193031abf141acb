"""Ending the sign-ins of somebody else, or of everybody, with a reason; for administrators."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from innovation.accounts.models import Account, Session, SessionEnd
from innovation.accounts.queries import is_over, profile_of
from innovation.accounts.sessions import end_sessions
from innovation.core import audit, clock
from innovation.core.db import db
from innovation.core.errors import NotFoundError, RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, authorize
from innovation.guard.rules import refuse_identity_codes, refuse_long

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class EndRow:
    """One time that sign-ins were ended. by: who did it, "" for a command."""

    at: datetime
    by: str
    reason: str


def end_for(actor: Actor, person_id: int, reason: str) -> None:
    """End every session of somebody; passwords and second factors stay as they are.

    Raises RuleBrokenError at reason, NotFoundError for nobody.
    """
    authorize(actor, "person:manage")
    _check(reason)
    if profile_of(person_id).closed:
        raise NotFoundError(f"person {person_id}")
    end_sessions(person_id)
    _keep(actor, person_id, reason)
    audit.note(actor, "sessions:end", "person", person_id)


def end_for_everybody(actor: Actor, reason: str) -> int:
    """End every session there is, one's own too; gives how many. Raises RuleBrokenError."""
    authorize(actor, "person:manage")
    _check(reason)
    ended = how_many_are_in(actor, None)
    db.session.execute(delete(Session))
    _keep(actor, None, reason)
    audit.note(actor, "sessions:all", "programme", 1)
    return ended


def _check(reason: str) -> None:
    if not reason:
        raise RuleBrokenError(_("Write the reason in a few words."), "reason")
    refuse_long(LONGEST_REASON, reason=reason)
    refuse_identity_codes(reason=reason)


def _keep(actor: Actor, person_id: int | None, reason: str) -> None:
    by = actor.id if isinstance(actor, Person) else None
    db.session.add(SessionEnd(person_id=person_id, ended_by=by, reason=reason, at=clock.now()))


def ends_of(actor: Actor, person_id: int | None) -> list[EndRow]:
    """Give the times somebody's sign-ins were ended, newest first; None: those of everybody."""
    authorize(actor, "person:manage")
    rows = db.session.execute(
        select(SessionEnd.at, func.coalesce(Account.name, ""), SessionEnd.reason)
        .outerjoin(Account, Account.id == SessionEnd.ended_by)
        .where(SessionEnd.person_id.is_not_distinct_from(person_id))
        .order_by(SessionEnd.id.desc())
    )
    return [EndRow(*row) for row in rows]


def how_many_are_in(actor: Actor, person_id: int | None) -> int:
    """Tell on how many devices somebody, or everybody, is signed in now."""
    authorize(actor, "person:manage")
    counted = select(func.count()).select_from(Session).where(~is_over(clock.now()))
    if person_id is not None:
        counted = counted.where(Session.person_id == person_id)
    return db.session.scalar(counted) or 0
