"""The one interface: text to search terms, for the index and for queries."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Literal

from innovation.language.finnish import Finnish
from innovation.language.stems import ALGORITHMS, stem
from innovation.language.tokens import Token, tokens

# Grows when the same text gives other terms than before, so that indexes are made anew.
_RULES = 1

_SURFACE, _LEMMA, _ROOT, _STEM, _PART = 1.0, 0.9, 0.8, 0.7, 0.5

_loading = threading.Lock()
_loaded: list[Finnish] = []


@dataclass(frozen=True)
class Term:
    """A word to be found by, and where in the text it comes from (end not included).

    kind: `surface` the word as written, `lemma` a base form or stem, `part` a piece of a compound;
    weight: how surely the word means this, from 0 to 1. Terms of one place are alternatives.
    """

    text: str
    start: int
    end: int
    kind: Literal["lemma", "part", "surface"]
    weight: float


def load(finnish: str = "auto") -> None:
    """Load the dictionary, once: before the web server forks, so that processes share it.

    finnish: `auto` takes libvoikko where the system has it, `pyvoikko` never.
    """
    with _loading:
        if not _loaded:
            _loaded.append(Finnish(finnish))


def analyser() -> str:
    """Give name and version of the analysis; an index made by another one is made anew."""
    return f"{_finnish().name}, PyStemmer {version('PyStemmer')}, rules {_RULES}"


def index_terms(text: str, language: str) -> list[Term]:
    """Give the terms that a text in `fi`, `sv`, `en` or another language is to be found by."""
    return _terms(text, language, with_parts=True)


def query_terms(text: str, language: str) -> list[Term]:
    """Give the terms that a query looks for: whole words only, their parts stand in the index."""
    return _terms(text, language, with_parts=False)


def _finnish() -> Finnish:
    if not _loaded:
        load()
    return _loaded[0]


def _terms(text: str, language: str, *, with_parts: bool) -> list[Term]:
    of_token = _finnish_terms if language == "fi" else _stemmed_terms(language)
    found = []
    for token in tokens(text):
        found.append(Term(token.word, token.start, token.end, "surface", _SURFACE))
        # Numbers and reference numbers are found as they are written.
        if any(character.isdigit() for character in token.word) and not _has_word(token.word):
            found.append(Term(token.word, token.start, token.end, "lemma", _LEMMA))
        else:
            found.extend(of_token(token, with_parts))
    return found


def _has_word(word: str) -> bool:
    """Tell whether a token with digits also holds a word that may be inflected (10-vuotiaan)."""
    return any(piece.isalpha() and len(piece) > 3 for piece in word.split("-"))


def _finnish_terms(token: Token, with_parts: bool) -> Iterable[Term]:
    forms = _finnish().forms(token.word, token.is_name_like)
    seen: set[str] = set()
    for words, weight in ((forms.lemmas, _LEMMA), (forms.roots, _ROOT), (forms.stems, _STEM)):
        for word in words:
            if word not in seen:
                seen.add(word)
                yield Term(word, token.start, token.end, "lemma", weight)
    for word in forms.parts if with_parts else ():
        if word not in seen:
            seen.add(word)
            yield Term(word, token.start, token.end, "part", _PART)


def _stemmed_terms(language: str) -> Callable[[Token, bool], Iterable[Term]]:
    def terms_of(token: Token, _with_parts: bool) -> Iterable[Term]:
        weight = _LEMMA if language in ALGORITHMS else _SURFACE
        yield Term(stem(token.word, language), token.start, token.end, "lemma", weight)

    return terms_of
