"""The form of a service break."""

import re
from datetime import date, datetime, time
from typing import Any

from flask import current_app
from wtforms.validators import ValidationError

from innovation.core import clock
from innovation.core.config import Settings
from innovation.core.i18n import LANGUAGES
from innovation.core.i18n import lazy_gettext as _
from innovation.operation.actions import BreakDraft
from innovation.operation.queries import ServiceBreak
from innovation.programme.fields import DayField, EditForm, spoken
from innovation.web.forms import LineField

_TIME = re.compile(r"([01]?[0-9]|2[0-3])[.:]([0-5][0-9])")


class TimeField(LineField):
    """A time of the day written as 18.00 or 18:00."""

    @property
    def time(self) -> time | None:
        """Give the time; None for none."""
        found = _TIME.fullmatch(self.data or "")
        return time(int(found[1]), int(found[2])) if found else None

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no time."""
        if self.time is None:
            raise ValidationError(str(_("Write the time as hours and minutes. Example: 18.00")))


class BreakForm(EditForm):
    """From when until when, and what is said of it."""

    first = DayField(_("Begins on"), description=_("Day, month, year. Example: 21.12.2026"))
    first_time = TimeField(_("At"), description=_("Hours and minutes. Example: 18.00"))
    last = DayField(_("Ends on"))
    last_time = TimeField(_("At"))
    texts_fi, texts_sv, texts_en = spoken()

    @classmethod
    def now(cls, told: ServiceBreak | None) -> "BreakForm":
        """Make the form with the break that is told of."""
        if told is None:
            return cls.fresh({})
        starts, ends = clock.local(told.starts, _zone()), clock.local(told.ends, _zone())
        texts = {f"texts_{code}": told.texts.get(code, "") for code in LANGUAGES}
        return cls.fresh(
            {
                "first": _day(starts.date()),
                "first_time": f"{starts:%H.%M}",
                "last": _day(ends.date()),
                "last_time": f"{ends:%H.%M}",
                **texts,
            }
        )

    def draft(self) -> BreakDraft:
        """Give what the form says; only after it was validated."""
        starts = _moment(self.first.day, self.first_time.time)
        ends = _moment(self.last.day, self.last_time.time)
        return BreakDraft(starts, ends, self.texts("texts"))


def _zone() -> Any:
    settings: Settings = current_app.extensions["settings"]
    return settings.zone


def _day(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"


def _moment(day: date | None, at: time | None) -> datetime | None:
    return datetime.combine(day, at, _zone()) if day and at else None
