"""The ideas of an experiment before a decision: which are answered with it, and which are not."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

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
    planned for this, and decided on apart from it). seen: the last entry of its timeline.
    """

    idea: Idea
    fate: Fate
    seen: int


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
    stops = target == Handling.NOT_GOING_FORWARD and experiment.state == State.PLANNED
    return [
        IdeaCase(one, _fate(actor, one, target, stops), last_entry(number))
        for number, one in sorted(heads.items())
    ]


def answered(cases: Iterable[IdeaCase]) -> list[IdeaCase]:
    """Give those that are answered with the decision."""
    return [one for one in cases if one.fate == "answered"]


def head_of(idea: Idea) -> Idea:
    """Give the idea that this one was merged into, or itself."""
    if idea.merged_into_id is None:
        return idea
    return db.session.get_one(Idea, idea.merged_into_id)


def _fate(actor: Actor, idea: Idea, target: Handling, stops: bool) -> Fate:
    if idea.visibility not in _SHOWN:
        return "not_shown"
    if not may(actor, "idea:decide", idea):
        return "elsewhere"
    if is_recused(actor, idea.id):
        return "recused"
    if stops and idea.handling != Handling.IN_EXPERIMENT:
        return "apart"
    return "answered" if target in possible(idea.handling) else "unready"
