"""Reading where ideas belong: now, before, how many, and whom to turn to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, case, func, or_, select

from innovation.core.db import db
from innovation.core.permissions import Actor
from innovation.ideas.models import Idea, TimelineEntry
from innovation.ideas.queries import visible_to
from innovation.programme.models import Contact
from innovation.programme.queries import ContactFact, SubProjectFact, snapshot
from innovation.routing.models import Routing


@dataclass(frozen=True, slots=True)
class Current:
    """Where an idea belongs now."""

    primary: SubProjectFact | None
    informed: tuple[SubProjectFact, ...]

    @property
    def ids(self) -> frozenset[int]:
        """Every sub-project the idea has, by id."""
        facts = (*self.informed, *((self.primary,) if self.primary else ()))
        return frozenset(fact.id for fact in facts)


def current_routing(idea_id: int) -> Current:
    """Give where the idea belongs now, those informed in the programme's order."""
    rows = db.session.execute(
        select(Routing.sub_project_id, Routing.kind).where(
            Routing.idea_id == idea_id, Routing.until.is_(None)
        )
    ).all()
    kinds = {row.sub_project_id: row.kind for row in rows}
    facts = [fact for fact in snapshot().sub_projects if fact.id in kinds]
    return Current(
        next((fact for fact in facts if kinds[fact.id] == "primary"), None),
        tuple(fact for fact in facts if kinds[fact.id] == "informed"),
    )


@dataclass(frozen=True, slots=True)
class RoutingRow:
    """One stay of an idea with a sub-project; `until` is None while it lasts."""

    sub_project: SubProjectFact
    kind: str
    since: datetime
    until: datetime | None
    reason: str


def routing_history(idea_id: int) -> list[RoutingRow]:
    """Give every routing the idea has had, newest first, with the reason it began for."""
    rows = db.session.execute(
        select(
            Routing.sub_project_id,
            Routing.kind,
            Routing.since,
            Routing.until,
            func.coalesce(TimelineEntry.reason, ""),
        )
        .outerjoin(TimelineEntry, TimelineEntry.id == Routing.timeline_id)
        .where(Routing.idea_id == idea_id)
        .order_by(Routing.since.desc(), Routing.id.desc())
    )
    facts = snapshot().sub_project_by_id
    return [RoutingRow(facts[row[0]], *row[1:]) for row in rows]


def ideas_with(sub_project_id: int) -> Select[int]:
    """Select the numbers of the ideas a sub-project has, as primary or informed, to be extended."""
    return select(Routing.idea_id).where(
        Routing.sub_project_id == sub_project_id, Routing.until.is_(None)
    )


@dataclass(frozen=True, slots=True)
class Count:
    """How many ideas there are, and how many of them have been answered."""

    ideas: int = 0
    answered: int = 0


def counts_by_sub_project(actor: Actor) -> dict[int, Count]:
    """Count the ideas that the actor finds in lists, by the sub-project they belong to."""
    return _counts(actor, Idea.primary_sub_project_id)


def counts_by_area(actor: Actor) -> dict[int, Count]:
    """Count the ideas that the actor finds in lists, by area."""
    return _counts(actor, Idea.area_id)


def _counts(actor: Actor, column: object) -> dict[int, Count]:
    answered = func.sum(case((Idea.answered_at.is_not(None), 1), else_=0))
    rows = db.session.execute(
        select(column, func.count(), answered)  # type: ignore[call-overload]
        .where(visible_to(actor), column.is_not(None))  # type: ignore[attr-defined]
        .group_by(column)
    )
    return {row[0]: Count(row[1], int(row[2] or 0)) for row in rows}


def contact_for(sub_project_id: int | None, area_id: int | None) -> ContactFact:
    """Give whom to turn to: the sub-project's in the area, else its own, else the programme's.

    The programme's own contact has id 0 and no name.
    """
    if sub_project_id is not None:
        known = contacts_for_area(area_id).get(sub_project_id)
        if known is not None:
            return known
    general = snapshot().contact
    return ContactFact(
        id=0,
        sub_project_id=None,
        area_id=None,
        person_id=None,
        name="",
        task="",
        email=str(general.get("email", "")),
        phone=str(general.get("phone", "")),
    )


def contacts_for_area(area_id: int | None) -> dict[int, ContactFact]:
    """Give the contact of every sub-project for an idea from this area, by sub-project."""
    rows = db.session.execute(
        select(
            Contact.id,
            Contact.sub_project_id,
            Contact.area_id,
            Contact.person_id,
            Contact.name,
            Contact.task,
            Contact.email,
            Contact.phone,
        )
        .where(
            Contact.sub_project_id.is_not(None),
            or_(Contact.area_id.is_(None), Contact.area_id == area_id),
        )
        .order_by(Contact.area_id.is_(None), Contact.id)
    )
    found: dict[int, ContactFact] = {}
    for row in rows:
        found.setdefault(row.sub_project_id, ContactFact(*row))
    return found
