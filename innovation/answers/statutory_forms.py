"""The forms of the register of matters whose time the law sets."""

from typing import Self

from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from innovation.answers.registers import KINDS
from innovation.answers.statutory import MatterDraft
from innovation.core.i18n import lazy_gettext as _
from innovation.programme.fields import DayField
from innovation.web.forms import Form, LineField


class MatterForm(Form):
    """A matter to be entered."""

    kind = RadioField(_("What is it?"), validate_choice=False)
    arrived_on = DayField(_("Day of arrival"), description=_("Day, month, year."))
    about = LineField(
        _("In a few words"),
        description=_("Without names and other personal data. A registry number is fine."),
    )
    sure = BooleanField(_("Nobody can be recognised from it"))

    def offer(self) -> Self:
        """Set the choices: each kind with its time."""
        self.kind.choices = [
            SelectChoice(name, f"{kind.label}: {kind.told}") for name, kind in KINDS.items()
        ]
        return self

    def draft(self) -> MatterDraft:
        """Give what the form says; only after it was validated."""
        return MatterDraft(
            self.kind.data or "", self.arrived_on.day, self.about.data or "", bool(self.sure.data)
        )


class MoveForm(Form):
    """A later day for a matter."""

    to = DayField(_("New day"), description=_("Day, month, year."))
    reason = LineField(_("Reason"), description=_("It is told to the person who asked."))
