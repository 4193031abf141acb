"""The terms of a word as it stands in a text, worked out once for each way to write it."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from innovation.language.forms import WEIGHTS, Forms, Weighed
from innovation.language.kept import Kept
from innovation.language.stems import ALGORITHMS, stem
from innovation.language.tokens import LONGEST, in_small_letters

_KEPT = 50_000
# What is written behind a number: 20:n, 112:een.
_ENDING = re.compile(r"(?<=\d):[a-zåäö]+$")


class Spelled(NamedTuple):
    """A word as written, and all that it is found by, itself first.

    texts: every text of plain and named once, none when nothing is left of the word; plain: its
    terms; named: those of a capital inside a sentence, None where they are the same.
    """

    texts: tuple[str, ...]
    plain: tuple[Weighed, ...]
    named: tuple[Weighed, ...] | None


class SpelledWords(Kept[str, Spelled]):
    """Words as they are written, of one language and one set of programme words."""

    def __init__(self, terms_of: Callable[[str, bool], Iterable[Weighed]]) -> None:
        """Take what gives the terms of a word in small letters that is like a name, or is not."""
        super().__init__(self._spelled, _KEPT)
        self._terms_of = terms_of

    def __missing__(self, written: str) -> Spelled:
        """Give the terms of a word, and keep them; a text without spaces is nothing to keep."""
        return super().__missing__(written) if len(written) <= LONGEST else self._spelled(written)

    def _spelled(self, written: str) -> Spelled:
        word, capital = in_small_letters(written)
        if not word:
            return Spelled((), (), None)
        plain = (*as_written(word), *self._terms_of(word, False))
        if not capital:
            return Spelled(_texts(plain), plain, None)
        named = (*as_written(word), *self._terms_of(word, True))
        return Spelled(_texts(plain + named), plain, None if named == plain else named)


def in_finnish(forms: Callable[[str, bool], Forms]) -> SpelledWords:
    """Give the Finnish words, with what analyses them."""

    def terms_of(word: str, is_name_like: bool) -> Iterable[Weighed]:
        return numbers(word) or forms(word, is_name_like).weighed

    return SpelledWords(terms_of)


def stemmed(word: str, language: str) -> tuple[Weighed, ...]:
    """Give the stem of a word in another language than Finnish, where it has one."""
    if language not in ALGORITHMS:
        return ()
    return ((stem(word, language), "stem", WEIGHTS["lemma"]),)


def as_written(word: str) -> tuple[Weighed, ...]:
    """Give the word itself."""
    return ((word, "surface", WEIGHTS["surface"]),)


def numbers(word: str) -> tuple[Weighed, ...]:
    """Give a number without its ending: numbers and references are found as they are written."""
    if word.isalpha() or not _is_number(word):
        return ()
    return ((_ENDING.sub("", word), "lemma", WEIGHTS["lemma"]),)


def _in_other_language(language: str) -> SpelledWords:
    def terms_of(word: str, _is_name_like: bool) -> Iterable[Weighed]:
        return numbers(word) or stemmed(word, language)

    return SpelledWords(terms_of)


_others = {language: _in_other_language(language) for language in ("sv", "en", "")}


def in_other_language(language: str) -> SpelledWords:
    """Give the words of a language that has no dictionary here."""
    return _others[language if language in _others else ""]


def _texts(terms: Iterable[Weighed]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text, _kind, _weight in terms))


def _is_number(word: str) -> bool:
    """Tell a number from a word with digits that may be inflected (10-vuotiaan)."""
    return any(character.isdigit() for character in word) and not any(
        piece.isalpha() and len(piece) > 3 for piece in word.split("-")
    )
