"""The forms of one's own data, of leaving, and of the days of retention."""

from typing import Any, Self

from wtforms import BooleanField, IntegerField, PasswordField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from innovation.core.i18n import lazy_gettext as _
from innovation.privacy.actions import KEY_WAYS, WISHES, Way
from innovation.privacy.retention import CLASSES, DEFAULTS
from innovation.web.forms import Form, LineField

WAYS = {
    Way.DELETE: _("Delete everything that can be deleted"),
    Way.NAMELESS: _("Leave my texts, without my name"),
    Way.LATER: _("Leave my texts, and forget my name after 12 months"),
}

KEY_LABELS = {
    Way.DELETE: _("Delete the text"),
    Way.NAMELESS: _("Leave the text for others, without anything that leads to me"),
}


class ProofForm(Form):
    """A password, when somebody signed in long ago."""

    password = PasswordField(_("Password"))

    def refuse(self) -> None:
        """Say that the password is not right."""
        self.password.errors = [_("This is not your password. Check it and try again.")]


class LeaveForm(ProofForm):
    """How somebody leaves, and that they are sure."""

    way = RadioField(_("How do you want to leave?"), validate_choice=False)
    sure = BooleanField(_("I understand that this cannot be undone"))

    def offer(self) -> Self:
        """Set the choices."""
        self.way.choices = [SelectChoice(str(name), label) for name, label in WAYS.items()]
        return self

    def is_sure(self) -> bool:
        """Tell whether both are answered; what is missing is said at its field."""
        if self.way.data not in set(Way):
            self.way.errors = [_("Choose one of the options.")]
        if not self.sure.data:
            self.sure.errors = [_("Tick this when you are sure.")]
        return not self.problems


class KeyLeaveForm(Form):
    """What happens to the text of a nameless author, and that they are sure."""

    way = RadioField(_("What happens to the text?"), validate_choice=False)
    sure = BooleanField(_("I understand that this cannot be undone"))

    def offer(self, text: str) -> Self:
        """Set the choices. text: as in queries.Behind; where nothing is chosen, it decides."""
        self.way.choices = [SelectChoice(str(one), KEY_LABELS[one]) for one in KEY_WAYS]
        if text != "choice":
            self.way.data = Way.DELETE if text == "goes" else Way.NAMELESS
        return self

    def is_sure(self) -> bool:
        """Tell whether both are answered; what is missing is said at its field."""
        if self.way.data not in KEY_WAYS:
            self.way.errors = [_("Choose one of the options.")]
        if not self.sure.data:
            self.sure.errors = [_("Tick this when you are sure.")]
        return not self.problems


class WishForm(Form):
    """What somebody asks a person for."""

    wish = RadioField(_("What do you wish?"), validate_choice=False)

    def offer(self) -> Self:
        """Set the choices."""
        self.wish.choices = [SelectChoice(name, label) for name, label in WISHES.items()]
        return self


class DocumentForm(Form):
    """Which idea a document request is about."""

    reference = LineField(_("Reference number"), description=_("For example PS-2026-0042."))


_LABELS: dict[str, Any] = {one.key: one.label for one in CLASSES}


class DaysForm(Form):
    """For how many days each class is kept; one field for each."""

    @property
    def rows(self) -> list[Any]:
        """Give the fields in the order of the page."""
        return [self._fields[key] for key in DEFAULTS]

    @property
    def chosen(self) -> dict[str, int | None]:
        """Give what was typed."""
        return {key: self._fields[key].data for key in DEFAULTS}


for _key in DEFAULTS:
    setattr(DaysForm, _key, IntegerField(_LABELS[_key]))
