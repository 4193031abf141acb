"""Counters that stand beside ideas, and whether they say what their rows say."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, or_, select

from innovation.core.db import db
from innovation.ideas.merged import families_of
from innovation.ideas.models import Idea

_HEAD = select(Idea.merged_into_id).where(Idea.id == bindparam("number"))
_HELD = (
    select(Idea.id, Idea.merged_into_id)
    .where(Idea.id.in_(bindparam("numbers", expanding=True)))
    .order_by(Idea.id)
    .with_for_update(key_share=True)
)


def hold_counters(numbers: Collection[int]) -> dict[int, int | None]:
    """Let nobody else move the counters of these ideas until this unit of work ends.

    Whoever counts holds first: what others add meanwhile is then waited for and counted. All at
    once, and so in the order of their numbers: nobody then waits for each other. Gives into which
    idea each is merged by now.
    """
    rows = db.session.connection().execute(_HELD, {"numbers": list(numbers)})
    return {number: head for number, head in rows}  # noqa: C416 - rows are no pairs


def hold_head(number: int) -> int | None:
    """Hold the idea and the one that it was merged into; gives the latter's number.

    On SQLite whoever writes does so alone: there it is only read.
    """
    head = db.session.connection().scalar(_HEAD, {"number": number})
    if db.session.get_bind().dialect.name == "sqlite":
        return head
    return hold_counters({number, head or number})[number]


@dataclass(frozen=True, slots=True)
class WrongCounter:
    """An idea whose counter says something else than its rows."""

    idea_id: int
    reference: str
    kept: int
    counted: int


def compare(
    counter: Any, counted: Any, of_family: Callable[[list[int]], int]
) -> list[WrongCounter]:
    """Give the ideas whose counter, a column of Idea, is not what a scalar select counts.

    of_family: counts what several ideas have together, for those that others were merged into.
    """
    heads = select(Idea.merged_into_id).where(Idea.merged_into_id.is_not(None))
    rows = db.session.execute(
        select(Idea.id, Idea.reference, counter, counted)
        .where(or_(counter != counted, Idea.id.in_(heads)))
        .order_by(Idea.id)
    ).all()
    families = families_of([row.id for row in rows])
    found = []
    for number, reference, kept, own in rows:
        family = families[number]
        right = of_family(family) if len(family) > 1 else own
        if kept != right:
            found.append(WrongCounter(number, reference, kept, right))
    return found
