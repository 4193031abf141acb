"""The forms of giving rights and taking them back."""

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from innovation.accounts.rights import ROLE_LABELS
from innovation.core.i18n import lazy_gettext as _
from innovation.programme.queries import Snapshot
from innovation.web.forms import Form, LineField


class GrantForm(Form):
    """A right for a person; the view gives the sub-projects."""

    role = SelectField(_("Right"), validate_choice=False)
    sub_project = SelectField(_("Sub-project"), coerce=str)
    reason = LineField(_("Reason"))

    def offer(self, programme: Snapshot, language: str) -> None:
        """Set the rights, and the sub-projects to choose from; "" stands for none."""
        self.role.choices = [SelectChoice(str(key), str(text)) for key, text in ROLE_LABELS.items()]
        named = [
            SelectChoice(str(fact.id), fact.name(language)) for fact in programme.open_sub_projects
        ]
        self.sub_project.choices = [SelectChoice("", str(_("Only for a lead"))), *named]

    @property
    def scope(self) -> int | None:
        """The sub-project that was chosen."""
        return int(self.sub_project.data) if self.sub_project.data else None


class RevokeForm(Form):
    """Why a right is taken back."""

    reason = LineField(_("Reason"))
