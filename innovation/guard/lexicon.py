"""The words that the guard knows: lists under a mark, and phrases, both from files of the folder.

An element is a word in base form or as written; `word*` begins with it and `*word` ends with it.
`@list` is any word of a list, `@list+past` any that says that it has happened. `a|b` are
alternatives. A phrase is elements that stand near each other, in any order; one that begins with
`!` may not stand in their sentences; `>` before a phrase asks for its order.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from innovation import vocabulary

FOLDER = Path(__file__).parent / "words"
_SHORTEST_WORD = 2
# Verbs of what has happened: annettiin, putosi, unohtui, on kaatunut, sekotettu, saanu.
_PAST = re.compile(
    r"(?:tiin|[sioptvhknrlmj]i|[uyaoeäö]i|in|imme|iv[aä]t|n[uy]t?|neet|t[uy]|matta|mättä)$"
)
# Who treats it, and where: telling of nobody's illness.
_TREATS = re.compile(
    r"(?:lääkäri|lekuri|hoitaja|hoitajat|poli|poliklinikka|poliklinikalle|vastaanotto|osasto|yksikkö|"
    r"terapeutti|psykiatri|kirurgi|logi|tutkimus|palvelut|palvelu|työ|ryhmä|jono|klinikka|asema|laitos|toimisto|"
    r"kortti|valmennus|hoitokoti|läkare|skötare|terapeut|polikliniken|vården|ologi|mittaus|opettaja|puoli|ope)$"
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Elements that belong together. Each is a set of alternatives. missing: may not be there."""

    elements: tuple[frozenset[str], ...]
    missing: frozenset[str]
    ordered: bool


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All lists: what a word is marked with, by its whole form, its beginning and its end.

    phrases: by the list they stand in.
    """

    whole: dict[str, frozenset[str]]
    begins: dict[str, frozenset[str]]
    ends: dict[str, frozenset[str]]
    phrases: dict[str, tuple[Phrase, ...]]
    beginnings: tuple[int, ...]
    endings: tuple[int, ...]


@cache
def lexicon(folder: Path = FOLDER) -> Lexicon:
    """Read the files: tables `words` and `phrases`, each of lists by name."""
    marks: dict[str, set[str]] = {}
    phrases: dict[str, tuple[Phrase, ...]] = {}
    for path in sorted(folder.glob("*.toml")):
        tables: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        for mark, word in _marked(tables):
            marks.setdefault(word, set()).add(mark)
        for name, text in tables.get("phrases", {}).items():
            phrases[name] = (*phrases.get(name, ()), *map(_phrase, _lines(text)))
    for mark in _elements(phrases):
        if mark.startswith("="):
            marks.setdefault(mark[1:], set()).add(mark)
    return _sorted_out(marks, phrases)


def _marked(tables: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the words of a file with the lists they stand in."""
    for mark, text in tables.get("words", {}).items():
        yield from ((mark, word.lower()) for word in _listed(text))
    for mark, text in tables.get("concepts", {}).items():
        yield from ((mark, word) for word in _words_of_concepts(_listed(text)))


def _elements(phrases: dict[str, tuple[Phrase, ...]]) -> Iterator[str]:
    for every in phrases.values():
        for phrase in every:
            yield from frozenset().union(phrase.missing, *phrase.elements)


def _words_of_concepts(keys: Iterable[str]) -> Iterator[str]:
    """Give the single words that mean these concepts, without those of whoever treats them.

    Of English only what no other language writes: a fall or a trip tells of nothing in Finnish.
    """
    concepts = vocabulary.shipped()
    for key in keys:
        for entry in vocabulary.entries_of(concepts[key]):
            word = entry.pieces[0]
            alone = entry.own and len(entry.pieces) == 1 and len(word) > _SHORTEST_WORD
            if alone and entry.code != "en" and not _TREATS.search(word):
                yield word


def _sorted_out(marks: dict[str, set[str]], phrases: dict[str, tuple[Phrase, ...]]) -> Lexicon:
    begins = {word[:-1]: frozenset(own) for word, own in marks.items() if word.endswith("*")}
    ends = {word[1:]: frozenset(own) for word, own in marks.items() if word.startswith("*")}
    whole = {word: frozenset(own) for word, own in marks.items() if "*" not in word}
    return Lexicon(
        whole,
        begins,
        ends,
        phrases,
        tuple(sorted({*map(len, begins)})),
        tuple(sorted({*map(len, ends)})),
    )


def marks_of(low: str, forms: Iterable[str]) -> frozenset[str]:
    """Give everything that the lists say of a word in small letters with these base forms."""
    words = lexicon()
    found: set[str] = set()
    for form in {low, *forms}:
        found.update(words.whole.get(form, ()))
        for length in words.beginnings:
            if length > len(form):
                break
            found.update(words.begins.get(form[:length], ()))
        for length in words.endings:
            # The end of a word says what it is only behind another part.
            if length + 2 > len(form):
                break
            found.update(words.ends.get(form[-length:], ()))
    if _PAST.search(low) and any(form[-1:] in "aä" and form != low for form in forms):
        found |= {f"{mark}+past" for mark in found if mark[0] != "="}
    return frozenset(found)


def _listed(text: str) -> Iterator[str]:
    """Give the words of a list: one a line or separated by spaces."""
    return (word for line in _lines(text) for word in line.split())


def _lines(text: str) -> Iterator[str]:
    stripped = (line.partition("#")[0].strip() for line in text.splitlines())
    return (line for line in stripped if line)


def _phrase(line: str) -> Phrase:
    ordered = line.startswith(">")
    pieces = line.removeprefix(">").lower().split()
    missing = {mark for piece in pieces if piece[0] == "!" for mark in _alternatives(piece[1:])}
    wanted = [frozenset(_alternatives(piece)) for piece in pieces if piece[0] != "!"]
    return Phrase(tuple(wanted), frozenset(missing), ordered)


def _alternatives(piece: str) -> Iterator[str]:
    """Give the marks of an element: `@list` is that of a list, a word has one of its own."""
    for one in piece.split("|"):
        yield one[1:] if one.startswith("@") else f"={one.removeprefix('=')}"
