"""The order of what was found: BM25F, with the fields weighed together when a text is indexed."""

import math
import struct
from array import array
from bisect import bisect_left
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from zlib import crc32

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


@dataclass(slots=True)
class Weighed:
    """A term of a whole document: its places, counted through all fields, and its weight.

    places: in order, only those where it stands as a whole word, so that phrases are of whole
    words. last: where it stands last, in whatever way.
    """

    weight: float = 0.0
    places: list[int] = field(default_factory=list)
    last: int = 0


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
            term = terms.get(text)
            if term is None:
                term = terms[text] = Weighed()
            if term.last != place:
                term.last = place
                term.weight += weight * factor
            if whole and place <= LAST_PLACE and (not term.places or term.places[-1] != place):
                term.places.append(place)
        start += length + _GAP
    for term in terms.values():
        term.weight = stepped(term.weight / (term.weight + _SATURATION))
    return terms


def title_terms(document: Document) -> set[str]:
    """Give the terms of the title."""
    return {one.text for one in document.fields.get("title", ())}


def stepped(weight: float) -> float:
    """Give a weight in the steps that every engine can keep, so that all order alike."""
    return steps_of(weight) / _STEPS


def steps_of(weight: float) -> int:
    """Give how many of 255 steps a weight is, at least one."""
    return max(1, round(weight * _STEPS))


def weight_of(steps: int) -> float:
    """Give the weight that is so many steps."""
    return steps / _STEPS


def packed(weights: Mapping[str, float]) -> bytes:
    """Write weights small: how many, their terms' hashes in four bytes each, then one byte each."""
    hashed = {crc32(term.encode()): round(weight * _STEPS) for term, weight in weights.items()}
    known = array("I", sorted(hashed))
    return struct.pack("=I", len(known)) + known.tobytes() + bytes(hashed[one] for one in known)


def unpacked(written: bytes, terms: Mapping[str, int]) -> dict[str, float]:
    """Read those of the weights that are asked for. terms: with their hashes, from `hashes`.

    Raises ValueError or struct.error for what `packed` did not write.
    """
    (length,) = struct.unpack_from("=I", written)
    if len(written) != 4 + 5 * length:
        raise ValueError("weights are as long as they say")
    # In order, so that a few are found without reading all.
    known = array("I", written[4 : 4 + 4 * length])
    steps = written[4 + 4 * length :]
    found = {term: bisect_left(known, one) for term, one in terms.items()}
    return {
        term: steps[at] / _STEPS
        for term, at in found.items()
        if at < length and known[at] == terms[term]
    }


def hashes(terms: Collection[str]) -> dict[str, int]:
    """Give the terms with the hashes that `packed` writes."""
    return {term: crc32(term.encode()) for term in terms}


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
    asked = [(value, _Asked(clause)) for clause, value in rare.items()]
    return {
        number: round(
            sum(value * one.met(weights.get(number, {}), near) for value, one in asked), 6
        )
        for number in numbers
    }


class _Asked:
    """A clause made ready for scoring many documents."""

    def __init__(self, clause: Clause) -> None:
        # What each term alone is worth, and the ways that want more than one term; first the
        # words meant, then those only near to them.
        self._meant, self._near = (
            _by_term([way for way in clause.ways if (way.kind is Kind.NEAR) is near])
            for near in (False, True)
        )

    def met(self, weights: Mapping[str, float], near: float) -> float:
        """Tell how well a document meets the clause: each way that it meets ends some doubt."""
        meant, hinted = _doubt(weights, *self._meant), _doubt(weights, *self._near)
        return 1 - meant * (1 - near * (1 - hinted))


def _by_term(ways: Collection[Way]) -> tuple[dict[str, list[float]], list[Way]]:
    single: dict[str, list[float]] = {}
    several = []
    for way in ways:
        if len(way.slots) == 1 and len(way.slots[0]) == 1:
            single.setdefault(way.slots[0][0], []).append(way.weight)
        else:
            several.append(way)
    return single, several


def _doubt(
    weights: Mapping[str, float], single: Mapping[str, list[float]], several: Collection[Way]
) -> float:
    doubt = 1.0
    for term, weight in weights.items():
        for worth in single.get(term, ()):
            doubt *= 1 - _SURE * worth * weight
    for way in several:
        slots = [max((weights.get(term, 0.0) for term in slot), default=0.0) for slot in way.slots]
        doubt *= 1 - _SURE * way.weight * min(slots, default=0.0)
    return doubt
