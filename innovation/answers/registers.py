"""Reading the register of matters whose time the law sets: which there are, and when they are due.

Initiatives: the maker is told within a month of arrival (act 611/2021, 30 §). Feedback on
accessibility: two weeks (306/2019). Requests about one's own data: a month, two months more for a
reason (regulation 2016/679, article 12). Requests for documents: two weeks, a month for a reason
(621/1999, 14 §).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from innovation.answers.models import StatutoryClock
from innovation.core import clock
from innovation.core.db import db
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.pagination import PAGE_SIZE, Page
from innovation.core.permissions import Actor, authorize

INITIATIVE = "initiative"
# What is done leaves the page after this time; the rows stay.
DONE_SHOWN = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of matter. due: from the day of arrival; longest: when it may be moved, for a reason.

    told: the time in words.
    """

    label: LazyString
    told: LazyString
    due: Callable[[date], date]
    longest: Callable[[date], date] | None = None


def _in_months(months: int) -> Callable[[date], date]:
    return lambda start: clock.deadline_in_months(start, months)


def _in_two_weeks(start: date) -> date:
    return clock.deadline_after(start, 14)


KINDS: dict[str, Kind] = {
    INITIATIVE: Kind(_("Initiative"), _("one month"), _in_months(1)),
    "accessibility": Kind(_("Feedback on accessibility"), _("two weeks"), _in_two_weeks),
    "data_request": Kind(
        _("Request about one’s own data"),
        _("one month, three for a reason"),
        _in_months(1),
        _in_months(3),
    ),
    "document_request": Kind(
        _("Request for a document"),
        _("two weeks, one month for a reason"),
        _in_two_weeks,
        _in_months(1),
    ),
}


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter of the register. due_on: the day in force; first_due: before it was moved.

    late: by how many days it is over, 0 while it holds or is done.
    """

    id: int
    kind: str
    about: str
    idea_id: int | None
    arrived_on: date
    first_due: date
    due_on: date
    reason: str
    done_on: date | None
    late: int

    @property
    def label(self) -> LazyString:
        """The kind in words."""
        return KINDS[self.kind].label

    @property
    def moved(self) -> bool:
        """Whether the day was moved."""
        return self.due_on != self.first_due

    @property
    def longest(self) -> date | None:
        """The latest day that the law allows, None when the day cannot be moved any more."""
        longest = KINDS[self.kind].longest
        if longest is None or self.moved or self.done_on is not None:
            return None
        return longest(self.arrived_on)


def open_matters(actor: Actor) -> list[Matter]:
    """Give everything that is not done, what is due first at the top. Raises ForbiddenError."""
    authorize(actor, "statutory:keep")
    due = func.coalesce(StatutoryClock.moved_to, StatutoryClock.due_on)
    rows = db.session.scalars(
        select(StatutoryClock)
        .where(StatutoryClock.done_on.is_(None))
        .order_by(due, StatutoryClock.id)
    )
    return [matter_of(row) for row in rows]


def done_matters(actor: Actor, number: int) -> Page[Matter]:
    """Give a page of what was done in the last year, the newest first. Raises ForbiddenError."""
    authorize(actor, "statutory:keep")
    done = StatutoryClock.done_on >= clock.today() - DONE_SHOWN
    total = db.session.scalar(select(func.count(StatutoryClock.id)).where(done)) or 0
    rows = db.session.scalars(
        select(StatutoryClock)
        .where(done)
        .order_by(StatutoryClock.done_on.desc(), StatutoryClock.id.desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return Page([matter_of(row) for row in rows], number, total)


def matter_of(row: StatutoryClock) -> Matter:
    """Give a row as pages show it."""
    due = row.moved_to or row.due_on
    late = 0 if row.done_on else max(0, (clock.today() - due).days)
    return Matter(
        id=row.id,
        kind=row.kind,
        about=row.about,
        idea_id=row.idea_id,
        arrived_on=row.arrived_on,
        first_due=row.due_on,
        due_on=due,
        reason=row.reason,
        done_on=row.done_on,
        late=late,
    )
