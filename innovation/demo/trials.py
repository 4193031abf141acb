"""The demo's experiments: planned, begun, measured and told of while their ideas live on."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from sqlalchemy import select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Person, Role
from innovation.demo.content import DemoDecision
from innovation.demo.people import Cast
from innovation.demo.sheets import DemoOffer, DemoTrial, demo_trials
from innovation.experiments.actions import (
    edit_experiment,
    end_experiment,
    plan_experiment,
    start_experiment,
)
from innovation.experiments.drafts import (
    EndDraft,
    ExperimentDraft,
    MeasureDraft,
    OfferDraft,
    ReadingDraft,
    ToldDraft,
)
from innovation.experiments.models import Experiment, Measure
from innovation.experiments.parts import add_reading, decide_offer, offer_to_join, write_diary
from innovation.experiments.queries import joiners_of, next_round_of
from innovation.ideas.lifecycle import Handling

# How many days ago, which step of that day, and what happens then.
Happening = tuple[int, int, Callable[[], None]]


class Trials:
    """The experiments while the demo is loaded: which of them were made."""

    def __init__(self, cast: Cast) -> None:
        """Remember who takes part."""
        self.cast = cast
        self.made: dict[str, Experiment] = {}

    def happenings(self, youngest: str = "") -> list[Happening]:
        """Give what happens in the experiments of the idea; without one, in those of no idea."""
        return [
            one
            for trial in demo_trials()
            if (trial.ideas[-1] if trial.ideas else "") == youngest and self._has_place(trial)
            for one in self._life(trial)
        ]

    def decide(self, key: str, decision: DemoDecision) -> bool:
        """Let an experiment of the idea start or end with the decision; False for none."""
        for trial in demo_trials():
            if trial.ideas[-1:] != (key,) or trial.key not in self.made:
                continue
            actor, experiment = self.cast.lead(trial.sub_project), self.made[trial.key]
            told = _told(decision)
            if decision.kind == Handling.IN_EXPERIMENT and decision.days_ago == trial.starts:
                start_experiment(actor, experiment, told)
                return True
            if decision.days_ago == trial.decided:
                end_experiment(actor, experiment, EndDraft(trial.decision, trial.lesson, told))
                return True
        return False

    def _has_place(self, trial: DemoTrial) -> bool:
        known = trial.sub_project in self.cast.programme.sub_project_by_slug
        return known and self.cast.ideas.keys() >= set(trial.ideas)

    def _life(self, trial: DemoTrial) -> Iterator[Happening]:
        yield trial.planned, 0, partial(self._plan, trial)
        for place, measure in enumerate(trial.measures):
            for days_ago, value, note in measure.readings:
                yield days_ago, 6, partial(self._read, trial, place, value, note)
        for days_ago, text in trial.diary:
            yield days_ago, 7, partial(self._tell, trial, text)
        for offer in trial.offers:
            yield offer.days_ago, 5, partial(self._offer, trial, offer)

    def _plan(self, trial: DemoTrial) -> None:
        actor, draft = self.cast.lead(trial.sub_project), self._draft(trial)
        if trial.follows:
            number = next_round_of(self.made[trial.follows].id)
            experiment = db.session.get_one(Experiment, number)
            edit_experiment(actor, experiment, draft)
        else:
            experiment = plan_experiment(actor, draft)
        self.made[trial.key] = experiment

    def _draft(self, trial: DemoTrial) -> ExperimentDraft:
        known, today = self.cast.programme, clock.today()
        # A day in the past stands as far from today as it did: today is the day of planning here.
        first = today + timedelta(days=trial.planned)
        area = known.area_by_slug.get(trial.area)
        ids = _measures(self.made[trial.follows], following=True) if trial.follows else []
        tags = {str(one["id"]) for one in known.impact_tags}
        return ExperimentDraft(
            title=trial.title,
            hypothesis=trial.hypothesis.strip(),
            sub_project_id=known.sub_project_by_slug[trial.sub_project].id,
            place=trial.place,
            unit=trial.unit,
            area_id=area.id if area else None,
            group=trial.group,
            owner_name=trial.owner_name,
            owner_task=trial.owner_task,
            owner_named=bool(trial.owner_name),
            starts_on=first - timedelta(days=trial.starts),
            ends_on=first - timedelta(days=trial.ends),
            decide_by=clock.deadline_after(first - timedelta(days=trial.ends), 14),
            limits=trial.limits.strip(),
            permit=trial.permit,
            permit_text=trial.permit_text,
            impact_tags=tuple(one for one in trial.impact_tags if one in tags),
            ideas=tuple(self.cast.ideas[key].id for key in trial.ideas),
            measures=tuple(
                MeasureDraft(
                    name=one.name,
                    unit=one.unit,
                    baseline=one.baseline,
                    target=one.target,
                    direction=one.direction,
                    id=ids[place] if place < len(ids) else None,
                )
                for place, one in enumerate(trial.measures)
            ),
        )

    def _read(self, trial: DemoTrial, place: int, value: str, note: str) -> None:
        experiment = self.made[trial.key]
        draft = ReadingDraft(_measures(experiment)[place], clock.today(), value, note)
        add_reading(self.cast.lead(trial.sub_project), experiment, draft)

    def _tell(self, trial: DemoTrial, text: str) -> None:
        write_diary(self.cast.lead(trial.sub_project), self.made[trial.key], text)

    def _offer(self, trial: DemoTrial, offer: DemoOffer) -> None:
        experiment, roles = self.made[trial.key], frozenset({Role.RESIDENT, Role.STAFF})
        person = Person(self.cast.writer(offer.name, "henkilosto").id, offer.name, roles)
        offer_to_join(person, experiment, OfferDraft(offer.unit, message=offer.message))
        if offer.accepted is not None:
            row = next(one for one in joiners_of(experiment.id) if one.person_id == person.id)
            actor = self.cast.lead(trial.sub_project)
            decide_offer(actor, experiment, row.id, accepted=offer.accepted)


def _told(decision: DemoDecision) -> ToldDraft:
    days = decision.next_step_in
    step_on = clock.deadline_after(clock.today(), days) if days else None
    return ToldDraft(decision.reason, decision.step, step_on)


def _measures(experiment: Experiment, *, following: bool = False) -> list[int]:
    number = next_round_of(experiment.id) if following else experiment.id
    wanted = select(Measure.id).where(Measure.experiment_id == number)
    return list(db.session.scalars(wanted.order_by(Measure.position, Measure.id)))
