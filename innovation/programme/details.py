"""The programme as administrators see it: everything that can be edited, read row by row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from innovation.accounts.models import Account
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.i18n import Texts
from innovation.programme.drafts import (
    ContactDraft,
    MunicipalityDraft,
    ProgrammeDraft,
    SubProjectDraft,
)
from innovation.programme.models import Area, Contact, Municipality, Parent, SubProject
from innovation.programme.queries import snapshot


def programme_draft() -> ProgrammeDraft:
    """Give what is written of the programme as a whole."""
    known = snapshot()
    return ProgrammeDraft(
        names=known.names,
        phone=known.contact.get("phone", ""),
        email=known.contact.get("email", ""),
        address=known.contact.get("address", ""),
        hours=known.contact.get("hours", {}),
        place=known.contact.get("place", {}),
        looked_at_working_days=known.promises["looked_at_working_days"],
        first_answer_days=known.promises["first_answer_days"],
        decision_days=known.promises["decision_days"],
        publishing=known.publishing,
        licence=known.licence,
        reading_hours=known.reading_hours,
    )


@dataclass(frozen=True, slots=True)
class ClosedRow:
    """A time in which nothing is answered, both days included."""

    first: date
    last: date
    names: Texts


def closed_rows() -> list[ClosedRow]:
    """Give the closed times that are not over, the nearest first."""
    rows = [
        ClosedRow(date.fromisoformat(one["first"]), date.fromisoformat(one["last"]), one["names"])
        for one in snapshot().closed_periods
    ]
    return sorted((row for row in rows if row.last >= clock.today()), key=lambda row: row.first)


@dataclass(frozen=True, slots=True)
class SubProjectRow:
    """A sub-project in the administrators' list. contacts: how many are named to it."""

    slug: str
    short_names: Texts
    parent_id: int
    confirmed: bool
    closed: bool
    successor_names: Texts | None
    contacts: int


def sub_project_rows() -> list[SubProjectRow]:
    """Give every sub-project, open or closed, in the order of the pages."""
    after = aliased(SubProject)
    counted = (
        select(func.count(Contact.id)).where(Contact.sub_project_id == SubProject.id)
    ).scalar_subquery()
    rows = db.session.execute(
        select(
            SubProject.slug,
            SubProject.short_names,
            SubProject.parent_id,
            SubProject.confirmed,
            SubProject.closed_at.is_not(None),
            after.short_names,
            counted,
        )
        .outerjoin(after, after.id == SubProject.successor_id)
        .order_by(SubProject.position, SubProject.id)
    )
    return [SubProjectRow(*row) for row in rows]


def sub_project_draft(slug: str) -> SubProjectDraft:
    """Give what is written of a sub-project. Raises NotFoundError."""
    after = aliased(SubProject)
    row = db.session.execute(
        select(
            Parent.slug,
            SubProject.official_names,
            SubProject.short_names,
            SubProject.purposes,
            SubProject.aliases,
            SubProject.confirmed,
            SubProject.valid_from,
            SubProject.valid_to,
            func.coalesce(after.slug, ""),
        )
        .join(Parent, Parent.id == SubProject.parent_id)
        .outerjoin(after, after.id == SubProject.successor_id)
        .where(SubProject.slug == slug)
    ).first()
    if row is None:
        raise NotFoundError(f"sub-project {slug}")
    return SubProjectDraft(*row[:4], tuple(row[4]), *row[5:])


def successions() -> Mapping[int, int | None]:
    """Give the successor of every sub-project, both by their row ids."""
    rows = db.session.execute(select(SubProject.id, SubProject.successor_id))
    return {row.id: row.successor_id for row in rows}


def leads_back(after: Mapping[int, int | None], here: int, following: int | None) -> bool:
    """Tell whether a sub-project followed by this one would end up as its own successor."""
    while following is not None and following != here:
        following = after[following]
    return following == here


@dataclass(frozen=True, slots=True)
class MunicipalityRow:
    """A municipality in the administrators' list."""

    slug: str
    names: Texts
    area_id: int
    confirmed: bool
    source: str


def municipality_rows() -> list[MunicipalityRow]:
    """Give every municipality in the order of the forms."""
    rows = db.session.execute(
        select(
            Municipality.slug,
            Municipality.names,
            Municipality.area_id,
            Municipality.confirmed,
            Municipality.source,
        ).order_by(Municipality.position, Municipality.id)
    )
    return [MunicipalityRow(*row) for row in rows]


def municipality_draft(slug: str) -> MunicipalityDraft:
    """Give what is written of a municipality. Raises NotFoundError."""
    row = db.session.execute(
        select(Municipality.names, Area.slug, Municipality.confirmed, Municipality.source)
        .join(Area, Area.id == Municipality.area_id)
        .where(Municipality.slug == slug)
    ).first()
    if row is None:
        raise NotFoundError(f"municipality {slug}")
    return MunicipalityDraft(*row)


def contact_draft(contact_id: int) -> ContactDraft:
    """Give what is written of a contact. Raises NotFoundError."""
    row = db.session.execute(
        select(
            Contact.name,
            Contact.task,
            Contact.email,
            Contact.phone,
            func.coalesce(SubProject.slug, ""),
            func.coalesce(Area.slug, ""),
            func.coalesce(Account.email, ""),
        )
        .outerjoin(SubProject, SubProject.id == Contact.sub_project_id)
        .outerjoin(Area, Area.id == Contact.area_id)
        .outerjoin(Account, Account.id == Contact.person_id)
        .where(Contact.id == contact_id)
    ).first()
    if row is None:
        raise NotFoundError(f"contact {contact_id}")
    return ContactDraft(*row)
