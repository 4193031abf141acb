"""The demo's operating models: written, published, changed, taken into use, spread, archived."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial

from sqlalchemy import select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import System
from innovation.demo.content import DemoDecision
from innovation.demo.people import Cast, author_of
from innovation.demo.sheets import (
    DemoModel,
    DemoSpread,
    DemoUse,
    demo_models,
    demo_phases,
    demo_spreads,
)
from innovation.experiments.models import Experiment
from innovation.ideas.lifecycle import Handling
from innovation.ideas.queries import visible_idea
from innovation.operating_models.actions import (
    Sources,
    archive_model,
    create_model,
    edit_model,
    publish_model,
)
from innovation.operating_models.drafts import ModelDraft, UseDraft
from innovation.operating_models.lifecycle import Spreading
from innovation.operating_models.models import ModelUse, OperatingModel, Spread
from innovation.operating_models.parts import add_phase, add_use, end_use
from innovation.operating_models.queries import everything_of, phases
from innovation.operating_models.spreading import move_spread, tell_fit
from innovation.operating_models.texts import CHOSEN, FIELD_BY_KEY

# How many days ago, which step of that day, and what happens then.
Happening = tuple[int, int, Callable[[], None]]


class Library:
    """The operating models while the demo is loaded: which of them were made."""

    def __init__(self, cast: Cast) -> None:
        """Add the phases of development that the models are in."""
        self.cast = cast
        self.made: dict[str, OperatingModel] = {}
        for names in demo_phases():
            add_phase(System("demo"), names)
        db.session.flush()  # the phases are read below
        self.phases = {one.names["fi"]: str(one.id) for one in phases()}

    def happenings(self, key: str, trials: Mapping[str, Experiment]) -> list[Happening]:
        """Give what happens to the model of the idea. trials: the experiments by key, as made."""
        return [
            one
            for model in demo_models()
            if model.idea == key and model.sub_project in self.cast.programme.sub_project_by_slug
            for one in self._life(model, trials)
        ]

    def describe(self, key: str, decision: DemoDecision) -> bool:
        """Publish the model of the idea with its answer; False for none or another decision."""
        for model in demo_models():
            found = model.idea == key and model.key in self.made
            if found and decision.kind == Handling.DESCRIBED:
                told = {self.cast.ideas[key].id: decision.reason}
                publish_model(self.cast.lead(model.sub_project), self.made[model.key], told)
                return True
        return False

    def number(self, key: str) -> str:
        """Give the model as an answer names it, "" for one that is not there."""
        return str(self.made[key].id) if key in self.made else ""

    def spread(self) -> None:
        """Let authors say whether a model works where they are; after all ideas."""
        for spread in demo_spreads():
            if spread.idea in self.cast.ideas and spread.model in self.made:
                self._spread(spread)

    def _life(self, model: DemoModel, trials: Mapping[str, Experiment]) -> Iterator[Happening]:
        yield model.written, 4, partial(self._write, model, trials)
        for days_ago, fields in model.changes:
            yield days_ago, 5, partial(self._change, model, fields)
        for use in model.uses:
            # A model tells of where it was in use before it was written.
            told = min(use.since, model.written)
            yield told, 10, partial(self._use, model, use, timedelta(days=use.since - told))
            if use.ended is not None:
                yield use.ended, 10, partial(self._end, model, use)
        if model.archived is not None:
            yield model.archived, 11, partial(self._archive, model)

    def _write(self, model: DemoModel, trials: Mapping[str, Experiment]) -> None:
        contents = dict.fromkeys((*FIELD_BY_KEY, *CHOSEN), "") | dict(model.fields)
        contents |= {"phase": self.phases[model.phase], "sub_project": model.sub_project}
        contents["area"] = model.area if model.area in self.cast.programme.area_by_slug else ""
        experiments = [trials[model.trial].id] if model.trial in trials else []
        sources = Sources([self.cast.ideas[model.idea].id], experiments)
        actor = self.cast.lead(model.sub_project)
        number = create_model(actor, ModelDraft(contents), sources)
        self.made[model.key] = db.session.get_one(OperatingModel, number)

    def _change(self, model: DemoModel, fields: Mapping[str, str]) -> None:
        row, changed = self.made[model.key], dict(fields)
        if "phase" in changed:
            changed["phase"] = self.phases[changed["phase"]]
        draft = ModelDraft(everything_of(row) | changed)
        edit_model(self.cast.lead(model.sub_project), row, draft, row.version)

    def _use(self, model: DemoModel, use: DemoUse, before: timedelta) -> None:
        known = self.cast.programme.area_by_slug
        area = use.area if use.area in known else ""
        draft = UseDraft(use.unit, area, clock.today() - before, use.contact)
        add_use(self.cast.lead(model.sub_project), self.made[model.key], draft)

    def _end(self, model: DemoModel, use: DemoUse) -> None:
        row = self.made[model.key]
        wanted = select(ModelUse.id).filter_by(model_id=row.id, unit=use.unit)
        number = db.session.scalars(wanted).one()
        end_use(self.cast.lead(model.sub_project), row, number)

    def _archive(self, model: DemoModel) -> None:
        archive_model(self.cast.lead(model.sub_project), self.made[model.key])

    def _spread(self, spread: DemoSpread) -> None:
        idea, model = self.cast.ideas[spread.idea], self.made[spread.model]
        with clock.frozen_at(self.cast.moment(spread.days_ago, 6)):
            author = author_of(idea)
            seen = visible_idea(author, idea.id)
            tell_fit(author, seen, model.id, spread.fit, spread.text)
            db.session.flush()  # its number is asked for below
        if spread.agreed is None:
            return
        wanted = select(Spread.id).filter_by(idea_id=idea.id, model_id=model.id)
        number = db.session.scalars(wanted).one()
        with clock.frozen_at(self.cast.moment(spread.agreed, 7)):
            actor, state = System("demo"), Spreading.AGREED
            move_spread(actor, number, state, spread.note, Spreading.OPEN)
