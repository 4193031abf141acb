"""Whether taking part had an effect: each author is asked once it is finished; the figure.

Nothing is written by those who answer, so there is nothing to read but the figure.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select

from innovation.answers.models import Effect
from innovation.core import clock
from innovation.core.db import db, insert
from innovation.core.errors import ConflictError, ForbiddenError, RuleBrokenError
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, ReceiptHolder
from innovation.ideas.authors import written_by
from innovation.ideas.lifecycle import FINISHED, Handling, Visibility
from innovation.ideas.models import Authorship, Idea

EFFECTS: dict[str, LazyString] = {"yes": _("Yes"), "partly": _("Partly"), "no": _("No")}
# From so many answers on a figure is told.
LEAST = 5
_CLOSED = FINISHED - {Handling.MERGED}
_SHOWN = frozenset({Visibility.PUBLIC, Visibility.STAFF_ONLY})


@dataclass(frozen=True, slots=True)
class Question:
    """What an author is asked of an idea that is finished. told: their answer, "" before it.

    idea_id: of the idea that the others were merged into; an author of several is asked once.
    """

    idea_id: int
    told: str = ""

    @property
    def told_label(self) -> LazyString:
        """The answer in words; only when there is one."""
        return EFFECTS[self.told]


def is_closed(idea: Idea) -> bool:
    """Tell whether what becomes of a shown idea is settled, so that its authors are asked."""
    return idea.handling in _CLOSED and idea.visibility in _SHOWN


def question_to(actor: Actor, idea: Idea) -> Question | None:
    """Give what the author of an idea is asked; None for anybody else and before it is finished.

    The authors of what was merged are asked about the idea that it belongs to now.
    """
    number = idea.merged_into_id or idea.id
    own = _own(actor)
    if own is None or not (idea.merged_into_id or is_closed(idea)):
        return None
    head = db.session.get_one(Idea, number)
    return _question(actor, number) if is_closed(head) and _wrote(own, number) else None


def tell_effect(actor: Actor, idea: Idea, effect: str) -> None:
    """Say as an author whether taking part had an effect. It can be said anew, and repeated.

    Raises RuleBrokenError at "effect", ConflictError when the idea is not finished (any more), and
    ForbiddenError.
    """
    number = idea.merged_into_id or idea.id
    own = _own(actor)
    if own is None or not _wrote(own, number):
        raise ForbiddenError(_("Only the author of the idea is asked this."))
    if effect not in EFFECTS:
        raise RuleBrokenError(_("Choose one of the options."), "effect")
    if not is_closed(db.session.get_one(Idea, number)):
        raise ConflictError(_("The idea goes on, so this is asked later. Nothing was changed."))
    whose = _whose(actor)
    # The year of an answer is that of the first one, so that old figures stay.
    db.session.execute(
        insert(Effect)
        .values(idea_id=number, effect=effect, at=clock.now(), **whose)
        .on_conflict_do_update(index_elements=["idea_id", *whose], set_={"effect": effect})
    )


def _own(actor: Actor) -> ColumnElement[bool] | None:
    """Give the condition for the actor's authorships; None for who cannot have written."""
    match actor:
        case Person():
            return written_by(actor)
        case ReceiptHolder(receipt_id=number):
            return Authorship.receipt_id == number
        case _:
            return None


def _whose(actor: Actor) -> dict[str, int]:
    if isinstance(actor, ReceiptHolder):
        return {"receipt_id": actor.receipt_id}
    assert isinstance(actor, Person)
    return {"person_id": actor.id}


def _wrote(own: ColumnElement[bool], number: int) -> bool:
    """Tell whether the actor wrote the idea or something that was merged into it."""
    found = (
        select(Authorship.id)
        .join(Idea, Idea.id == Authorship.idea_id)
        .where(own, or_(Idea.id == number, Idea.merged_into_id == number))
    )
    return db.session.scalar(found.limit(1)) is not None


def _question(actor: Actor, number: int) -> Question:
    return Question(number, effects_told(actor, [number]).get(number, ""))


def effects_told(actor: Actor, numbers: Collection[int]) -> dict[int, str]:
    """Give what the author has said of these ideas, by the idea's number. One query."""
    rows = db.session.execute(
        select(Effect.idea_id, Effect.effect)
        .filter_by(**_whose(actor))
        .where(Effect.idea_id.in_(numbers))
    )
    return {number: effect for number, effect in rows}  # noqa: C416 - to mypy rows are no pairs


@dataclass(frozen=True, slots=True)
class Said:
    """How many authors have answered, and how many of them said yes, partly."""

    count: int = 0
    yes: int = 0
    partly: int = 0

    @property
    def told(self) -> bool:
        """Whether there are enough answers to tell anything."""
        return self.count >= LEAST

    @property
    def share(self) -> float:
        """Which part said yes or partly, from 0 to 1."""
        return (self.yes + self.partly) / self.count if self.count else 0.0


@dataclass(frozen=True, slots=True)
class EffectFigure:
    """What authors say in all, and by the year of their answer, the newest first."""

    whole: Said
    years: tuple[tuple[int, Said], ...]


def effect_figure() -> EffectFigure:
    """Count what authors have said of ideas that are finished and shown. Two queries."""
    first = db.session.scalar(select(func.min(Effect.at)))
    if first is None:
        return EffectFigure(Said(), ())
    said = _by_year(first)
    whole = Said(*(sum(column) for column in zip(*said.values(), strict=True))) if said else Said()
    return EffectFigure(whole, tuple((year, Said(*said[year])) for year in sorted(said)[::-1]))


def _by_year(first: datetime) -> dict[int, tuple[int, int, int]]:
    earliest = clock.local_date(first).year
    later = range(clock.today().year, earliest, -1)
    years: Any = [(Effect.at >= clock.day_begins(date(one, 1, 1)), one) for one in later]
    year = case(*years, else_=earliest) if years else literal(earliest)
    closed = and_(
        Idea.handling.in_(sorted(str(one) for one in _CLOSED)),
        Idea.visibility.in_(sorted(str(one) for one in _SHOWN)),
        Idea.merged_into_id.is_(None),
    )
    each = (
        select(year.label("year"), Effect.effect)
        .join(Idea, Idea.id == Effect.idea_id)
        .where(closed)
        .subquery()
    )
    counted = [func.count().filter(each.c.effect == one) for one in ("yes", "partly")]
    rows = db.session.execute(select(each.c.year, func.count(), *counted).group_by(each.c.year))
    return {row[0]: (row[1], row[2], row[3]) for row in rows}
