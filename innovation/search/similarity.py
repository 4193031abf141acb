"""Ideas that tell of the same need as a text: found by what it is about, and by its rare words.

Texts about the same need say it in different words. So what speaks for a concept or a need in the
very words that the other text has too speaks for it much less, unless they share most words.
"""

import math
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from weakref import WeakKeyDictionary

from innovation.search import concepts
from innovation.search.engine import MOST_HITS, MOST_WEIGHED, Clause, Engine, Query, Way
from innovation.search.meaning import (
    LENGTH,
    MOST_LENGTH,
    Reading,
    influence,
    is_need,
    name_of,
    read,
    related,
    tells_what,
)
from innovation.search.ranking import rarity
from innovation.search.sayings import Evidence, strengths
from innovation.search.words import FUNCTION_WORDS

LONGEST = 2_000
_SHORTEST_WORD = 3
# So many of a text's words are looked for; of these, and of what it is about, the most telling
# find the ideas that are compared.
_MOST_WORDS, _FINDING = 40, 8
# So many keys are weighed, and so many ideas are compared closely.
_MOST_KEYS, _MOST_COMPARED = 80, 60
# An idea with one of them is compared, if it is not too many.
_SHARE = 0.05
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

# By engine and clause: until when a count is remembered, and the count.
_COUNTS: WeakKeyDictionary[Engine, dict[Clause, tuple[float, int]]] = WeakKeyDictionary()
_COUNT_SECONDS, _MOST_COUNTS = 60.0, 20_000
_NEVER = (0.0, 0)

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
        clauses = [_clause(word.forms) for word in self.words]
        clauses += [_clause((key,)) for key in self.keys]
        known, found = counting(clauses)
        documents = max(found, _FEWEST)
        rare = [rarity(min(count, MOST_HITS), documents) if count else 0.0 for count in known]
        self.rarities = rare[: len(self.words)]
        self.keys = dict(zip(self.keys, rare[len(self.words) :], strict=True))
        self.said = sum(found or rarity(0, documents) for found in self.rarities)

    def weights(self, evidence: Iterable[Evidence]) -> dict[str, float]:
        """Give what each key counts for a text with this evidence."""
        own = {key: sure * self._worth(key) for key, sure in strengths(evidence).items()}
        weights = dict(own)
        for key, weight in own.items():
            for other, share in related(key):
                weights[other] = max(weights.get(other, 0.0), weight * share)
        return weights

    def _worth(self, key: str) -> float:
        return self.keys[key] * influence(key)

    @cached_property
    def whole(self) -> dict[str, float]:
        """What each key counts, whatever words the other text has."""
        return self.weights(self.evidence)

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
        worth = sum(self._both(key, self.whole[key], weights) for key in self.telling)
        return worth * self._share_of(weights) + self._words_in(self._shared(weights))

    def compare(self, number: int, weights: Mapping[str, float]) -> Alike:
        """Compare with an idea. weights: of those of the terms that it has."""
        shared = self._shared(weights)
        alike = self._alike(shared)
        excused = min(1.0, max(0.0, (alike - _ALIKE) / (_VERY_ALIKE - _ALIKE)))
        left = _SAID_ALIKE + (1 - _SAID_ALIKE) * excused
        places = frozenset().union(*(self.words[at].places for at in shared))
        told = self.weights(_lessened(self.evidence, places, left)) if places else self.whole
        share = self._share_of(weights)
        worth = {
            key: self._both(key, told[key], weights) * share
            for key in self.telling
            if key in weights and key in told
        }
        score = sum(worth.values()) + self._words_in(shared)
        # A need is in common, in whatever words it is told.
        reasons = {key: self._both(key, self.whole[key], weights) * share for key in worth}
        reasons |= {self.words[at].written: _WORDS * self.rarities[at] / self.said for at in shared}
        return Alike(number, round(score, 4), _reasons(reasons), round(alike, 4))

    def _shared(self, weights: Mapping[str, float]) -> list[int]:
        known = weights.keys()
        return [at for at, word in enumerate(self.words) if not known.isdisjoint(word.forms)]

    def _alike(self, shared: Collection[int]) -> float:
        """Give how much of the words both texts have, the rare ones counting more."""
        return sum(self.rarities[at] for at in shared) / self.said if shared else 0.0

    def _words_in(self, shared: Collection[int]) -> float:
        alike = self._alike(shared)
        return _WORDS * alike + _MANY_WORDS * max(0.0, alike - _ALIKE)

    def _both(self, key: str, weight: float, weights: Mapping[str, float]) -> float:
        return weight * weights[key] * self._worth(key) if key in weights else 0.0

    def _share_of(self, weights: Mapping[str, float]) -> float:
        """Give one by the lengths of both texts."""
        other = weights.get(LENGTH, 0.0) * MOST_LENGTH
        return 1 / (self.length * _USUAL * other**_LENGTHS) if other else 0.0


def similar(engine: Engine, text: str, code: str) -> list[Alike]:
    """Give the ideas most like a text in a language, best first. Raises SearchUnavailableError."""
    concepts.know_programme_words()
    reading = read(text[:LONGEST], code)
    with engine.together():
        return _compared(engine, reading)


def asked_of(engine: Engine, text: str, code: str, others: Mapping[str, Collection[int]]) -> Asked:
    """Read a text whose like is looked for among other texts than those in the index.

    others: which of those have a term. The index tells how rare words are, and they where it has
    none. Raises SearchUnavailableError.
    """
    concepts.know_programme_words()
    reading = read(text[:LONGEST], code)

    def counting(clauses: Sequence[Clause]) -> tuple[Sequence[int], int]:
        known, documents = counted(engine, clauses)
        for at, clause in enumerate(clauses):
            having = [others.get(term, ()) for way in clause.ways for term in way.slots[0]]
            known[at] = known[at] or len(set().union(*having))
        return known, documents

    with engine.together():
        return Asked(counting, reading)


def _compared(engine: Engine, reading: Reading) -> list[Alike]:
    asked = Asked(lambda clauses: counted(engine, clauses), reading)
    numbers: dict[int, None] = {}
    for clauses in _finding(asked):
        found = engine.find(Query(clauses, share=_SHARE))
        numbers |= dict.fromkeys([*found.every[:MOST_WEIGHED], *found.most])
    if not numbers:
        return []
    terms = {LENGTH, *asked.telling, *(form for word in asked.words for form in word.forms)}
    weights = engine.weigh(list(numbers), terms)
    bounds = {number: asked.bound(weights[number]) for number in numbers if number in weights}
    best = sorted(bounds, key=lambda number: -bounds[number])
    # Comparing takes longer than telling what it can come to at most.
    compared = [asked.compare(number, weights[number]) for number in best[:_MOST_COMPARED]]
    return sorted(compared, key=lambda one: (-one.score, -one.number))


def reason_in(reason: str, code: str) -> str:
    """Give a reason in words, in a language."""
    return name_of(reason, code) if reason.startswith(LENGTH[0]) else reason


def _finding(asked: Asked) -> Iterable[tuple[Clause, ...]]:
    """Give what finds the ideas to compare: the most telling keys, and the rarest words."""
    telling = [(key,) for key in asked.telling[: 2 * _FINDING]]
    words = sorted(range(len(asked.words)), key=lambda at: -asked.rarities[at])
    rare = [asked.words[at].forms for at in words if asked.rarities[at]][:_FINDING]
    for forms in (telling[:_FINDING], telling[_FINDING:], rare):
        if forms:
            yield tuple(_clause(one) for one in forms)


def counted(engine: Engine, clauses: Sequence[Clause]) -> tuple[list[int], int]:
    """Count the indexed ideas as Counting says, as it was a moment ago: rarity changes slowly.

    What nothing met is asked again, since an idea that was put in meanwhile has to be found.
    """
    now = time.monotonic()
    known = _COUNTS.setdefault(engine, {})
    if len(known) > _MOST_COUNTS:
        known.clear()
    new = [one for one in dict.fromkeys(clauses) if known.get(one, _NEVER)[0] < now]
    fresh = dict(zip(new, engine.known(new), strict=True))
    counts = [fresh[one] if one in fresh else known[one][1] for one in clauses]
    known.update({one: (now + _COUNT_SECONDS, count) for one, count in fresh.items() if count})
    return counts, engine.count()


def _clause(forms: Collection[str]) -> Clause:
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
            yield one._replace(sure=one.sure * (1 - share * (1 - left)))


def _reasons(worth: Mapping[str, float]) -> tuple[str, ...]:
    """Give the best of what both texts have, needs first, which say what is the matter.

    Who and where only when there is nothing else.
    """
    least = _REASON * max(worth.values(), default=0.0)
    telling = [one for one in worth if worth[one] >= least]
    telling.sort(key=lambda one: (not is_need(one), -worth[one]))
    what = [one for one in telling if not one.startswith(LENGTH[0]) or tells_what(one)]
    return tuple((what or telling)[:_MOST_REASONS])
