"""Reading experiments: who sees them, their ideas and rounds, the diary, who joins."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, or_, select, true
from sqlalchemy.orm import aliased

from innovation.accounts.models import Account
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.i18n import LazyString
from innovation.core.permissions import Actor, Person, holds
from innovation.experiments.lifecycle import JOINED, OFFER_LABELS, OPEN, STATE_LABELS
from innovation.experiments.models import (
    DiaryEntry,
    Experiment,
    ExperimentIdea,
    Joiner,
    Measure,
    Reading,
)
from innovation.experiments.sheets import ExperimentRow, rows_of
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Authorship, Idea
from innovation.ideas.queries import visible_to
from innovation.votes.queries import supported


def chain_of() -> ColumnElement[int]:
    """Give what all rounds of an experiment have in common: the number of the first."""
    return func.coalesce(Experiment.first_id, Experiment.id)


def chains_from(idea_id: int) -> Select[int]:
    """Select the experiments, as `chain_of` names them, that an idea is tried in, in any round."""
    return (
        select(chain_of())
        .join(ExperimentIdea, ExperimentIdea.experiment_id == Experiment.id)
        .where(ExperimentIdea.idea_id == idea_id)
    )


def shown_to(actor: Actor) -> ColumnElement[bool]:
    """Give the condition for experiments the actor sees: one of a staff only idea is for staff.

    What was merged is shown to those who see the idea that it is a part of now.
    """
    return true() if holds(actor, "idea:see_staff_only") else _of_everybody()


@cache
def _of_everybody() -> ColumnElement[bool]:
    head = aliased(Idea)
    inside = (
        select(ExperimentIdea.idea_id)
        .join(Idea, Idea.id == ExperimentIdea.idea_id)
        .join(head, head.id == func.coalesce(Idea.merged_into_id, Idea.id))
        .where(
            ExperimentIdea.experiment_id == Experiment.id,
            head.visibility == Visibility.STAFF_ONLY,
        )
    )
    return ~inside.exists()


def latest_round() -> ColumnElement[bool]:
    """Give the condition for experiments that no further round has followed."""
    later = aliased(Experiment)
    return ~select(later.id).where(later.previous_id == Experiment.id).exists()


def visible_experiment(actor: Actor, number: int) -> Experiment:
    """Give the experiment. Raises NotFoundError when the actor may not know of it."""
    found = db.session.scalar(select(Experiment).where(Experiment.id == number, shown_to(actor)))
    if found is None:
        raise NotFoundError(f"experiment {number}")
    return found


def experiments_of(actor: Actor, idea_id: int) -> list[ExperimentRow]:
    """Give the experiments of an idea and of what was merged into it, each in its latest round."""
    every = holds(actor, "idea:see_staff_only")
    found = db.session.scalars(_of_idea(every=every), {"idea": idea_id})
    return rows_of(list(dict.fromkeys(found)))


@cache
def _of_idea(*, every: bool) -> Select[Any]:
    # Made once: that takes longer than reading what it gives.
    idea = bindparam("idea", type_=Integer)
    return (
        select(Experiment)
        .join(ExperimentIdea, ExperimentIdea.experiment_id == Experiment.id)
        .join(Idea, Idea.id == ExperimentIdea.idea_id)
        .where(
            or_(Idea.id == idea, Idea.merged_into_id == idea),
            true() if every else _of_everybody(),
            latest_round(),
        )
        .order_by(Experiment.id.desc())
    )


def rounds_of(actor: Actor, experiment: Experiment) -> list[ExperimentRow]:
    """Give the other rounds of the same experiment, the newest first."""
    first = experiment.first_id or experiment.id
    found = db.session.scalars(
        select(Experiment)
        .where(
            or_(Experiment.id == first, Experiment.first_id == first),
            Experiment.id != experiment.id,
            shown_to(actor),
        )
        .order_by(Experiment.round.desc())
    )
    return rows_of(list(found))


@dataclass(frozen=True, slots=True)
class IdeaLink:
    """An idea that an experiment grew from."""

    number: int
    title: str
    language: str
    reference: str


def ideas_of(actor: Actor, number: int) -> list[IdeaLink]:
    """Give the ideas of an experiment that the actor finds in lists; merged ones as what they are
    a part of now.
    """
    heads = (
        select(func.coalesce(Idea.merged_into_id, Idea.id))
        .join(ExperimentIdea, ExperimentIdea.idea_id == Idea.id)
        .where(ExperimentIdea.experiment_id == number)
    )
    rows = db.session.execute(
        select(Idea.id, Idea.title, Idea.language, Idea.reference)
        .where(Idea.id.in_(heads), visible_to(actor))
        .order_by(Idea.id)
    )
    return [IdeaLink(*row) for row in rows]


def idea_numbers(number: int) -> list[int]:
    """Give the numbers of the ideas of an experiment, whoever may see them."""
    return list(
        db.session.scalars(
            select(ExperimentIdea.idea_id)
            .where(ExperimentIdea.experiment_id == number)
            .order_by(ExperimentIdea.idea_id)
        )
    )


def references_of(number: int) -> list[str]:
    """Give the references of the ideas of an experiment, as its form shows them."""
    return list(
        db.session.scalars(
            select(Idea.reference)
            .join(ExperimentIdea, ExperimentIdea.idea_id == Idea.id)
            .where(ExperimentIdea.experiment_id == number)
            .order_by(Idea.id)
        )
    )


def next_round_of(number: int) -> int | None:
    """Give the number of the round that followed, if one did."""
    return db.session.scalar(select(Experiment.id).where(Experiment.previous_id == number))


def written_since(number: int, at: datetime) -> bool:
    """Tell whether a reading or the diary was written at this moment or later."""
    read = (
        select(Reading.id)
        .join(Measure, Measure.id == Reading.measure_id)
        .where(Measure.experiment_id == number, Reading.at >= at)
    )
    told = select(DiaryEntry.id).where(DiaryEntry.experiment_id == number, DiaryEntry.at >= at)
    return any(db.session.scalar(one.limit(1)) is not None for one in (read, told))


@dataclass(frozen=True, slots=True)
class DiaryRow:
    """What happened on the way, by somebody in this role."""

    text: str
    at: datetime
    actor_role: str


def diary_of(number: int) -> list[DiaryRow]:
    """Give the diary, the newest first."""
    rows = db.session.execute(
        select(DiaryEntry.text, DiaryEntry.at, DiaryEntry.actor_role)
        .where(DiaryEntry.experiment_id == number)
        .order_by(DiaryEntry.at.desc(), DiaryEntry.id.desc())
    )
    return [DiaryRow(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class JoinerRow:
    """Somebody who can try this, as the lead reads it."""

    id: int
    person_id: int
    name: str
    unit: str
    starts_on: date | None
    ends_on: date | None
    message: str
    state: str

    @property
    def state_label(self) -> LazyString:
        """The state in words."""
        return OFFER_LABELS[self.state]

    @property
    def takes_part(self) -> bool:
        """True for an offer that stands."""
        return self.state in JOINED


def joiners_of(number: int) -> list[JoinerRow]:
    """Give everybody who has offered, in order of arrival. Only for the lead and for themselves."""
    rows = db.session.execute(
        select(
            Joiner.id,
            Joiner.person_id,
            Account.name,
            Joiner.unit,
            Joiner.starts_on,
            Joiner.ends_on,
            Joiner.message,
            Joiner.state,
        )
        .join(Account, Account.id == Joiner.person_id)
        .where(Joiner.experiment_id == number)
        .order_by(Joiner.id)
    )
    return [JoinerRow(*row) for row in rows]


def may_offer(actor: Actor, number: int) -> bool:
    """Tell whether the actor is asked to try it: staff, supporters and authors of its ideas.

    Everybody with an account is, where it grew from no idea.
    """
    if holds(actor, "idea:see_staff_only"):
        return True
    if not isinstance(actor, Person):
        return False
    ideas = idea_numbers(number)
    if not ideas or supported(actor.id, ideas):
        return True
    own = select(Authorship.id).where(
        Authorship.person_id == actor.id, Authorship.idea_id.in_(ideas)
    )
    return db.session.scalar(own.limit(1)) is not None


@dataclass(frozen=True, slots=True)
class TrialLink:
    """An experiment where no more of it is told than its name, state, place and promised day."""

    number: int
    title: str
    state: str
    place: str
    decide_by: date | None

    @property
    def state_label(self) -> LazyString:
        """The state in words."""
        return STATE_LABELS[self.state]


def trials_of(actor: Actor, idea_ids: Collection[int]) -> dict[int, TrialLink]:
    """Give the experiment of each of these ideas and of what was merged into them, one each.

    One that goes on comes before one that is over, then the newest. One query.
    """
    head = func.coalesce(Idea.merged_into_id, Idea.id)
    rows = db.session.execute(
        select(head, Experiment.id, Experiment.title, Experiment.state)
        .add_columns(Experiment.place, Experiment.decide_by)
        .join(ExperimentIdea, ExperimentIdea.idea_id == Idea.id)
        .join(Experiment, Experiment.id == ExperimentIdea.experiment_id)
        .where(head.in_(idea_ids), shown_to(actor), latest_round())
        .order_by(Experiment.state.in_(sorted(OPEN)), Experiment.id)
    )
    return {row[0]: TrialLink(row[1], row[2], row[3], row[4], row[5]) for row in rows}
