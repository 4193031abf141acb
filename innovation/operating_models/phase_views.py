"""The page on which administrators keep the phases of development."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.core.i18n import lazy_gettext as _
from innovation.operating_models import parts, queries
from innovation.operating_models.forms import PhaseForm
from innovation.web import navigation
from innovation.web.access import actor, needs

blueprint = Blueprint("model_phases", __name__, url_prefix="/admin/phases")

navigation.add(
    "model_phases.index", _("Phases of models"), 68, menu="admin", permission="programme:manage"
)


@blueprint.get("")
@needs("programme:manage")
def index() -> ResponseReturnValue:
    """Show every phase, and the form for a further one."""
    return _page({})


@blueprint.post("")
@needs("programme:manage")
def create() -> ResponseReturnValue:
    """Add a phase."""
    form = _sent(0)
    if form.validate():
        form.attempt(lambda: parts.add_phase(actor(), form.names))
    return _page({0: form}, 422) if form.errors else _saved()


@blueprint.post("/<int:phase_id>")
@needs("programme:manage")
def update(phase_id: int) -> ResponseReturnValue:
    """Rename a phase, or take it out of use."""
    form = _sent(phase_id)
    if form.validate():
        active = bool(form.active.data)
        form.attempt(lambda: parts.edit_phase(actor(), phase_id, form.names, active=active))
    return _page({phase_id: form}, 422) if form.errors else _saved()


def _sent(number: int) -> PhaseForm:
    return PhaseForm(request.form, prefix=f"phase-{number}-")


def _saved() -> ResponseReturnValue:
    flash(gettext("Your changes were saved."), "good")
    return redirect(url_for("model_phases.index"), 303)


def _page(sent: dict[int, PhaseForm], status: int = 200) -> ResponseReturnValue:
    g.page_is_personal = True
    rows = queries.phases()
    forms = {row.id: sent.get(row.id) or _form(row) for row in rows}
    fresh = sent.get(0) or PhaseForm(prefix="phase-0-")
    return render_template(
        "operating_models/phases.html", rows=rows, forms=forms, fresh=fresh
    ), status


def _form(row: queries.PhaseRow) -> PhaseForm:
    names = {f"names_{code}": name for code, name in row.names.items()}
    return PhaseForm(prefix=f"phase-{row.id}-", data={**names, "active": row.active})
