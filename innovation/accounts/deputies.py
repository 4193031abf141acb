"""Reading who is away, who stands in for whom, and who can be asked to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased

from innovation.accounts.models import Absence, Account, Grant
from innovation.accounts.queries import valid_grant
from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import PERMISSIONS, Role


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """Days on which somebody is away. deputy: a name, "" when that account is no more."""

    id: int
    person_id: int
    name: str
    deputy: str
    first_day: date
    last_day: date

    @property
    def begun(self) -> bool:
        """True when it is a time of now and not one to come."""
        return self.first_day <= clock.today()


def absences(person_id: int | None = None) -> list[AbsenceRow]:
    """Give the absences that are not over, of everybody or of one person, the soonest first."""
    return _absences() if person_id is None else _absences(Absence.person_id == person_id)


def standing_in(person_id: int) -> list[AbsenceRow]:
    """Give the absences, not over, in which this person stands in for somebody."""
    return _absences(Absence.deputy_id == person_id)


def _absences(*conditions: ColumnElement[bool]) -> list[AbsenceRow]:
    away, deputy = aliased(Account), aliased(Account)
    rows = db.session.execute(
        select(
            Absence.id,
            Absence.person_id,
            away.name,
            deputy.name,
            Absence.first_day,
            Absence.last_day,
        )
        .join(away, away.id == Absence.person_id)
        .outerjoin(deputy, deputy.id == Absence.deputy_id)
        .where(Absence.last_day >= clock.today(), *conditions)
        .order_by(Absence.first_day, Absence.id)
    )
    return [AbsenceRow(row[0], row[1], row[2], row[3] or "", row[4], row[5]) for row in rows]


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """Somebody to choose from a list."""

    id: int
    name: str
    email: str


def stand_ins(person_ids: Collection[int]) -> dict[int, PersonChoice]:
    """Give who stands in today for those of these people who are away, by the one away."""
    if not person_ids:
        return {}
    today = clock.today()
    rows = db.session.execute(
        select(Absence.person_id, Account.id, Account.name, Account.email)
        .join(Account, Account.id == Absence.deputy_id)
        .where(
            Absence.person_id.in_(person_ids),
            Absence.first_day <= today,
            Absence.last_day >= today,
            Account.closed_at.is_(None),
        )
        .order_by(Absence.id.desc())
    )
    return {row[0]: PersonChoice(row[1], row[2], row[3]) for row in rows}


def leads() -> list[PersonChoice]:
    """Give everybody who leads something in their own right, by name."""
    return _holders([Role.LEAD])


def possible_deputies() -> list[PersonChoice]:
    """Give everybody who works here and so can stand in for a lead, by name."""
    return _holders(PERMISSIONS["idea:see_staff_only"])


def _holders(roles: Collection[str]) -> list[PersonChoice]:
    rows = db.session.execute(
        select(Account.id, Account.name, Account.email)
        .where(Account.closed_at.is_(None), Account.id.in_(_holding(roles)))
        .order_by(Account.name, Account.id)
    )
    return [PersonChoice(*row) for row in rows]


def holds_one_of(person_id: int, roles: Collection[str]) -> bool:
    """Tell whether a person has been given one of these roles, not counting what is lent."""
    given = _holding(roles).where(Grant.person_id == person_id).limit(1)
    return db.session.scalar(given) is not None


def _holding(roles: Collection[str]) -> Select[int]:
    return select(Grant.person_id).where(Grant.role.in_([*roles]), valid_grant())


def away_between(person_id: int, first: date, last: date) -> Absence | None:
    """Give an absence of the person that has a day in common with these, if there is one."""
    return db.session.scalar(
        select(Absence)
        .where(
            Absence.person_id == person_id,
            ~or_(Absence.last_day < first, Absence.first_day > last),
        )
        .order_by(Absence.first_day)
        .limit(1)
    )
