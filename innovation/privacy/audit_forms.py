"""The form in which a moderator says why they need to know who wrote."""

from typing import Any

from wtforms import RadioField

from innovation.core.i18n import lazy_gettext as _
from innovation.privacy.senders import REASONS
from innovation.web.forms import Form


class SenderForm(Form):
    """Why the name is needed."""

    reason = RadioField(_("Why do you need to know?"), validate_choice=False)

    def __init__(self, *given: Any, **context: Any) -> None:
        """Offer the reasons."""
        super().__init__(*given, **context)
        self.reason.choices = [(code, str(label)) for code, label in REASONS.items()]
