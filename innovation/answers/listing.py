"""The desk of those who answer: which ideas are theirs, and which of them is due when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Self

from sqlalchemy import ColumnElement, and_, func, or_

from innovation.core import clock
from innovation.core.db import db
from innovation.core.i18n import Texts
from innovation.core.pagination import PAGE_SIZE, Page, page_number
from innovation.core.permissions import Actor, Person, holds
from innovation.ideas.led import Led, leads_in, within
from innovation.ideas.lifecycle import FINISHED, Handling
from innovation.ideas.listing import IdeaRow, rows_of
from innovation.ideas.models import Idea
from innovation.ideas.next_step import UNDECIDED, next_step
from innovation.ideas.promises import stands
from innovation.ideas.queries import visible_ideas
from innovation.programme.queries import snapshot
from innovation.routing.queries import Contacts

# overdue: later than promised; week: due by the end of the week; new: not answered yet; waiting:
# for the author, for a date or for others; later: everything else that is not finished.
GROUPS = ("overdue", "week", "new", "waiting", "later")
# The groups that the first page shows, each with its beginning.
SHOWN = GROUPS[:4]
BEGINNING = 6
IN_STRIP = 2
# What waits for a date or for somebody else, in this order after what waits for its author.
_WAITING = (Handling.ON_HOLD, Handling.PASSED_ON)
_OVER = FINISHED - {Handling.PASSED_ON}
_DATES = (
    Idea.visibility,
    Idea.handling,
    Idea.created_at,
    Idea.published_at,
    Idea.answered_at,
    Idea.asked_at,
    Idea.next_step_on,
    Idea.first_answer_by,
    Idea.decision_by,
    Idea.decided_at,
)


@dataclass(frozen=True, slots=True)
class DeskFilter:
    """What of the desk is wanted: slugs, a contact's number, one of GROUPS; empty for all."""

    sub_project: str = ""
    area: str = ""
    contact: int = 0
    group: str = ""
    page: int = 1

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """Read an address; what is not known there is left out."""
        known = snapshot()
        sub_project, area, group = (
            given.get(name, "") for name in ("sub_project", "area", "group")
        )
        contact = given.get("contact", "")
        return cls(
            sub_project if sub_project in known.sub_project_by_slug else "",
            area if area in known.area_by_slug else "",
            int(contact) if contact.isascii() and contact.isdigit() and len(contact) < 10 else 0,
            group if group in GROUPS else "",
            page_number(given.get("page")),
        )

    @property
    def narrowed(self) -> bool:
        """True when not every idea of the desk is wanted."""
        return bool(self.sub_project or self.area or self.contact)

    def address(self, **changes: object) -> dict[str, object]:
        """Give the arguments of the address that keeps this, with changes; None leaves one out."""
        whole = {
            "sub_project": self.sub_project,
            "area": self.area,
            "contact": self.contact,
            "group": self.group,
        }
        return {name: value or None for name, value in {**whole, **changes}.items()}


@dataclass(frozen=True, slots=True)
class _Due:
    """An open idea of the desk: its group, and its place in it, the smallest first."""

    number: int
    group: str
    place: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DeskRow:
    """An idea on the desk. contact: who answers for its sub-project in its area, "" for nobody."""

    row: IdeaRow
    contact: str
    sub_project: Texts


@dataclass(frozen=True, slots=True)
class Desk:
    """What is on the desk: the rows shown by group, and how many there are of each group.

    finished: how many are over. page: the page of the one group that is wanted, else None.
    contacts: whom the desk can be narrowed to, by number and name.
    """

    rows: dict[str, list[DeskRow]]
    counts: dict[str, int]
    finished: int = 0
    page: Page[DeskRow] | None = None
    contacts: list[tuple[int, str]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many are not finished."""
        return sum(self.counts.values())


def led_by(actor: Actor) -> tuple[Led, ...] | None:
    """Give the sub-projects and areas whose ideas the actor answers; None for all of them."""
    if holds(actor, "idea:moderate") or holds(actor, "promise:coordinate"):
        return None
    return actor.led if isinstance(actor, Person) else ()


def homes_of(led: tuple[Led, ...] | None) -> set[int] | None:
    """Give the sub-projects of which something is led, by id; None for all of them."""
    known = snapshot().sub_projects
    return None if led is None else {one.id for one in known if leads_in(led, one.id)}


def desk(actor: Actor, wanted: DeskFilter) -> Desk:
    """Give the desk of somebody who answers. A fixed number of queries, however many ideas."""
    people = Contacts()
    groups = _dues(actor, wanted, people)
    counts = {name: len(groups[name]) for name in GROUPS}
    page = None
    if wanted.group:
        start = (wanted.page - 1) * PAGE_SIZE
        shown = {wanted.group: groups[wanted.group][start : start + PAGE_SIZE]}
    else:
        shown = {name: groups[name][:BEGINNING] for name in SHOWN}
    rows = _rows(actor, shown, people)
    if wanted.group:
        page = Page(rows[wanted.group], wanted.page, counts[wanted.group])
    finished = _finished(actor, wanted, people)
    return Desk(rows, counts, finished, page, people.choices(homes_of(led_by(actor))))


def strip(actor: Actor, sub_project_id: int) -> Desk | None:
    """Give the beginning of the desk for one sub-project's page; None to who does not answer."""
    led = led_by(actor)
    if led is not None and not leads_in(led, sub_project_id):
        return None
    wanted = DeskFilter(sub_project=snapshot().sub_project_by_id[sub_project_id].slug)
    groups = _dues(actor, wanted, None)
    shown = {name: groups[name][:IN_STRIP] for name in ("overdue", "week", "new")}
    counts = {name: len(groups[name]) for name in GROUPS}
    return Desk(rows=_rows(actor, shown, None), counts=counts)


def week_ends(today: date) -> date:
    """Give the Sunday of this week; at a weekend that of the next, since nobody works before."""
    day = today + timedelta(days=2)
    return day + timedelta(days=6 - day.weekday())


def _dues(actor: Actor, wanted: DeskFilter, people: Contacts | None) -> dict[str, list[int]]:
    """Give the numbers of the open ideas by group, in the order of the desk. One query."""
    places = (Idea.primary_sub_project_id, Idea.area_id)
    found = visible_ideas(actor, Idea.id, Idea.support_count, *places, *_DATES).where(
        *_conditions(actor, wanted), Idea.handling.not_in(sorted(str(one) for one in _OVER))
    )
    names = [column.key for column in _DATES]
    dues = []
    for number, support, home, area, *values in db.session.execute(found):
        if people and wanted.contact and not people.answers_for(wanted.contact, home, area):
            continue
        dues.append(_due(number, support, dict(zip(names, values, strict=True))))
    dues.sort(key=lambda due: (due.place, due.number))
    return {name: [due.number for due in dues if due.group == name] for name in GROUPS}


def _due(number: int, support: int, facts: dict[str, Any]) -> _Due:
    step = next_step(**facts)
    on = step.on if step else date.max
    if step and step.late:
        return _Due(number, "overdue", (-step.late, -support))
    asked = stands(facts["asked_at"])
    if not asked and on <= week_ends(clock.today()):
        return _Due(number, "week", (on.toordinal(), -support))
    if asked or facts["handling"] in _WAITING:
        order = 0 if asked else 1 + _WAITING.index(facts["handling"])
        return _Due(number, "waiting", (order, on.toordinal()))
    group = "later" if facts["answered_at"] else "new"
    return _Due(number, group, (on.toordinal(), -support))


def _conditions(actor: Actor, wanted: DeskFilter) -> Iterator[ColumnElement[bool]]:
    known, led = snapshot(), led_by(actor)
    if led is None:
        yield Idea.primary_sub_project_id.is_not(None)
    else:
        yield within(led, Idea.primary_sub_project_id, Idea.area_id)
    if wanted.sub_project:
        yield Idea.primary_sub_project_id == known.sub_project_by_slug[wanted.sub_project].id
    if wanted.area:
        yield Idea.area_id == known.area_by_slug[wanted.area].id


def _finished(actor: Actor, wanted: DeskFilter, people: Contacts) -> int:
    places = (Idea.primary_sub_project_id, Idea.area_id)
    counted = (
        visible_ideas(actor, *places, func.count())
        .where(*_conditions(actor, wanted), Idea.handling.in_(sorted(str(one) for one in _OVER)))
        .group_by(*places)
    )
    return sum(
        count
        for home, area, count in db.session.execute(counted)
        if not wanted.contact or people.answers_for(wanted.contact, home, area)
    )


def overdue_for_lead(actor: Actor) -> int:
    """Count what is late for somebody who leads some sub-projects; 0 to those who answer all.

    Every page shows it, so it is counted by the database, without ideas whose author is asked.
    """
    led = led_by(actor)
    if not led:
        return 0
    today, undecided = clock.today(), sorted(str(one) for one in UNDECIDED)
    late = or_(
        Idea.next_step_on < today,
        and_(Idea.answered_at.is_(None), Idea.first_answer_by < today),
        and_(Idea.decided_at.is_(None), Idea.decision_by < today, Idea.handling.in_(undecided)),
    )
    counted = visible_ideas(actor, func.count()).where(
        within(led, Idea.primary_sub_project_id, Idea.area_id),
        Idea.handling.not_in(sorted(str(one) for one in FINISHED)),
        Idea.asked_at.is_(None),
        late,
    )
    return db.session.scalar(counted) or 0


def _rows(
    actor: Actor, shown: Mapping[str, list[int]], people: Contacts | None
) -> dict[str, list[DeskRow]]:
    numbers = [number for some in shown.values() for number in some]
    homes = snapshot().sub_project_by_id
    known = {
        row.number: DeskRow(
            row,
            people.name(row.primary_sub_project_id, row.area_id) if people else "",
            homes[row.primary_sub_project_id or 0].short_names,
        )
        for row in rows_of(actor, numbers)
    }
    return {name: [known[one] for one in some if one in known] for name, some in shown.items()}


def desk_rows(actor: Actor, numbers: Sequence[int]) -> list[DeskRow]:
    """Give those of the numbered ideas that the actor may see and answers, as the desk shows them.

    numbers: as chosen somewhere; the order is kept.
    """
    found = _rows(actor, {"chosen": [*dict.fromkeys(numbers)]}, Contacts())
    everything = led_by(actor) is None
    return [
        one
        for one in found["chosen"]
        if (home := one.row.primary_sub_project_id)
        and (everything or (isinstance(actor, Person) and actor.leads(home, one.row.area_id)))
    ]


def first_ones(actor: Actor, most: int) -> list[int]:
    """Give the numbers of the ideas that come first on the desk: late, due, not answered yet."""
    groups = _dues(actor, DeskFilter(), None)
    return [number for name in ("overdue", "week", "new") for number in groups[name]][:most]
