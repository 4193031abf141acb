"""The desk of those who answer, and taking back what was just answered there."""

import math

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from innovation.accounts import deputies
from innovation.answers import bulk, listing
from innovation.answers.listing import DeskFilter
from innovation.answers.texts import GROUP_LABELS, GROUP_SENTENCES
from innovation.core import clock
from innovation.core.i18n import lazy_gettext as _
from innovation.moderation.sittings import Undoable
from innovation.programme.queries import snapshot
from innovation.web import navigation
from innovation.web.access import needs, person

blueprint = Blueprint("desk", __name__)
navigation.add(
    "desk.index", _("To answer"), 6, permission="answer:see", count=listing.overdue_for_lead
)


@blueprint.get("/answers")
@needs("answer:see")
def index() -> ResponseReturnValue:
    """Show what is late, due, new and waiting, or the whole of one of these."""
    g.page_is_personal = True
    who, wanted = person(), DeskFilter.read(request.args)
    led = listing.homes_of(listing.led_by(who))
    known = snapshot().sub_projects
    return render_template(
        "answers/desk.html",
        desk=listing.desk(who, wanted),
        wanted=wanted,
        led=[one for one in known if led is None or one.id in led],
        areas=snapshot().areas,
        labels=GROUP_LABELS,
        sentences=GROUP_SENTENCES,
        undoable=bulk.answers_to_undo(who),
        minutes=_minutes,
        standing_in=deputies.standing_in(who.id),
        away=deputies.absences(who.id),
    )


@blueprint.post("/answers/undo")
@needs("answer:see")
def undo() -> ResponseReturnValue:
    """Take back the one whose button was pressed, or everything that was listed."""
    given = request.form.getlist("one") or request.form.getlist("decision")
    numbers = [int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 10]
    outcome = bulk.undo_answers(person(), numbers)
    if count := len(outcome.decisions):
        flash(ngettext("%(num)d answer was undone.", "%(num)d answers were undone.", count), "good")
    for one in outcome.refused[:5]:
        told = gettext("“%(title)s” stays: %(why)s", title=one.title, why=one.message)
        flash(told, "problem")
    if not outcome.decisions and not outcome.refused:
        flash(gettext("There is nothing to undo now."), "info")
    return redirect(url_for("desk.index"), 303)


def _minutes(one: Undoable) -> int:
    return max(1, math.ceil((one.until - clock.now()).total_seconds() / 60))
