"""Writing a plan down: its facts, its measures, the ideas that it grew from."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

from sqlalchemy import delete, select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, may
from innovation.core.text import normal_key
from innovation.experiments.cases import head_of
from innovation.experiments.drafts import ExperimentDraft, MeasureDraft
from innovation.experiments.models import Experiment, ExperimentIdea, Measure, Reading
from innovation.experiments.queries import idea_numbers
from innovation.ideas.events import IdeaChanged
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.ideas.moves import hold
from innovation.ideas.timeline import Kind, add_entry

_SHOWN = frozenset({Visibility.PUBLIC, Visibility.STAFF_ONLY})
_APART = frozenset({"ideas", "measures"})


def write_plan(experiment: Experiment, draft: ExperimentDraft) -> None:
    """Write the facts of a checked draft; the version grows."""
    facts = asdict(draft)
    for name in facts.keys() - _APART:
        setattr(experiment, name, facts[name])
    experiment.impact_tags = list(draft.impact_tags)
    experiment.title_key = normal_key(draft.title)
    experiment.version = experiment.version + 1
    experiment.updated_at = clock.now()


def put_measures(experiment: Experiment, drafts: Sequence[MeasureDraft]) -> None:
    """Write the measures of a checked draft. One that has readings cannot be taken away."""
    known = {
        one.id: one
        for one in db.session.scalars(select(Measure).where(Measure.experiment_id == experiment.id))
    }
    for place, draft in enumerate(drafts, 1):
        row = known.pop(draft.id, None) if draft.id else None
        if draft.id and row is None:
            raise ConflictError(_("A measure was taken away meanwhile. Open the plan again."))
        if draft.empty:
            if row is not None:
                _take_away(row, f"measure_{place}_name")
            continue
        if row is None:
            row = Measure(experiment_id=experiment.id)
            db.session.add(row)
        row.name, row.unit, row.direction = draft.name, draft.unit, draft.direction
        row.baseline, row.target = draft.amounts(f"measure_{place}")
        row.position = place
    db.session.flush()


def _take_away(row: Measure, at: str) -> None:
    has = select(Reading.id).where(Reading.measure_id == row.id).limit(1)
    if db.session.scalar(has) is not None:
        raise RuleBrokenError(
            _("This measure has readings, so it stays. Remove its readings first."), at
        )
    db.session.delete(row)


def link_ideas(actor: Actor, experiment: Experiment, numbers: Collection[int]) -> None:
    """Let the experiment grow from these ideas; new ones are told in their timelines.

    Raises RuleBrokenError for an idea that is not shown or that another sub-project decides on.
    """
    there = set(idea_numbers(experiment.id))
    gone = there.difference(numbers)
    if gone:
        db.session.execute(
            delete(ExperimentIdea).where(
                ExperimentIdea.experiment_id == experiment.id, ExperimentIdea.idea_id.in_(gone)
            )
        )
    for number in sorted(set(numbers) - there):
        idea = _open_idea(actor, number)
        if idea.id in there:
            continue
        there.add(idea.id)
        hold(idea)
        db.session.add(ExperimentIdea(experiment_id=experiment.id, idea_id=idea.id))
        add_entry(actor, idea, Kind.TRIAL_PLANNED, reason=experiment.title)
        record(IdeaChanged(idea.id))


def _open_idea(actor: Actor, number: int) -> Idea:
    found = db.session.get(Idea, number)
    idea = head_of(found) if found is not None else None
    if idea is None or not may(actor, "idea:see", idea):
        raise RuleBrokenError(_("There is no such idea. Check the reference."), "ideas")
    if idea.visibility not in _SHOWN:
        raise RuleBrokenError(
            _("%(reference)s is not shown any more. Leave it out.", reference=idea.reference),
            "ideas",
        )
    if not may(actor, "idea:decide", idea):
        raise RuleBrokenError(
            _(
                "%(reference)s is with another sub-project. Its lead or the coordinator can add "
                "it.",
                reference=idea.reference,
            ),
            "ideas",
        )
    return idea
