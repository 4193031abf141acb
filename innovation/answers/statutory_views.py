"""The register of matters whose time the law sets, for those who keep it."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.answers import registers, statutory
from innovation.answers.statutory_forms import MatterForm, MoveForm
from innovation.core.errors import NotFoundError
from innovation.core.pagination import page_number
from innovation.web.access import actor, needs
from innovation.web.locale import day

blueprint = Blueprint("statutory", __name__, url_prefix="/answers/statutory")


@blueprint.get("")
@needs("statutory:keep")
def index() -> ResponseReturnValue:
    """Show what is not done, what is due first at the top, and what was done."""
    return _page(MatterForm().offer())


@blueprint.post("")
@needs("statutory:keep")
def create() -> ResponseReturnValue:
    """Enter a matter."""
    form, row = MatterForm.from_request().offer(), None
    if form.validate():
        row = form.attempt(lambda: statutory.enter(actor(), form.draft()))
    if row is None:
        return _page(form), 422
    flash(gettext("Entered. It is due by %(date)s.", date=day(row.due_on)), "good")
    return _back()


@blueprint.get("/<int:number>/move")
@needs("statutory:keep")
def move(number: int) -> ResponseReturnValue:
    """Show the form for a later day."""
    return _move_page(number, MoveForm())


@blueprint.post("/<int:number>/move")
@needs("statutory:keep")
def put_off(number: int) -> ResponseReturnValue:
    """Move the day, where the law lets it."""
    form = MoveForm.from_request()
    if form.validate():
        form.attempt(lambda: statutory.move(actor(), number, form.to.day, form.reason.data or ""))
    if form.errors:
        return _move_page(number, form), 422
    flash(gettext("The day was moved. Give the reason to the person who asked."), "good")
    return _back()


@blueprint.post("/<int:number>/done")
@needs("statutory:keep")
def finish(number: int) -> ResponseReturnValue:
    """Note that a matter was answered."""
    statutory.finish(actor(), number)
    flash(gettext("Noted as answered today."), "good")
    return _back()


@blueprint.post("/<int:number>/reopen")
@needs("statutory:keep")
def reopen(number: int) -> ResponseReturnValue:
    """Take back that a matter was answered."""
    statutory.reopen(actor(), number)
    flash(gettext("The matter is open again. Its dates stay as they were."), "good")
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(url_for("statutory.index"), 303)


def _page(form: MatterForm) -> str:
    g.page_is_personal = True
    return render_template(
        "answers/statutory.html",
        form=form,
        rows=registers.open_matters(actor()),
        page=registers.done_matters(actor(), page_number(request.args.get("page"))),
    )


def _move_page(number: int, form: MoveForm) -> str:
    g.page_is_personal = True
    matter: Any = next((one for one in registers.open_matters(actor()) if one.id == number), None)
    if matter is None:
        raise NotFoundError(f"statutory clock {number}")
    return render_template("answers/statutory_move.html", form=form, matter=matter)
