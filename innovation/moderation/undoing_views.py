"""The page of what a moderator can still undo: one by one, or everything of one press."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from innovation.moderation import bulk, desk, sittings
from innovation.moderation.texts import DECIDED_LABELS
from innovation.web.access import needs, person

blueprint = Blueprint("undoing", __name__)


@blueprint.get("/moderation/undo")
@needs("moderation:see")
def mine() -> ResponseReturnValue:
    """Show what the moderator can still undo, the newest first."""
    g.page_is_personal = True
    rows = sittings.undoable_of(person())
    return render_template(
        "moderation/undoing.html", rows=rows, labels=DECIDED_LABELS, minutes=desk.minutes_left
    )


@blueprint.post("/moderation/undo")
@needs("idea:moderate")
def undo() -> ResponseReturnValue:
    """Undo what was marked, or the one beside whose button was pressed."""
    one = request.form.getlist("one")
    numbers = [
        int(value)
        for value in one or request.form.getlist("decision")
        if value.isascii() and value.isdigit() and len(value) < 10
    ]
    outcome = bulk.undo_each(person(), numbers)
    if outcome.refused:
        return render_template("moderation/undone.html", outcome=outcome)
    count = len(outcome.decisions)
    flash(ngettext("%(num)d decision was undone.", "%(num)d decisions were undone.", count), "good")
    return redirect(url_for("undoing.mine"), 303)
