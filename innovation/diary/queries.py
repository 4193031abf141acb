"""Reading the stubs of what was hidden: when, what it was, by which rule, whether one appealed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, select

from innovation.comments.models import Comment
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.pagination import PAGE_SIZE, Page
from innovation.core.permissions import Actor, may
from innovation.ideas.models import Idea
from innovation.moderation.appeal_cases import Standing, appeals_of, standing_of
from innovation.moderation.models import Appeal, Decision
from innovation.moderation.undo import UNDO_TIME

HIDING = ("hide", "hide_comment")

__all__ = [
    "HIDING",
    "Standing",
    "Stub",
    "appeals_of",
    "hidden_texts",
    "is_over",
    "own_comment",
    "standing_of",
]


@dataclass(frozen=True, slots=True)
class Stub:
    """What is told of a hidden text: nothing that it said, and nobody's name.

    what: "idea" or "comment". rule: an id. outcome: None when nobody appealed, else that of the
    appeal, "" while it waits.
    """

    on: date
    what: str
    rule: str
    outcome: str | None


def is_over() -> ColumnElement[bool]:
    """Give the condition for decisions that stand: not undone, and the time for it is over."""
    return and_(Decision.undone_at.is_(None), Decision.until <= clock.now())


def known_outcome() -> Any:
    """Give what became of an appeal, "" as long as its answer can be undone too."""
    return case((Appeal.decided_at <= clock.now() - UNDO_TIME, Appeal.outcome), else_=literal(""))


def hidden_texts(number: int) -> Page[Stub]:
    """Give a page of the stubs, the newest first."""
    wanted = (Decision.kind.in_(HIDING), is_over())
    total = db.session.scalar(select(func.count(Decision.id)).where(*wanted)) or 0
    rows = db.session.execute(
        select(
            Decision.at, Decision.kind, Decision.rule, Appeal.id, known_outcome().label("outcome")
        )
        .outerjoin(Appeal, Appeal.decision_id == Decision.id)
        .where(*wanted)
        .order_by(Decision.id.desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    stubs = [
        Stub(
            on=clock.local_date(row.at),
            what="comment" if row.kind == "hide_comment" else "idea",
            rule=row.rule,
            outcome=None if row.id is None else row.outcome,
        )
        for row in rows
    ]
    return Page(stubs, number, total)


def own_comment(actor: Actor, number: int) -> tuple[Comment, Idea]:
    """Give the actor's own comment, hidden or not, and its idea.

    Raises NotFoundError for everybody else: of a hidden comment others may know nothing.
    """
    comment = db.session.get(Comment, number)
    if comment is None or not may(actor, "comment:appeal", comment):
        raise NotFoundError(f"comment {number}")
    return comment, db.session.get_one(Idea, comment.idea_id)
