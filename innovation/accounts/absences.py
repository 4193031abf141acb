"""Every write of an absence: a lead says from when to when, and who stands in meanwhile."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from innovation.accounts.deputies import away_between, holds_one_of
from innovation.accounts.events import AbsenceChanged
from innovation.accounts.models import Absence, Account
from innovation.core import audit, clock
from innovation.core.db import db
from innovation.core.errors import NotFoundError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import PERMISSIONS, Actor, Person, Role, authorize

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class AbsenceDraft:
    """Who is away from when to when, both days included, and who stands in."""

    person_id: int | None
    deputy_id: int | None
    first_day: date | None
    last_day: date | None


def add_absence(actor: Actor, draft: AbsenceDraft) -> Absence:
    """Write down an absence; the deputy leads what the one away leads, on those days.

    Leads do this for themselves, administrators for every lead. Raises RuleBrokenError at the
    field person, deputy, first_day or last_day, and ForbiddenError.
    """
    if not (isinstance(actor, Person) and actor.id == draft.person_id):
        authorize(actor, "person:manage")
    person_id = _check_person(draft.person_id)
    first, last = _check_days(draft)
    # Two who say the same at the same moment wait in line.
    db.session.execute(
        select(Account.id).where(Account.id == person_id).with_for_update(key_share=True)
    )
    known = away_between(person_id, first, last)
    if known is not None:
        raise RuleBrokenError(
            _("These days overlap with an absence that is known already. End that one first."),
            "first_day",
        )
    deputy_id = _check_deputy(draft, person_id, first, last)
    absence = Absence(person_id=person_id, deputy_id=deputy_id, first_day=first, last_day=last)
    db.session.add(absence)
    db.session.flush()
    audit.note(actor, "absence:add", "person", person_id, deputy=deputy_id)
    _tell(actor, absence, ended=False)
    return absence


def end_absence(actor: Actor, number: int) -> None:
    """Let an absence end today, or never begin; the deputy's rights end with it. Safe to repeat."""
    absence = db.session.get(Absence, number)
    if absence is None:
        raise NotFoundError(f"absence {number}")
    if not (isinstance(actor, Person) and actor.id == absence.person_id):
        authorize(actor, "person:manage")
    yesterday = clock.today() - timedelta(days=1)
    if absence.last_day <= yesterday:
        return
    audit.note(actor, "absence:end", "person", absence.person_id, deputy=absence.deputy_id)
    _tell(actor, absence, ended=True)
    if absence.first_day > yesterday:
        db.session.delete(absence)
    else:
        absence.last_day = yesterday


def _tell(actor: Actor, absence: Absence, *, ended: bool) -> None:
    if absence.deputy_id is None:
        return
    by = actor.id if isinstance(actor, Person) else None
    days = (absence.first_day, absence.last_day)
    at = clock.now().isoformat()
    record(AbsenceChanged(absence.person_id, absence.deputy_id, *days, ended, by, at))


def _check_person(person_id: int | None) -> int:
    if person_id is None or not holds_one_of(person_id, [Role.LEAD]):
        raise RuleBrokenError(_("Choose somebody who leads a sub-project or an area."), "person")
    return person_id


def _check_days(draft: AbsenceDraft) -> tuple[date, date]:
    first, last = draft.first_day, draft.last_day
    if first is None:
        raise RuleBrokenError(_("Write the first day, such as 15.12.2026."), "first_day")
    if last is None:
        raise RuleBrokenError(_("Write the last day, such as 31.12.2026."), "last_day")
    if last < first:
        raise RuleBrokenError(_("The last day is before the first one."), "last_day")
    if last < clock.today():
        raise RuleBrokenError(_("These days have passed. Choose days to come."), "last_day")
    if last - first > LONGEST:
        raise RuleBrokenError(_("Choose a time of at most a year."), "last_day")
    return first, last


def _check_deputy(draft: AbsenceDraft, person_id: int, first: date, last: date) -> int:
    deputy_id = draft.deputy_id
    if deputy_id is None:
        raise RuleBrokenError(_("Choose who stands in."), "deputy")
    if deputy_id == person_id:
        raise RuleBrokenError(_("Choose somebody else: nobody stands in for themselves."), "deputy")
    account = db.session.get(Account, deputy_id)
    if account is None or account.closed_at is not None:
        raise RuleBrokenError(_("That account has been closed. Choose somebody else."), "deputy")
    if not holds_one_of(deputy_id, PERMISSIONS["idea:see_staff_only"]):
        raise RuleBrokenError(_("Only somebody who works here can stand in."), "deputy")
    if away_between(deputy_id, first, last) is not None:
        raise RuleBrokenError(
            _("%(name)s is away on some of these days. Choose somebody else.", name=account.name),
            "deputy",
        )
    return deputy_id
