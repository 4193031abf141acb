"""The forms in which administrators make groups and name their members."""

from typing import Self

from flask import request
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from innovation.core.i18n import lazy_gettext as _
from innovation.core.i18n import pick
from innovation.groups.actions import GroupDraft, MemberDraft
from innovation.programme.fields import DayField
from innovation.programme.queries import snapshot
from innovation.web.forms import Form, LineField
from innovation.web.locale import language


class GroupForm(Form):
    """A group: what it is, its name, and where it works."""

    kind = SelectField(_("Kind of group"), validate_choice=False)
    name = LineField(_("Name of the group"))
    area = SelectField(_("Area"), validate_choice=False)

    @classmethod
    def of(cls, *, sent: bool = False, **known: str) -> Self:
        """Give the form with its choices: as it was sent, or with what is known."""
        form = cls(request.form if sent else None, data=known)
        told, code = snapshot(), language()
        form.kind.choices = [
            SelectChoice("", str(_("Choose"))),
            *(SelectChoice(one["id"], pick(one["name"], code)) for one in told.group_kinds),
        ]
        form.area.choices = [
            SelectChoice("", str(_("The whole region"))),
            *(SelectChoice(one.slug, one.name(code)) for one in told.areas),
        ]
        return form

    def draft(self) -> GroupDraft:
        """Give what was written."""
        return GroupDraft(self.kind.data or "", self.name.data or "", self.area.data or "")


class MemberForm(Form):
    """Who may write in the group's name, from when to when, and why."""

    email = LineField(_("E-mail address of the account"))
    first_day = DayField(
        _("First day"), description=_("Day, month, year. When empty, from today on.")
    )
    last_day = DayField(_("Last day"), description=_("When empty, until it is ended."))
    reason = LineField(_("Reason"))

    def draft(self) -> MemberDraft:
        """Give what was written; only after it was validated."""
        return MemberDraft(
            self.email.data or "",
            self.first_day.day,
            self.last_day.day,
            self.reason.data or "",
        )


class EndForm(Form):
    """Why a membership ends."""

    reason = LineField(_("Reason"))
