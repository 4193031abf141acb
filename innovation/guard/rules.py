"""The rules of what is saved: no identity code in it, not endless, a name that is only a name."""

from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.guard.folding import fold
from innovation.guard.inspection import identity_codes_in
from innovation.guard.numbers import WEB, emails, phones
from innovation.guard.watch import Watch


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


def refuse_contacts(**names: str) -> None:
    """Raise RuleBrokenError at the first of these names that leads to somebody: a telephone number,
    an e-mail or a web address.
    """
    every = Watch(numbers=frozenset())
    for field, name in names.items():
        folded = fold(name)
        if WEB.search(folded.text) or any(emails(folded, every)) or any(phones(folded, every)):
            raise RuleBrokenError(
                _("Write only a name or a nickname, without a telephone number or an address."),
                field,
            )
