"""The page on which administrators say how well one has to be known before one takes part."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.programme.level_forms import LevelsForm
from innovation.programme.levels import edit_levels
from innovation.web.access import actor, needs

blueprint = Blueprint("levels", __name__, url_prefix="/admin/programme/levels")


@blueprint.get("")
@needs("programme:manage")
def edit() -> ResponseReturnValue:
    """Show what is asked now."""
    return _page(LevelsForm.now())


@blueprint.post("")
@needs("programme:manage")
def update() -> ResponseReturnValue:
    """Change what is asked."""
    form = LevelsForm.from_request()
    if form.save(lambda: edit_levels(actor(), form.draft(), form.seen), LevelsForm.now):
        flash(gettext("Your changes were saved."), "good")
        return redirect(url_for("levels.edit"), 303)
    return _page(form)


def _page(form: LevelsForm) -> ResponseReturnValue:
    g.page_is_personal = True
    return render_template("admin/programme/levels.html", form=form), form.status
