"""What administrators write about the programme, and the rules that every such text keeps."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import DEFAULT_LANGUAGE, LazyString, Texts
from innovation.core.i18n import lazy_gettext as _
from innovation.guard.rules import refuse_identity_codes

LONGEST_NAME = 160
LONGEST_LINE = 200
LONGEST_TEXT = 1000
MOST_ALIASES = 40

# Days, from and to: until looked at (working days), until answered, until decided.
PROMISE_LIMITS = {
    "looked_at_working_days": (1, 30),
    "first_answer_days": (1, 365),
    "decision_days": (1, 730),
}
MISSING = _("Write this in Finnish. It is shown where another language is missing.")

_PHONE = re.compile(r"\+?[\d ]{3,20}")


@dataclass(frozen=True, slots=True)
class ProgrammeDraft:
    """What can be said of the programme as a whole. publishing: one of PUBLISHING_RULES."""

    names: Texts
    phone: str
    email: str
    address: str
    hours: Texts
    place: Texts
    looked_at_working_days: int
    first_answer_days: int
    decision_days: int
    publishing: str
    licence: Texts
    reading_hours: Texts


@dataclass(frozen=True, slots=True)
class SubProjectDraft:
    """What can be said of a sub-project. parent, successor: ids of the preset, "" for none."""

    parent: str
    official_names: Texts
    short_names: Texts
    purposes: Texts
    aliases: tuple[str, ...]
    confirmed: bool
    valid_from: date | None
    valid_to: date | None
    successor: str = ""


@dataclass(frozen=True, slots=True)
class MunicipalityDraft:
    """What can be said of a municipality. area: an id of the preset."""

    names: Texts
    area: str
    confirmed: bool
    source: str


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """Somebody to turn to. sub_project, area: ids or "" for all; account: an e-mail or ""."""

    name: str
    task: str
    email: str
    phone: str
    sub_project: str
    area: str
    account: str = ""


def too_long(limit: int) -> LazyString:
    """Say how long a text may be."""
    return _("The text may have at most %(limit)s characters.", limit=limit)


def not_between(low: int, high: int) -> LazyString:
    """Say between which numbers a number of days should be."""
    return _("Write a whole number from %(low)s to %(high)s.", low=low, high=high)


def check_texts(field: str, texts: Texts, longest: int, *, required: bool = False) -> None:
    """Raise RuleBrokenError at `<field>_<language>` for the first text that cannot be kept."""
    if required and not texts.get(DEFAULT_LANGUAGE):
        raise RuleBrokenError(MISSING, f"{field}_{DEFAULT_LANGUAGE}")
    for language, text in texts.items():
        check_text(f"{field}_{language}", text, longest)


def check_text(field: str, text: str, longest: int = LONGEST_LINE) -> None:
    """Raise RuleBrokenError at the field when the text is too long or holds an identity code."""
    if len(text) > longest:
        raise RuleBrokenError(too_long(longest), field)
    refuse_identity_codes(**{field: text})


def check_phone(text: str) -> None:
    """Raise RuleBrokenError when this is no telephone number."""
    if text and not _PHONE.fullmatch(text):
        raise RuleBrokenError(
            _("Write the phone number with digits and spaces. Example: 08 123 4567"), "phone"
        )


def check_promises(draft: ProgrammeDraft) -> None:
    """Raise RuleBrokenError at the first promise that is absurd."""
    for field, (low, high) in PROMISE_LIMITS.items():
        if not low <= getattr(draft, field) <= high:
            raise RuleBrokenError(not_between(low, high), field)


def check_aliases(aliases: Iterable[str]) -> None:
    """Raise RuleBrokenError when there are too many other names or one cannot be kept."""
    names = list(aliases)
    if len(names) > MOST_ALIASES:
        raise RuleBrokenError(
            _("There may be at most %(limit)s other names.", limit=MOST_ALIASES), "aliases"
        )
    for name in names:
        check_text("aliases", name, LONGEST_NAME)


def check_days(first: date | None, last: date | None) -> None:
    """Raise RuleBrokenError when the last day is before the first."""
    if first and last and last < first:
        raise RuleBrokenError(_("The last day is before the first."), "valid_to")
