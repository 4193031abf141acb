"""The form in which administrators write a ready reason."""

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from innovation.core.i18n import lazy_gettext as _
from innovation.programme.fields import EditForm, ProseField, spoken
from innovation.reasons.actions import ReasonDraft
from innovation.reasons.texts import USE_LABELS


class ReasonEditForm(EditForm):
    """What a ready reason is for, and its text in each language."""

    use = SelectField(_("What it is for"), validate_choice=False)
    texts_fi, texts_sv, texts_en = spoken(ProseField, required=True)

    def offer(self) -> "ReasonEditForm":
        """Set the uses to choose from."""
        self.use.choices = [SelectChoice(use, str(label)) for use, label in USE_LABELS.items()]
        return self

    def draft(self) -> ReasonDraft:
        """Give what was written."""
        return ReasonDraft(use=self.typed("use"), texts=self.texts("texts"))
