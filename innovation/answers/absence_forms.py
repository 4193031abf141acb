"""The form in which somebody says when they are away and who stands in."""

from typing import Self

from flask import request
from wtforms import SelectField

from innovation.accounts import deputies
from innovation.accounts.absences import AbsenceDraft
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Person, Role, holds
from innovation.federation.queries import units_of
from innovation.programme.fields import DayField
from innovation.web.forms import Form


class AbsenceForm(Form):
    """Who is away, from when to when, and who stands in. A lead is away for themselves alone."""

    person = SelectField(_("Who is away?"), validate_choice=False)
    first_day = DayField(
        _("First day away"), description=_("Day, month, year. Example: 15.12.2026")
    )
    last_day = DayField(_("Last day away"))
    deputy = SelectField(
        _("Who stands in?"),
        validate_choice=False,
        description=_("They may answer the same ideas on these days, and no longer."),
    )

    @classmethod
    def of(cls, who: Person) -> Self:
        """Give the form for this person, fresh or as it was sent."""
        form = cls(request.form if request.method == "POST" else None)
        choose = ("", str(_("Choose")))
        if form.is_for_others(who):
            people = deputies.leads()
            own = [one for one in people if one.id == who.id]
            form.person.choices = [choose, *((str(one.id), one.name) for one in people)]
            if own and not form.person.data:
                form.person.data = str(who.id)
        else:
            form.person.choices, form.person.data = [(str(who.id), who.name)], str(who.id)
        people = deputies.possible_deputies()
        units = units_of([one.id for one in people])
        form.deputy.choices = [
            choose,
            *(
                (str(one.id), ", ".join(filter(None, (one.name, units.get(one.id)))))
                for one in people
                if form.is_for_others(who) or one.id != who.id
            ),
        ]
        return form

    @staticmethod
    def is_for_others(who: Person) -> bool:
        """True for those who say this of everybody who leads something."""
        return holds(who, "person:manage")

    @staticmethod
    def is_for(who: Person) -> bool:
        """True for those whose absence matters here: they lead something in their own right."""
        return AbsenceForm.is_for_others(who) or deputies.holds_one_of(who.id, [Role.LEAD])

    def draft(self) -> AbsenceDraft:
        """Give what the form says; only after it was validated."""
        return AbsenceDraft(
            _number(self.person.data),
            _number(self.deputy.data),
            self.first_day.day,
            self.last_day.day,
        )


def _number(value: object) -> int | None:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
