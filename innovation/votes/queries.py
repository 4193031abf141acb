"""Reading supports: one's own, whose they are, how lively ideas are, whether counters are right."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, bindparam, func, or_, select, union, union_all

from innovation.core.db import db
from innovation.ideas.counters import WrongCounter, compare
from innovation.ideas.merged import family_of
from innovation.ideas.models import Authorship, Idea
from innovation.votes.models import FormerVotes, Vote

# Smaller groups of supporters are not told: somebody could be recognised.
SMALLEST_GROUP = 5
OTHERS = "others"


_FAMILY: BindParameter[int] = bindparam("numbers", expanding=True)
_IDEA: BindParameter[int] = bindparam("idea")
_MEANT = select(Idea.id).where(or_(Idea.id == _IDEA, Idea.merged_into_id == _IDEA))
_BY_CAPACITY: CompoundSelect[Any] = union_all(
    select(Vote.capacity, func.count(Vote.person_id.distinct()))
    .where(Vote.idea_id.in_(_MEANT))
    .group_by(Vote.capacity),
    # Of those who have left, only the number is kept.
    select(FormerVotes.capacity, FormerVotes.votes).where(FormerVotes.idea_id.in_(_MEANT)),
)
_SUPPORTED = (
    select(func.coalesce(Idea.merged_into_id, Idea.id))
    .join(Vote, Vote.idea_id == Idea.id)
    .where(
        Vote.person_id == bindparam("person"),
        or_(Idea.id.in_(_FAMILY), Idea.merged_into_id.in_(_FAMILY)),
    )
)


def supported(person_id: int, idea_ids: Iterable[int]) -> set[int]:
    """Give which of these ideas the person supports, or supported before they were merged in.

    One query, none without ideas.
    """
    asked = {"person": person_id, "numbers": list(idea_ids)}
    if not asked["numbers"]:
        return set()
    return set(db.session.connection().scalars(_SUPPORTED, asked))


def supporters_by_capacity(idea_id: int) -> dict[str, int]:
    """Give how many support the idea in each capacity, the largest group first.

    Groups under SMALLEST_GROUP and those who did not tell are together in OTHERS, which comes last
    and is left out when it is itself so small. One query.
    """
    groups: dict[str, int] = {}
    for name, count in db.session.execute(_BY_CAPACITY, {"idea": idea_id}):
        groups[name or ""] = groups.get(name or "", 0) + count
    ordered = sorted(groups.items(), key=lambda one: (-one[1], one[0]))
    told = {name: count for name, count in ordered if name and count >= SMALLEST_GROUP}
    others = sum(groups.values()) - sum(told.values())
    return {**told, OTHERS: others} if others >= SMALLEST_GROUP else told


def recent_activity(since: datetime) -> dict[int, list[datetime]]:
    """Give when ideas were supported since a moment, by the idea's number."""
    moments: dict[int, list[datetime]] = {}
    rows = db.session.execute(select(Vote.idea_id, Vote.created_at).where(Vote.created_at >= since))
    for number, moment in rows:
        moments.setdefault(number, []).append(moment)
    return moments


def supporters_of(numbers: Collection[int]) -> int:
    """Count the people who support any of these ideas, each once, with those who have left."""
    wanted = select(func.count(Vote.person_id.distinct())).where(Vote.idea_id.in_(numbers))
    return (db.session.scalar(wanted) or 0) + _who_left(numbers)


def _who_left(numbers: Collection[int]) -> int:
    left = select(func.coalesce(func.sum(FormerVotes.votes), 0))
    return int(db.session.scalar(left.where(FormerVotes.idea_id.in_(numbers))) or 0)


def people_behind(idea_id: int) -> int:
    """Count the people who wrote or support the idea or what was merged into it, each once.

    A nameless author counts as one, a group as many as it said to be.
    """
    family = family_of(idea_id)
    voters = select(Vote.person_id).where(Vote.idea_id.in_(family))
    authors = select(Authorship.person_id).where(
        Authorship.idea_id.in_(family), Authorship.person_id.is_not(None)
    )
    known = union(voters, authors).subquery()
    nameless = select(func.coalesce(func.sum(Authorship.people), 0)).where(
        Authorship.idea_id.in_(family), Authorship.person_id.is_(None)
    )
    return (
        (db.session.scalar(select(func.count()).select_from(known)) or 0)
        + int(db.session.scalar(nameless) or 0)
        + _who_left(family)
    )


def wrong_counters() -> list[WrongCounter]:
    """Give the ideas whose number of supports is not that of their rows, merged ones included."""
    counted = select(func.count()).where(Vote.idea_id == Idea.id).correlate(Idea).scalar_subquery()
    left = (
        select(func.coalesce(func.sum(FormerVotes.votes), 0))
        .where(FormerVotes.idea_id == Idea.id)
        .correlate(Idea)
        .scalar_subquery()
    )
    return compare(Idea.support_count, counted + left, supporters_of)
