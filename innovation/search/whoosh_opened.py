"""The embedded index as it was opened: its latest changes, postings read lately."""

from array import array
from collections.abc import Collection
from pathlib import Path

import numpy

from innovation.search.index_files import WholeFileStorage
from innovation.search.whoosh_blocks import Postings, read
from innovation.search.whoosh_recent import Recent, path_of

# So many places of documents are kept in memory, in five bytes each with the weight.
_MOST_KEPT = 1_000_000
# What a term takes besides its postings, as so many of them.
OF_A_TERM = 80

TERMS = "terms"
TITLE = "title"


class Opened:
    """The index as it was when it was opened, with the latest changes and postings read lately.

    Those who were put in lately have the places after those of the index itself.
    """

    def __init__(self, folder: Path, stamp: tuple[int, int]) -> None:
        self.stamp = stamp
        self._index = WholeFileStorage(folder).open_index()
        self.reader = self._index.reader()
        self._generation = self._index.latest_generation()
        if self.reader.doc_count_all() and self.reader.generation() != self._generation:
            raise FileNotFoundError("somebody wrote meanwhile")
        self._recent = Recent(path_of(folder, self._generation))
        self.numbers: array[int] = array("q")
        deleted: list[int] = []
        for leaf, offset in self.reader.leaf_readers() if self.reader.doc_count_all() else ():
            self.numbers.extend(leaf.column_reader("number").load())
            deleted += [offset + place for place in leaf.segment().deleted_docs()]
        self._own = len(self.numbers)
        self._alive = bytearray(b"\1") * self._own
        self._some_are_dead = bool(deleted)
        for place in deleted:
            self._alive[place] = 0
        self.place_of = dict(zip(self.numbers, range(self._own), strict=True))
        if deleted:
            living = [place for place in range(self._own) if self._alive[place]]
            self.place_of = {self.numbers[place]: place for place in living}
        self._kept: dict[tuple[str, str], Postings] = {}
        self._kept_postings = 0
        # The same with the latest changes, as long as there are no others.
        self._now: dict[tuple[str, str], Postings] = {}
        self._now_postings = 0
        self.read_on()

    @property
    def count(self) -> int:
        """How many documents there are."""
        return len(self.place_of)

    @property
    def up_to_date(self) -> bool:
        """Whether the index itself is still the same."""
        return bool(self._index.latest_generation() == self._generation)

    def read_on(self) -> None:
        """Take in the changes that came since. Raises ValueError when they are damaged."""
        known = len(self._recent.numbers)
        if not self._recent.read_on():
            return
        self._now.clear()
        self._now_postings = 0
        for number in self._recent.touched & self.place_of.keys():
            place = self.place_of.pop(number)
            if place < self._own:
                self._alive[place] = 0
        self.numbers.extend(self._recent.numbers[known:])
        self._alive += b"\1" * (len(self.numbers) - len(self._alive))
        for place in self._recent.dead:
            self._alive[self._own + place] = 0
        for place, number in enumerate(self._recent.numbers, start=self._own):
            if self._alive[place]:
                self.place_of[number] = place

    def check(self) -> None:
        """Read what is not needed for most searches. Raises an error where it is damaged."""
        self.stamps()
        self._recent.check()

    def postings(self, text: str, field: str = TERMS) -> Postings:
        """Give places and weights of the documents with a term."""
        now = self._now.get((field, text))
        if now is None:
            now = self._with_recent(text, field)
            self._now_postings += len(now[0]) + OF_A_TERM
            if self._now_postings > _MOST_KEPT:
                self._now.clear()
                self._now_postings = len(now[0]) + OF_A_TERM
            self._now[field, text] = now
        return now

    def _with_recent(self, text: str, field: str) -> Postings:
        own = self._own_postings(text, field)
        if not self._some_are_dead and not self._recent.touched:
            return own
        more = self._recent.postings(text, title=field == TITLE)
        places, steps = (numpy.frombuffer(one, one.typecode) for one in own)
        if more is not None:
            late = numpy.frombuffer(more[0], "I") + numpy.uint32(self._own)
            places = numpy.concatenate((places, late))
            steps = numpy.concatenate((steps, numpy.frombuffer(more[1], "B")))
        alive = numpy.frombuffer(bytes(self._alive), bool)[places]
        if more is None and alive.all():
            return own
        return array("I", places[alive].tobytes()), array("B", steps[alive].tobytes())

    def _own_postings(self, text: str, field: str) -> Postings:
        known = self._kept.get((field, text))
        if known is None:
            known = self._kept[field, text] = read(self.reader, field, text)
            # What is not there takes room too.
            self._kept_postings += len(known[0]) + OF_A_TERM
            while self._kept_postings > _MOST_KEPT:
                oldest = self._kept.pop(next(iter(self._kept)))
                self._kept_postings -= len(oldest[0]) + OF_A_TERM
        return known

    def stamps(self) -> dict[int, str]:
        """Give number and stamp of every document."""
        found: dict[int, str] = {}
        for leaf, offset in self.reader.leaf_readers() if self._own else ():
            column = leaf.column_reader("stamp")
            for place in leaf.all_doc_ids():
                if self._alive[offset + place]:
                    found[self.numbers[offset + place]] = column[place].decode()
        for place, stamp in enumerate(self._recent.stamps, start=self._own):
            if self._alive[place]:
                found[self.numbers[place]] = stamp
        return found

    def spots(self, text: str, places: Collection[int]) -> dict[int, frozenset[int]]:
        """Give where a term stands as a whole word in these documents."""
        late = [place for place in places if place >= self._own]
        found = {place: self._recent.spots(text, place - self._own) for place in late}
        own = sorted(place for place in places if place < self._own)
        if own and (TERMS, text) in self.reader:
            matcher = self.reader.postings(TERMS, text)
            for place in own:
                if matcher.is_active() and matcher.id() < place:
                    matcher.skip_to(place)
                if not matcher.is_active():
                    break
                if matcher.id() == place:
                    found[place] = frozenset(array("H", matcher.value())) - {0}
        return found
