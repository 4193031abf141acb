"""The embedded index: its fields, and what matches in it."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from math import ceil
from typing import Any, TypeAlias

import numpy
from whoosh import columns, fields, formats

from innovation.search.engine import (
    LOOKED_AT,
    MOST_COUNTED,
    MOST_HITS,
    MOST_WEIGHED,
    Clause,
    Kind,
    Matches,
    Query,
    Way,
    Weights,
)
from innovation.search.ranking import WEIGHTS, rarity, weight_of
from innovation.search.whoosh_blocks import step_at
from innovation.search.whoosh_opened import TERMS, TITLE, Opened

# Grows when the fields or files change, so that the index is made anew.
SCHEMA_VERSION = 5

# For each place whether the document there is meant.
Mask: TypeAlias = Any


class Prepared(fields.FieldType):  # type: ignore[misc]
    """A field that gets terms with their places and weights; the engine analyses nothing."""

    def __init__(self) -> None:
        """Keep places, so that phrases can be searched for."""
        super().__init__(formats.Existence(), None)


class Present(fields.FieldType):  # type: ignore[misc]
    """A field that only tells which terms stand in it."""

    def __init__(self) -> None:
        """Keep nothing but the terms."""
        super().__init__(formats.Existence(), None)


SCHEMA = fields.Schema(
    key=fields.ID(),
    number=fields.COLUMN(columns.NumericColumn("q")),
    stamp=fields.COLUMN(columns.VarBytesColumn()),
    **{TERMS: Prepared(), TITLE: Present()},
)


def every(opened: Opened, query: Query) -> Matches:
    """Look for ideas with every wanted word."""
    if not query.wanted:
        return Matches()
    met, unwanted, whole = _met(opened, query)
    numbers = _titles_first(opened, query, whole & ~unwanted)
    known = tuple(map(_counted, met))
    return Matches(numbers[: query.limit], [], len(numbers) > query.limit, known)


def with_most(opened: Opened, query: Query, matches: Matches) -> Matches:
    """Look for ideas with most of the words besides those that were found."""
    met, without, _whole = _met(opened, query)
    without[[opened.place_of[one] for one in matches.every if one in opened.place_of]] = True
    return replace(matches, most=_most(opened, query, met, without))


def _met(opened: Opened, query: Query) -> tuple[list[Mask], Mask, Mask]:
    """Give what meets each wanted clause, what meets any unwanted one, and what meets all."""
    met = [_meeting(opened, clause) for clause in query.wanted]
    unwanted = _none(opened)
    for clause in query.unwanted:
        unwanted |= _meeting(opened, clause)
    return met, unwanted, numpy.logical_and.reduce(met)


def known(opened: Opened, clauses: Sequence[Clause]) -> tuple[int, ...]:
    """Count the documents that meet each clause."""
    return tuple(_counted(_meeting(opened, clause)) for clause in clauses)


def _titles_first(opened: Opened, query: Query, here: Mask) -> list[int]:
    """Give the numbers of those with a wanted word in the title first, then the newest."""
    titled = _none(opened)
    for clause in query.wanted:
        for way in clause.ways:
            if way.kind in {Kind.SURFACE, Kind.LEMMA}:
                for term in (term for slot in way.slots for term in slot):
                    titled[_places(opened, term, TITLE)] = True
    return _newest_first(opened, here & titled) + _newest_first(opened, here & ~titled)


def _most(opened: Opened, query: Query, met: list[Mask], without: Mask) -> list[int]:
    """Give those with the query's share of the words that any idea has, the rarest first."""
    having = sorted((one for one in met if one.any()), key=_counted)[:MOST_COUNTED]
    if len(met) < 2 or not having:
        return []
    enough = max(1, ceil(len(having) * query.share))
    # How many of the words each has, and what these are worth.
    times = numpy.zeros(len(opened.numbers), numpy.int16)
    worth = numpy.zeros(len(opened.numbers), numpy.int64)
    for one in having:
        times += one
        worth += one * numpy.int64(round(1000 * rarity(_counted(one), opened.count)))
    return _worthiest(opened, numpy.flatnonzero((times >= enough) & ~without), worth)


def _worthiest(opened: Opened, places: Any, worth: Any) -> list[int]:
    """Give the numbers of those that are worth most, of equal ones the newest first."""
    if len(places) > MOST_WEIGHED:
        last = len(places) - MOST_WEIGHED
        least = numpy.partition(worth[places], last)[last]
        places = places[worth[places] >= least]
    numbers = numpy.frombuffer(opened.numbers, "q")[places]
    order = numpy.lexsort((-numbers, -worth[places]))[:MOST_WEIGHED]
    best: list[int] = numbers[order].tolist()
    return best


def _newest_first(opened: Opened, here: Mask) -> list[int]:
    numbers: list[int] = numpy.sort(numpy.frombuffer(opened.numbers, "q")[here])[::-1].tolist()
    return numbers


def _none(opened: Opened) -> Mask:
    return numpy.zeros(len(opened.numbers), bool)


def _counted(here: Mask) -> int:
    return min(int(numpy.count_nonzero(here)), MOST_HITS)


def _places(opened: Opened, term: str, field: str = TERMS) -> Any:
    return numpy.frombuffer(opened.postings(term, field)[0], "I")


def _meeting(opened: Opened, clause: Clause) -> Mask:
    """Tell which documents meet a clause in any way."""
    here = _none(opened)
    for way in clause.ways:
        if len(way.slots) == 1 and not way.adjacent:
            # Nothing to stand together with, so that nothing of its own is needed.
            for term in way.slots[0]:
                here[_places(opened, term)] = True
        else:
            here |= _having(opened, way)
    return here


def _having(opened: Opened, way: Way) -> Mask:
    both = ~_none(opened) if way.slots else _none(opened)
    for slot in way.slots:
        here = _none(opened)
        for term in slot:
            here[_places(opened, term)] = True
        both &= here
    if not way.adjacent or not both.any():
        return both
    together = _none(opened)
    together[list(_standing_together(opened, way, numpy.flatnonzero(both).tolist()))] = True
    return together


def _standing_together(opened: Opened, way: Way, places: Collection[int]) -> set[int]:
    """Give those of the documents in which the words of a phrase stand one after another."""
    here: dict[int, frozenset[int]] | None = None
    for slot in way.slots:
        there: dict[int, frozenset[int]] = {}
        for term in slot:
            for place, spots in opened.spots(term, places).items():
                there[place] = there.get(place, frozenset()) | spots
        if here is not None:
            there = {
                place: spots & frozenset(spot + 1 for spot in here[place])
                for place, spots in there.items()
            }
        here = {place: spots for place, spots in there.items() if spots}
        places = here
    return set(here or ())


def weights_of(opened: Opened, numbers: Sequence[int], terms: Collection[str]) -> Weights:
    """Give what the terms weigh in these ideas."""
    known = [(opened.place_of[one], one) for one in numbers if one in opened.place_of]
    known.sort()
    found: dict[int, dict[str, float]] = {number: {} for _place, number in known}
    asked = numpy.array([place for place, _number in known], "I")
    each = list(found.values())
    for term in terms:
        postings = opened.postings(term)
        if not postings[0]:
            continue
        places = numpy.frombuffer(postings[0], "I")
        # Where each would stand, and whether it does.
        at = numpy.searchsorted(places, asked)
        at[at == len(places)] = 0
        here = numpy.flatnonzero(places[at] == asked)
        steps = postings[1]
        for one, where in zip(here.tolist(), at[here].tolist(), strict=True):
            each[one][term] = WEIGHTS[steps[where]]
    return found


def having(opened: Opened, words: Collection[str]) -> dict[str, dict[int, float]]:
    """Give for words some of the newest documents that have them as whole words, and weights."""
    found: dict[str, dict[int, float]] = {}
    for word in words:
        postings = opened.postings(word)
        numbers = sorted(map(opened.numbers.__getitem__, postings[0]), reverse=True)[:LOOKED_AT]
        places = {number: opened.place_of[number] for number in numbers}
        whole = opened.spots(word, places.values()) if places else {}
        kept = {one: at for one, at in places.items() if whole.get(at)}
        found[word] = {one: weight_of(step_at(postings, at)) for one, at in kept.items()}
    return found
