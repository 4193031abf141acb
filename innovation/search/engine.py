"""What a search engine does for us, and the one that serves an installation."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Protocol

from innovation import language
from innovation.core.config import Settings

# A search gives at most this many ideas; beyond it, only that there are more.
MOST_HITS = 2_000


class SearchUnavailableError(Exception):
    """The index cannot be read now; the caller searches the database instead."""


class IndexBusyError(Exception):
    """Somebody else is writing the index; the caller tries again in a moment."""


class State(StrEnum):
    """How an index is: as it should be, made by other rules, not readable, not there at all."""

    SOUND = "sound"
    OUTDATED = "outdated"
    BROKEN = "broken"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Word:
    """A word that is looked for: its terms are alternatives, each with its weight from 0 to 1."""

    terms: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A term in a document: its place among the words of its field, and its weight there."""

    text: str
    place: int
    weight: float


@dataclass(frozen=True, slots=True)
class Document:
    """An idea as it is indexed. fields: title, text, helps and comments, any may be missing."""

    number: int
    reference: str
    fields: dict[str, tuple[Placed, ...]]


@dataclass(frozen=True, slots=True)
class Hits:
    """The numbers of the ideas that were found, best first.

    every_word: all words were found; false when only most of them were. more: there are others
    beyond MOST_HITS.
    """

    numbers: list[int] = field(default_factory=list)
    every_word: bool = True
    more: bool = False


class Engine(Protocol):
    """Finds ideas by words. Its index is a copy that may be thrown away."""

    def search(self, words: Sequence[Word]) -> Hits:
        """Give the ideas with all words, or else with most. Raises SearchUnavailableError."""

    def apply(self, numbers: Collection[int], documents: Iterable[Document]) -> None:
        """Take these ideas out and put the documents in, at once.

        The documents are iterated only when nobody else can write, so that they may be read from
        the database as they are then. Raises IndexBusyError.
        """

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Make the whole index anew beside the old one and change them in one move.

        Until then nobody else can write, and the old one serves. Raises IndexBusyError.
        """

    def state(self) -> State:
        """Tell how the index is."""

    def numbers(self) -> set[int]:
        """Give the numbers of all ideas in the index. Raises SearchUnavailableError."""


def engine_for(settings: Settings) -> Engine:
    """Give the engine of an installation, one for each process, with the dictionary loaded.

    Called once before the web server forks, so that its processes share the dictionary.
    """
    language.load(settings.finnish)
    return _engine_in(settings.instance)


@cache
def _engine_in(instance: Path) -> Engine:
    # Imported here: whoever only wants the names above need not load the engine.
    from innovation.search.whoosh_engine import WhooshEngine

    return WhooshEngine(instance)
