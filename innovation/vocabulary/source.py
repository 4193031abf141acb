"""Reads the vocabulary that comes with the product: concepts of the field, each with its words."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from sys import intern
from types import MappingProxyType
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent / "words"

# The lists of a concept's words, and the language that each is written in.
LISTS = {"fi": "fi", "everyday": "fi", "dialect": "fi", "near": "fi", "sv": "sv", "en": "en"}
# The words of these lists mean the same; those of the other one, `near`, speak of the matter.
OWN_LISTS = ("fi", "everyday", "dialect", "sv", "en")
NEEDED_LISTS = ("fi", "sv", "en")
KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_WORD = 60
_PIECE = re.compile(r"[^\W_](?:[^\W_]|[-'’:])*")
_SOFT_HYPHEN = "\u00ad"
# More than there are, with those of a programme and of its administrators.
_MOST_CONCEPTS = 5_000


class VocabularyError(Exception):
    """A file of the vocabulary cannot be used; the message names file and key."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept and its words; the first of `fi` is its name.

    fi, everyday, dialect, sv, en: words for the same thing. near: words of those who speak of the
    matter without naming it. related: keys of concepts that a searcher would be glad to see too.
    """

    key: str
    fi: tuple[str, ...] = ()
    everyday: tuple[str, ...] = ()
    dialect: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    sv: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    related: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the concept is called."""
        return self.fi[0] if self.fi else self.key

    def words(self, name: str) -> tuple[str, ...]:
        """Give the words of one of LISTS."""
        words: tuple[str, ...] = getattr(self, name)
        return words


class Entry(NamedTuple):
    """A word of a concept, cut into pieces in small letters. own: it means the concept itself."""

    concept: str
    own: bool
    label: str
    code: str
    pieces: tuple[str, ...]
    dialect: bool


@cache
def shipped(folder: Path = FOLDER) -> Mapping[str, Concept]:
    """Give the concepts of all files by their keys; of two with one key the first stands.

    Raises VocabularyError.
    """
    found: dict[str, Concept] = {}
    for path in sorted(folder.glob("*.toml")):
        for concept in read_concepts(path):
            found.setdefault(concept.key, concept)
    return MappingProxyType(found)


def read_concepts(path: Path) -> list[Concept]:
    """Read a file of `[[concept]]` tables. Raises VocabularyError at the first thing wrong."""
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise VocabularyError(f"{path.name}: {problem}") from problem
    tables = rows.get("concept", [])
    if set(rows) - {"concept"} or not isinstance(tables, list):
        raise VocabularyError(f"{path.name}: only rows under [[concept]] are known here")
    return [_concept(path.name, table) for table in tables]


def _concept(file: str, table: Mapping[str, Any]) -> Concept:
    key = table.get("key")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise VocabularyError(f"{file}: {key!r} is no key of small letters, digits and hyphens")
    where = f"{file}, {key}"
    unknown = set(table) - {"key", "related", *LISTS}
    if unknown:
        raise VocabularyError(f"{where}: {', '.join(sorted(unknown))} is not known here")
    lists = {name: _texts(where, name, table.get(name, [])) for name in (*LISTS, "related")}
    for name in NEEDED_LISTS:
        if not lists[name]:
            raise VocabularyError(f"{where}: there are no words in the list {name}")
    return Concept(key, **lists)


def _texts(where: str, name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise VocabularyError(f"{where}: {name} should be a list of texts")
    for word in value:
        if not isinstance(word, str) or word != " ".join(word.split()) or not word:
            raise VocabularyError(f"{where}: {name} holds {word!r}, which is no clean text")
        if len(word) > LONGEST_WORD:
            raise VocabularyError(f"{where}: {name} holds the too long “{word}”")
    return tuple(value)


# The same concepts are read by searching, comparing and routing, which share their words so.
@lru_cache(_MOST_CONCEPTS)
def entries_of(concept: Concept) -> tuple[Entry, ...]:
    """Give the words of a concept, cut into pieces."""
    return tuple(_entries(concept))


def _entries(concept: Concept) -> Iterator[Entry]:
    for name, code in LISTS.items():
        for word in concept.words(name):
            label = word.replace(_SOFT_HYPHEN, "")
            pieces = tuple(
                intern(piece.strip("-'’:").replace("’", "'"))
                for piece in _PIECE.findall(label.lower())
            )
            if pieces:
                yield Entry(concept.key, name in OWN_LISTS, label, code, pieces, name == "dialect")
