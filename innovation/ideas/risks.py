"""How soon a moderator has to look at a text, by what the guard saw in it."""

from enum import IntEnum

from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _


class Risk(IntEnum):
    """What hurts most comes first.

    NONE: nothing was seen. DOUBT: a web address, a wrong door, a language the guard does not read.
    PERSONAL: somebody may be reached or named. SENSITIVE: somebody's health or care, what may be an
    identity code, or what makes a place unsafe. URGENT: somebody may be in danger now, so the text
    is never public.
    """

    NONE = 0
    DOUBT = 1
    PERSONAL = 2
    SENSITIVE = 3
    URGENT = 4


RISK_LABELS: dict[int, LazyString] = {
    Risk.DOUBT: _("Something to check"),
    Risk.PERSONAL: _("Names or contact details"),
    Risk.SENSITIVE: _("Somebody's health or safety"),
    Risk.URGENT: _("Somebody may be in danger"),
}
