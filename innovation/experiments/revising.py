"""Writing a plan down: its facts, its measures, the ideas that it grew from."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict

from sqlalchemy import delete, func, select
from sqlalchemy.orm import aliased

from innovation.answers.lifecycle import GOES_ON
from innovation.answers.models import Answer
from innovation.core import clock
from innovation.core.db import Base, db
from innovation.core.errors import ConflictError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, may
from innovation.experiments.cases import head_of
from innovation.experiments.drafts import ExperimentDraft, MeasureDraft, ToldDraft
from innovation.experiments.lifecycle import State
from innovation.experiments.listing import search_key
from innovation.experiments.models import (
    DiaryEntry,
    Experiment,
    ExperimentIdea,
    Joiner,
    Measure,
    Reading,
)
from innovation.experiments.queries import idea_numbers
from innovation.experiments.sheets import rows_of
from innovation.ideas.events import IdeaChanged
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.models import Idea
from innovation.ideas.moves import hold
from innovation.ideas.timeline import Kind, add_entry

_SHOWN = frozenset({Visibility.PUBLIC, Visibility.STAFF_ONLY})
_APART = frozenset({"ideas", "measures"})
_TEXTS = (
    *("title", "place", "unit", "group", "owner_task", "hypothesis", "limits", "permit_text"),
    "lesson",
)


def hold_with_ideas(experiment: Experiment, further: Collection[int] = ()) -> None:
    """Hold the ideas of the experiment and these, then the experiment itself.

    Always in this order, as undoing and taking words out do: so no two wait for each other.
    """
    numbers = select(func.coalesce(Idea.merged_into_id, Idea.id)).where(
        Idea.id.in_([*idea_numbers(experiment.id), *further])
    )
    for number in sorted(set(db.session.scalars(numbers))):
        hold(db.session.get_one(Idea, number))
    hold(experiment)


def said_already(experiment: Experiment, handling: Handling, told: ToldDraft) -> bool:
    """Tell whether the authors were told this: then nothing of what was written is lost."""
    if not (told.text or told.step):
        return True
    head = func.coalesce(Idea.merged_into_id, Idea.id)
    step = (Answer.step == told.step, Answer.step_on.is_not_distinct_from(told.step_on))
    said = (
        select(Answer.id)
        .join(Idea, head == Answer.idea_id)
        .join(ExperimentIdea, ExperimentIdea.idea_id == Idea.id)
        .where(
            ExperimentIdea.experiment_id == experiment.id,
            Answer.handling == handling,
            Answer.text == (told.text or experiment.lesson),
            *(step if handling in GOES_ON else ()),
        )
    )
    return db.session.scalar(said.limit(1)) is not None


def write_plan(experiment: Experiment, draft: ExperimentDraft) -> None:
    """Write the facts of a checked draft; the version grows."""
    facts = asdict(draft)
    for name in facts.keys() - _APART:
        setattr(experiment, name, facts[name])
    experiment.impact_tags = list(draft.impact_tags)
    experiment.title_key = search_key(draft.title)
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

    Raises RuleBrokenError for an idea that is not shown, that another sub-project decides on or
    that has other readers, and for leaving out what keeps the experiment among staff.
    """
    there = set(idea_numbers(experiment.id))
    gone, before = there.difference(numbers), _readers(there)
    added = sorted({_open_idea(actor, number).id for number in set(numbers) - there} - there)
    after = _readers([*(there - gone), *added])
    if added:
        _refuse_mixed(after)
    _refuse_uncovering(before, after)
    if gone:
        db.session.execute(
            delete(ExperimentIdea).where(
                ExperimentIdea.experiment_id == experiment.id, ExperimentIdea.idea_id.in_(gone)
            )
        )
    for number in added:
        idea = db.session.get_one(Idea, number)
        hold(idea)
        db.session.add(ExperimentIdea(experiment_id=experiment.id, idea_id=number))
        add_entry(actor, idea, Kind.TRIAL_PLANNED, reason=experiment.title)
        record(IdeaChanged(number))


def _readers(numbers: Collection[int]) -> dict[str, bool]:
    """Give the references of what these are a part of, with whether only staff see it."""
    head = aliased(Idea)
    rows = db.session.execute(
        select(head.reference, head.visibility)
        .join(Idea, head.id == func.coalesce(Idea.merged_into_id, Idea.id))
        .where(Idea.id.in_(numbers), head.visibility.in_(_SHOWN))
        .order_by(head.id)
    )
    return {row[0]: row[1] == Visibility.STAFF_ONLY for row in rows}


def is_inside(experiment: Experiment) -> bool:
    """Tell whether only staff see the experiment, because of one of its ideas."""
    return any(_readers(idea_numbers(experiment.id)).values())


def _refuse_mixed(readers: dict[str, bool]) -> None:
    """Refuse ideas with different readers: what is for staff would be told in a public one."""
    if len(set(readers.values())) > 1:
        inside = ", ".join(reference for reference, staff in readers.items() if staff)
        raise RuleBrokenError(
            _(
                "%(reference)s is for staff only and the other ideas are public. Leave one or the "
                "other out, and plan an experiment of its own for it.",
                reference=inside,
            ),
            "ideas",
        )


def _refuse_uncovering(before: dict[str, bool], after: dict[str, bool]) -> None:
    """Refuse to leave out the idea that keeps the experiment among staff."""
    if any(before.values()) and not any(after.values()):
        inside = ", ".join(reference for reference, staff in before.items() if staff)
        raise RuleBrokenError(
            _(
                "Only staff see this experiment, because of %(reference)s. Without that everybody "
                "would. Keep it here, and plan a new experiment for what everybody may read.",
                reference=inside,
            ),
            "ideas",
        )


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


def replace_words(experiment: Experiment, change: Callable[[str], str]) -> None:
    """Change what was written in the experiment: its plan, measures, diary, notes and offers.

    Who answers for it stays: that person has agreed to be named. Whoever has the form open is told
    that the plan has changed.
    """
    hold(experiment)
    own = (Measure.experiment_id == experiment.id, DiaryEntry.experiment_id == experiment.id)
    readings = select(Reading).join(Measure, Measure.id == Reading.measure_id).where(own[0])
    joiners = select(Joiner).where(Joiner.experiment_id == experiment.id)
    rows: list[tuple[Base, tuple[str, ...]]] = [(experiment, _TEXTS)]
    rows += [(one, ("name", "unit")) for one in db.session.scalars(select(Measure).where(own[0]))]
    rows += [(one, ("note",)) for one in db.session.scalars(readings)]
    rows += [(one, ("text",)) for one in db.session.scalars(select(DiaryEntry).where(own[1]))]
    rows += [(one, ("unit", "message")) for one in db.session.scalars(joiners)]
    changed = False
    for row, fields in rows:
        for name in fields:
            was = getattr(row, name)
            if (now := change(was)) != was:
                setattr(row, name, now)
                changed = True
    if changed:
        experiment.title_key = search_key(experiment.title)
        experiment.version = experiment.version + 1
        experiment.updated_at = clock.now()
    db.session.flush()


def next_round(experiment: Experiment) -> Experiment:
    """Plan the next round like this one; measures begin where they were left."""
    kept = {
        name: getattr(experiment, name)
        for name in (
            *("title", "title_key", "place", "unit", "area_id", "group", "person_id"),
            *("owner_name", "owner_task", "owner_named", "sub_project_id", "hypothesis"),
            *("limits", "permit", "permit_text", "impact_tags"),
        )
    }
    now = clock.now()
    made = Experiment(
        **kept,
        state=State.PLANNED,
        round=experiment.round + 1,
        previous_id=experiment.id,
        first_id=experiment.first_id or experiment.id,
        version=1,
        created_at=now,
        updated_at=now,
    )
    db.session.add(made)
    db.session.flush()  # its number is needed by what belongs to it
    for place, one in enumerate(rows_of([experiment])[0].measures):
        start = one.baseline if one.last is None else one.last
        facts = {"unit": one.unit, "target": one.target, "direction": one.direction}
        db.session.add(
            Measure(experiment_id=made.id, name=one.name, baseline=start, position=place, **facts)
        )
    for number in idea_numbers(experiment.id):
        db.session.add(ExperimentIdea(experiment_id=made.id, idea_id=number))
    db.session.flush()
    return made
