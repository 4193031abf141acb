"""The order of what was found: BM25F, with the fields weighed together when a text is indexed."""

import math
import struct
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy

from innovation.search.engine import MOST_HITS, Clause, Document, Kind, Query, Way, Weights

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
# PostgreSQL counts no further; phrases are found in the first words of an idea and its comments.
LAST_PLACE = 16_000
# No single way of meeting a word ends all doubt.
_SURE = 0.9
_STEPS = 255
# The lower half of a term's hash.
_HALF = 0xFFFF
# The weight of each step.
WEIGHTS = tuple(steps / _STEPS for steps in range(_STEPS + 1))


@dataclass(slots=True)
class Weighed:
    """A term of a whole document: its places, counted through all fields, and its weight.

    places: in order, only those where it stands as a whole word, so that phrases are of whole
    words. last: where it stands last, in whatever way. steps: the weight in steps of 255.
    """

    weight: float
    places: list[int]
    last: int
    steps: int = 0


def weighed(document: Document) -> dict[str, Weighed]:
    """Weigh the terms of all fields of a document together; weights are from 0 to 1."""
    terms: dict[str, Weighed] = {}
    start = 0
    for name, (worth, usual, burden) in _FIELDS.items():
        placed = document.fields.get(name, ())
        if not placed:
            continue
        length = placed[-1].place
        factor = worth / (1 - burden + burden * length / usual)
        for text, at, weight, whole in placed:
            place = start + at
            kept = whole and place <= LAST_PLACE
            term = terms.get(text)
            if term is None:
                terms[text] = Weighed(weight * factor, [place] if kept else [], place)
                continue
            if term.last != place:
                term.last = place
                term.weight += weight * factor
            if kept and (not term.places or term.places[-1] != place):
                term.places.append(place)
        start += length + _GAP
    for term in terms.values():
        # In the steps that every engine can keep, so that all order alike.
        term.steps = steps_of(term.weight / (term.weight + _SATURATION))
        term.weight = WEIGHTS[term.steps]
    return terms | _meant(document)


def _meant(document: Document) -> dict[str, Weighed]:
    steps = {text: steps_of(weight) for text, weight in document.meaning.items()}
    return {text: Weighed(WEIGHTS[step], [], 0, step) for text, step in steps.items()}


def title_terms(document: Document) -> set[str]:
    """Give the terms of the title."""
    return {one.text for one in document.fields.get("title", ())}


def steps_of(weight: float) -> int:
    """Give how many of 255 steps a weight is, at least one."""
    return round(weight * _STEPS) or 1


def weight_of(steps: int) -> float:
    """Give the weight that is so many steps."""
    return steps / _STEPS


def packed(weights: Mapping[str, float]) -> bytes:
    """Write weights small: how many, their terms' hashes in four bytes each, then one byte each."""
    hashed = {crc32(term.encode()): round(weight * _STEPS) for term, weight in weights.items()}
    known = array("I", sorted(hashed))
    return struct.pack("=I", len(known)) + known.tobytes() + bytes(hashed[one] for one in known)


def unpacked(
    rows: Mapping[int, bytes], terms: Mapping[int, Sequence[str]]
) -> dict[int, dict[str, float]]:
    """Read of each document's weights those that are asked for. terms: by their hashes.

    rows, result: by the documents' numbers. hashes: gives the terms so. Raises ValueError or
    struct.error for what `packed` did not write.
    """
    found: dict[int, dict[str, float]] = {number: {} for number in rows}
    sizes = [struct.unpack_from("=I", written)[0] for written in rows.values()]
    pairs = list(zip(rows.values(), sizes, strict=True))
    if any(len(written) != 4 + 5 * size for written, size in pairs):
        raise ValueError("weights are as long as they say")
    if not rows or not terms:
        return found
    known = numpy.concatenate([numpy.frombuffer(one, "=u4", size, 4) for one, size in pairs])
    steps = numpy.concatenate(
        [numpy.frombuffer(one, "u1", size, 4 + 4 * size) for one, size in pairs]
    )
    # All documents at once; half of a hash sifts out most of what nobody asked for.
    perhaps = numpy.zeros(_HALF + 1, bool)
    perhaps[[one & _HALF for one in terms]] = True
    here = numpy.flatnonzero(perhaps[known & _HALF])
    whose = numpy.repeat(numpy.arange(len(rows)), sizes)[here]
    each = list(found.values())
    for at, one, step in zip(
        whose.tolist(), known[here].tolist(), steps[here].tolist(), strict=True
    ):
        for term in terms.get(one, ()):
            each[at][term] = WEIGHTS[step]
    return found


def hashes(terms: Collection[str]) -> dict[int, list[str]]:
    """Give the terms by the hashes that `packed` writes; seldom do two have the same."""
    found: dict[int, list[str]] = {}
    for term in terms:
        found.setdefault(crc32(term.encode()), []).append(term)
    return found


def rarity(known: int, documents: int) -> float:
    """Tell how much a word says that so many of the documents have."""
    return math.log(1 + max(documents - known, 0) / (known + 0.5)) + 0.2


def rarities(query: Query, known: tuple[int, ...], documents: int) -> dict[Clause, float]:
    """Give the rarity of each wanted clause; an optional one says a little."""
    rare = {
        clause: rarity(min(count, MOST_HITS), documents)
        for clause, count in zip(query.wanted, known, strict=True)
    }
    return {clause: rare.get(clause, 0.2) for clause in query.clauses}


def scores(
    numbers: Collection[int], weights: Weights, rare: Mapping[Clause, float], near: float = 1.0
) -> dict[int, float]:
    """Score documents by the words that they have.

    near: what all words that are only near to a typed one are worth, from 0 to 1.
    """
    asked = _Asked(tuple(rare))
    none: dict[str, float] = {}
    return {
        number: round(asked.score(weights.get(number, none), rare.values(), near), 6)
        for number in numbers
    }


class _Asked:
    """Clauses made ready for scoring many documents.

    Each clause has two doubts, one after the other: whether a document has the words meant, and
    whether it has those only near to them.
    """

    def __init__(self, clauses: Collection[Clause]) -> None:
        self._doubts = 2 * len(clauses)
        # What each term alone is worth for which doubt, and the ways that want more than one term.
        self._single: dict[str, list[tuple[int, float]]] = {}
        self._several: list[tuple[int, float, Way]] = []
        for place, clause in enumerate(clauses):
            for way in clause.ways:
                doubt, worth = 2 * place + (way.kind is Kind.NEAR), _SURE * way.weight
                if len(way.slots) == 1 and len(way.slots[0]) == 1:
                    self._single.setdefault(way.slots[0][0], []).append((doubt, worth))
                elif way.slots:
                    self._several.append((doubt, worth, way))

    def score(self, weights: Mapping[str, float], values: Iterable[float], near: float) -> float:
        """Tell how well a document meets the clauses: each way that it meets ends some doubt."""
        doubts = [1.0] * self._doubts
        for term, weight in weights.items():
            for doubt, worth in self._single.get(term, ()):
                doubts[doubt] *= 1 - worth * weight
        for doubt, worth, way in self._several:
            if weight := _least(weights, way):
                doubts[doubt] *= 1 - worth * weight
        pairs = zip(values, doubts[::2], doubts[1::2], strict=True)
        return sum(value * (1 - meant * (1 - near * (1 - hint))) for value, meant, hint in pairs)


def _least(weights: Mapping[str, float], way: Way) -> float:
    """Give what the weakest word of a way weighs, 0 where one is not there."""
    least = 1.0
    for slot in way.slots:
        if weights.keys().isdisjoint(slot):
            return 0.0
        least = min(least, max(weights.get(term, 0.0) for term in slot))
    return least
