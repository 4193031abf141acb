"""Every write to the plan of an experiment: made, changed, started, ended, taken another way."""

from collections.abc import Callable, Mapping, Sequence

from innovation.answers.actions import give_answer
from innovation.answers.drafts import AnswerDraft
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, authorize
from innovation.experiments.cases import IdeaCase, answered, cases_of
from innovation.experiments.drafts import EndDraft, ExperimentDraft, ToldDraft
from innovation.experiments.lifecycle import (
    ENDS,
    MOVES,
    OPEN,
    Outcome,
    Permit,
    State,
)
from innovation.experiments.models import Experiment, ExperimentIdea, Measure
from innovation.experiments.queries import idea_numbers, next_round_of
from innovation.experiments.revising import link_ideas, put_measures, write_plan
from innovation.experiments.sheets import rows_of
from innovation.ideas.lifecycle import Handling
from innovation.ideas.moves import hold
from innovation.ideas.numbers import claim_form, settle_form
from innovation.ideas.timeline import Kind, add_entry
from innovation.moderation.undo import undoable
from innovation.programme.queries import snapshot

_STALE = _("Somebody has changed this experiment meanwhile. Nothing was changed now.")
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
    experiment = Experiment(sub_project_id=draft.sub_project_id or 0, state=State.PLANNED)
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
    hold(experiment)
    _refuse_stale(experiment, version)
    if experiment.state not in OPEN:
        raise ConflictError(_("The experiment has ended, so its plan stays as it was."))
    draft.check()
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
    hold(experiment)
    if experiment.state == State.RUNNING:
        return
    _refuse_stale(experiment, version)
    _refuse_closed(experiment.sub_project_id)
    _refuse_no_days(experiment)
    if experiment.permit == Permit.APPLIED:
        raise RuleBrokenError(
            _("The research permit has not been granted yet. Change the plan when it has.")
        )

    def apply() -> None:
        _move(actor, experiment, State.RUNNING)
        experiment.started_at = clock.now()

    cases = _to_answer(actor, experiment, Handling.IN_EXPERIMENT, seen)
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
    hold(experiment)
    if experiment.decision and (experiment.decision, experiment.lesson) == (
        draft.decision,
        draft.lesson,
    ):
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

    cases = _to_answer(actor, experiment, handling, seen)
    answer = _answer(experiment, handling, draft.told, draft.lesson)
    _decide(actor, experiment, apply, cases, (answer, _KINDS[outcome], ""), seen or {})
    return _next_round(experiment) if outcome == Outcome.CHANGE else None


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


def _to_answer(
    actor: Actor, experiment: Experiment, target: Handling, seen: Mapping[int, int] | None
) -> list[IdeaCase]:
    """Give the ideas that are answered; they must be those that the page told of."""
    cases = answered(cases_of(actor, experiment, target))
    if seen is not None and {one.idea.id for one in cases} != set(seen):
        raise ConflictError(
            _(
                "The ideas of this experiment have changed meanwhile: one was merged, withdrawn, "
                "routed or answered. Nothing was changed now. Look at the list and send again."
            )
        )
    return cases


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
    answer to the first idea brings the experiment back too, unless its next round stands on it.
    """
    draft, kind, words = told
    for case in cases:
        draft.check(case.idea.handling)
    brought_back = bool(cases) and kind != Kind.TRIAL_CHANGED
    with db.session.begin_nested():
        if not brought_back:
            apply()
        for place, case in enumerate(cases):
            hold(case.idea)
            first = brought_back and place == 0
            rows = [experiment.id] if first else []
            with undoable(actor, "answer", case.idea, rows={Experiment: rows}):
                if first:
                    apply()
                if give_answer(actor, case.idea, draft, seen=seen.get(case.idea.id)) is None:
                    raise ConflictError(_("You have answered this idea meanwhile. Look again."))
                add_entry(actor, case.idea, kind, reason=words or experiment.title)


def _next_round(experiment: Experiment) -> Experiment:
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
