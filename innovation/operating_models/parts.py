"""What belongs to models: where they are in use, and the phases of development."""

from sqlalchemy import func, select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, NotFoundError, RuleBrokenError
from innovation.core.i18n import Texts
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, authorize
from innovation.ideas.moves import hold
from innovation.operating_models.drafts import UseDraft, check_phase
from innovation.operating_models.models import ModelPhase, ModelUse, OperatingModel
from innovation.programme.queries import snapshot


def add_use(actor: Actor, model: OperatingModel, draft: UseDraft) -> None:
    """Tell where the model is in use. The same place told twice is there once."""
    authorize(actor, "model:edit", model)
    draft.check()
    hold(model)
    area = snapshot().area_by_slug.get(draft.area)
    facts = {
        "unit": draft.unit,
        "area_id": area.id if area else None,
        "since": draft.since,
        "contact": draft.contact,
    }
    same = select(ModelUse.id).filter_by(model_id=model.id, ended_on=None, **facts)
    if db.session.scalar(same) is None:
        db.session.add(ModelUse(model_id=model.id, **facts))
        model.updated_at = clock.now()


def end_use(actor: Actor, model: OperatingModel, use_id: int) -> None:
    """Say that the model is no longer in use there. Safe to repeat. Raises NotFoundError."""
    authorize(actor, "model:edit", model)
    hold(model)
    use = db.session.get(ModelUse, use_id)
    if use is None or use.model_id != model.id:
        raise NotFoundError(f"use {use_id}")
    if use.ended_on is None:
        use.ended_on = clock.today()
        model.updated_at = clock.now()


def add_phase(actor: Actor, names: Texts) -> None:
    """Add a phase after the others; one with the same name is there once."""
    authorize(actor, "programme:manage")
    check_phase(names)
    if _named(names["fi"]) is None:
        last = db.session.scalar(select(func.max(ModelPhase.place))) or 0
        db.session.add(ModelPhase(names=names, place=last + 1))


def edit_phase(actor: Actor, phase_id: int, names: Texts, *, active: bool) -> None:
    """Rename a phase, or take it out of use: models that are in it stay in it.

    Raises RuleBrokenError at the name, ConflictError for the last one in use, and NotFoundError.
    """
    authorize(actor, "programme:manage")
    check_phase(names)
    row = db.session.get(ModelPhase, phase_id)
    if row is None:
        raise NotFoundError(f"phase {phase_id}")
    if _named(names["fi"]) not in (None, row.id):
        raise RuleBrokenError(_("Another phase has this name already."), "names_fi")
    others = select(ModelPhase.id).where(ModelPhase.id != row.id, ModelPhase.active)
    if not active and db.session.scalar(others.limit(1)) is None:
        raise ConflictError(_("One phase has to be in use. Add another one first."))
    row.names, row.active = names, active


def _named(name: str) -> int | None:
    rows = db.session.execute(select(ModelPhase.id, ModelPhase.names))
    return next((row.id for row in rows if row.names.get("fi") == name), None)
