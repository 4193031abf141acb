"""Reading spreading cases: what authors have said of models, as they and as leads read it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.i18n import LazyString, Texts
from innovation.core.pagination import PAGE_SIZE, Page
from innovation.core.permissions import Actor, Person, ReceiptHolder
from innovation.ideas.led import within
from innovation.ideas.models import Idea
from innovation.ideas.policy import is_author
from innovation.operating_models.lifecycle import (
    FIT_LABELS,
    SPREADING_LABELS,
    Spreading,
    State,
)
from innovation.operating_models.listing import led_by
from innovation.operating_models.models import AnsweredModel, OperatingModel, Spread
from innovation.operating_models.policy import decides_everywhere
from innovation.programme.queries import snapshot


def whose(actor: Actor, idea_id: int, model_id: int) -> dict[str, int]:
    """Give what tells an author's row of Spread from others."""
    own = {"idea_id": idea_id, "model_id": model_id}
    if isinstance(actor, ReceiptHolder):
        return {**own, "receipt_id": actor.receipt_id}
    assert isinstance(actor, Person)
    return {**own, "person_id": actor.id}


def answers_to(idea: Idea) -> ColumnElement[bool]:
    """Give the condition for models named in answers to an idea, or to what it was merged into."""
    return AnsweredModel.idea_id.in_([idea.id, idea.merged_into_id or 0])


@dataclass(frozen=True, slots=True)
class Told:
    """What the author has said of a model, and what followed. note: the lead's."""

    fit: str
    fit_label: LazyString
    text: str
    state: str
    state_label: LazyString
    note: str


def told_by(actor: Actor, idea: Idea) -> dict[int, Told | None]:
    """Give the models that the author of the idea is asked about, with what they have said.

    Nothing for anybody else.
    """
    if not is_author(actor, idea):
        return {}
    named = db.session.scalars(
        select(AnsweredModel.model_id)
        .join(OperatingModel, OperatingModel.id == AnsweredModel.model_id)
        .where(answers_to(idea), OperatingModel.state == State.PUBLISHED)
    ).all()
    if not named:
        return {}
    own = whose(actor, idea.id, 0)
    del own["model_id"]
    said = {row.model_id: row for row in db.session.scalars(select(Spread).filter_by(**own))}
    return {number: _told(said.get(number)) for number in named}


def _told(row: Spread | None) -> Told | None:
    if row is None:
        return None
    return Told(
        row.fit,
        FIT_LABELS[row.fit],
        row.text,
        row.state,
        SPREADING_LABELS[row.state],
        row.note,
    )


@dataclass(frozen=True, slots=True)
class SpreadRow:
    """A spreading case as the lead reads it. seen: what a page shows of it, for `move_spread`."""

    id: int
    model_id: int
    model_name: str
    idea_id: int
    idea_title: str
    idea_language: str
    reference: str
    area: Texts
    fit: str
    fit_label: LazyString
    text: str
    state: str
    state_label: LazyString
    note: str
    seen: str
    at: datetime


FINISHED = (Spreading.DONE, Spreading.HEARD)


def mark_of(spread: Spread) -> str:
    """Give what becomes another with every move of the case and every change of its note."""
    moved = spread.moved_at.isoformat() if spread.moved_at else ""
    return f"{spread.state} {moved}".rstrip()


def list_spreads(actor: Actor, number: int = 1, *, done: bool = False) -> Page[SpreadRow]:
    """Give a page of the cases of the actor's sub-projects: those to be agreed first, the oldest
    of them first. done: the finished ones and those that work already.
    """
    states = FINISHED if done else (Spreading.OPEN, Spreading.AGREED)
    counted = _led(actor, func.count(Spread.id)).where(Spread.state.in_(states))
    first = case((Spread.state == Spreading.OPEN, 0), else_=1)
    rows = db.session.execute(
        _led(actor, Spread, OperatingModel.name, Idea)
        .where(Spread.state.in_(states))
        .order_by(first, Spread.at, Spread.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return Page([_row(*row) for row in rows], number, db.session.scalar(counted) or 0)


def _led(actor: Actor, *columns: Any) -> Select[Any]:
    """Select the cases of the sub-projects that the actor leads, of the model or of the idea.

    An answer that was undone asks nothing any more, so what was said of its model is left out.
    """
    named = select(AnsweredModel.id).where(
        AnsweredModel.model_id == Spread.model_id,
        AnsweredModel.idea_id.in_([Spread.idea_id, Idea.merged_into_id]),
    )
    wanted = (
        select(*columns)
        .select_from(Spread)
        .join(OperatingModel, OperatingModel.id == Spread.model_id)
        .join(Idea, Idea.id == Spread.idea_id)
        .where(named.correlate(Spread, Idea).exists())
    )
    if decides_everywhere(actor):
        return wanted
    own = led_by(actor)
    return wanted.where(
        within(own, OperatingModel.sub_project_id, OperatingModel.area_id)
        | within(own, Idea.primary_sub_project_id, Idea.area_id)
    )


def _row(spread: Spread, name: str, idea: Idea) -> SpreadRow:
    area = snapshot().area_by_id.get(idea.area_id or 0)
    return SpreadRow(
        id=spread.id,
        model_id=spread.model_id,
        model_name=name,
        idea_id=idea.id,
        idea_title=idea.title,
        idea_language=idea.language,
        reference=idea.reference,
        area=area.names if area else {},
        fit=spread.fit,
        fit_label=FIT_LABELS[spread.fit],
        text=spread.text,
        state=spread.state,
        state_label=SPREADING_LABELS[spread.state],
        note=spread.note,
        seen=mark_of(spread),
        at=spread.at,
    )


def spread_row(actor: Actor, spread_id: int) -> SpreadRow:
    """Give one case. Raises NotFoundError, also for a case of other sub-projects."""
    wanted = _led(actor, Spread, OperatingModel.name, Idea).where(Spread.id == spread_id)
    row = db.session.execute(wanted).first()
    if row is None:
        raise NotFoundError(f"spreading case {spread_id}")
    return _row(*row)
