"""The one interface: text to search terms, for the index and for queries."""

import re
import threading
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from typing import NamedTuple

from innovation.language.finnish import Finnish, Forms, Kind
from innovation.language.hanging import completed
from innovation.language.known import KnownWord
from innovation.language.stems import ALGORITHMS, stem
from innovation.language.tokens import Token, tokens

# Grows when the same text gives other terms than before, so that indexes are made anew.
_RULES = 2
# Looked up once: it is asked for with every text, and reads files of the environment.
_STEMMER = f"PyStemmer {version('PyStemmer')}"

_WEIGHTS: dict[Kind, float] = {"surface": 1.0, "lemma": 0.9, "root": 0.8, "stem": 0.7, "part": 0.5}

# What is written behind a number: 20:n, 112:een.
_ENDING = re.compile(r"(?<=\d):[a-zåäö]+$")

_loading = threading.Lock()
_loaded: list[Finnish] = []


class Term(NamedTuple):
    """A word to be found by, and where in the text it comes from (end not included).

    kind: `surface` the word as written, `lemma` a base form, `root` the verb of a participle or an
    action, the adjective of a comparative, a compound with its parts in base form, `stem` what is
    left of a word whose base form is unknown, `part` a piece of a compound;
    weight: how surely the word means this, from 0 to 1. Terms of one place are alternatives.
    """

    text: str
    start: int
    end: int
    kind: Kind
    weight: float


def load(finnish: str = "auto", exceptions: Iterable[KnownWord] = ()) -> None:
    """Load the dictionary, once: before the web server forks, so that processes share it.

    finnish: `auto` takes libvoikko where the system has it, `pyvoikko` never. exceptions: words of
    the programme that no dictionary has; given to a dictionary that is loaded, they replace those
    it had.
    """
    words = tuple(exceptions)
    with _loading:
        if not _loaded:
            _loaded.append(Finnish(finnish, words))
        elif words:
            _loaded[0].know(words)


def know(words: Iterable[KnownWord]) -> None:
    """Take these as the programme's own words from now on; `analyser` changes with them."""
    _finnish().know(words)


def is_finnish(word: str) -> bool:
    """Tell whether a word in small letters, in any form, is known; a guess is not enough."""
    return _finnish().has(word)


def analyser() -> str:
    """Give name and version of the analysis; an index made by another one is made anew."""
    finnish = _finnish()
    return f"{finnish.name}, {_STEMMER}, rules {_RULES}, words {finnish.known}"


def index_terms(text: str, language: str) -> list[Term]:
    """Give the terms that a text in `fi`, `sv`, `en` or another language is to be found by."""
    return list(_terms(text, language, index=True, parts=True))


def query_terms(text: str, language: str, *, parts: bool = False) -> list[Term]:
    """Give the terms that a query looks for, whole words first.

    Without parts only the word itself is meant: "lähettäminen" not every form of lähettää. With
    parts come the roots of such words, and the parts of the query's own compounds, so that
    "kotihoitaja" can meet "kotihoidon hoitaja"; both by their kind and lower weight.
    """
    return list(_terms(text, language, index=False, parts=parts))


def _finnish() -> Finnish:
    if not _loaded:
        load()
    return _loaded[0]


def _terms(text: str, language: str, *, index: bool, parts: bool) -> Iterator[Term]:
    found = list(tokens(text))
    for at, token in enumerate(found):
        word, start, end, *_ = token
        yield Term(word, start, end, "surface", 1.0)
        # Numbers and reference numbers are found as they are written.
        if not word.isalpha() and _is_number(word):
            yield Term(_ENDING.sub("", word), start, end, "lemma", _WEIGHTS["lemma"])
        elif language == "fi":
            whole = completed(found, at, _forms_of) if token.hangs or token.follows else ()
            for form in whole:
                yield Term(form, start, end, "lemma", _WEIGHTS["lemma"])
            forms = _forms_of(token)
            bare = not index and not parts and word in forms.lemmas
            for form, kind in forms.by_kind:
                if (parts or kind != "part") and not (bare and kind == "root"):
                    yield Term(form, start, end, kind, _WEIGHTS[kind])
        elif language in ALGORITHMS:
            yield Term(stem(word, language), start, end, "stem", _WEIGHTS["lemma"])


def _forms_of(token: Token) -> Forms:
    word = f"{token.word}-" if token.hangs else token.word
    return _finnish().forms(word, token.capital and not token.initial)


def _is_number(word: str) -> bool:
    """Tell a number from a word with digits that may be inflected (10-vuotiaan)."""
    return any(character.isdigit() for character in word) and not any(
        piece.isalpha() and len(piece) > 3 for piece in word.split("-")
    )
