"""The embedded index as it is read: its fields, what was opened, and what matches in it."""

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any

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
from innovation.search.index_files import WholeFileStorage
from innovation.search.ranking import Weighed, rarity, weight_of
from innovation.search.whoosh_blocks import Postings, read, step_at

# Grows when the fields or files change, so that the index is made anew.
SCHEMA_VERSION = 5
# So many places of documents are kept in memory, in five bytes each with the weight.
_MOST_KEPT = 4_000_000
# No word stands there.
_NOWHERE = array("H", [0]).tobytes()

TERMS = "terms"
TITLE = "title"


class Prepared(fields.FieldType):  # type: ignore[misc]
    """A field that gets terms with their places and weights; the engine analyses nothing."""

    def __init__(self) -> None:
        """Keep places, so that phrases can be searched for."""
        super().__init__(formats.Existence(), None)

    def index(
        self, value: dict[str, Weighed], **_settings: Any
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Give each term once: its bytes, how often it stands, its weight, its places."""
        for text, step, places in terms_with_places(value):
            yield text.encode(), 1, weight_of(step), places


class Present(fields.FieldType):  # type: ignore[misc]
    """A field that only tells which terms stand in it."""

    def __init__(self) -> None:
        """Keep nothing but the terms."""
        super().__init__(formats.Existence(), None)

    def index(
        self, value: Collection[str], **_settings: Any
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Give each term."""
        for text in value:
            yield text.encode(), 1, 1.0, b""


def terms_with_places(terms: Mapping[str, Weighed]) -> Iterator[tuple[str, int, bytes]]:
    """Give each term with the step of its weight and its places as they are kept."""
    for text, term in terms.items():
        places = term.places
        if len(places) == 1:
            written = _at(places[0])
        else:
            # The engine takes no empty value.
            written = array("H", places).tobytes() if places else _NOWHERE
        yield text, term.steps, written


@cache
def _at(place: int) -> bytes:
    """Give a single place as it is kept; most terms have one, no further than LAST_PLACE."""
    return array("H", (place,)).tobytes()


SCHEMA = fields.Schema(
    key=fields.ID(),
    number=fields.COLUMN(columns.NumericColumn("q")),
    stamp=fields.COLUMN(columns.VarBytesColumn()),
    **{TERMS: Prepared(), TITLE: Present()},
)


class Opened:
    """The index as it was when it was opened, with the postings that were read lately."""

    def __init__(self, folder: Path, stamp: tuple[int, int]) -> None:
        self.stamp = stamp
        self._index = WholeFileStorage(folder).open_index()
        self.reader = self._index.reader()
        self.numbers: array[int] = array("q")
        if self.reader.doc_count():
            for leaf, _offset in self.reader.leaf_readers():
                self.numbers.extend(leaf.column_reader("number").load())
        self.count: int = self.reader.doc_count()
        self.living = set(self.reader.all_doc_ids())
        self.place_of = {self.numbers[place]: place for place in self.living}
        self._kept: dict[tuple[str, str], Postings] = {}
        self._kept_postings = 0

    @property
    def up_to_date(self) -> bool:
        """Whether nothing was written since."""
        return bool(self._index.latest_generation() == self.reader.generation())

    def postings(self, text: str, field: str = TERMS) -> Postings:
        """Give places and weights of the documents with a term."""
        known = self._kept.get((field, text))
        if known is None:
            known = self._kept[field, text] = read(self.reader, field, text)
            # What is not there takes room too.
            self._kept_postings += len(known[0]) + 1
            while self._kept_postings > _MOST_KEPT:
                oldest = self._kept.pop(next(iter(self._kept)))
                self._kept_postings -= len(oldest[0]) + 1
        return known

    def stamps(self) -> dict[int, str]:
        """Give number and stamp of every document."""
        found: dict[int, str] = {}
        for leaf, offset in self.reader.leaf_readers() if self.count else ():
            column = leaf.column_reader("stamp")
            for place in leaf.all_doc_ids():
                found[self.numbers[offset + place]] = column[place].decode()
        return found

    def spots(self, text: str, places: Collection[int]) -> dict[int, frozenset[int]]:
        """Give where a term stands as a whole word in these documents."""
        found: dict[int, frozenset[int]] = {}
        if (TERMS, text) in self.reader:
            matcher = self.reader.postings(TERMS, text)
            for place in sorted(places):
                if matcher.is_active() and matcher.id() < place:
                    matcher.skip_to(place)
                if not matcher.is_active():
                    break
                if matcher.id() == place:
                    found[place] = frozenset(array("H", matcher.value())) - {0}
        return found


def every(opened: Opened, query: Query) -> Matches:
    """Look for ideas with every wanted word."""
    if not query.wanted:
        return Matches()
    met, unwanted, whole = _met(opened, query)
    numbers = _titles_first(opened, query, whole - unwanted if unwanted else whole)
    known = tuple(map(_counted, met))
    return Matches(numbers[: query.limit], [], len(numbers) > query.limit, known)


def with_most(opened: Opened, query: Query, matches: Matches) -> Matches:
    """Look for ideas with most of the words besides those that were found."""
    met, unwanted, whole = _met(opened, query)
    return replace(matches, most=_most(opened, query, met, whole | unwanted))


def _met(opened: Opened, query: Query) -> tuple[list[set[int]], set[int], set[int]]:
    """Give what meets each wanted clause, what meets any unwanted one, and what meets all."""
    met = [_meeting(opened, clause) for clause in query.wanted]
    unwanted = set().union(*(_meeting(opened, clause) for clause in query.unwanted))
    return met, unwanted, set.intersection(*sorted(met, key=len))


def known(opened: Opened, clauses: Sequence[Clause]) -> tuple[int, ...]:
    """Count the documents that meet each clause."""
    return tuple(_counted(_meeting(opened, clause)) for clause in clauses)


def _titles_first(opened: Opened, query: Query, places: set[int]) -> list[int]:
    """Give the numbers of those with a wanted word in the title first, then the newest."""
    titled: set[int] = set()
    for clause in query.wanted:
        for way in clause.ways:
            if way.kind in {Kind.SURFACE, Kind.LEMMA}:
                for term in (term for slot in way.slots for term in slot):
                    titled.update(opened.postings(term, TITLE)[0])
    titled &= places
    return _newest_first(opened, titled) + _newest_first(opened, places - titled)


def _most(opened: Opened, query: Query, met: list[set[int]], without: set[int]) -> list[int]:
    """Give those with the query's share of the words that any idea has, the rarest first."""
    having = sorted((one for one in met if one), key=_counted)[:MOST_COUNTED]
    if len(met) < 2 or not having:
        return []
    enough = max(1, ceil(len(having) * query.share))
    # The documents by how many of the words they have, and what these are worth.
    alike: dict[tuple[int, int], set[int]] = {}
    seen = set(without)
    for left, one in zip(reversed(range(len(having))), having, strict=True):
        rare = round(1000 * rarity(_counted(one), opened.count))
        next_alike: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
        for (times, worth), places in alike.items():
            next_alike[times + 1, worth + rare] |= places & one
            if times + left >= enough:
                next_alike[times, worth] |= places - one
        if 1 + left >= enough:
            next_alike[1, rare] |= one - seen
        seen |= one
        alike = next_alike
    return _worthiest(opened, alike)


def _worthiest(opened: Opened, alike: Mapping[tuple[int, int], set[int]]) -> list[int]:
    """Give the numbers of those that are worth most, of equal ones the newest first."""
    by_worth: defaultdict[int, set[int]] = defaultdict(set)
    for (_times, worth), places in alike.items():
        by_worth[worth] |= places
    best: list[int] = []
    for worth in sorted(by_worth, reverse=True):
        if len(best) >= MOST_WEIGHED:
            break
        best += _newest_first(opened, by_worth[worth])
    return best[:MOST_WEIGHED]


def _newest_first(opened: Opened, places: Collection[int]) -> list[int]:
    return sorted(map(opened.numbers.__getitem__, places), reverse=True)


def _counted(places: Collection[int]) -> int:
    return min(len(places), MOST_HITS)


def _meeting(opened: Opened, clause: Clause) -> set[int]:
    """Give the places of the documents that meet a clause in any way."""
    places: set[int] = set()
    for way in clause.ways:
        if len(way.slots) == 1 and not way.adjacent:
            # Nothing to stand together with, so that no set of its own is needed.
            places.update(*(opened.postings(term)[0] for term in way.slots[0]))
        else:
            places |= _having(opened, way)
    return places


def _having(opened: Opened, way: Way) -> set[int]:
    slots = [set().union(*(opened.postings(term)[0] for term in slot)) for slot in way.slots]
    places = set.intersection(*sorted(slots, key=len)) if slots else set()
    if not way.adjacent or not places:
        return places
    return _standing_together(opened, way, places)


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
    places = {number: opened.place_of[number] for number in numbers if number in opened.place_of}
    found: dict[int, dict[str, float]] = {number: {} for number in places}
    for term in terms:
        postings = opened.postings(term)
        if postings[0]:
            for number, place in places.items():
                if step := step_at(postings, place):
                    found[number][term] = weight_of(step)
    return found


def having(opened: Opened, words: Collection[str]) -> dict[str, dict[int, float]]:
    """Give for words some of the newest documents that have them as whole words, and weights."""
    found: dict[str, dict[int, float]] = {}
    for word in words:
        postings = opened.postings(word)
        numbers = _newest_first(opened, postings[0])[:LOOKED_AT]
        places = {number: opened.place_of[number] for number in numbers}
        whole = opened.spots(word, places.values()) if places else {}
        kept = {one: at for one, at in places.items() if whole.get(at)}
        found[word] = {one: weight_of(step_at(postings, at)) for one, at in kept.items()}
    return found
