"""The forms of the programme's own texts and of feedback on accessibility."""

from wtforms import HiddenField

from innovation.core.i18n import lazy_gettext as _
from innovation.pages.actions import FeedbackDraft, TextDraft
from innovation.pages.wordings import Wording
from innovation.web.forms import Form, LineField, TextField


class TextForm(Form):
    """A text of a page in one language."""

    version = HiddenField()
    text = TextField(_("Text"))

    def draft(self, now: Wording) -> TextDraft:
        """Give what the form says of this text."""
        given = self.version.data or ""
        seen = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1
        return TextDraft(now.name, now.language, self.text.data or "", seen)


class FeedbackForm(Form):
    """What does not work, where, and where the answer goes."""

    text = TextField(_("What does not work?"))
    page = LineField(_("On which page?"), description=_("Its address, or in your own words."))
    email = LineField(
        _("E-mail"),
        description=_("Only if you want an answer. You can also write without any name."),
    )

    def draft(self, language: str) -> FeedbackDraft:
        """Give what the form says. language: of the page, in which an answer is written."""
        return FeedbackDraft(
            self.text.data or "", self.email.data or "", self.page.data or "", language
        )
