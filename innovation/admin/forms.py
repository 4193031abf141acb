"""The forms of giving rights and taking them back."""

from typing import Any

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from innovation.accounts.rights import ROLE_LABELS
from innovation.core.i18n import lazy_gettext as _
from innovation.programme.fields import DayField
from innovation.programme.queries import Snapshot
from innovation.web.forms import Form, LineField


class GrantForm(Form):
    """A right for a person; the view gives the sub-projects and areas."""

    role = SelectField(_("Right"), validate_choice=False)
    sub_project = SelectField(_("Sub-project"), coerce=str)
    area = SelectField(_("Area"), coerce=str)
    until = DayField(
        _("Last day"), description=_("Day, month, year. When empty, until taken back.")
    )
    reason = LineField(_("Reason"))

    def offer(self, programme: Snapshot, language: str) -> None:
        """Set the rights, and what to choose from for a lead; "" stands for none."""
        self.role.choices = [SelectChoice(str(key), str(text)) for key, text in ROLE_LABELS.items()]
        named = [
            SelectChoice(str(fact.id), fact.name(language)) for fact in programme.open_sub_projects
        ]
        areas = [SelectChoice(str(fact.id), fact.name(language)) for fact in programme.areas]
        self.sub_project.choices = [SelectChoice("", str(_("Only for a lead"))), *named]
        self.area.choices = [SelectChoice("", str(_("Only for a lead"))), *areas]

    def wish(self) -> dict[str, Any]:
        """Give what is asked of `grant_role`; only after it was validated."""
        return {
            "role": self.role.data or "",
            "reason": self.reason.data or "",
            "sub_project_id": int(self.sub_project.data) if self.sub_project.data else None,
            "area_id": int(self.area.data) if self.area.data else None,
            "until": self.until.day,
        }


class ExpertForm(Form):
    """Who becomes an expert by experience."""

    email = LineField(_("E-mail address of the account"))
    until = DayField(
        _("Last day"), description=_("Day, month, year. When empty, until taken back.")
    )
    reason = LineField(_("Training and organisation"))


class RevokeForm(Form):
    """Why a right is taken back."""

    reason = LineField(_("Reason"))
