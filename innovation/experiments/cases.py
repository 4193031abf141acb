"""The ideas of an experiment before a decision: which are answered with it, and which are not."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select

from innovation.answers.drafts import possible
from innovation.core.db import db
from innovation.core.permissions import Actor, may
from innovation.experiments.lifecycle import State
from innovation.experiments.models import Experiment, ExperimentIdea
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.models import Idea
from innovation.moderation.cases import last_entry
from innovation.moderation.recusals import is_recused

Fate = Literal["answered", "not_shown", "elsewhere", "recused", "unready", "apart"]
_SHOWN = frozenset({Visibility.PUBLIC, Visibility.STAFF_ONLY})


@dataclass(frozen=True, slots=True)
class IdeaCase:
    """An idea of the experiment, or the one that it was merged into.

    fate: answered, or why not: not_shown (hidden or withdrawn), elsewhere (another sub-project's),
    recused (it concerns the actor), unready (not routed yet, or finished already), apart (only
    planned for this, or tried by another experiment that goes on, so stopping this one leaves it as
    it is). seen: the last entry of its timeline. tried_elsewhere: by another one that goes on.
    """

    idea: Idea
    fate: Fate
    seen: int
    tried_elsewhere: bool = False


def cases_of(
    actor: Actor, experiment: Experiment, target: Handling = Handling.IN_EXPERIMENT
) -> list[IdeaCase]:
    """Give the ideas of the experiment by number. target: where the decision would bring them."""
    found = db.session.scalars(
        select(Idea)
        .join(ExperimentIdea, ExperimentIdea.idea_id == Idea.id)
        .where(ExperimentIdea.experiment_id == experiment.id)
    )
    heads = {one.id: one for one in (head_of(idea) for idea in found)}
    tried = _tried_elsewhere(experiment, heads)
    cases = []
    for number, one in sorted(heads.items()):
        fate = _fate(actor, one, target)
        if fate == "answered" and target == Handling.NOT_GOING_FORWARD:
            planned = experiment.state == State.PLANNED and one.handling != Handling.IN_EXPERIMENT
            fate = "apart" if planned or number in tried else fate
        cases.append(IdeaCase(one, fate, last_entry(number), number in tried))
    return cases


def cases_to_end(actor: Actor, experiment: Experiment) -> list[IdeaCase]:
    """Give the ideas as they are told of before it is known how the experiment ends."""
    planned = experiment.state == State.PLANNED  # so it can only be stopped
    target = Handling.NOT_GOING_FORWARD if planned else Handling.IN_EXPERIMENT
    return cases_of(actor, experiment, target)


def answered(cases: Iterable[IdeaCase]) -> list[IdeaCase]:
    """Give those that are answered with the decision."""
    return [one for one in cases if one.fate == "answered"]


def head_of(idea: Idea) -> Idea:
    """Give the idea that this one was merged into, or itself."""
    if idea.merged_into_id is None:
        return idea
    return db.session.get_one(Idea, idea.merged_into_id)


def _tried_elsewhere(experiment: Experiment, heads: Collection[int]) -> set[int]:
    """Tell which of these ideas another experiment tries that goes on."""
    head = func.coalesce(Idea.merged_into_id, Idea.id)
    return set(
        db.session.scalars(
            select(head)
            .join(ExperimentIdea, ExperimentIdea.idea_id == Idea.id)
            .join(Experiment, Experiment.id == ExperimentIdea.experiment_id)
            .where(
                head.in_(heads),
                Experiment.id != experiment.id,
                Experiment.state == State.RUNNING,
            )
        )
    )


def _fate(actor: Actor, idea: Idea, target: Handling) -> Fate:
    if idea.visibility not in _SHOWN:
        return "not_shown"
    if not may(actor, "idea:decide", idea):
        return "elsewhere"
    if is_recused(actor, idea.id):
        return "recused"
    return "answered" if target in possible(idea.handling) else "unready"
