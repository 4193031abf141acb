"""Every write of a model: made, changed, published, archived; each text saved as a version."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from innovation.answers.actions import give_answer
from innovation.answers.drafts import AnswerDraft, knows_existing
from innovation.core import clock
from innovation.core.db import db, insert
from innovation.core.errors import ConflictError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, System, authorize, may
from innovation.ideas.events import IdeaChanged
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.models import Idea, TimelineEntry
from innovation.ideas.moves import hold
from innovation.ideas.numbers import claim_form, settle_form
from innovation.ideas.timeline import Kind, add_entry, role_of
from innovation.moderation.undo import restores
from innovation.operating_models.drafts import (
    ChangedMeanwhileError,
    ModelDraft,
    brought_together,
)
from innovation.operating_models.lifecycle import MOVES, State
from innovation.operating_models.listing import terms_of
from innovation.operating_models.models import (
    AnsweredModel,
    ModelSource,
    ModelVersion,
    OperatingModel,
)
from innovation.operating_models.queries import everything_of, published_choices, saved_version
from innovation.operating_models.texts import FIELD_BY_KEY
from innovation.programme.queries import snapshot

_FORM = "operating model"
_SHOWN = frozenset({Visibility.PUBLIC, Visibility.STAFF_ONLY})

restores(AnsweredModel, "idea_id")


@dataclass(frozen=True, slots=True)
class Sources:
    """What a model grows from: rows that the actor was found to see. Both may be empty."""

    ideas: Collection[int] = ()
    experiments: Collection[int] = ()


def create_model(actor: Actor, draft: ModelDraft, sources: Sources, sign: str = "") -> int:
    """Make a draft of a model and give its id. sign: the form's one-time key.

    Raises RuleBrokenError at a field of the draft, and ForbiddenError.
    """
    draft.check()
    authorize(actor, "model:create", draft.place)
    for number in sources.ideas:
        _refuse_hidden(actor, db.session.get_one(Idea, number))
    made = claim_form(_FORM, sign)
    if made:
        return made
    now = clock.now()
    model = OperatingModel(state=State.DRAFT, version=1, created_at=now, updated_at=now)
    _fill(model, draft)
    db.session.add(model)
    db.session.flush()  # its number is needed by what refers to it
    for number in dict.fromkeys(sources.ideas):
        db.session.add(ModelSource(model_id=model.id, idea_id=number))
    for number in dict.fromkeys(sources.experiments):
        db.session.add(ModelSource(model_id=model.id, experiment_id=number))
    _keep_version(actor, model)
    settle_form(sign, model.id)
    return model.id


def _refuse_hidden(actor: Actor, idea: Idea) -> None:
    authorize(actor, "idea:decide", idea)
    if idea.visibility != Visibility.PUBLIC or idea.merged_into_id is not None:
        raise ConflictError(_("Only an idea that everybody can read becomes an operating model."))


def edit_model(actor: Actor, model: OperatingModel, draft: ModelDraft, seen: int) -> bool:
    """Save what was written as the next version; False when nothing is new.

    seen: the version that the page showed. Raises ChangedMeanwhileError when somebody else has
    saved since; nothing is written then. Raises RuleBrokenError at a field, and ForbiddenError.
    """
    authorize(actor, "model:edit", model)
    draft.check()
    authorize(actor, "model:create", draft.place)
    hold(model)
    saved = everything_of(model)
    if dict(draft.contents) == saved:
        return False
    if seen != model.version:
        opened = saved_version(model.id, seen).contents if 0 < seen < model.version else saved
        together, clashes = brought_together(opened, draft.contents, saved)
        raise ChangedMeanwhileError(model.version, together, clashes)
    _fill(model, draft)
    model.version += 1
    model.updated_at = clock.now()
    _keep_version(actor, model)
    return True


def _fill(model: OperatingModel, draft: ModelDraft) -> None:
    known, texts = snapshot(), {key: draft.contents[key] for key in FIELD_BY_KEY}
    model.terms = terms_of(*texts.values())
    model.name, model.summary = texts.pop("name"), texts.pop("summary")
    model.texts = texts
    model.phase_id = int(draft.contents["phase"])
    model.sub_project_id = draft.sub_project_id
    area = known.area_by_slug.get(draft.contents["area"])
    model.area_id = area.id if area else None


def replace_words(model: OperatingModel, change: Callable[[str], str], at: datetime) -> None:
    """Change every text of the model and of its versions; nothing of what was there stays.

    Whoever has the form open is told that the model has changed.
    """
    hold(model)
    for version in db.session.scalars(
        select(ModelVersion).where(ModelVersion.model_id == model.id)
    ):
        kept = version.contents
        version.contents = {
            key: change(text) if key in FIELD_BY_KEY else text for key, text in kept.items()
        }
    changed = (change(model.name), change(model.summary))
    texts = {key: change(text) for key, text in model.texts.items()}
    if (*changed, texts) == (model.name, model.summary, model.texts):
        return
    (model.name, model.summary), model.texts = changed, texts
    model.terms = terms_of(*changed, *texts.values())
    model.version += 1
    model.updated_at = at
    _keep_version(System("redaction"), model)


def _keep_version(actor: Actor, model: OperatingModel) -> None:
    db.session.add(
        ModelVersion(
            model_id=model.id,
            number=model.version,
            contents=everything_of(model),
            actor_role=role_of(actor),
            person_id=actor.id if isinstance(actor, Person) else None,
            at=model.updated_at,
        )
    )
    db.session.flush()  # the rows are read again before the unit of work ends


def publish_model(
    actor: Actor, model: OperatingModel, told: Mapping[int, str] | None = None
) -> None:
    """Let everybody read the model; its ideas tell of it. Safe to repeat.

    told: the answer to each idea in use that is described by this, by the idea's number. Raises
    RuleBrokenError at "idea_<number>" for an answer that lacks something, ConflictError for an
    idea that has moved meanwhile, and ForbiddenError.
    """
    if not _move(actor, model, State.PUBLISHED):
        return
    first, told = model.published_at is None, told or {}
    model.published_at = model.published_at or clock.now()
    for idea in _ideas_of(model.id):
        if idea.id in told:
            _describe(actor, idea, model, told[idea.id])
        elif first and idea.visibility in _SHOWN:
            hold(idea)
            add_entry(actor, idea, Kind.MODELLED, reason=model.name)
            record(IdeaChanged(idea.id))


def _describe(actor: Actor, idea: Idea, model: OperatingModel, text: str) -> None:
    draft = AnswerDraft(handling=Handling.DESCRIBED, text=text, existing=str(model.id))
    try:
        give_answer(actor, idea, draft)
    except RuleBrokenError as broken:
        raise RuleBrokenError(broken.message, f"idea_{idea.id}") from None


def archive_model(actor: Actor, model: OperatingModel) -> None:
    """Take the model off the shelf; its page stays where links lead. Safe to repeat."""
    _move(actor, model, State.ARCHIVED)


def _move(actor: Actor, model: OperatingModel, target: State) -> bool:
    """Move the model; False when it is there already."""
    authorize(actor, "model:edit", model)
    hold(model)
    if model.state == target:
        return False
    permission = MOVES.get((State(model.state), target))
    if permission is None:
        raise ConflictError(_("The operating model has changed meanwhile. Look at it again."))
    authorize(actor, permission, model)
    model.state = target
    return True


def _ideas_of(model_id: int) -> list[Idea]:
    return list(
        db.session.scalars(
            select(Idea)
            .join(ModelSource, ModelSource.idea_id == Idea.id)
            .where(ModelSource.model_id == model_id, Idea.merged_into_id.is_(None))
            .order_by(Idea.id)
        )
    )


def describable(actor: Actor, model: OperatingModel) -> list[Idea]:
    """Give the ideas in use of which an answer can say that this model describes them."""
    return [
        idea
        for idea in _ideas_of(model.id)
        if idea.handling == Handling.IN_USE
        and idea.visibility in _SHOWN
        and may(actor, "idea:decide", idea)
    ]


def name_in_answer(entry: TimelineEntry, chosen: str) -> None:
    """Keep which model an answer to an idea named; naming it again changes nothing."""
    db.session.execute(
        insert(AnsweredModel)
        .values(idea_id=entry.idea_id, model_id=int(chosen), at=entry.at)
        .on_conflict_do_nothing()
    )


knows_existing(published_choices, name_in_answer)
