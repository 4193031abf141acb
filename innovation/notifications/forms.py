"""The form in which people say how they want to be told by mail."""

from collections.abc import Sequence

from flask import request
from wtforms import Field, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from innovation.core.i18n import lazy_gettext as _
from innovation.notifications.choices import CEILINGS, DIGEST_HOURS, Choice
from innovation.notifications.kinds import PACES, WAYS, Kind
from innovation.web.forms import Form

_WRONG = _("Choose one of the options.")


def _select(label: object) -> SelectField:
    return SelectField(label, coerce=int, invalid_choice_message=_WRONG)  # type: ignore[call-arg, arg-type]


class ChoiceForm(Form):
    """One choice, and behind it what differs from it, quiet hours and the ceiling."""

    pace = RadioField(_("How do you want to be told by mail?"), validate_choice=False)
    quiet_from = _select(_("No mails from"))
    quiet_until = _select(_("until"))
    ceiling = _select(_("At most so many mails a month"))
    digest_hour = _select(_("The digest of your work comes at"))

    def offer(self, kinds: Sequence[Kind], choice: Choice) -> None:
        """Set the options. kinds: that the person can get."""
        self.pace.choices = [SelectChoice(key, str(label)) for key, label in PACES.items()]
        hours = [SelectChoice(hour, f"{hour}:00") for hour in range(24)]
        self.quiet_from.choices = self.quiet_until.choices = hours
        self.ceiling.choices = [SelectChoice(number, str(number)) for number in CEILINGS]
        self.digest_hour.choices = [SelectChoice(hour, f"{hour}:00") for hour in DIGEST_HOURS]
        self.kinds = [kind for kind in kinds if not kind.fixed]
        self.fixed = [kind for kind in kinds if kind.fixed]
        self.given = choice.ways

    def rows(self) -> list[tuple[Kind, str, list[tuple[str, object]]]]:
        """Give each kind that can be chosen, what is chosen ("" for as above) and its options."""
        return [
            (
                kind,
                self._given(kind),
                [("", _("As chosen above")), *((str(way), WAYS[way]) for way in kind.ways)],
            )
            for kind in self.kinds
        ]

    def _given(self, kind: Kind) -> str:
        if request.method == "POST":
            return request.form.get(f"way_{kind.key}", "")
        return self.given.get(kind.key, "")

    def validate_pace(self, field: Field) -> None:
        """Refuse what is not among the options."""
        if field.data not in PACES:
            field.errors = [*field.errors, _WRONG]

    def choice(self) -> Choice:
        """Give what was chosen."""
        return Choice(
            self.pace.data,
            {kind.key: way for kind in self.kinds if (way := self._given(kind)) in kind.ways},
            self.quiet_from.data,
            self.quiet_until.data,
            self.ceiling.data,
            self.digest_hour.data,
        )
