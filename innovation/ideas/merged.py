"""Ideas that were merged: nothing of them moves, each points to the one that it belongs to.

Nobody points to one that was merged itself: what belonged to it points further with it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from innovation.core.db import db
from innovation.ideas.models import Authorship, Idea


@dataclass(frozen=True, slots=True)
class MergedIdea:
    """An idea that was merged into another: its own text, and the names its authors chose."""

    number: int
    reference: str
    title: str
    text: str
    what_helps: str
    language: str
    in_brief: str
    redacted: bool
    names: tuple[str, ...]


_NUMBERS: Any = bindparam("numbers", expanding=True)
_FAMILIES = (
    select(func.coalesce(Idea.merged_into_id, Idea.id), Idea.id)
    .where(or_(Idea.id.in_(_NUMBERS), Idea.merged_into_id.in_(_NUMBERS)))
    .order_by(Idea.id)
)


_MERGED = (
    select(
        Idea.id,
        Idea.reference,
        Idea.title,
        Idea.text,
        Idea.what_helps,
        Idea.language,
        Idea.in_brief,
        Idea.redacted,
    )
    .where(Idea.merged_into_id == bindparam("number"))
    .order_by(Idea.id)
)


def family_of(number: int) -> list[int]:
    """Give the idea and everything merged into it, in order of arrival."""
    return families_of([number])[number]


def families_of(numbers: Collection[int]) -> dict[int, list[int]]:
    """Give the same for several ideas: one query."""
    found: dict[int, list[int]] = {number: [] for number in numbers}
    rows = db.session.execute(_FAMILIES, {"numbers": list(numbers)})
    for belongs_to, number in rows:
        for one in {belongs_to, number} & found.keys():
            found[one].append(number)
    return found


def merged_into(number: int) -> list[MergedIdea]:
    """Give the ideas that were merged into this one, in order of arrival."""
    rows = db.session.execute(_MERGED, {"number": number}).all()
    if not rows:
        return []
    names: dict[int, list[str]] = {row.id: [] for row in rows}
    for idea_id, name in db.session.execute(
        select(Authorship.idea_id, Authorship.name)
        .where(Authorship.idea_id.in_(names), Authorship.name != "")
        .order_by(Authorship.id)
    ):
        names[idea_id].append(name)
    return [MergedIdea(*row, tuple(names[row.id])) for row in rows]
