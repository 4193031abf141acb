"""Reading operating models: one of them, what stands around it, its versions, what it grew from."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Integer, Select, bindparam, func, literal, select, union_all

from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.i18n import Texts
from innovation.core.permissions import Actor, may
from innovation.experiments.models import Experiment
from innovation.experiments.queries import shown_to
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.operating_models.documents import Facts, SourceRow, UseRow, contents_of
from innovation.operating_models.lifecycle import State
from innovation.operating_models.models import (
    AnsweredModel,
    ModelPhase,
    ModelSource,
    ModelUse,
    ModelVersion,
    OperatingModel,
)
from innovation.operating_models.texts import CHOSEN, FIELD_BY_KEY
from innovation.programme.queries import snapshot


def visible_model(actor: Actor, model_id: int) -> OperatingModel:
    """Give the model. Raises NotFoundError for a draft of others too."""
    model = db.session.get(OperatingModel, model_id)
    if model is None or not may(actor, "model:see", model):
        raise NotFoundError(f"operating model {model_id}")
    return model


def chosen_of(model: OperatingModel) -> dict[str, str]:
    """Give what is chosen and not written, as a form and a version keep it."""
    known = snapshot()
    area = known.area_by_id.get(model.area_id or 0)
    return {
        "phase": str(model.phase_id),
        "sub_project": known.sub_project_by_id[model.sub_project_id].slug,
        "area": area.slug if area else "",
    }


def everything_of(model: OperatingModel) -> dict[str, str]:
    """Give every field and every choice: what one version holds."""
    empty = dict.fromkeys(FIELD_BY_KEY, "")
    return {**empty, **contents_of(model), **chosen_of(model)}


def facts_of(actor: Actor, model: OperatingModel) -> Facts:
    """Give what stands around the texts of a model, as this actor may read it."""
    known = snapshot()
    home = known.sub_project_by_id[model.sub_project_id]
    programme = known.short_names.get("fi", "")
    return Facts(
        phase=db.session.get_one(ModelPhase, model.phase_id).names,
        sub_project=home.short_names,
        sub_project_slug=home.slug,
        made_by=f"{programme}, {home.official_names.get('fi', home.slug)}".replace("\u00ad", ""),
        uses=uses_of([model.id]).get(model.id, []),
        sources=sources_of(actor, model.id),
    )


def uses_of(model_ids: list[int]) -> dict[int, list[UseRow]]:
    """Give where these models are in use now, by model, the oldest use first."""
    areas = snapshot().area_by_id
    found: dict[int, list[UseRow]] = {}
    if not model_ids:
        return found
    rows = db.session.scalars(
        select(ModelUse)
        .where(ModelUse.model_id.in_(model_ids), ModelUse.ended_on.is_(None))
        .order_by(ModelUse.since, ModelUse.id)
    )
    for use in rows:
        area = areas.get(use.area_id or 0)
        row = UseRow(use.id, use.unit, area.names if area else {}, use.since, use.contact)
        found.setdefault(use.model_id, []).append(row)
    return found


def sources_of(actor: Actor, model_id: int) -> list[SourceRow]:
    """Give the ideas and experiments a model grew from; what the actor cannot see is left out."""
    ideas = db.session.scalars(
        select(Idea)
        .join(ModelSource, ModelSource.idea_id == Idea.id)
        .where(ModelSource.model_id == model_id)
        .order_by(Idea.id)
    )
    experiments = db.session.execute(
        select(Experiment.id, Experiment.title)
        .join(ModelSource, ModelSource.experiment_id == Experiment.id)
        .where(ModelSource.model_id == model_id, shown_to(actor))
        .order_by(Experiment.id)
    )
    return [
        *(
            SourceRow(one.id, "idea", one.title, one.reference, one.language, one.handling)
            for one in ideas
            if one.visibility == Visibility.PUBLIC or may(actor, "idea:decide", one)
        ),
        *(SourceRow(one.id, "experiment", one.title) for one in experiments),
    ]


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """A phase of development. models: how many are in it."""

    id: int
    names: Texts
    active: bool
    models: int = 0


def phases() -> list[PhaseRow]:
    """Give every phase in the order of the list."""
    counted = func.count(OperatingModel.id)
    rows = db.session.execute(
        select(ModelPhase.id, ModelPhase.names, ModelPhase.active, counted)
        .outerjoin(OperatingModel, OperatingModel.phase_id == ModelPhase.id)
        .group_by(ModelPhase.id, ModelPhase.active, ModelPhase.place)
        .order_by(ModelPhase.place, ModelPhase.id)
    )
    return [PhaseRow(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A saved version: its number, in which right it was saved, and when."""

    number: int
    actor_role: str
    at: datetime


def versions_of(model_id: int) -> list[VersionRow]:
    """Give the versions of a model, the newest first."""
    rows = db.session.execute(
        select(ModelVersion.number, ModelVersion.actor_role, ModelVersion.at)
        .where(ModelVersion.model_id == model_id)
        .order_by(ModelVersion.number.desc())
    )
    return [VersionRow(*row) for row in rows]


def saved_version(model_id: int, number: int) -> ModelVersion:
    """Give one version. Raises NotFoundError."""
    wanted = select(ModelVersion).where(
        ModelVersion.model_id == model_id, ModelVersion.number == number
    )
    row = db.session.scalar(wanted)
    if row is None:
        raise NotFoundError(f"version {number} of operating model {model_id}")
    return row


@dataclass(frozen=True, slots=True)
class Change:
    """What a version changed in one field; the first version changed everything from nothing."""

    names: Texts
    before: str
    after: str


def changes_of(model_id: int, number: int) -> list[Change]:
    """Give what a version changed, field by field in Innokylä's order."""
    after = saved_version(model_id, number).contents
    before = saved_version(model_id, number - 1).contents if number > 1 else {}
    names = {one.key: one.names for one in FIELD_BY_KEY.values()} | CHOSEN
    return [
        Change(name, in_words(key, before.get(key, "")), in_words(key, after.get(key, "")))
        for key, name in names.items()
        if before.get(key, "") != after.get(key, "")
    ]


def in_words(key: str, value: str) -> str:
    """Give a field of a version as it is read: the name of what was chosen, or the text."""
    known = snapshot()
    if key == "sub_project" and value in known.sub_project_by_slug:
        return known.sub_project_by_slug[value].name("fi")
    if key == "area" and value in known.area_by_slug:
        return known.area_by_slug[value].name("fi")
    if key == "phase" and value.isdigit():
        phase = db.session.get(ModelPhase, int(value))
        return phase.names.get("fi", value) if phase else value
    return value


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model beside an idea or an experiment. made_of_it: it grew from it, it is not only named
    in an answer.
    """

    id: int
    name: str
    summary: str
    state: str
    made_of_it: bool
    uses: list[UseRow]


def models_of_idea(actor: Actor, idea: Idea) -> list[ModelCard]:
    """Give the models that grew from the idea, then those that answers to it named.

    What was merged into the idea, and what it was merged into, counts as the same idea.
    """
    asked = {"idea": idea.id, "head": idea.merged_into_id or 0}
    rows = db.session.execute(_of_idea(), asked)
    return _cards(actor, [(model, bool(own)) for model, own in rows])


@cache
def _of_idea() -> Select[OperatingModel, bool]:
    # Made once: that takes longer than reading what it gives.
    idea, head = bindparam("idea", type_=Integer), bindparam("head", type_=Integer)
    same = select(Idea.id).where(Idea.id.in_([idea, head]) | (Idea.merged_into_id == idea))
    grown = select(ModelSource.model_id).where(ModelSource.idea_id.in_(same))
    named = select(AnsweredModel.model_id).where(AnsweredModel.idea_id.in_(same))
    return (
        select(OperatingModel, OperatingModel.id.in_(grown))
        .where(OperatingModel.id.in_(grown) | OperatingModel.id.in_(named))
        .order_by(OperatingModel.id)
    )


def models_of_experiment(actor: Actor, experiment_id: int) -> list[ModelCard]:
    """Give the models that grew from the experiment."""
    grown = select(ModelSource.model_id).where(ModelSource.experiment_id == experiment_id)
    rows = db.session.scalars(
        select(OperatingModel).where(OperatingModel.id.in_(grown)).order_by(OperatingModel.id)
    )
    return _cards(actor, [(model, True) for model in rows])


def _cards(actor: Actor, rows: list[tuple[OperatingModel, bool]]) -> list[ModelCard]:
    seen = [(model, own) for model, own in rows if may(actor, "model:see", model)]
    uses = uses_of([model.id for model, _own in seen])
    return [
        ModelCard(model.id, model.name, model.summary, model.state, own, uses.get(model.id, []))
        for model, own in sorted(seen, key=lambda one: not one[1])
    ]


def published_choices() -> list[tuple[str, str]]:
    """Give the published models by name, as (id, name)."""
    rows = db.session.execute(
        select(OperatingModel.id, OperatingModel.name)
        .where(OperatingModel.state == State.PUBLISHED)
        .order_by(OperatingModel.name, OperatingModel.id)
    )
    return [(str(row.id), row.name) for row in rows]


@dataclass(frozen=True, slots=True)
class ModelLink:
    """A model where no more is told than its name and where it has been in use the longest."""

    id: int
    name: str
    made_of_it: bool
    use: UseRow | None


def models_of_ideas(idea_ids: Collection[int]) -> dict[int, ModelLink]:
    """Give the model of each of these ideas and of what was merged into them, one each.

    One that grew from it comes before one that an answer named. Drafts are left out. Two queries.
    """
    head = func.coalesce(Idea.merged_into_id, Idea.id)
    beside = union_all(
        select(ModelSource.idea_id, ModelSource.model_id, literal(1).label("own")),
        select(AnsweredModel.idea_id, AnsweredModel.model_id, literal(0)),
    ).subquery()
    rows = db.session.execute(
        select(head, OperatingModel.id, OperatingModel.name, beside.c.own)
        .join(beside, beside.c.idea_id == Idea.id)
        .join(OperatingModel, OperatingModel.id == beside.c.model_id)
        .where(head.in_(idea_ids), OperatingModel.state != State.DRAFT)
        .order_by(beside.c.own, OperatingModel.id)
    ).all()
    uses = uses_of(sorted({row[1] for row in rows}))
    return {
        row[0]: ModelLink(row[1], row[2], bool(row[3]), next(iter(uses.get(row[1], [])), None))
        for row in rows
    }
