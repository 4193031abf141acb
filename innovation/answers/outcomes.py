"""Reading what came of the ideas that a person posted, supported or commented."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from innovation.answers.effects import Question, effects_told, is_closed
from innovation.answers.models import Answer
from innovation.comments.models import Comment
from innovation.core import clock
from innovation.core.db import db
from innovation.core.i18n import LazyString, Texts
from innovation.core.pagination import PAGE_SIZE, Page
from innovation.core.permissions import Actor, Person, holds
from innovation.ideas.authors import written_by
from innovation.ideas.labels import receiver
from innovation.ideas.lifecycle import Handling, Visibility, status_code
from innovation.ideas.listing import IdeaRow, row_of
from innovation.ideas.models import Authorship, Idea
from innovation.ideas.queries import visible_to
from innovation.programme.queries import snapshot
from innovation.votes.models import Vote

GROUPS = ("posted", "supported", "commented")
# How many of a group the first page shows.
BEGINNING = 5
_SHOWN = frozenset({Visibility.PUBLIC, Visibility.STAFF_ONLY})


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """What came of an idea that somebody took part in. group: one of GROUPS, how they did.

    row: the idea itself; head: what it was merged into, else the same. code: a status of the head
    as its sentence needs it, "" when whoever reads may not see the head. since: when an answer
    brought it there, if one did. question: to the author of a finished idea.
    """

    group: str
    row: IdeaRow
    head: IdeaRow
    code: str
    answered: bool
    since: date | None = None
    question: Question | None = None

    @property
    def merged(self) -> bool:
        """True when the idea belongs to another one now."""
        return self.row.number != self.head.number

    @property
    def home(self) -> Texts:
        """The names of the sub-project that has it; empty when none has."""
        home = snapshot().sub_project_by_id.get(self.head.primary_sub_project_id or 0)
        return home.short_names if home else {}

    @property
    def receiver(self) -> LazyString | str:
        """To whom it was passed on, "" when that is not told."""
        return receiver(self.head.passed_to)


def count_outcomes(person: Person, group: str) -> int:
    """Count the ideas of a group."""
    counted = select(func.count()).select_from(Idea).where(_condition(person, group))
    return db.session.scalar(counted) or 0


def outcomes(person: Person, group: str, number: int = 1, size: int = PAGE_SIZE) -> Page[Any]:
    """Give a page of (idea, its head) of a group, the latest event first. Two queries."""
    head = aliased(Idea)
    answered = (
        select(func.max(Answer.at)).where(Answer.idea_id == head.id).correlate(head)
    ).scalar_subquery()
    rows = db.session.execute(
        select(Idea, head)
        .join(head, head.id == func.coalesce(Idea.merged_into_id, Idea.id))
        .where(_condition(person, group))
        .order_by(
            func.coalesce(answered, head.published_at, Idea.created_at).desc(), Idea.id.desc()
        )
        .limit(size)
        .offset((number - 1) * size)
    )
    return Page([tuple(row) for row in rows], number, count_outcomes(person, group), size)


def told_of(
    actor: Actor, group: str, pairs: Iterable[tuple[Idea, Idea]], effects: bool = False
) -> list[OutcomeRow]:
    """Give the outcomes of (idea, its head): one query, and one more with effects.

    effects: what the author has said whether it had an effect is told as well.
    """
    known = list(pairs)
    numbers = sorted({head.id for _idea, head in known})
    since = _since(numbers)
    said = effects_told(actor, numbers) if effects else {}
    asked: set[int] = set()
    found = []
    for idea, head in known:
        code, question = _code(actor, group, idea, head), None
        # Whoever wrote several that were merged is asked once.
        if effects and code and is_closed(head) and head.id not in asked:
            asked.add(head.id)
            question = Question(head.id, said.get(head.id, ""))
        answered = any(number == head.id for number, _handling in since)
        when = since.get((head.id, head.handling))
        found.append(OutcomeRow(group, row_of(idea), row_of(head), code, answered, when, question))
    return found


def outcome_of(actor: Actor, idea: Idea) -> OutcomeRow | None:
    """Give what came of one's own idea; None while it is not shown, which its page tells itself."""
    if idea.visibility not in _SHOWN:
        return None
    head = db.session.get_one(Idea, idea.merged_into_id) if idea.merged_into_id else idea
    return told_of(actor, "posted", [(idea, head)])[0]


def _code(actor: Actor, group: str, idea: Idea, head: Idea) -> str:
    if head.id != idea.id and head.visibility != Visibility.PUBLIC:
        inside = head.visibility == Visibility.STAFF_ONLY and holds(actor, "idea:see_staff_only")
        if not inside:
            return ""
    waits_for_author = group == "posted" and head.id == idea.id and head.asked_at is not None
    if head.visibility in _SHOWN and not waits_for_author:
        return "public" if head.handling == Handling.NEW else head.handling
    return status_code(head.visibility, head.handling, head.asked_at is not None)


def _since(numbers: Collection[int]) -> dict[tuple[int, str], date]:
    """Give the day on which an answer first brought each idea to each place. One query."""
    rows = db.session.execute(
        select(Answer.idea_id, Answer.handling, func.min(Answer.at))
        .where(Answer.idea_id.in_(numbers))
        .group_by(Answer.idea_id, Answer.handling)
    )
    return {(number, handling): clock.local_date(at) for number, handling, at in rows}


def _condition(person: Person, group: str) -> ColumnElement[bool]:
    """Give the condition for the ideas of a group; each stands in the first that it belongs to."""
    posted = select(Authorship.idea_id).where(written_by(person))
    if group == "posted":
        return Idea.id.in_(posted)
    own = _heads(posted)
    voted = _heads(select(Vote.idea_id).where(Vote.person_id == person.id))
    if group == "supported":
        return visible_to(person) & Idea.id.in_(voted) & Idea.id.not_in(own)
    said = _heads(
        select(Comment.idea_id).where(
            Comment.person_id == person.id, Comment.visibility != "deleted"
        )
    )
    return visible_to(person) & Idea.id.in_(said) & Idea.id.not_in(own) & Idea.id.not_in(voted)


def _heads(numbers: Select[Any]) -> Select[Any]:
    """Give the ideas that these belong to now."""
    one = aliased(Idea)
    return select(func.coalesce(one.merged_into_id, one.id)).where(one.id.in_(numbers))
