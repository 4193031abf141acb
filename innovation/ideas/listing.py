"""Lists of ideas: the rows of a page, and how many there are of what."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select, union_all

from innovation.core import clock
from innovation.core.db import db
from innovation.core.i18n import LazyString, Texts
from innovation.core.pagination import PAGE_SIZE, Page
from innovation.core.permissions import Actor
from innovation.ideas import topical
from innovation.ideas.filters import SORTS, IdeaFilter
from innovation.ideas.lifecycle import CAPACITY_LABELS, GROUPS, Visibility, status_code
from innovation.ideas.models import Idea
from innovation.ideas.next_step import NextStep, next_step
from innovation.ideas.queries import listed_for, seen_with, status_label
from innovation.ideas.sifting import FilterCounts, counts_for
from innovation.programme.queries import snapshot

__all__ = [
    "SORTS",
    "FilterCounts",
    "IdeaFilter",
    "IdeaRow",
    "counts",
    "list_ideas",
    "row_of",
    "rows_of",
]


@dataclass(frozen=True, slots=True)
class IdeaRow:
    """One idea as a list shows it; without its text. `number` is that of its address."""

    number: int
    reference: str
    title: str
    excerpt: str
    language: str
    capacity: str | None
    area_id: int | None
    municipality_id: int | None
    show_place: bool
    visibility: str
    handling: str
    asked_at: datetime | None
    indexable: bool
    created_at: datetime
    published_at: datetime | None
    answered_at: datetime | None
    next_step_on: date | None
    first_answer_by: date | None
    decision_by: date | None
    decided_at: datetime | None
    passed_to: str
    in_brief: str
    primary_sub_project_id: int | None
    support_count: int
    comment_count: int
    version: int

    def __hash__(self) -> int:
        """Rows are keys of what is kept of them; two that are equal look the same."""
        return hash((self.number, self.version, self.support_count, self.comment_count))

    @property
    def status_code(self) -> str:
        """The one status that is shown."""
        return status_code(self.visibility, self.handling, self.asked_at is not None)

    @property
    def status_label(self) -> LazyString:
        """The status in words."""
        return status_label(self.status_code, self.primary_sub_project_id, self.passed_to)

    @property
    def capacity_label(self) -> LazyString | str:
        """In which capacity the author writes, "" when that is not told."""
        return CAPACITY_LABELS[self.capacity] if self.capacity else ""

    @property
    def place(self) -> Texts:
        """The municipality when the author lets it be seen, else the area; may be empty."""
        return place_of(self.municipality_id if self.show_place else None, self.area_id)

    @property
    def next_step(self) -> NextStep | None:
        """What is promised next."""
        return next_step(
            visibility=self.visibility,
            handling=self.handling,
            created_at=self.created_at,
            published_at=self.published_at,
            answered_at=self.answered_at,
            asked_at=self.asked_at,
            next_step_on=self.next_step_on,
            first_answer_by=self.first_answer_by,
            decision_by=self.decision_by,
            decided_at=self.decided_at,
        )

    @property
    def needs_readers(self) -> bool:
        """True for a new idea that nobody has answered, supported or commented."""
        return topical.needs_readers(
            self.published_at,
            self.answered_at is not None,
            self.support_count,
            self.comment_count,
            clock.now(),
        )


def row_of(idea: Idea) -> IdeaRow:
    """Give an idea that was loaded whole as a list would show it."""
    return IdeaRow(*(getattr(idea, column.key) for column in _COLUMNS))


def place_of(municipality_id: int | None, area_id: int | None) -> Texts:
    """Give the names of a municipality, else of an area, in every language; may be empty."""
    programme = snapshot()
    if municipality_id in programme.municipality_by_id:
        return programme.municipality_by_id[municipality_id].names
    area = programme.area_by_id.get(area_id or 0)
    return area.names if area else {}


_COLUMNS = tuple(
    getattr(Idea, "id" if field.name == "number" else field.name) for field in fields(IdeaRow)
)
_ORDERS: dict[str, Any] = {
    "topical": Idea.topical,
    "newest": Idea.published_at,
    "supported": Idea.support_count,
    "discussed": Idea.comment_count,
}


def list_ideas(actor: Actor, wanted: IdeaFilter, total: int | None = None) -> Page[IdeaRow]:
    """Give a page of the ideas that the actor may see.

    total: from `counts`, where that was asked. A page beyond the end is empty. An order that only
    a search knows is read as "topical".
    """
    if total is None:
        total = counts(actor, wanted).total
    items: list[IdeaRow] = []
    if (wanted.page - 1) * PAGE_SIZE < total:
        order = _ORDERS.get(wanted.sort, Idea.topical)
        items = _rows(
            select(*_COLUMNS)
            .where(Idea.id.in_(_numbers(actor, wanted, order)))
            .order_by(order.desc(), Idea.id.desc())
        )
    return Page(items, wanted.page, total)


def _numbers(actor: Actor, wanted: IdeaFilter, order: Any) -> Select[int]:
    """Select the numbers of the ideas of a page, so that only those are read whole.

    Each visibility is read along its own index, as far as the page needs, and then they are
    merged: one condition on several visibilities would sort the whole table for staff.
    """
    skipped = (wanted.page - 1) * PAGE_SIZE
    parts = [
        select(Idea.id.label("number"), order.label("place"))
        .where(Idea.visibility == visibility, Idea.merged_into_id.is_(None))
        .where(*_conditions(wanted).values())
        .order_by(order.desc(), Idea.id.desc())
        .limit(skipped + PAGE_SIZE)
        .subquery()
        for visibility in listed_for(actor)
    ]
    merged = union_all(*[select(part.c.number, part.c.place) for part in parts]).subquery()
    return (
        select(merged.c.number)
        .order_by(merged.c.place.desc(), merged.c.number.desc())
        .limit(PAGE_SIZE)
        .offset(skipped)
    )


def rows_of(actor: Actor, numbers: Sequence[int]) -> list[IdeaRow]:
    """Give those of the numbered ideas that the actor may see, in the order of the numbers."""
    return [row for row, _texts in rows_and_texts(actor, numbers)]


def rows_and_texts(actor: Actor, numbers: Sequence[int]) -> list[tuple[IdeaRow, tuple[str, str]]]:
    """Give the same rows, each with its text and what would help. One query."""
    wanted = _read_whole(listed_for(actor))
    rows = db.session.connection().execute(wanted, {"numbers": numbers})
    place = {number: index for index, number in enumerate(numbers)}
    read = [(IdeaRow(*row), (text, helps)) for seen, text, helps, *row in rows if seen]
    return sorted(read, key=lambda one: place[one[0].number])


@cache
def _read_whole(listed: tuple[Visibility, ...]) -> Select[Any]:
    # Made once, which takes as long as reading a page. What is not seen is sifted by the caller:
    # asked for as well, the visibility misleads SQLite into going through every idea.
    numbers: Any = bindparam("numbers", expanding=True)
    columns = (seen_with(listed).label("seen"), Idea.text, Idea.what_helps, *_COLUMNS)
    return select(*columns).where(Idea.id.in_(numbers))


def _rows(wanted: Select[Any]) -> list[IdeaRow]:
    return [IdeaRow(*row) for row in db.session.execute(wanted)]


def counts(actor: Actor, wanted: IdeaFilter) -> FilterCounts:
    """Count for tabs and filters, in one query however many ideas and choices there are."""
    return counts_for(listed_for(actor), wanted)


def _conditions(wanted: IdeaFilter) -> dict[str, ColumnElement[bool]]:
    """Give the conditions of a filter by the names of their fields."""
    made = {
        "group": _in_group(wanted.group),
        "sub_project": _in_sub_project(wanted.sub_project),
        "area": _in_area(wanted.area),
        "capacity": _in_capacity(wanted.capacity),
        "answered": _in_answered(wanted.answered),
        "year": _in_year(wanted.year),
    }
    return {name: condition for name, condition in made.items() if condition is not None}


def _in_group(group: str) -> ColumnElement[bool] | None:
    if not group:
        return None
    return Idea.handling.in_(sorted(str(handling) for handling in GROUPS[group]))


def _in_sub_project(slugs: tuple[str, ...]) -> ColumnElement[bool] | None:
    known = snapshot().sub_project_by_slug
    return Idea.primary_sub_project_id.in_([known[slug].id for slug in slugs]) if slugs else None


def _in_area(slugs: tuple[str, ...]) -> ColumnElement[bool] | None:
    known = snapshot().area_by_slug
    return Idea.area_id.in_([known[slug].id for slug in slugs]) if slugs else None


def _in_capacity(values: tuple[str, ...]) -> ColumnElement[bool] | None:
    return Idea.capacity.in_(values) if values else None


def _in_answered(values: tuple[str, ...]) -> ColumnElement[bool] | None:
    if len(values) != 1:
        return None  # either or neither
    return Idea.answered_at.is_not(None) if values == ("yes",) else Idea.answered_at.is_(None)


def _in_year(values: tuple[str, ...]) -> ColumnElement[bool] | None:
    begins = [
        [clock.day_begins(date(int(year) + more, 1, 1)) for more in (0, 1)] for year in values
    ]
    spans = [and_(Idea.published_at >= first, Idea.published_at < next_) for first, next_ in begins]
    return or_(*spans) if spans else None
