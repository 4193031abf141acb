"""What concepts a text speaks of, by the words of the vocabulary that its terms meet."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Set
from functools import cache
from typing import NamedTuple

from innovation.search.expansion import Vocabulary, share_of
from innovation.vocabulary import Entry

# How strongly a word of a text says that the text speaks of the concept.
SPEAKS, HINTS = 0.6, 0.3

Slots = tuple[tuple[str, ...], ...]


class Spoken(NamedTuple):
    """A word that speaks of a concept: its key, how surely, and the terms that say it."""

    key: str
    sure: float
    terms: frozenset[str]


class _Run(NamedTuple):
    """A word of several pieces by its number. slots: what else has to stand in the text."""

    number: int
    pieces: tuple[str, ...]
    slots: Slots


class Speaking:
    """The words of a vocabulary ready for texts; what a term tells is worked out once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Take in the vocabulary; its words are analysed when they are first needed."""
        self._vocabulary = vocabulary
        self._known = vocabulary.single.keys() | vocabulary.several.keys()
        self._entries: list[Entry] = []
        self._numbers: dict[Entry, int] = {}
        for entries in vocabulary.several.values():
            for entry in entries:
                if entry not in self._numbers:
                    self._numbers[entry] = len(self._entries)
                    self._entries.append(entry)
        self._alone, self._runs = cache(self._alone_of), cache(self._runs_of)
        self._together = cache(self._together_of)

    def spoken_of(self, terms: Set[str]) -> Iterator[Spoken]:
        """Give each word that speaks of a concept, for a text with these terms."""
        whole: dict[tuple[str, ...], set[int]] = defaultdict(set)
        for term in self._known & terms:
            yield from self._alone(term)
            runs = self._runs(term)
            for other in runs.keys() & terms:
                for number, pieces, slots in runs[other]:
                    for slot in slots:
                        if terms.isdisjoint(slot):
                            break
                    else:
                        whole[pieces].add(number)
        for numbers in whole.values():
            yield from self._together(frozenset(numbers))

    def _alone_of(self, term: str) -> list[Spoken]:
        return self._by_concept(self._vocabulary.single.get(term, ()))

    def _together_of(self, numbers: frozenset[int]) -> list[Spoken]:
        return self._by_concept([self._entries[number] for number in numbers])

    def _by_concept(self, entries: Collection[Entry]) -> list[Spoken]:
        spoken = []
        for key in (keys := sorted({entry.concept for entry in entries})):
            mine = [entry for entry in entries if entry.concept == key]
            sure = (SPEAKS if any(entry.own for entry in mine) else HINTS) * share_of(len(keys))
            said = {term for one in mine for slot in self._vocabulary.slots(one) for term in slot}
            spoken.append(Spoken(key, sure, frozenset(said)))
        return spoken

    def _runs_of(self, term: str) -> dict[str, list[_Run]]:
        """Give the words of several pieces that a term is of, by the terms of another piece.

        A text with the term has few of the others, so most words are not even looked at.
        """
        runs: dict[str, list[_Run]] = defaultdict(list)
        for entry in self._vocabulary.several.get(term, ()):
            slots = self._vocabulary.slots(entry)
            others = [slot for slot in slots if term not in slot] or slots
            telling = min(others, key=self._spread)
            left = tuple(slot for slot in slots if slot is not telling and term not in slot)
            for other in telling:
                runs[other].append(_Run(self._numbers[entry], entry.pieces, left))
        return dict(runs)

    def _spread(self, slot: tuple[str, ...]) -> int:
        """Give how many words of several pieces have one of the terms."""
        return sum(len(self._vocabulary.several.get(term, ())) for term in slot)
