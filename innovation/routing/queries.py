"""Reading where ideas belong: now, how many, who is informed, and whom to turn to."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, literal_column, select

from innovation.accounts.deputies import stand_ins
from innovation.core.db import db
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor
from innovation.ideas.counting import NONE
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.ideas.queries import listed_for, seen_with
from innovation.ideas.sifting import counted
from innovation.programme.queries import ContactFact, SubProjectFact, contacts, snapshot
from innovation.routing.models import Routing

MOST_INFORMED, MOST_COUNTED = 20, 99


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


_NOW = select(Routing.sub_project_id, Routing.kind).where(
    Routing.idea_id == bindparam("idea"), Routing.until.is_(None)
)


def current_routing(idea_id: int) -> Current:
    """Give where the idea belongs now, those informed in the programme's order."""
    rows = db.session.execute(_NOW, {"idea": idea_id}).all()
    kinds = {row.sub_project_id: row.kind for row in rows}
    facts = [fact for fact in snapshot().sub_projects if fact.id in kinds]
    return Current(
        next((fact for fact in facts if kinds[fact.id] == "primary"), None),
        tuple(fact for fact in facts if kinds[fact.id] == "informed"),
    )


@dataclass(frozen=True, slots=True)
class InformedIdea:
    """An idea that a sub-project was told of, in a short row. language: of its title.

    indexable: a moderator has read it, so search engines may have it.
    """

    number: int
    title: str
    language: str
    reference: str
    indexable: bool


@dataclass(frozen=True, slots=True)
class Informed:
    """The newest ideas that a sub-project was told of, and how many there are in all.

    more: there are more than `total`, which is MOST_COUNTED then.
    """

    ideas: list[InformedIdea]
    total: int
    more: bool


def informed_of(actor: Actor, sub_project_id: int) -> Informed:
    """Give what the actor finds in lists of the ideas that a sub-project is informed of."""
    wanted = _told_of(listed_for(actor))
    rows = db.session.execute(wanted, {"sub_project": sub_project_id}).all()
    return Informed(
        [InformedIdea(*row) for row in rows[:MOST_INFORMED]],
        min(len(rows), MOST_COUNTED),
        len(rows) > MOST_COUNTED,
    )


@cache
def _told_of(listed: tuple[Visibility, ...]) -> Select[Any]:
    # In the order of the index, so that no more are read than are counted.
    columns: tuple[Any, ...] = (Idea.id, Idea.title, Idea.language, Idea.reference, Idea.indexable)
    return (
        select(*columns)
        .join(Routing, Routing.idea_id == Idea.id)
        .where(
            seen_with(listed),
            Routing.sub_project_id == bindparam("sub_project"),
            Routing.until.is_(None),
            Routing.kind == literal_column("'informed'"),
        )
        .order_by(Routing.idea_id.desc())
        .limit(MOST_COUNTED + 1)
    )


@dataclass(frozen=True, slots=True)
class Count:
    """How many ideas there are, and how many of them have been answered."""

    ideas: int = 0
    answered: int = 0


def counts_by_sub_project(actor: Actor) -> dict[int, Count]:
    """Count the ideas that the actor finds in lists, by the sub-project they belong to."""
    return _counts(actor, "sub_project")


def counts_by_area(actor: Actor) -> dict[int, Count]:
    """Count the ideas that the actor finds in lists, by area."""
    return _counts(actor, "area")


def _counts(actor: Actor, field: str) -> dict[int, Count]:
    listed = listed_for(actor)
    every = counted(listed, {})[field]
    answered = counted(listed, {"answered": ["yes"]})[field]
    return {
        int(value): Count(ideas, answered.get(value, 0))
        for value, ideas in every.items()
        if value != NONE
    }


class Contacts:
    """Who answers for which sub-project in which area, with those who stand in today.

    Two queries once; only for people who work here: absences are nobody else's business.
    """

    def __init__(self) -> None:
        """Read the contacts and the absences of today."""
        people = [one for one in contacts() if one.sub_project_id is not None]
        self._by_number = {one.id: one for one in people}
        self._by_place = {(one.sub_project_id, one.area_id): one for one in reversed(people)}
        self._deputies = stand_ins([one.person_id for one in people if one.person_id is not None])

    def of(self, sub_project_id: int | None, area_id: int | None) -> ContactFact | None:
        """Give the contact for an idea of this sub-project and area, absent or not."""
        everywhere = self._by_place.get((sub_project_id, None))
        return self._by_place.get((sub_project_id, area_id), everywhere)

    def name(self, sub_project_id: int | None, area_id: int | None) -> str:
        """Give the name of the contact, or of the deputy; "" for nobody."""
        one = self.of(sub_project_id, area_id)
        return self.reached(one).name if one else ""

    def reached(self, one: ContactFact) -> ContactFact:
        """Give the contact as one reaches them today: the deputy while they are away."""
        deputy = self._deputies.get(one.person_id or 0)
        if deputy is None:
            return one
        name = str(_("%(deputy)s (stands in for %(name)s)", deputy=deputy.name, name=one.name))
        return replace(one, name=name, email=deputy.email, phone="")

    def answers_for(self, number: int, sub_project_id: int | None, area_id: int | None) -> bool:
        """Tell whether the numbered contact, by name, answers for such ideas."""
        wanted, one = self._by_number.get(number), self.of(sub_project_id, area_id)
        return wanted is not None and one is not None and one.name == wanted.name

    def choices(self, sub_project_ids: Collection[int] | None) -> list[tuple[int, str]]:
        """Give the contacts of these sub-projects, None for all: number and name, no name twice."""
        names: dict[str, int] = {}
        for one in self._by_number.values():
            if sub_project_ids is None or one.sub_project_id in sub_project_ids:
                names.setdefault(one.name, one.id)
        return sorted(((number, name) for name, number in names.items()), key=lambda one: one[1])


def contacts_for_area(area_id: int | None) -> dict[int, ContactFact]:
    """Give the contact of every sub-project for an idea from this area, by sub-project.

    Whoever is away today is replaced by their deputy.
    """
    people = Contacts()
    found = {fact.id: people.of(fact.id, area_id) for fact in snapshot().sub_projects}
    return {number: people.reached(one) for number, one in found.items() if one is not None}
