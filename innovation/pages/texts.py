"""Which texts administrators may write, the places for values in them, and how they begin."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _

FOLDER = Path(__file__).parent / "defaults"
LONGEST_TEXT = 20_000
LONGEST_FACT = 500


@dataclass(frozen=True, slots=True)
class Kind:
    """A text. parts: what the page can show where a line says {name}; a fact is one short line.

    endpoint: the page that shows it, "" for a fact, which stands in the texts of pages.
    """

    title: LazyString
    endpoint: str = ""
    parts: frozenset[str] = frozenset()

    @property
    def is_fact(self) -> bool:
        """Whether it is a short line that other texts use."""
        return not self.endpoint


PAGES: dict[str, Kind] = {
    "privacy": Kind(_("Privacy notice"), "pages.privacy", frozenset({"retention"})),
    "cookies": Kind(_("Cookies"), "pages.cookies", frozenset({"cookies"})),
    "accessibility": Kind(_("Accessibility statement"), "pages.accessibility"),
    "terms": Kind(_("Terms of use"), "pages.terms"),
    "rules": Kind(_("Rules of discussion"), "pages.rules", frozenset({"rules"})),
    "help": Kind(_("Help"), "pages.help_page", frozenset({"contact"})),
    "security": Kind(_("If you find a weakness"), "pages.security"),
}
FACTS: dict[str, Kind] = {
    "controller": Kind(_("Controller: who is responsible for personal data")),
    "data_protection_officer": Kind(_("Data protection officer: how to reach them")),
    "hosting": Kind(_("Who runs the servers, and where they are")),
    "accessibility_contact": Kind(_("Who handles feedback on accessibility")),
}
KINDS = PAGES | FACTS
# What the programme knows of itself; the facts are places too.
FROM_PROGRAMME = (
    "service",
    "programme",
    "region",
    "phone",
    "email",
    "address",
    "hours",
    "place",
    "updated",
)
PLACES = frozenset((*FROM_PROGRAMME, *FACTS))


@cache
def ready_text(name: str, language: str) -> str:
    """Give the text that the service brings along; facts have none."""
    if name in FACTS:
        return ""
    return (FOLDER / f"{name}.{language}.txt").read_text(encoding="utf-8").strip()
