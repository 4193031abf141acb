"""The administrators' page of retention: for how long, what was forgotten, what is next."""

from flask import Blueprint, flash, g, redirect, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.core.i18n import lazy_gettext as _
from innovation.privacy import queries, retention
from innovation.privacy.forms import DaysForm
from innovation.web import navigation
from innovation.web.access import actor, needs

blueprint = Blueprint("retention", __name__, url_prefix="/admin/retention")

navigation.add("retention.index", _("Retention"), 60, menu="admin", permission="programme:manage")


@blueprint.get("")
@needs("programme:manage")
def index() -> ResponseReturnValue:
    """Show every class with its days, what was forgotten last and what would be next."""
    return _page(DaysForm(data=retention.days()))


@blueprint.post("")
@needs("programme:manage")
def save() -> ResponseReturnValue:
    """Change the days."""
    form = DaysForm.from_request()
    if form.validate():
        form.attempt(lambda: retention.set_days(actor(), form.chosen))
    if form.problems:
        return _page(form, 422)
    flash(gettext("Your changes were saved."), "good")
    return redirect(url_for("retention.index"), 303)


def _page(form: DaysForm, status: int = 200) -> ResponseReturnValue:
    g.page_is_personal = True
    return render(
        "privacy/retention.html",
        form=form,
        classes=retention.CLASSES,
        last=queries.last_run(actor()),
        over=retention.what_is_over(),
    ), status
