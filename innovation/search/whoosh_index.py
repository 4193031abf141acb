"""The embedded index as it is read: its fields, what was opened, and what matches in it."""

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from math import ceil
from pathlib import Path
from typing import Any, TypeAlias

from whoosh import columns, fields, formats

from innovation.search.engine import (
    FEW,
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
from innovation.search.ranking import Weighed, rarity, stepped

# The places of the documents with a term, in order, and its weight in each.
_Postings: TypeAlias = "tuple[array[int], array[float]]"

# Grows when the fields change, so that the index is made anew.
SCHEMA_VERSION = 3
# So many places of documents are kept in memory, eight bytes and eight for the weight each.
_MOST_KEPT = 300_000

TERMS = "terms"
TITLE = "title"


class Prepared(fields.FieldType):  # type: ignore[misc]
    """A field that gets terms with their places and weights; the engine analyses nothing."""

    def __init__(self) -> None:
        """Keep places, so that phrases can be searched for."""
        super().__init__(formats.Positions(), None, scorable=True)

    def index(
        self, value: dict[str, Weighed], **_settings: Any
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Give each term once: its bytes, how often it stands, its weight, its places."""
        for text, term in value.items():
            places = sorted(term.places)
            yield text.encode(), len(places) or 1, term.weight, self.format.encode(places)


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
        self._kept: dict[tuple[str, str], _Postings] = {}
        self._kept_postings = 0

    @property
    def up_to_date(self) -> bool:
        """Whether nothing was written since."""
        return bool(self._index.latest_generation() == self.reader.generation())

    def postings(self, text: str, field: str = TERMS) -> _Postings:
        """Give places and weights of the documents with a term."""
        known = self._kept.get((field, text))
        if known is None:
            known = self._read(field, text)
            if self._kept_postings > _MOST_KEPT:
                self._kept.clear()
                self._kept_postings = 0
            self._kept[field, text] = known
            self._kept_postings += len(known[0])
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
                    found[place] = frozenset(matcher.value_as("positions"))
        return found

    def _read(self, field: str, text: str) -> _Postings:
        places: array[int] = array("q")
        weights: array[float] = array("d")
        if (field, text) in self.reader:
            matcher = self.reader.postings(field, text)
            while matcher.is_active():
                places.append(matcher.id())
                weights.append(stepped(matcher.weight()))
                matcher.next()
        return places, weights


def matches(opened: Opened, query: Query) -> Matches:
    """Look for ideas with every wanted word; when they are few, for those with most."""
    if not query.wanted:
        return Matches()
    met = [_meeting(opened, clause) for clause in query.wanted]
    unwanted = set().union(*(_meeting(opened, clause) for clause in query.unwanted))
    every = set.intersection(*sorted(met, key=len)) - unwanted
    numbers = _titles_first(opened, query, every)
    known = tuple(map(_counted, met))
    most = _most(opened, query, met, every | unwanted) if len(every) < FEW else []
    return Matches(numbers[:MOST_HITS], most, len(numbers) > MOST_HITS, known)


def _titles_first(opened: Opened, query: Query, places: set[int]) -> list[int]:
    """Give the numbers of those with a wanted word in the title first, then the newest."""
    titled: set[int] = set()
    for clause in query.wanted:
        for way in clause.ways:
            if way.kind in {Kind.SURFACE, Kind.LEMMA}:
                for term in (term for slot in way.slots for term in slot):
                    titled.update(opened.postings(term, TITLE)[0])
    numbers = ((place in titled, opened.numbers[place]) for place in places)
    return [number for _titled, number in sorted(numbers, reverse=True)]


def _most(opened: Opened, query: Query, met: list[set[int]], without: set[int]) -> list[int]:
    """Give those with the query's share of the words that any idea has, the rarest first."""
    having = sorted((one for one in met if one), key=_counted)[:MOST_COUNTED]
    if len(met) < 2 or not having:
        return []
    times: dict[int, int] = {}
    worth: dict[int, int] = {}
    for one in having:
        rare = round(1000 * rarity(_counted(one), opened.count))
        for place in one - without:
            times[place] = times.get(place, 0) + 1
            worth[place] = worth.get(place, 0) + rare
    enough = max(1, ceil(len(having) * query.share))
    best = sorted(
        ((worth[place], opened.numbers[place]) for place in times if times[place] >= enough),
        reverse=True,
    )
    return [number for _worth, number in best[:MOST_WEIGHED]]


def _counted(places: Collection[int]) -> int:
    return min(len(places), MOST_HITS)


def _meeting(opened: Opened, clause: Clause) -> set[int]:
    """Give the places of the documents that meet a clause in any way."""
    places: set[int] = set()
    for way in clause.ways:
        places |= _having(opened, way)
    return places


def _having(opened: Opened, way: Way) -> set[int]:
    slots = [set().union(*(opened.postings(term)[0] for term in slot)) for slot in way.slots]
    places = set.intersection(*sorted(slots, key=len)) if slots else set()
    if not way.adjacent or not places:
        return places
    return {place for place in places if _stands_together(opened, way, place)}


def _stands_together(opened: Opened, way: Way, place: int) -> bool:
    """Tell whether the words of a phrase stand one after another in a document."""
    here: frozenset[int] | None = None
    for slot in way.slots:
        spots = frozenset().union(*(opened.spots(term, [place]).get(place, ()) for term in slot))
        here = spots if here is None else frozenset(spot + 1 for spot in here) & spots
        if not here:
            return False
    return True


def weights_of(opened: Opened, numbers: Sequence[int], terms: Collection[str]) -> Weights:
    """Give what the terms weigh in these ideas."""
    places = {number: opened.place_of[number] for number in numbers if number in opened.place_of}
    found: dict[int, dict[str, float]] = {number: {} for number in places}
    for term in terms:
        having, weights = opened.postings(term)
        if not having:
            continue
        last = len(having)
        for number, place in places.items():
            at = bisect_left(having, place)
            if at < last and having[at] == place:
                found[number][term] = weights[at]
    return found
