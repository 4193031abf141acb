"""The order of what was found: BM25F, with the fields weighed together when a text is indexed."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from innovation.search.engine import Document, Word

# Where a word stands: what it is worth there, the usual number of words, and how much a longer
# text than that takes away from each of its words.
_FIELDS = {
    "title": (4.0, 8, 0.3),
    "text": (1.5, 70, 0.6),
    "helps": (1.0, 30, 0.6),
    "comments": (0.6, 60, 0.6),
}
# A word that stands often says little more than one that stands a few times.
_SATURATION = 1.2
# A phrase does not reach from one field into the next.
_GAP = 100

Postings = Callable[[str], Iterable[tuple[int, float]]]


@dataclass(slots=True)
class Weighed:
    """A term of a whole document: its places, counted through all fields, and its weight."""

    weight: float = 0.0
    places: set[int] = field(default_factory=set)


def weighed(document: Document) -> dict[str, Weighed]:
    """Weigh the terms of all fields of a document together."""
    terms: dict[str, Weighed] = {}
    start = 0
    for name, (worth, usual, burden) in _FIELDS.items():
        placed = document.fields.get(name, ())
        if not placed:
            continue
        length = placed[-1].place
        factor = worth / (1 - burden + burden * length / usual)
        for one in placed:
            term = terms.setdefault(one.text, Weighed())
            if start + one.place not in term.places:
                term.places.add(start + one.place)
                term.weight += one.weight * factor
        start += length + _GAP
    return terms


def saturated(weight: float) -> float:
    """Give what a weight counts for in a search, from 0 towards 1."""
    return weight / (weight + _SATURATION)


def ranked(
    words: Sequence[Word], postings: Postings, documents: int
) -> tuple[dict[int, float], bool]:
    """Score the documents with every word; when there are none, those with the most words.

    postings: gives the places of the documents with a term and its saturated weight in each.
    Gives the scores by place, and whether every word was found.
    """
    found = [_with_any_term(word, postings) for word in words]
    if len(found) == 1:
        return found[0], True
    rarity = [math.log(1 + documents / (1 + len(one))) for one in found]
    every: set[int] = set()
    if found and all(found):
        every = set.intersection(*sorted((set(one) for one in found), key=len))
    if every:
        return {
            place: sum(one[place] * rare for one, rare in zip(found, rarity, strict=True))
            for place in every
        }, True
    times = Counter(place for one in found for place in one)
    enough = min(max(times.values(), default=0), (len(words) + 1) // 2)
    most = [place for place, count in times.items() if count >= enough]
    # One more of the words outweighs any rarity.
    step = sum(rarity)
    return {
        place: times[place] * step
        + sum(one.get(place, 0.0) * rare for one, rare in zip(found, rarity, strict=True))
        for place in most
    }, False


def _with_any_term(word: Word, postings: Postings) -> dict[int, float]:
    """Give the documents with any term of a word, and the weight of the best of them in each."""
    best: dict[int, float] = {}
    for text, sureness in word.terms:
        for place, weight in postings(text):
            worth = weight * sureness
            if worth > best.get(place, 0.0):
                best[place] = worth
    return best
