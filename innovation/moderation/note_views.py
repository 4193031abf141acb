"""Notes of moderators about an idea, for each other."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.ideas.queries import visible_idea
from innovation.moderation import card, cases, desk, notes
from innovation.moderation.note_forms import NoteForm, for_case
from innovation.web.access import actor, needs

blueprint = Blueprint("notes", __name__)


@blueprint.post("/moderation/ideas/<int:number>/notes")
@needs("idea:moderate")
def write(number: int) -> ResponseReturnValue:
    """Leave the other moderators a note, and show the case again."""
    idea = visible_idea(actor(), number)
    form = NoteForm.from_request()
    text = str(form.text.data or "")
    form.attempt(lambda: notes.write_note(actor(), idea, text))
    if form.errors:
        for_case(cases.idea_case(actor(), number), form)
        return card.idea_page(number, note=form), 422
    flash(gettext("The note is there for the other moderators."), "good")
    place = url_for("moderation.idea", number=number, _anchor="notes", **desk.kept())
    return redirect(place, 303)
