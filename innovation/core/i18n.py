"""Words in several languages: the interface's, and those that the programme's data carries."""

from collections.abc import Mapping

from flask_babel import LazyString, get_locale, lazy_gettext, ngettext

__all__ = [
    "DEFAULT_LANGUAGE",
    "LANGUAGES",
    "LazyString",
    "Texts",
    "in_the_readers_language",
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


def in_the_readers_language(texts: Mapping[str, str]) -> LazyString:
    """Give the text as whoever reads it will want it: the language is chosen when it is shown."""
    return LazyString(lambda: pick(texts, str(get_locale() or DEFAULT_LANGUAGE)))
