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
from innovation.search.sayings import Evidence, strengths
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
    """A text whose like is looked for. rare: how rare words (by their place) and keys are."""

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
        documents = max(found, _FEWEST)
        rare = [rarity(min(count, MOST_HITS), documents) if count else 0.0 for count in known]
        self.rarities = rare[: len(self.words)]
        self.keys = dict(zip(self.keys, rare[len(self.words) :], strict=True))
        self.said = sum(found or rarity(0, documents) for found in self.rarities)
        # Many ideas share the same words with the text.
        self._told: dict[frozenset[int], _Told] = {}

    def weights(self, evidence: Iterable[Evidence]) -> dict[str, float]:
        """Give what each key counts for a text with this evidence."""
        own = {key: sure * self.worth(key) for key, sure in strengths(evidence).items()}
        weights = dict(own)
        for key, weight in own.items():
            for other, share in related(key):
                weights[other] = max(weights.get(other, 0.0), weight * share)
        return weights

    def worth(self, key: str) -> float:
        """Give how much it says that a text is about a key."""
        return self.keys[key] * influence(key)

    @cached_property
    def whole(self) -> dict[str, float]:
        """What each key counts, whatever words the other text has."""
        return self.weights(self.evidence)

    @cached_property
    def _counting(self) -> dict[str, float]:
        """What each telling key adds to the score of an idea, by its weight there, at most."""
        return {key: self.whole[key] * self.worth(key) for key in self.telling}

    @cached_property
    def _saying(self) -> dict[str, list[int]]:
        """The words of the text by their forms."""
        found: dict[str, list[int]] = {}
        for at, word in enumerate(self.words):
            for form in word.forms:
                found.setdefault(form, []).append(at)
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
        counting = self._counting
        worth = sum(counting[key] * weights[key] for key in weights if key in counting)
        return worth * self._share_of(weights) + self._words_in(self._shared(weights))

    def compare(self, number: int, weights: Mapping[str, float]) -> Alike:
        """Compare with an idea. weights: of those of the terms that it has."""
        shared = self._shared(weights)
        alike = self._alike(shared)
        excused = min(1.0, max(0.0, (alike - _ALIKE) / (_VERY_ALIKE - _ALIKE)))
        told = self._told_besides(frozenset(shared), _SAID_ALIKE + (1 - _SAID_ALIKE) * excused)
        share = self._share_of(weights)
        worth = {key: self._both(key, told[key], weights) * share for key in self._in_both(weights)}
        score = sum(worth.values()) + self._words_in(shared)
        # A need is in common, in whatever words it is told.
        reasons = {key: self._both(key, self.whole[key], weights) * share for key in worth}
        reasons |= {self.words[at].written: _WORDS * self.rarities[at] / self.said for at in shared}
        return Alike(number, round(score, 4), _reasons(reasons), round(alike, 4))

    def _told_besides(self, shared: frozenset[int], left: float) -> "_Told":
        """Give what each key counts when both texts have these words. left: of what they say."""
        told = self._told.get(shared)
        if told is None:
            places = frozenset().union(*(self.words[at].places for at in shared))
            told = self._told[shared] = _Told(self, places, left)
        return told

    @cached_property
    def by_key(self) -> dict[str, list[Evidence]]:
        """The evidence for each key."""
        found: dict[str, list[Evidence]] = {}
        for one in self.evidence:
            found.setdefault(one.key, []).append(one)
        return found

    @cached_property
    def sources(self) -> dict[str, list[tuple[str, float]]]:
        """The keys that speak for each key too, with the share of theirs that they give it."""
        found: dict[str, list[tuple[str, float]]] = {}
        for key in self._whole:
            for other, share in related(key):
                found.setdefault(other, []).append((key, share))
        return found

    def _in_both(self, weights: Mapping[str, float]) -> list[str]:
        """Give the telling keys that an idea has, the first ones most."""
        return [key for key in self.telling if key in weights]

    def _shared(self, weights: Mapping[str, float]) -> list[int]:
        saying = self._saying
        return sorted({at for form in weights if form in saying for at in saying[form]})

    def _alike(self, shared: Collection[int]) -> float:
        """Give how much of the words both texts have, the rare ones counting more."""
        return sum(self.rarities[at] for at in shared) / self.said if shared else 0.0

    def _words_in(self, shared: Collection[int]) -> float:
        alike = self._alike(shared)
        return _WORDS * alike + _MANY_WORDS * max(0.0, alike - _ALIKE)

    def _both(self, key: str, weight: float, weights: Mapping[str, float]) -> float:
        return weight * weights[key] * self.worth(key) if key in weights else 0.0

    def _share_of(self, weights: Mapping[str, float]) -> float:
        """Give one by the lengths of both texts."""
        other = weights.get(LENGTH, 0.0) * MOST_LENGTH
        return 1 / (self.length * _USUAL * other**_LENGTHS) if other else 0.0


class _Told(dict[str, float]):
    """What keys count when some words say less, worked out for those that are asked for."""

    def __init__(self, asked: Asked, places: frozenset[int], left: float) -> None:
        """Have worked out nothing yet."""
        super().__init__()
        self._asked, self._places, self._left = asked, places, left
        self._own: dict[str, float] = {}

    def __missing__(self, key: str) -> float:
        """Work out what a key counts: by itself, or as another one speaks for it."""
        others = self._asked.sources.get(key, ())
        worth = max([self._by_itself(key), *(self._by_itself(one) * part for one, part in others)])
        self[key] = worth
        return worth

    def _by_itself(self, key: str) -> float:
        known = self._own.get(key)
        if known is None:
            evidence = self._asked.by_key.get(key, ())
            sure = strengths(_lessened(evidence, self._places, self._left)).get(key, 0.0)
            known = self._own[key] = sure * self._asked.worth(key)
        return known


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


def _lessened(
    evidence: Iterable[Evidence], shared: frozenset[int], left: float
) -> Iterable[Evidence]:
    """Let evidence count less, the more of its words both texts have."""
    for one in evidence:
        if one.words.isdisjoint(shared):
            yield one
        else:
            share = len(one.words & shared) / len(one.words)
            yield Evidence(one.key, one.words, one.sure * (1 - share * (1 - left)))


def _reasons(worth: Mapping[str, float]) -> tuple[str, ...]:
    """Give the best of what both texts have, needs first, which say what is the matter.

    Who and where only when there is nothing else.
    """
    least = _REASON * max(worth.values(), default=0.0)
    telling = [one for one in worth if worth[one] >= least]
    telling.sort(key=lambda one: (not is_need(one), -worth[one]))
    what = [one for one in telling if not one.startswith(LENGTH[0]) or tells_what(one)]
    return tuple((what or telling)[:_MOST_REASONS])
