"""How long each kind of personal data is kept, in words for the privacy notice."""

from dataclasses import dataclass

from innovation.core.i18n import LazyString, ngettext
from innovation.core.i18n import lazy_gettext as _
from innovation.privacy.retention import CLASSES, days

YEAR, MONTH = 365.25, 30.4375
# The counts of the rate limits, whose longest window is a day.
LIMITS_DAYS = 1


@dataclass(frozen=True, slots=True)
class Term:
    """A kind of data: what it is, what happens when its time is over, and its time in days."""

    label: LazyString
    then: LazyString
    days: int

    @property
    def told(self) -> str:
        """The time in the largest unit that measures it; months and years are not all alike."""
        years, months = round(self.days / YEAR), round(self.days / MONTH)
        if years and abs(self.days - years * YEAR) <= 2:
            return str(ngettext("%(num)d year", "%(num)d years", years))
        if months > 1 and abs(self.days - months * MONTH) <= 1:
            return str(ngettext("%(num)d month", "%(num)d months", months))
        return str(ngettext("%(num)d day", "%(num)d days", self.days))


def kept_for() -> list[Term]:
    """Give every kind of data with the programme's time for it."""
    chosen = days()
    known = [Term(one.label, one.told, chosen[one.key]) for one in CLASSES if one.key in chosen]
    limits = Term(
        _("Keyed hashes of network addresses, which stop robots"),
        _("They are forgotten."),
        LIMITS_DAYS,
    )
    return [*known, limits]
