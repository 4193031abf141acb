"""Every write to the plan of an experiment: made, changed, started, ended, taken another way."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from innovation.answers.actions import give_answer
from innovation.answers.drafts import AnswerDraft
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, authorize
from innovation.experiments.cases import IdeaCase, answered, cases_of, cases_to_end
from innovation.experiments.drafts import EndDraft, ExperimentDraft, ToldDraft
from innovation.experiments.lifecycle import (
    ENDS,
    MOVES,
    OPEN,
    Outcome,
    Permit,
    State,
)
from innovation.experiments.models import Experiment
from innovation.experiments.queries import next_round_of, written_since
from innovation.experiments.revising import (
    hold_with_ideas,
    is_inside,
    link_ideas,
    next_round,
    put_measures,
    said_already,
    write_plan,
)
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.moves import hold
from innovation.ideas.numbers import claim_form, settle_form
from innovation.ideas.timeline import Kind, add_entry
from innovation.moderation.sittings import goes_along
from innovation.moderation.undo import together, undoable, watches
from innovation.programme.queries import snapshot

_STALE = _("Somebody has changed this experiment meanwhile. Nothing was changed now.")
_DECIDED = _(
    "Somebody has decided on this experiment already. Nothing was changed now, and what you wrote "
    "is still here: answer the ideas one by one if their authors should read it."
)
_KINDS = {
    Outcome.SPREAD: Kind.TRIAL_ENDED,
    Outcome.CHANGE: Kind.TRIAL_CHANGED,
    Outcome.STOP: Kind.TRIAL_ENDED,
}


def plan_experiment(actor: Actor, draft: ExperimentDraft, *, once: str = "") -> Experiment:
    """Plan an experiment, and tell so in the timelines of its ideas.

    once: the form's one-time key; a second press gives the experiment that the first one made.
    Raises RuleBrokenError at a field of the draft, and ForbiddenError.
    """
    experiment = Experiment(
        sub_project_id=draft.sub_project_id or 0, area_id=draft.area_id, state=State.PLANNED
    )
    if draft.sub_project_id is not None:
        authorize(actor, "experiment:lead", experiment)
    draft.check()
    if made := claim_form("experiment", once):
        return db.session.get_one(Experiment, made)
    _refuse_closed(draft.sub_project_id)
    experiment.person_id = actor.id if isinstance(actor, Person) else None
    experiment.round = 1
    experiment.created_at = clock.now()
    experiment.version = 0
    write_plan(experiment, draft)
    db.session.add(experiment)
    db.session.flush()  # its number is needed by what belongs to it
    put_measures(experiment, draft.measures)
    link_ideas(actor, experiment, draft.ideas)
    settle_form(once, experiment.id)
    return experiment


def edit_experiment(
    actor: Actor, experiment: Experiment, draft: ExperimentDraft, *, version: int | None = None
) -> None:
    """Change the plan while it goes on. version: the experiment's when the page was made.

    Raises RuleBrokenError at a field, ConflictError when somebody was faster, ForbiddenError.
    """
    authorize(actor, "experiment:lead", experiment)
    hold_with_ideas(experiment, draft.ideas)
    _refuse_stale(experiment, version)
    if experiment.state not in OPEN:
        raise ConflictError(_("The experiment has ended, so its plan stays as it was."))
    draft.check()
    place = draft.sub_project_id, draft.area_id
    if place != (experiment.sub_project_id, experiment.area_id):
        there = Experiment(sub_project_id=place[0], area_id=place[1], state=experiment.state)
        authorize(actor, "experiment:lead", there)
    if draft.sub_project_id != experiment.sub_project_id:
        _refuse_closed(draft.sub_project_id)
    if experiment.state == State.RUNNING:
        _refuse_no_days(draft)
    with db.session.begin_nested():  # what is refused half way leaves nothing behind
        write_plan(experiment, draft)
        put_measures(experiment, draft.measures)
        link_ideas(actor, experiment, draft.ideas)


def start_experiment(
    actor: Actor,
    experiment: Experiment,
    told: ToldDraft,
    *,
    seen: Mapping[int, int] | None = None,
    version: int | None = None,
) -> None:
    """Start what was planned; its ideas are in experiment from now on, with an answer.

    seen: the last entry of the timeline of each idea that the page said would be answered. Does
    nothing when it has started already. Raises RuleBrokenError at a field or for a plan that
    cannot start yet, ConflictError when something has changed meanwhile, and ForbiddenError.
    """
    authorize(actor, "experiment:lead", experiment)
    hold_with_ideas(experiment)
    if experiment.state == State.RUNNING:
        if said_already(experiment, Handling.IN_EXPERIMENT, told):
            return
        raise ConflictError(_DECIDED)
    _refuse_stale(experiment, version)
    _refuse_closed(experiment.sub_project_id)
    _refuse_no_days(experiment)
    if experiment.permit == Permit.APPLIED:
        raise RuleBrokenError(
            _("The research permit has not been granted yet. Update the plan when it has been.")
        )

    def apply() -> None:
        _move(actor, experiment, State.RUNNING)
        experiment.started_at = clock.now()

    cases = answered(cases_of(actor, experiment))
    _refuse_others(cases, seen)
    draft = _answer(experiment, Handling.IN_EXPERIMENT, told)
    where = ", ".join(one for one in (experiment.place, experiment.group) if one)
    _decide(actor, experiment, apply, cases, (draft, Kind.TRIAL_STARTED, where), seen or {})


def end_experiment(
    actor: Actor,
    experiment: Experiment,
    draft: EndDraft,
    *,
    seen: Mapping[int, int] | None = None,
    version: int | None = None,
) -> Experiment | None:
    """End it with a decision and one lesson, and answer its ideas; a changed course gives the next
    round, planned like this one.

    The rest as for `start_experiment`.
    """
    authorize(actor, "experiment:lead", experiment)
    hold_with_ideas(experiment)
    if experiment.decision:
        same = (experiment.decision, experiment.lesson) == (draft.decision, draft.lesson)
        said = same and said_already(experiment, ENDS[Outcome(draft.decision)][1], draft.told)
        if not said:
            raise ConflictError(_DECIDED)
        made = next_round_of(experiment.id)
        return db.session.get_one(Experiment, made) if made else None
    _refuse_stale(experiment, version)
    draft.check()
    if experiment.state == State.PLANNED and draft.decision != Outcome.STOP:
        raise RuleBrokenError(
            _("What has not started can only be stopped. Start it first."), "decision"
        )
    outcome = Outcome(draft.decision)
    state, handling = ENDS[outcome]

    def apply() -> None:
        _move(actor, experiment, state)
        experiment.decision, experiment.lesson = outcome, draft.lesson
        experiment.decided_at = clock.now()

    shown = answered(cases_to_end(actor, experiment))
    _refuse_others(shown, seen)
    numbers = {one.idea.id for one in shown}
    found = answered(cases_of(actor, experiment, handling))
    cases = [one for one in found if one.idea.id in numbers]
    answer = _answer(experiment, handling, draft.told, draft.lesson)
    _decide(actor, experiment, apply, cases, (answer, _KINDS[outcome], ""), seen or {})
    return next_round(experiment) if outcome == Outcome.CHANGE else None


def _move(actor: Actor, experiment: Experiment, target: State) -> None:
    permission = MOVES.get((State(experiment.state), target))
    if permission is None:
        raise ConflictError(_STALE)
    authorize(actor, permission, experiment)
    experiment.state = target
    experiment.version = experiment.version + 1
    experiment.updated_at = clock.now()


def _refuse_stale(experiment: Experiment, version: int | None) -> None:
    if version is not None and version != experiment.version:
        raise ConflictError(_STALE)


def _refuse_closed(sub_project_id: int | None) -> None:
    fact = snapshot().sub_project_by_id.get(sub_project_id or 0)
    if fact is not None and fact.closed:
        raise RuleBrokenError(
            _("This sub-project has closed. Choose the one that leads the experiment now."),
            "sub_project",
        )


def _refuse_no_days(plan: Experiment | ExperimentDraft) -> None:
    if plan.starts_on is None:
        raise RuleBrokenError(_("Write in the plan when the experiment starts."), "starts_on")
    if plan.ends_on is None:
        raise RuleBrokenError(_("Write in the plan when the experiment ends."), "ends_on")


def _refuse_others(cases: Sequence[IdeaCase], seen: Mapping[int, int] | None) -> None:
    """Refuse when these are not the ideas that the page told of."""
    if seen is not None and {one.idea.id for one in cases} != set(seen):
        raise ConflictError(
            _(
                "The ideas of this experiment have changed meanwhile: one was merged, withdrawn, "
                "routed or answered. Nothing was changed now. Look at the list and send again."
            )
        )


def _refuse_bare_start(change: Mapping[str, Any], at: datetime) -> None:
    """Refuse to take back a start when it has been told since how the experiment goes."""
    was, became = ((change[name] or {}).get("state") for name in ("before", "after"))
    began = (was, became) == (State.PLANNED, State.RUNNING)
    if began and written_since(change["after"]["id"], at):
        raise ConflictError(
            _(
                "The experiment has readings or diary entries since it started, so the start can "
                "no longer be undone. End the experiment with a decision instead."
            )
        )


watches(Experiment, _refuse_bare_start)
goes_along(
    Experiment,
    _("Once the last of an experiment’s answers is undone, the experiment goes back too."),
)


def _answer(
    experiment: Experiment, handling: Handling, told: ToldDraft, lesson: str = ""
) -> AnswerDraft:
    return AnswerDraft(
        handling=handling,
        text=told.text or lesson,
        step=told.step,
        step_on=told.step_on,
        named=told.named,
        impact_tags=tuple(experiment.impact_tags),
    )


def _decide(
    actor: Actor,
    experiment: Experiment,
    apply: Callable[[], None],
    cases: Sequence[IdeaCase],
    told: tuple[AnswerDraft, Kind, str],
    seen: Mapping[int, int],
) -> None:
    """Change the experiment and answer its ideas, all or nothing.

    told: the answer, the kind of the further line in the timeline, and what that says. Undoing the
    last of the answers brings the experiment back too, unless its next round stands on it.
    """
    draft, kind, words = told
    for case in cases:
        draft.check(case.idea.handling)
    rows = [] if kind == Kind.TRIAL_CHANGED else [experiment.id]
    inside = is_inside(experiment)
    with db.session.begin_nested(), together({Experiment: rows}):
        apply()
        for case in cases:
            hold(case.idea)
            with undoable(actor, "answer", case.idea):
                if give_answer(actor, case.idea, draft, seen=seen.get(case.idea.id)) is None:
                    raise ConflictError(_("You have answered this idea meanwhile. Look again."))
                # What only staff see is not named where everybody reads.
                kept = inside and case.idea.visibility == Visibility.PUBLIC
                add_entry(actor, case.idea, kind, reason="" if kept else words or experiment.title)
