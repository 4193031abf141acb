"""What is asked of a search engine: what is looked for, documents, and what is found."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

# A search gives at most this many ideas; beyond it, only that there are more.
MOST_HITS = 2_000
# So many of them are put into order by their words; the others follow, newest first.
MOST_WEIGHED = 120
# Of the ideas with a word, so many are looked at for those that have it as a whole word.
LOOKED_AT = 20
# Of more words than these only the rarest are asked for when an idea may lack some.
MOST_COUNTED = 12
# With fewer ideas than these that have every word, those with most of the words come too.
FEW = 10


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


class Kind(StrEnum):
    """How a way of meeting a word is related to what was typed."""

    SURFACE = "surface"
    LEMMA = "lemma"
    PART = "part"
    SAME = "same"
    NEAR = "near"
    TYPO = "typo"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to meet a clause: a term for each slot, any of its alternatives.

    adjacent: the slots stand one after another, as in a phrase. weight: from 0 to 1. label: the
    word that it stands for, to be shown ("hammashoito"), "" where the typed word says it.
    """

    slots: tuple[tuple[str, ...], ...]
    weight: float
    kind: Kind = Kind.LEMMA
    adjacent: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that is looked for; each way meets it. typed: as it was written.

    optional: it helps the order and is not asked for ("miten", "on").
    """

    ways: tuple[Way, ...]
    typed: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Everything that is looked for. unwanted: what meets one of these is not found.

    share: how much of the clauses an idea must have to be among those with most of the words.
    limit: so many ideas are given at most, from FEW to MOST_HITS; a single clause may be
    counted no further.
    """

    clauses: tuple[Clause, ...] = ()
    unwanted: tuple[Clause, ...] = ()
    share: float = 0.5
    limit: int = MOST_HITS

    @property
    def wanted(self) -> tuple[Clause, ...]:
        """The clauses that are asked for."""
        return tuple(one for one in self.clauses if not one.optional)

    @property
    def terms(self) -> frozenset[str]:
        """Every term that can speak for a document."""
        return frozenset(
            term
            for clause in self.clauses
            for way in clause.ways
            for slot in way.slots
            for term in slot
        )


class Placed(NamedTuple):
    """A term in a document: its place among the words of its field, and its weight there.

    whole: false for a part of a compound, which does not count as a word of a phrase.
    """

    text: str
    place: int
    weight: float
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Document:
    """An idea as it is indexed. fields: title, text, helps and comments, any may be missing.

    stamp: changes with what the terms are made of, so that index and database can be compared.
    words: its words in small letters, and their base forms; true for those that stand in it so.
    meaning: terms of what it is about, which no word of a text is like, with their weights.
    """

    number: int
    stamp: str
    fields: Mapping[str, tuple[Placed, ...]] = field(hash=False)
    words: Mapping[str, bool] = field(default_factory=dict, hash=False)
    meaning: Mapping[str, float] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Matches:
    """The numbers of the ideas that match; all of those in `most` lack one of the words or more.

    every: at most the query's limit, those with a wanted word in the title first, then the newest.
    most: looked for only when `every` has fewer than FEW, at most MOST_WEIGHED, the most and the
    rarest words first. more: there are others beyond the limit. known: for each wanted clause, how
    many ideas meet it (counted to MOST_HITS).
    """

    every: list[int] = field(default_factory=list)
    most: list[int] = field(default_factory=list)
    more: bool = False
    known: tuple[int, ...] = ()


# For each idea the weight of those of the terms that it has, from 0 to 1.
Weights = Mapping[int, Mapping[str, float]]


class Engine(Protocol):
    """Finds ideas by terms. Its index is a copy that may be thrown away."""

    # Whether the index lies in the database: questions and changes then belong to a unit of work.
    in_database: bool

    def together(self) -> AbstractContextManager[None]:
        """Tell that several questions come one after another, which may be cheaper so."""

    def find(self, query: Query) -> Matches:
        """Give the ideas that match: `every` and `with_most`. Raises SearchUnavailableError."""

    def every(self, query: Query) -> Matches:
        """Give those that have every word, without `most`. Raises SearchUnavailableError."""

    def with_most(self, query: Query, matches: Matches) -> Matches:
        """Give what `every` found, with `most` where there are few. Raises SearchUnavailableError.

        Apart, since who looks several times, each time by more, needs it of the last one alone.
        """

    def known(self, clauses: Sequence[Clause]) -> tuple[int, ...]:
        """Give how many ideas meet each clause, counted to MOST_HITS.

        Raises SearchUnavailableError.
        """

    def weigh(self, numbers: Sequence[int], terms: Collection[str]) -> Weights:
        """Give what the terms weigh in these ideas. Raises SearchUnavailableError."""

    def having(self, words: Collection[str]) -> Mapping[str, Mapping[int, float]]:
        """Give for words some ideas that have them as whole words, and what they weigh there.

        A word may be missing that LOOKED_AT ideas have as a part of others. Raises
        SearchUnavailableError.
        """

    def count(self) -> int:
        """Give the number of ideas in the index. Raises SearchUnavailableError."""

    def apply(self, numbers: Collection[int], documents: Iterable[Document]) -> None:
        """Take these ideas out and put the documents in, at once.

        The documents are iterated only when nobody else can write, so that they may be read from
        the database as they are then. Raises IndexBusyError.
        """

    def rebuild(self, documents: Callable[[], Iterable[Document]]) -> None:
        """Make the whole index anew beside the old one and change them in one move.

        Until then the old one serves. Raises IndexBusyError.
        """

    def state(self, *, closely: bool = True) -> State:
        """Tell how the index is. closely: some of what it holds is looked over too."""

    def stamps(self) -> dict[int, str]:
        """Give the stamp of each idea in the index. Raises SearchUnavailableError."""
