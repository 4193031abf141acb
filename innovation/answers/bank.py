"""Earlier answers to start from, each with whether what it promised was kept."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, select

from innovation.answers.models import Answer
from innovation.core import clock
from innovation.core.db import db
from innovation.core.i18n import LazyString
from innovation.core.permissions import Actor
from innovation.ideas.lifecycle import STATUS_LABELS
from innovation.ideas.models import Idea, TimelineEntry
from innovation.ideas.queries import visible_ideas
from innovation.ideas.timeline import Kind

MOST_SIMILAR = 4
MOST_OF_SUB_PROJECT = 6
# Of one idea only the newest answer is shown, so more are read than are wanted.
_READ = 5 * MOST_OF_SUB_PROJECT


@dataclass(frozen=True, slots=True)
class Kept:
    """Whether a promise was kept. state: kept, late, overdue, open or nothing; days: how late.

    The next answer or decision keeps it: kept in time, late after so many days, overdue while
    there is none and the day has passed, open before that day, nothing where none was promised.
    """

    state: str
    days: int = 0


@dataclass(frozen=True, slots=True)
class BankRow:
    """An earlier answer with the idea it was given to. language: of the idea's title."""

    id: int
    idea_id: int
    title: str
    language: str
    handling: str
    text: str
    step: str
    step_on: date | None
    at: datetime
    kept: Kept

    @property
    def status_label(self) -> LazyString:
        """The decision in words."""
        return STATUS_LABELS[self.handling]


@dataclass(frozen=True, slots=True)
class Bank:
    """Answers to similar ideas, the most similar first, and the newest of the sub-project."""

    similar: list[BankRow]
    same: list[BankRow]


def bank(actor: Actor, idea: Idea, similar: Sequence[int]) -> Bank:
    """Give the answers beside the form; only to ideas that the actor may see. Three queries.

    similar: the numbers of similar ideas, the most similar first.
    """
    to_similar = _newest(
        _answers(actor).where(Answer.idea_id.in_(similar)).order_by(Answer.id.desc())
    )
    to_similar.sort(key=lambda row: similar.index(row.idea_id))
    same = _newest(
        _answers(actor)
        .where(Answer.sub_project_id == idea.primary_sub_project_id, Answer.idea_id != idea.id)
        .where(Answer.idea_id.not_in(similar))
        .order_by(Answer.at.desc(), Answer.id.desc())
        .limit(_READ)
    )
    chosen = [*to_similar[:MOST_SIMILAR], *same[:MOST_OF_SUB_PROJECT]]
    rows = _with_kept(chosen)
    return Bank(rows[: len(to_similar[:MOST_SIMILAR])], rows[len(to_similar[:MOST_SIMILAR]) :])


def answer_to_use(actor: Actor, number: str) -> BankRow | None:
    """Give the answer with the number that an address or a form names.

    None when there is no such answer, or it was given to an idea that the actor may not see.
    """
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    found = db.session.execute(_answers(actor).where(Answer.id == int(number))).all()
    return next(iter(_with_kept(found)), None)


def _answers(actor: Actor) -> Select[Any]:
    return visible_ideas(
        actor,
        Answer.id,
        Answer.idea_id,
        Idea.title,
        Idea.language,
        Answer.handling,
        Answer.text,
        Answer.step,
        Answer.step_on,
        Answer.at,
        Answer.entry_id,
    ).join(Answer, Answer.idea_id == Idea.id)


def _newest(wanted: Select[Any]) -> list[Row[Any]]:
    """Give the first row of each idea, in the order of the rows."""
    first: dict[object, Row[Any]] = {}
    for row in db.session.execute(wanted):
        first.setdefault(row.idea_id, row)
    return list(first.values())


def _with_kept(rows: Iterable[Row[Any]]) -> list[BankRow]:
    rows = list(rows)
    later = _entries({row.idea_id for row in rows})
    made = []
    for row in rows:
        entries = later.get(row.idea_id, ())
        came = next((at for number, at in entries if number > row.entry_id), None)
        facts = {name: value for name, value in row._mapping.items() if name != "entry_id"}
        made.append(BankRow(**facts, kept=kept(row.step_on, came)))
    return made


def _entries(ideas: Collection[int]) -> dict[int, list[tuple[int, datetime]]]:
    """Give when these ideas were answered or decided on, in order, by idea."""
    found: dict[int, list[tuple[int, datetime]]] = {}
    rows = db.session.execute(
        select(TimelineEntry.idea_id, TimelineEntry.id, TimelineEntry.at)
        .where(
            TimelineEntry.idea_id.in_(ideas),
            TimelineEntry.kind.in_((Kind.HANDLING, Kind.ANSWERED)),
            TimelineEntry.public,
            TimelineEntry.undone_at.is_(None),
        )
        .order_by(TimelineEntry.id)
    )
    for idea_id, number, at in rows:
        found.setdefault(idea_id, []).append((number, at))
    return found


def kept(promised: date | None, came: datetime | None) -> Kept:
    """Tell whether a promise was kept. came: the moment of the next answer, None so far."""
    if promised is None:
        return Kept("nothing")
    day = clock.local_date(came) if came else clock.today()
    late = (day - promised).days
    if came:
        return Kept("late", late) if late > 0 else Kept("kept")
    return Kept("overdue", late) if late > 0 else Kept("open")
