"""Words in several languages: the interface's, and those that the programme's data carries."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_gettext, ngettext

__all__ = [
    "DEFAULT_LANGUAGE",
    "LANGUAGES",
    "LazyString",
    "Texts",
    "lazy_gettext",
    "ngettext",
    "pick",
]

LANGUAGES = ("fi", "sv", "en")
DEFAULT_LANGUAGE = "fi"

Texts = dict[str, str]


def pick(texts: Mapping[str, str], language: str) -> str:
    """Give the text in this language, else in Finnish, else in whatever language there is."""
    return (
        texts.get(language)
        or texts.get(DEFAULT_LANGUAGE)
        or next((text for text in texts.values() if text), "")
    )
