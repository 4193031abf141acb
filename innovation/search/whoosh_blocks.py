"""How the embedded index keeps postings: in blocks that are read whole, gathered by term."""

import zlib
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import accumulate
from pickle import dumps
from typing import Any, TypeAlias

from whoosh.codec.whoosh3 import (
    WHOOSH3_HEADER_MAGIC,
    W3Codec,
    W3FieldWriter,
    W3LeafMatcher,
    W3PostingsWriter,
)
from whoosh.externalsort import SortingPool
from whoosh.matching import FilterMatcher
from whoosh.reading import SegmentReader
from whoosh.writing import PostingPool

from innovation.search.ranking import WEIGHTS, steps_of, weight_of

# The places of the documents with a term, in order, and the steps of its weight in each.
Postings: TypeAlias = "tuple[array[int], array[int]]"

# A short block would hardly get shorter.
_WORTH_COMPRESSING = 200
_AT_ONCE = 256
# So many segments of one size become one of the next.
_ALIKE = 3
# So many postings are gathered in memory, some sixty bytes each; the rest goes to files first.
_MOST_GATHERED = 4_000_000


class Blocks(W3Codec):  # type: ignore[misc]
    """Postings as plain bytes: places, steps of weights, then what belongs to each."""

    # The engine's own scoring is not used.
    length_stats = False

    def __init__(self) -> None:
        """Make larger blocks than usual, since they are read whole."""
        super().__init__(blocklimit=_AT_ONCE)

    def field_writer(self, storage: Any, segment: Any) -> Any:
        """Give what writes the terms of all fields."""
        return _Fields(self, storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> Any:
        """Give what writes the postings of a field."""
        return _Writer(dbfile, self._blocklimit)

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> Any:
        """Give what reads the postings of a term."""
        return _Reader(dbfile, *terminfo.extent(), format_, term=term, scorer=scorer)


class _Fields(W3FieldWriter):  # type: ignore[misc]
    def add_postings(self, schema: Any, lengths: Any, items: Any) -> None:
        """Write the postings of all terms; gathered ones without touching each of them."""
        if not isinstance(items, _Terms):
            super().add_postings(schema, lengths, items)
            return
        for field, terms in sorted(items.fields.items()):
            self.start_field(field, schema[field])
            # In the order of code points, which is that of the bytes.
            for text in sorted(terms):
                self.start_term(text.encode())
                self._postwriter.add_gathered(terms.pop(text))
                self.finish_term()
            self.finish_field()


class _Writer(W3PostingsWriter):  # type: ignore[misc]
    _ids: Any
    # Of a block that was gathered; of others they are worked out.
    _steps = b""

    def __init__(self, postfile: Any, blocklimit: int) -> None:
        super().__init__(postfile, blocklimit, inlinelimit=0)

    def add_gathered(self, gathered: list[Any]) -> None:
        """Take all postings of a term; those of the last block are written when it is finished."""
        wide = 3 * self._blocklimit
        for at in range(0, len(gathered), wide):
            if self._ids:
                self._write_block()
            part = gathered[at : at + wide]
            self._ids = array("I", part[::3])
            self._steps = bytes(part[1::3])
            self._weights = list(map(WEIGHTS.__getitem__, self._steps))
            self._values = [value for value in part[2::3] if value]
            self._maxweight = max(self._weights)

    def _write_block(self, last: bool = False) -> None:
        file, ids = self._postfile, self._ids
        if not self._blockcount:
            file.write(WHOOSH3_HEADER_MAGIC)
        self._terminfo.add_block(self)
        lengths = array("H", map(len, self._values)).tobytes()
        steps = self._steps or bytes(map(steps_of, self._weights))
        self._steps = b""
        # Differences are small, and so get shorter when they are compressed.
        apart = array("I", (ids[0], *map(int.__sub__, ids[1:], ids)))
        data = dumps((apart.tobytes(), steps, lengths, b"".join(self._values)), 4)
        compressed = int(len(data) > _WORTH_COMPRESSING)
        if compressed:
            data = zlib.compress(data, 1)
        about = dumps((len(ids), ids[-1], self._maxweight, compressed, 0, 0), 4)
        length = len(about) + len(data)
        file.write_int(-length if last else length)
        file.write(about)
        file.write(data)
        self._blockcount += 1
        self._new_block()


class _Reader(W3LeafMatcher):  # type: ignore[misc]
    def add_to(self, postings: Postings, offset: int) -> None:
        """Add all postings to these; the first document has the place `offset`."""
        places, steps = postings
        self.reset()
        while self.is_active():
            self._read_data()
            apart = array("I", self._data[0])
            apart[0] += offset
            places.extend(accumulate(apart))
            steps.frombytes(self._data[1])
            self._next_block()

    def _read_ids(self) -> None:
        if self._data is None:
            self._read_data()
        self._ids = tuple(accumulate(array("I", self._data[0])))

    def _read_weights(self) -> None:
        if self._data is None:
            self._read_data()
        self._weights = tuple(map(weight_of, self._data[1]))

    def _read_values(self) -> None:
        if self._data is None:
            self._read_data()
        lengths, whole = array("H", self._data[2]), self._data[3]
        ends = accumulate(lengths)
        self._values = (
            tuple(whole[end - length : end] for end, length in zip(ends, lengths, strict=True))
            or (b"",) * self._blocklength
        )


def read(reader: Any, field: str, text: str) -> Postings:
    """Give the postings of a term, those of deleted documents among them."""
    places, steps = found = array("I"), array("B")
    for leaf, offset in reader.leaf_readers():
        if (field, text) not in leaf:
            continue
        matcher = leaf.postings(field, text)
        inner = matcher.child if isinstance(matcher, FilterMatcher) else matcher
        if isinstance(inner, _Reader):
            inner.add_to(found, offset)
            continue
        while matcher.is_active():
            places.append(offset + matcher.id())
            steps.append(steps_of(matcher.weight()))
            matcher.next()
    return found


def merge_alike(writer: Any, segments: list[Any]) -> list[Any]:
    """Merge segments when several are about as large, with all smaller ones; gives the others.

    The engine's own way takes up all the latest changes again with every fifth of them.
    """
    sizes = Counter(_size(one) for one in segments)
    largest = max((size for size, count in sizes.items() if count >= _ALIKE), default=-1)
    for one in segments:
        if _size(one) <= largest:
            reader = SegmentReader(writer.storage, writer.schema, one)
            writer.add_reader(reader)
            reader.close()
    return [one for one in segments if _size(one) > largest]


def _size(segment: Any) -> int:
    """Give how large a segment is: each size is four times the one before."""
    return int(segment.doc_count_all()).bit_length() // 2


def step_at(postings: Postings, place: int) -> int:
    """Give the step of the weight in the document at a place; 0 when the term is not in it."""
    places, steps = postings
    at = bisect_left(places, place)
    return steps[at] if at < len(places) and places[at] == place else 0


class _Terms:
    """The postings of each field by their terms."""

    def __init__(self, fields: dict[str, dict[str, list[Any]]]) -> None:
        self.fields = fields


class Gathered(PostingPool):  # type: ignore[misc]
    """Puts postings into the order of their terms without sorting each of them."""

    def __init__(self, writer: Any) -> None:
        """Gather for this writer, in its folder."""
        super().__init__(writer.temp_storage(), writer.newsegment)
        # For each term of a field: document, step of the weight, value, again and again.
        self._fields: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        self._count = 0

    def take(self, field: str, document: int, terms: Iterable[tuple[str, int, bytes]]) -> None:
        """Take terms of a document with step and value; the documents come in order."""
        by_term = self._fields[field]
        count = self._count
        for text, step, value in terms:
            by_term[text] += (document, step, value)
            count += 1
        self._count = count
        if self._count >= _MOST_GATHERED:
            self.save()

    def add(self, item: tuple[str, bytes, int, float, bytes]) -> None:
        """Take a posting of another segment; the documents come in order."""
        field, text, document, weight, value = item
        self.take(field, document, [(text.decode(), steps_of(weight), value or b"")])

    def save(self) -> None:
        """Write what is gathered into a file."""
        if self._count:
            path, file = self._new_run()
            self._write_run(file, self._in_order())
            self._add_run(path)
            self._fields.clear()
            self._count = 0

    def items(self, maxfiles: int = 128) -> Any:
        """Give all postings in order."""
        return SortingPool.items(self, maxfiles) if self.runs else _Terms(self._fields)

    def _in_order(self) -> Iterator[tuple[str, bytes, int, float, bytes]]:
        for field, terms in sorted(self._fields.items()):
            for text in sorted(terms):
                gathered, term = terms.pop(text), text.encode()
                for at in range(0, len(gathered), 3):
                    document, step, value = gathered[at : at + 3]
                    yield field, term, document, WEIGHTS[step], value
