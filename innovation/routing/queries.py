"""Reading where ideas belong: now, how many, who is informed, and whom to turn to."""

from dataclasses import dataclass

from sqlalchemy import case, func, select

from innovation.core.db import db
from innovation.core.permissions import Actor
from innovation.ideas.models import Idea
from innovation.ideas.queries import listed_for, visible_ideas, visible_to
from innovation.ideas.reckoning import kept
from innovation.programme.queries import ContactFact, SubProjectFact, contacts, snapshot
from innovation.routing.models import Routing

MOST_INFORMED = 20


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
    """The newest ideas that a sub-project was told of, and how many there are in all."""

    ideas: list[InformedIdea]
    total: int


def informed_of(actor: Actor, sub_project_id: int) -> Informed:
    """Give what the actor finds in lists of the ideas that a sub-project is informed of."""
    rows = db.session.execute(
        visible_ideas(
            actor,
            Idea.id,
            Idea.title,
            Idea.language,
            Idea.reference,
            Idea.indexable,
            func.count().over(),
        )
        .join(Routing, Routing.idea_id == Idea.id)
        .where(
            Routing.sub_project_id == sub_project_id,
            Routing.until.is_(None),
            Routing.kind == "informed",
        )
        .order_by(Idea.id.desc())
        .limit(MOST_INFORMED)
    ).all()
    return Informed([InformedIdea(*row[:5]) for row in rows], rows[0][5] if rows else 0)


@dataclass(frozen=True, slots=True)
class Count:
    """How many ideas there are, and how many of them have been answered."""

    ideas: int = 0
    answered: int = 0


def counts_by_sub_project(actor: Actor) -> dict[int, Count]:
    """Count the ideas that the actor finds in lists, by the sub-project they belong to."""
    return kept(
        lambda: _counts(actor, Idea.primary_sub_project_id), "sub-projects", listed_for(actor)
    )


def counts_by_area(actor: Actor) -> dict[int, Count]:
    """Count the ideas that the actor finds in lists, by area."""
    return kept(lambda: _counts(actor, Idea.area_id), "areas", listed_for(actor))


def _counts(actor: Actor, column: object) -> dict[int, Count]:
    answered = func.sum(case((Idea.answered_at.is_not(None), 1), else_=0))
    rows = db.session.execute(
        select(column, func.count(), answered)  # type: ignore[call-overload]
        .where(visible_to(actor), column.is_not(None))  # type: ignore[attr-defined]
        .group_by(column)
    )
    return {row[0]: Count(row[1], int(row[2] or 0)) for row in rows}


def contacts_for_area(area_id: int | None) -> dict[int, ContactFact]:
    """Give the contact of every sub-project for an idea from this area, by sub-project."""
    found: dict[int, ContactFact] = {}
    for one in sorted(contacts(), key=lambda one: one.area_id is None):
        if one.sub_project_id is not None and one.area_id in (None, area_id):
            found.setdefault(one.sub_project_id, one)
    return found
