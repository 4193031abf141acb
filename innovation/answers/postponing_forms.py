"""The form in which a promised date is moved, and a coordinator's word on a third move."""

from datetime import date
from typing import Any, Self

from flask import request
from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from innovation.answers.postponements import PROMISES
from innovation.answers.postponing import LONGEST_REASON, PostponementDraft
from innovation.core.i18n import lazy_gettext as _
from innovation.programme.fields import DayField
from innovation.web.forms import Form, LineField, TextField
from innovation.web.locale import day


class PostponementForm(Form):
    """A new date for one of the promises that an idea waits for."""

    promise = RadioField(_("Which date moves?"), validate_choice=False)
    to = DayField(
        _("New day"),
        description=_(
            "Day, month, year. Example: 15.12.2026. A day off becomes the next working day."
        ),
    )
    reason = TextField(
        _("Reason"), description=_("Everybody reads it, with the old date and the new one.")
    )
    seen = HiddenField()
    limit = LONGEST_REASON
    stale = False

    @classmethod
    def of(cls, promises: dict[str, date], *, sent: bool = False, **data: Any) -> Self:
        """Give the form for these promises, fresh with `data` or as it was sent."""
        form = cls(request.form if sent else None, data=data)
        form.promise.choices = [
            SelectChoice(name, str(_("%(promise)s, promised by %(date)s", promise=label, date=on)))
            for name, label, on in (
                (name, PROMISES[name], day(on)) for name, on in promises.items()
            )
        ]
        return form

    @property
    def seen_entry(self) -> int:
        """The last entry of the timeline when the page was made; 0 makes the move stale."""
        written = str(self.seen.data or "")
        fits = written.isascii() and written.isdigit() and len(written) < 10
        return int(written) if fits else 0

    def anew(self, message: str, seen: int) -> None:
        """Keep what was written beside what somebody else did, so that it can be sent again."""
        self.stale, self.form_errors = True, [message]
        self.seen.data = str(seen)

    def draft(self) -> PostponementDraft:
        """Give what the form says; only after it was validated."""
        return PostponementDraft(self.promise.data or "", self.to.day, self.reason.data or "")


class WordForm(Form):
    """What a coordinator says to who wanted a date moved. number: of the move it is about."""

    word = LineField(_("Why does the date stay?"))
    number = 0
