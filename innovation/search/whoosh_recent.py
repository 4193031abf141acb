"""The latest changes of the embedded index: a file that grows, until all of it goes into the index.

To put one idea into the index takes as long as reading a hundred; to write it at the end of a file
takes next to nothing, and whoever searches reads on from there. There is one such file to each
state (generation) of the index.
"""

import marshal
import os
import struct
from array import array
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from innovation.search.engine import Document
from innovation.search.ranking import Weighed, title_terms, weighed
from innovation.search.whoosh_blocks import Postings

# So many changes wait at most, and no more than this share of what the index has; nor more bytes.
_MOST, _SHARE = 256, 8
_MOST_BYTES = 6_000_000
# The length and the sum of what follows.
_HEAD = struct.Struct("<II")
_FORMAT = 2
# No word stands there.
_NOWHERE = array("H", [0]).tobytes()


class Entry(NamedTuple):
    """An idea as the index has it: its terms, the step of the weight of each, and its places."""

    number: int
    stamp: str
    texts: tuple[str, ...]
    steps: bytes
    places: tuple[bytes, ...]
    titles: tuple[str, ...]

    def terms(self) -> Iterator[tuple[str, int, bytes]]:
        """Give each term with the step of its weight and its places as they are kept."""
        return zip(self.texts, self.steps, self.places, strict=True)


def entry_of(document: Document) -> Entry:
    """Make an entry of a document."""
    terms = weighed(document)
    return Entry(
        document.number,
        document.stamp,
        tuple(terms),
        bytes([one.steps for one in terms.values()]),
        tuple(map(_places_of, terms.values())),
        tuple(title_terms(document)),
    )


def _places_of(term: Weighed) -> bytes:
    # The engine takes no empty value.
    return array("H", term.places).tobytes() if term.places else _NOWHERE


class HalfWrittenError(ValueError):
    """The last change is not there as a whole."""


class Change(NamedTuple):
    """Ideas that were taken out, and those that were put in."""

    gone: tuple[int, ...]
    entries: tuple[Entry, ...]


def path_of(folder: Path, generation: int) -> Path:
    """Give where the changes since a state of the index stand."""
    return folder / f"recent_{generation}.log"


def append(path: Path, change: Change) -> None:
    """Write a change at the end, and have it on the disk. Raises OSError; nothing is then added."""
    body = marshal.dumps((change.gone, [tuple(one) for one in change.entries]), _FORMAT)
    record = _HEAD.pack(len(body), crc32(body)) + body
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
    try:
        end = os.lseek(file, 0, os.SEEK_END)
        try:
            left = memoryview(record)
            while left:
                left = left[os.write(file, left) :]
            os.fdatasync(file)
        except BaseException:
            os.ftruncate(file, end)
            raise
    finally:
        os.close(file)


def read(path: Path, start: int = 0) -> tuple[list[Change], int]:
    """Give the whole changes from a place of the file on, and the place behind the last one.

    Raises ValueError for what `append` did not write.
    """
    try:
        with path.open("rb") as file:
            file.seek(start)
            data = file.read()
    except FileNotFoundError:
        return [], start
    changes = []
    at = 0
    while len(data) - at >= _HEAD.size:
        length, checked = _HEAD.unpack_from(data, at)
        body = data[at + _HEAD.size : at + _HEAD.size + length]
        if len(body) < length:
            break  # somebody is writing it
        if crc32(body) != checked or not length:
            raise ValueError("a change is not as it was written")
        gone, entries = marshal.loads(body)  # noqa: S302 - our own file, and its sum is right
        changes.append(Change(tuple(gone), tuple(Entry(*one) for one in entries)))
        at += _HEAD.size + length
    return changes, start + at


def joined(changes: Iterable[Change]) -> Change:
    """Give what changes come to together: each idea as the last of them has it."""
    gone: set[int] = set()
    entries: dict[int, Entry] = {}
    for change in changes:
        for number in change.gone:
            entries.pop(number, None)
        gone.update(change.gone)
        entries |= {one.number: one for one in change.entries}
    return Change(tuple(sorted(gone | entries.keys())), tuple(entries.values()))


def is_full(path: Path, more: int, documents: int) -> bool:
    """Tell whether the changes, with so many more, had better go into the index.

    documents: how many the index has. The file tells its length; what stands in it is not read.
    """
    size = path.stat().st_size if path.exists() else 0
    most = min(_MOST, documents // _SHARE)
    # An idea is some kilobytes: a file of a few is counted, a large one is full in any case.
    return more > most or size > _MOST_BYTES or (size > 0 and _count(path) + more > most)


def _count(path: Path) -> int:
    """Count the ideas that were changed, by the heads of the changes alone."""
    count = at = 0
    with path.open("rb") as file:
        while len(head := file.read(_HEAD.size)) == _HEAD.size:
            count += 1
            at += _HEAD.size + _HEAD.unpack(head)[0]
            file.seek(at)
    return count


class Recent:
    """The latest changes as they are read; `read_on` takes in what came since.

    Each idea that was put in has a place, in the order in which they came; some are dead, since the
    idea was changed again. touched: the ideas whose older places count no more.
    """

    def __init__(self, path: Path) -> None:
        """Read nothing yet."""
        self._path = path
        self._end = 0
        self.numbers: list[int] = []
        self.stamps: list[str] = []
        self.dead: set[int] = set()
        self.touched: set[int] = set()
        self._last: dict[int, int] = {}
        self._terms: dict[str, Postings] = {}
        self._titles: dict[str, Postings] = {}
        # Where a term stands is asked for seldom, so it is kept as small as it was written.
        self._written: list[bytes] = []

    def read_on(self) -> bool:
        """Take in what was written since; tells whether there was anything. Raises ValueError."""
        try:
            size = self._path.stat().st_size
        except FileNotFoundError:
            size = 0
        if size == self._end:
            return False
        if size < self._end:
            raise ValueError("changes are gone")
        changes, self._end = read(self._path, self._end)
        for change in changes:
            self._take_out((*change.gone, *(one.number for one in change.entries)))
            for one in change.entries:
                self._put_in(one)
        return bool(changes)

    def check(self) -> None:
        """Raise HalfWrittenError when the last change is not there as a whole."""
        if self._path.exists() and self._path.stat().st_size != self._end:
            raise HalfWrittenError(self._path.name)

    def _take_out(self, numbers: Collection[int]) -> None:
        self.touched.update(numbers)
        self.dead.update(self._last.pop(one) for one in numbers if one in self._last)

    def _put_in(self, one: Entry) -> None:
        place = len(self.numbers)
        self.numbers.append(one.number)
        self.stamps.append(one.stamp)
        self._last[one.number] = place
        for text, step in zip(one.texts, one.steps, strict=True):
            _add(self._terms, text, place, step)
        for text in one.titles:
            _add(self._titles, text, place, 255)
        self._written.append(marshal.dumps((one.texts, one.places)))

    def postings(self, text: str, *, title: bool) -> "Postings | None":
        """Give places and weights of a term, dead ones among them; None without any."""
        return (self._titles if title else self._terms).get(text)

    def spots(self, text: str, place: int) -> frozenset[int]:
        """Give where a term stands in the idea at a place."""
        texts, places = marshal.loads(self._written[place])  # noqa: S302 - dumped here
        for known, written in zip(texts, places, strict=True):
            if known == text:
                return frozenset(array("H", written)) - {0}
        return frozenset()


def _add(terms: dict[str, Postings], text: str, place: int, step: int) -> None:
    known = terms.get(text)
    if known is None:
        known = terms[text] = (array("I"), array("B"))
    known[0].append(place)
    known[1].append(step)
