"""Pages in which administrators keep the ready reasons of moderators."""

from functools import partial

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.core.i18n import lazy_gettext as _
from innovation.reasons import actions, queries
from innovation.reasons.forms import ReasonEditForm
from innovation.reasons.texts import PLACEHOLDER_LABELS, USE_LABELS
from innovation.web import navigation
from innovation.web.access import actor, needs

blueprint = Blueprint("reasons", __name__, url_prefix="/admin/reasons")

navigation.add("reasons.index", _("Ready reasons"), 65, menu="admin", permission=actions.PERMISSION)


@blueprint.get("")
@needs("programme:manage")
def index() -> ResponseReturnValue:
    """Show every ready reason by what it is for."""
    g.page_is_personal = True
    rows = queries.all_reasons()
    groups = [
        (use, label, [row for row in rows if row.use == use]) for use, label in USE_LABELS.items()
    ]
    return render_template("reasons/index.html", groups=groups)


@blueprint.get("/new")
@needs("programme:manage")
def new() -> ResponseReturnValue:
    """Show the form for a further reason."""
    chosen = {"use": request.args.get("use", "")}
    return _page(ReasonEditForm.fresh(chosen).offer(), None)


@blueprint.post("/new")
@needs("programme:manage")
def create() -> ResponseReturnValue:
    """Add a reason."""
    form = ReasonEditForm.from_request().offer()
    if form.save(lambda: actions.add_reason(actor(), form.draft(), form.seen)):
        return _saved()
    return _page(form, None)


@blueprint.get("/<int:number>")
@needs("programme:manage")
def edit(number: int) -> ResponseReturnValue:
    """Show what a reason says."""
    return _page(_form(number), queries.ready_by_id(number))


def _form(number: int) -> ReasonEditForm:
    known = queries.ready_by_id(number)
    return ReasonEditForm.of(actions.ReasonDraft(known.use, known.texts)).offer()


@blueprint.post("/<int:number>")
@needs("programme:manage")
def update(number: int) -> ResponseReturnValue:
    """Change a reason."""
    known, now = queries.ready_by_id(number), partial(_form, number)
    form = ReasonEditForm.from_request().offer()
    if form.save(lambda: actions.edit_reason(actor(), number, form.draft(), form.seen), now):
        return _saved()
    return _page(form, known)


@blueprint.post("/<int:number>/switch")
@needs("programme:manage")
def switch(number: int) -> ResponseReturnValue:
    """Take a reason out of use, or into use again."""
    active = request.form.get("active") == "1"
    actions.switch_reason(actor(), number, active)
    done = gettext("The reason is in use again.") if active else gettext("It is out of use now.")
    flash(done, "good")
    return redirect(url_for("reasons.index", _anchor=f"reason-{number}"), 303)


@blueprint.post("/<int:number>/move")
@needs("programme:manage")
def move(number: int) -> ResponseReturnValue:
    """Show a reason earlier or later in the list of a decision."""
    step = {"earlier": -1, "later": 1}.get(request.form.get("where", ""), 0)
    actions.move_reason(actor(), number, step)
    return redirect(url_for("reasons.index", _anchor=f"reason-{number}"), 303)


def _page(form: ReasonEditForm, known: queries.Ready | None) -> ResponseReturnValue:
    g.page_is_personal = True
    return render_template(
        "reasons/edit.html", form=form, known=known, placeholders=PLACEHOLDER_LABELS
    ), form.status


def _saved() -> ResponseReturnValue:
    flash(gettext("Your changes were saved."), "good")
    return redirect(url_for("reasons.index"), 303)
