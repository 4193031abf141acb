"""Counters that stand beside ideas, and whether they say what their rows say."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from innovation.core.db import db
from innovation.ideas.models import Idea


@dataclass(frozen=True, slots=True)
class WrongCounter:
    """An idea whose counter says something else than its rows."""

    idea_id: int
    reference: str
    kept: int
    counted: int


def compare(counter: Any, counted: Any) -> list[WrongCounter]:
    """Give the ideas whose counter, a column of Idea, is not what a scalar select counts."""
    rows = db.session.execute(
        select(Idea.id, Idea.reference, counter, counted)
        .where(counter != counted)
        .order_by(Idea.id)
    )
    return [WrongCounter(*row) for row in rows]
