"""What somebody typed, as the words to look for."""

import re

from innovation import language
from innovation.core.i18n import LANGUAGES
from innovation.search.engine import Word

# More words than anybody types to find something; a pasted text is looked for by its beginning.
MOST_WORDS = 32
LONGEST = 1_000
# What a word is worth when it is read in a language that is not the page's.
_OTHER_LANGUAGE = 0.7
_REFERENCE = re.compile(r"([^\W\d_]{1,8})[- ]?(\d{4})[- ](\d{1,6})")


def words_of(text: str, page_language: str) -> list[Word]:
    """Give the words of a text in its order, each once; none when there is nothing to look for.

    Nothing that can be typed is an error. Ideas are written in several languages, so a word is
    read in each of them.
    """
    by_place: dict[int, dict[str, float]] = {}
    for code in (page_language, *(one for one in LANGUAGES if one != page_language)):
        worth = 1.0 if code == page_language else _OTHER_LANGUAGE
        for term in language.query_terms(text[:LONGEST], code):
            at = by_place.setdefault(term.start, {})
            at[term.text] = max(at.get(term.text, 0.0), round(term.weight * worth, 3))
    words = (Word(tuple(terms.items())) for _place, terms in sorted(by_place.items()))
    return list(dict.fromkeys(words))[:MOST_WORDS]


def surfaces_of(words: list[Word]) -> list[str]:
    """Give the words as they were typed, in small letters."""
    return [word.terms[0][0] for word in words]


def reference_in(text: str) -> str:
    """Read a reference number that makes up the whole text, in any case; "" when it is none."""
    match = _REFERENCE.fullmatch(text.strip())
    return f"{match[1].upper()}-{match[2]}-{match[3].zfill(4)}" if match else ""
