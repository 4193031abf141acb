"""The one interface: text to search terms, for the index and for queries."""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from innovation.language.finnish import Finnish
from innovation.language.forms import WEIGHTS, Forms, Kind, Weighed
from innovation.language.hanging import completed
from innovation.language.known import KnownWord
from innovation.language.names import Name
from innovation.language.spelled import (
    Spelled,
    as_written,
    in_other_language,
    numbers,
    stemmed,
)
from innovation.language.tokens import WRITTEN, Token, is_initial, may_leave_out, tokens

# Grows when the same text gives other terms than before, so that indexes are made anew.
_RULES = 2
# Looked up once: it is asked for with every text, and reads files of the environment.
_STEMMER = f"PyStemmer {version('PyStemmer')}"

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


def name_of(word: str) -> Name:
    """Tell whether a word in small letters, in any form, may be a name: a person's, a place's."""
    return _finnish().name_of(word)


def analyser() -> str:
    """Give name and version of the analysis; an index made by another one is made anew."""
    finnish = _finnish()
    return f"{finnish.name}, {_STEMMER}, rules {_RULES}, words {finnish.known}"


def keep_forms(path: Path) -> bool:
    """Write what the dictionary said of the words that this process met, for processes to come.

    False when the file cannot be written, or the dictionary is quicker than a file.
    """
    return _finnish().keep_readings(path, f"rules {_RULES}")


def recall_forms(path: Path) -> int:
    """Take up what `keep_forms` wrote, and give how many words that is.

    None when the file is damaged, or missing, or another dictionary or other rules made it.
    """
    return _finnish().recall_readings(path, f"rules {_RULES}")


def index_terms(text: str, language: str) -> list[Term]:
    """Give the terms that a text in `fi`, `sv`, `en` or another language is to be found by."""
    return [
        Term(form, start, end, kind, weight)
        for start, end, ways in index_words(text, language)
        for form, kind, weight in ways
    ]


def index_words(text: str, language: str) -> Iterator[tuple[int, int, tuple[Weighed, ...]]]:
    """Give the terms of `index_terms` by word: where it stands, then itself and the others."""
    spelled = _spelled_in(language)
    odd = _leaving_out(text) if language == "fi" and may_leave_out(text) else {}
    last = 0
    for match in WRITTEN.finditer(text):
        texts, ways, named = spelled[match[0]]
        if not texts:
            continue
        start, end = match.span()
        if odd and start in odd:
            ways = odd[start]
        elif named is not None and not is_initial(text, last, start):
            ways = named
        yield start, end, ways
        last = end


def matcher(wanted: Collection[str]) -> Callable[[str, str], list[Term]]:
    """Give what finds, in a text and its language, those of `index_terms` whose text is wanted.

    Many times faster, above all for many texts, since each word of theirs is looked up once. For
    no longer than a page: it does not hear of new words of the programme.
    """
    sought = frozenset(wanted)
    # By language: the words that were met, and those with a sought term, or with none at all.
    known: dict[str, tuple[set[str], dict[str, Spelled]]] = {}

    def matching(text: str, language: str) -> list[Term]:
        words = WRITTEN.findall(text)
        met, having = known.setdefault(language, (set(), {}))
        new = {*words} - met
        if new:
            spelled = _spelled_in(language)
            for written in new:
                terms = spelled[written]
                if not (terms.texts and sought.isdisjoint(terms.texts)):
                    having[written] = terms
            met |= new
        odd = _leaving_out(text) if language == "fi" and may_leave_out(text) else {}
        if not odd and having.keys().isdisjoint(words):
            return []
        return list(_sought(text, words, having, odd, sought))

    return matching


def query_terms(text: str, language: str, *, parts: bool = False) -> list[Term]:
    """Give the terms that a query looks for, whole words first.

    Without parts only the word itself is meant: "lähettäminen" not every form of lähettää. With
    parts come the roots of such words, and the parts of the query's own compounds, so that
    "kotihoitaja" can meet "kotihoidon hoitaja"; both by their kind and lower weight.
    """
    found = list(tokens(text))
    return [
        Term(form, token.start, token.end, kind, weight)
        for at, token in enumerate(found)
        for form, kind, weight in _meant(found, at, language, parts)
    ]


def _spelled_in(language: str) -> Mapping[str, Spelled]:
    return _finnish().spelled if language == "fi" else in_other_language(language)


def _finnish() -> Finnish:
    if not _loaded:
        load()
    return _loaded[0]


def _sought(
    text: str,
    words: Sequence[str],
    having: Mapping[str, Spelled],
    odd: Mapping[int, tuple[Weighed, ...]],
    sought: AbstractSet[str],
) -> Iterator[Term]:
    """Give the terms that are sought of the words of a text.

    having: the words that have any, or no terms at all. odd: what those have, by place, that
    others complete.
    """
    end = last = 0
    for written in words:
        # Nothing between two words could be the beginning of one.
        start = text.index(written, end)
        end = start + len(written)
        ways: tuple[Weighed, ...] = ()
        if start in odd:
            ways = odd[start]
        elif written in having:
            texts, ways, named = having[written]
            if not texts:
                continue
            if named is not None and not is_initial(text, last, start):
                ways = named
        for form, kind, weight in ways:
            if form in sought:
                yield Term(form, start, end, kind, weight)
        last = end


def _leaving_out(text: str) -> dict[int, tuple[Weighed, ...]]:
    """Give what the words with a hanging hyphen have, by where they start: others complete them."""
    found = list(tokens(text))
    return {
        token.start: tuple(_meant(found, at, "fi", parts=True))
        for at, token in enumerate(found)
        if token.hangs or token.follows
    }


def _meant(found: Sequence[Token], at: int, language: str, parts: bool) -> Iterator[Weighed]:
    """Give what a token is found by, or looks for, beside those around it."""
    token = found[at]
    yield from as_written(token.word)
    number = numbers(token.word)
    if number:
        yield from number
    elif language == "fi":
        if token.hangs or token.follows:
            for form in completed(found, at, _forms_of):
                yield form, "lemma", WEIGHTS["lemma"]
        forms = _forms_of(token)
        bare = not parts and token.word in forms.lemmas
        for form, kind, weight in forms.weighed:
            if (parts or kind != "part") and not (bare and kind == "root"):
                yield form, kind, weight
    else:
        yield from stemmed(token.word, language)


def _forms_of(token: Token) -> Forms:
    word = f"{token.word}-" if token.hangs else token.word
    return _finnish().forms(word, token.capital and not token.initial)
