"""The rule that no text is saved with an identity code in it."""

from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.guard import inspect


def refuse_identity_codes(**texts: str | None) -> None:
    """Raise RuleBrokenError at the first of these fields whose text holds an identity code."""
    for field, text in texts.items():
        if text and inspect(text).blocking:
            raise RuleBrokenError(
                _("Remove the personal identity code. We neither accept nor store it."), field
            )
