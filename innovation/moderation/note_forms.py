"""The form for a note to the other moderators, with the notes so far beside it."""

from innovation.core.i18n import lazy_gettext as _
from innovation.moderation.cases import IdeaCase
from innovation.moderation.notes import NoteRow, notes_of
from innovation.web.access import actor
from innovation.web.forms import Form, TextField


class NoteForm(Form):
    """A note about an idea. rows: those that are there, the oldest first."""

    text = TextField(_("A note to the other moderators"), id="note-text")
    rows: list[NoteRow]


def for_case(case: IdeaCase, form: NoteForm | None = None) -> NoteForm:
    """Give the form of a case, empty or as it came back."""
    form = form or NoteForm()
    form.rows = notes_of(actor(), case.idea.id)
    return form
