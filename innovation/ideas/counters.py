"""Counters that stand beside ideas, and whether they say what their rows say."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from innovation.core.db import db
from innovation.ideas.merged import families_of
from innovation.ideas.models import Idea


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
