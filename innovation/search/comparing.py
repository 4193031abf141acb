"""How alike two texts are: what they are about, and which of their telling words they share.

Texts about the same need say it in different words. So what speaks for a concept or a need in the
very words that the other text has too speaks for it much less, unless they share most words.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from innovation.search.engine import MOST_HITS, Clause, Way
from innovation.search.meaning import (
    LENGTH,
    MOST_LENGTH,
    Reading,
    influence,
    is_need,
    related,
    tells_what,
)
from innovation.search.ranking import rarity
from innovation.search.sayings import strengths
from innovation.search.words import FUNCTION_WORDS

_SHORTEST_WORD = 3
# So many of a text's words are looked for, and so many keys are weighed.
_MOST_WORDS, _MOST_KEYS = 40, 80
# What is left of evidence in words that both texts have, and which share of all words makes them
# so alike that it counts again: from some, and fully.
_SAID_ALIKE = 0.1
_ALIKE, _VERY_ALIKE = 0.65, 0.85
# What shared words are worth beside what texts are about, and what many of them are.
_WORDS, _MANY_WORDS = 0.2, 1.5
# Where there are fewer ideas than this, two of them with a word do not make it a common one.
_FEWEST = 50
# A usual rarity of keys, by which the lengths of both texts are measured.
_USUAL = 3.5
_LENGTHS = 0.8
# A reason is worth this share of the best one at least.
_REASON = 0.3
_MOST_REASONS = 3

# Gives how many texts meet each clause, and how many texts there are.
Counting = Callable[[Sequence[Clause]], tuple[Sequence[int], int]]


@dataclass(frozen=True, slots=True)
class Alike:
    """An idea like a text. score: how alike; 1 and more is very much. reasons: best first.

    words: which share of the telling words both have, the rare ones counting more, from 0 to 1.

    A reason is a word of the text, or the term of a concept or need.
    """

    number: int
    score: float
    reasons: tuple[str, ...]
    words: float = 0.0


class _Word(NamedTuple):
    """A telling word of a text: as written, its base forms, and the places where it stands."""

    written: str
    forms: frozenset[str]
    places: frozenset[int]


class Asked:
    """A text whose like is looked for. known: how many texts meet the clause of a word or key.

    rarities, keys: how rare words (by their place) and keys are.
    """

    def __init__(self, counting: Counting, reading: Reading) -> None:
        self.words = _telling(reading)
        self.evidence = reading.evidence
        self._whole = strengths(reading.evidence)
        self.keys = {
            other: 0.0
            for key in self._whole
            for other in (key, *(one for one, _share in related(key)))
        }
        clauses = [clause_of(word.forms) for word in self.words]
        clauses += [clause_of((key,)) for key in self.keys]
        known, found = counting(clauses)
        self.known = dict(zip(clauses, known, strict=True))
        documents = max(found, _FEWEST)
        rare = [rarity(min(count, MOST_HITS), documents) if count else 0.0 for count in known]
        self.rarities = rare[: len(self.words)]
        self.keys = dict(zip(self.keys, rare[len(self.words) :], strict=True))
        self.said = sum(found or rarity(0, documents) for found in self.rarities)
        # Many ideas share the same words with the text.
        self._sharing: dict[int, tuple[float, int]] = {}
        self._told: dict[tuple[str, int, float], float] = {}

    @cached_property
    def whole(self) -> dict[str, float]:
        """What each key counts, whatever words the other text has."""
        own = {key: sure * self.worth(key) for key, sure in self._whole.items()}
        weights = dict(own)
        for key, weight in own.items():
            for other, share in related(key):
                weights[other] = max(weights.get(other, 0.0), weight * share)
        return weights

    def worth(self, key: str) -> float:
        """Give how much it says that a text is about a key."""
        return self.keys[key] * influence(key)

    @cached_property
    def _worths(self) -> dict[str, float]:
        """How much it says that a text is about each telling key."""
        return {key: self.worth(key) for key in self.telling}

    @cached_property
    def _counting(self) -> dict[str, float]:
        """What each telling key adds to the score of an idea, by its weight there, at most."""
        return {key: self.whole[key] * self.worth(key) for key in self.telling}

    @cached_property
    def _saying(self) -> dict[str, int]:
        """The words of the text by their forms, as bits."""
        found: dict[str, int] = {}
        for at, word in enumerate(self.words):
            for form in word.forms:
                found[form] = found.get(form, 0) | 1 << at
        return found

    @cached_property
    def length(self) -> float:
        """How much the text is about altogether."""
        return math.hypot(*self.whole.values()) or 1.0

    @cached_property
    def telling(self) -> list[str]:
        """The keys that count most, the first ones most."""
        keys = sorted(self.whole, key=lambda key: -self.whole[key])
        return [key for key in keys if self.whole[key]][:_MOST_KEYS]

    def bound(self, weights: Mapping[str, float]) -> float:
        """Give what the score of an idea with these weights is at most."""
        counting, saying, worth, shared = self._counting, self._saying, 0.0, 0
        for term, weight in weights.items():
            if term in counting:
                worth += counting[term] * weight
            elif term in saying:
                shared |= saying[term]
        return worth * self._share_of(weights) + _words_in(self._share(shared)[0])

    def words_with(self, weights: Mapping[str, float]) -> float:
        """Give which share of the telling words an idea has too, as Alike says."""
        return round(self._share(self._shared(weights))[0], 4)

    def score(self, weights: Mapping[str, float]) -> float:
        """Give how alike an idea is, as Alike says. weights: of those of the terms that it has."""
        alike, places = self._share(self._shared(weights))
        excused = min(1.0, max(0.0, (alike - _ALIKE) / (_VERY_ALIKE - _ALIKE)))
        left = _SAID_ALIKE + (1 - _SAID_ALIKE) * excused
        share, worths = self._share_of(weights), self._worths
        worth = sum(
            self._told_besides(key, places, left) * weights[key] * worths[key] * share
            for key in self._in_both(weights)
        )
        return round(worth + _words_in(alike), 4)

    def compare(self, number: int, weights: Mapping[str, float]) -> Alike:
        """Compare with an idea and say why. weights: of those of the terms that it has."""
        share, shared = self._share_of(weights), self._shared(weights)
        # A need is in common, in whatever words it is told.
        reasons = {
            key: self.whole[key] * weights[key] * self._worths[key] * share
            for key in self._in_both(weights)
        }
        for at, word in enumerate(self.words):
            if shared >> at & 1:
                reasons[word.written] = _WORDS * self.rarities[at] / self.said
        return Alike(number, self.score(weights), _reasons(reasons), self.words_with(weights))

    def _told_besides(self, key: str, places: int, left: float) -> float:
        """Give what a key counts, by itself or as another one speaks for it.

        places: the words that both texts have, as bits. left: of what these say.
        """
        spoken, sources = self._sources[key]
        asked = (key, places & spoken, left)
        told = self._told.get(asked)
        if told is None:
            told = max(self._by_itself(one, places, left) * part for one, part in sources)
            self._told[asked] = told
        return told

    def _by_itself(self, key: str, places: int, left: float) -> float:
        # As `strengths` adds up, of evidence that counts less the more of its words both have.
        doubt = 1.0
        for words, sure in self._by_key.get(key, ()):
            both = (words & places).bit_count()
            counting = sure * (1 - both / words.bit_count() * (1 - left)) if both else sure
            doubt *= 1 - counting
        return (1 - doubt) * self.worth(key)

    @cached_property
    def _by_key(self) -> dict[str, list[tuple[int, float]]]:
        """The evidence for each key: its words as bits, and how sure it is."""
        found: dict[str, list[tuple[int, float]]] = {}
        for key, words, sure in self.evidence:
            found.setdefault(key, []).append((_bits(words), sure))
        return found

    @cached_property
    def _sources(self) -> dict[str, tuple[int, list[tuple[str, float]]]]:
        """What speaks for each telling key, with the share that it gives it.

        That is the key itself and those that it is related to; and all words in which they are
        spoken of, as bits.
        """
        sources = {key: [(key, 1.0)] for key in self.telling}
        for key in self._whole:
            for other, share in related(key):
                if other in sources:
                    sources[other].append((key, share))
        found = {}
        for key, some in sources.items():
            spoken = 0
            for one, _share in some:
                for words, _sure in self._by_key.get(one, ()):
                    spoken |= words
            found[key] = (spoken, some)
        return found

    def _in_both(self, weights: Mapping[str, float]) -> list[str]:
        """Give the telling keys that an idea has, the first ones most."""
        return [key for key in self.telling if key in weights]

    def _shared(self, weights: Mapping[str, float]) -> int:
        """Give the words that both texts have, as bits."""
        shared, saying = 0, self._saying
        for form in weights.keys() & saying.keys():
            shared |= saying[form]
        return shared

    def _share(self, shared: int) -> tuple[float, int]:
        """Give how much of the words both have, rare ones counting more; their places as bits."""
        known = self._sharing.get(shared)
        if known is None:
            here = [at for at in range(len(self.words)) if shared >> at & 1]
            alike = sum(self.rarities[at] for at in here) / self.said if here else 0.0
            places = _bits(place for at in here for place in self.words[at].places)
            known = self._sharing[shared] = (alike, places)
        return known

    def _share_of(self, weights: Mapping[str, float]) -> float:
        """Give one by the lengths of both texts."""
        other = weights.get(LENGTH, 0.0) * MOST_LENGTH
        return 1 / (self.length * _USUAL * other**_LENGTHS) if other else 0.0


def _words_in(alike: float) -> float:
    return _WORDS * alike + _MANY_WORDS * max(0.0, alike - _ALIKE)


def _bits(places: Iterable[int]) -> int:
    bits = 0
    for place in places:
        bits |= 1 << place
    return bits


def clause_of(forms: Collection[str]) -> Clause:
    """Give what is met by any of these forms."""
    return Clause(tuple(Way(((form,),), 1.0) for form in sorted(forms)))


def _telling(reading: Reading) -> tuple[_Word, ...]:
    """Give the words that name something, each once, the first ones of a long text."""
    places: dict[frozenset[str], list[int]] = {}
    for at, forms in enumerate(reading.words):
        plain = reading.written[at] in FUNCTION_WORDS or not forms.isdisjoint(FUNCTION_WORDS)
        if not plain and max(map(len, forms)) >= _SHORTEST_WORD:
            places.setdefault(forms, []).append(at)
    return tuple(
        _Word(reading.written[where[0]], forms, frozenset(where))
        for forms, where in list(places.items())[:_MOST_WORDS]
    )


def _reasons(worth: Mapping[str, float]) -> tuple[str, ...]:
    """Give the best of what both texts have, needs first, which say what is the matter.

    Who and where only when there is nothing else.
    """
    least = _REASON * max(worth.values(), default=0.0)
    telling = [one for one in worth if worth[one] >= least]
    telling.sort(key=lambda one: (not is_need(one), -worth[one]))
    what = [one for one in telling if not one.startswith(LENGTH[0]) or tells_what(one)]
    return tuple((what or telling)[:_MOST_REASONS])
