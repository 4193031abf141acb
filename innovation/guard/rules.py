"""The rules of every text that is saved: no identity code in it, and not endless."""

from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.guard.inspection import identity_codes_in


def refuse_identity_codes(**texts: str | None) -> None:
    """Raise RuleBrokenError at the first of these fields whose text holds an identity code."""
    for field, text in texts.items():
        if text and any(found.blocks for found in identity_codes_in(text)):
            raise RuleBrokenError(
                _("Remove the personal identity code. We neither accept nor store it."), field
            )


def refuse_long(longest: int, **texts: str) -> None:
    """Raise RuleBrokenError at the first of these fields whose text has too many characters."""
    for field, text in texts.items():
        beyond = len(text) - longest
        if beyond > 0:
            raise RuleBrokenError(
                _("The text is %(beyond)s characters too long. Shorten it.", beyond=beyond), field
            )
