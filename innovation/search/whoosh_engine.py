"""The embedded engine: an index of Whoosh in the instance folder."""

import json
import logging
import threading
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from whoosh import columns, fields, formats, query
from whoosh.index import LockError

from innovation import language
from innovation.search.engine import (
    MOST_HITS,
    Document,
    Hits,
    IndexBusyError,
    SearchUnavailableError,
    State,
    Word,
)
from innovation.search.index_files import WholeFileStorage, alone, put_in_place, remove
from innovation.search.ranking import Weighed, ranked, saturated, weighed

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
# The places of the documents with a term, and its weight in each.
_Postings: TypeAlias = "tuple[array[int], array[float]]"

# Grows when the fields change, so that the index is made anew.
SCHEMA_VERSION = 2
# So many places of documents are kept in memory, eight bytes and eight for the weight each.
_MOST_KEPT = 300_000

_FIELD = "terms"
_MADE = "made.json"


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
            yield text.encode(), len(places), term.weight, self.format.encode(places)


SCHEMA = fields.Schema(
    key=fields.ID(),
    number=fields.COLUMN(columns.NumericColumn("q")),
    reference=fields.ID(stored=True),
    **{_FIELD: Prepared()},
)


class _Opened:
    """The index as it was when it was opened, with the postings that were read lately."""

    def __init__(self, folder: Path, stamp: tuple[int, int]) -> None:
        self.stamp = stamp
        self._index = WholeFileStorage(folder).open_index()
        self.reader = self._index.reader()
        self.numbers: array[int] = array("q")
        if self.reader.doc_count():
            for leaf, _offset in self.reader.leaf_readers():
                self.numbers.extend(leaf.column_reader("number").load())
        self._kept: dict[str, _Postings] = {}
        self._kept_postings = 0

    @property
    def up_to_date(self) -> bool:
        """Whether nothing was written since."""
        return bool(self._index.latest_generation() == self.reader.generation())

    def postings(self, text: str) -> Iterator[tuple[int, float]]:
        """Give place and weight of the documents with a term."""
        known = self._kept.get(text)
        if known is None:
            known = self._read(text)
            if self._kept_postings > _MOST_KEPT:
                self._kept.clear()
                self._kept_postings = 0
            self._kept[text] = known
            self._kept_postings += len(known[0])
        return zip(*known, strict=True)

    def _read(self, text: str) -> _Postings:
        places: array[int] = array("q")
        weights: array[float] = array("d")
        if (_FIELD, text) in self.reader:
            matcher = self.reader.postings(_FIELD, text)
            while matcher.is_active():
                places.append(matcher.id())
                weights.append(saturated(matcher.weight()))
                matcher.next()
        return places, weights


class WhooshEngine:
    """Searches and keeps `<instance>/index`."""

    def __init__(self, instance: Path) -> None:
        """Open nothing yet; the index is opened by the first search."""
        self._folder = instance / "index"
        self._beside = instance / "index.new"
        self._lock = instance / "index.lock"
        self._broken = instance / "index.broken"
        # One reader for the process. It is not made for several threads at a time.
        self._turn = threading.Lock()
        self._opened: _Opened | None = None
        self._verified: object = None

    def search(self, words: Sequence[Word]) -> Hits:
        """Give the ideas with all words, or else with most. Raises SearchUnavailableError."""
        return self._read(lambda opened: _hits(opened, words)) if words else Hits()

    def numbers(self) -> set[int]:
        """Give the numbers of all ideas in the index. Raises SearchUnavailableError."""
        return self._read(_all_numbers)

    def apply(self, numbers: Collection[int], documents: Iterable[Document]) -> None:
        """Take these ideas out and put the documents in, at once. Raises IndexBusyError."""
        with alone(self._lock):
            index = WholeFileStorage(self._folder).open_index()
            try:
                writer = index.writer(timeout=0)
            except LockError:
                raise IndexBusyError from None
            try:
                # The same idea twice in one go would stay twice.
                fresh = {one.number: one for one in documents}
                self._write(writer, numbers, fresh.values())
            except BaseException:
                writer.cancel()
                raise

    def _write(self, writer: Any, numbers: Collection[int], documents: Iterable[Document]) -> None:
        try:
            # The engine's own update is slow.
            writer.delete_by_query(query.Or([query.Term("key", str(one)) for one in numbers]))
            for document in documents:
                _add(writer, document)
            writer.commit()
        except OSError:
            raise  # a full disk says nothing about the index
        except Exception:
            self._broken.touch()
            raise

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Make the whole index anew beside the old one. Raises IndexBusyError."""
        with alone(self._lock):
            remove(self._beside)
            self._beside.mkdir(parents=True)
            index = WholeFileStorage(self._beside).create_index(SCHEMA)
            writer = index.writer(timeout=0, limitmb=256)
            try:
                for document in documents:
                    _add(writer, document)
            except BaseException:
                writer.cancel()
                raise
            writer.commit()
            (self._beside / _MADE).write_text(json.dumps(_rules()), encoding="utf-8")
            put_in_place(self._beside, self._folder)
            remove(self._broken)

    def state(self) -> State:
        """Tell how the index is: what a search stumbled over, who made it, whether it opens."""
        if self._broken.exists():
            return State.BROKEN
        if not self._folder.exists():
            return State.MISSING
        try:
            made = _made(self._folder)
            files = sorted(
                (path.name, path.stat().st_size, path.stat().st_mtime_ns)
                for path in self._folder.iterdir()
            )
            if files != self._verified:
                opened = _Opened(self._folder, (0, 0))
                _all_numbers(opened)
                opened.reader.close()
                self._verified = files
        except Exception as problem:
            logger.debug("the index does not open: %r", problem)
            return State.BROKEN
        if made["schema"] != SCHEMA_VERSION:
            return State.BROKEN
        return State.SOUND if made == _rules() else State.OUTDATED

    def _read(self, ask: Callable[[_Opened], Result]) -> Result:
        """Ask the one opened index, opened anew when it has changed."""
        with self._turn:
            try:
                return ask(self._fresh())
            except Exception as problem:
                # Whatever a damaged file leads to, the visitor gets a page and the worker a sign.
                logger.warning("the index cannot be read: %r", problem)
                self._let_go()
                if self._folder.exists():
                    self._broken.touch()
                raise SearchUnavailableError from problem

    def _fresh(self) -> _Opened:
        made = (self._folder / _MADE).stat()
        stamp = (made.st_mtime_ns, made.st_ino)
        if self._opened is None or stamp != self._opened.stamp or not self._opened.up_to_date:
            self._let_go()
            if _made(self._folder)["schema"] != SCHEMA_VERSION:
                raise SearchUnavailableError("the index was made for other fields")
            # Always a new one: the engine's own refresh brings deleted documents back.
            self._opened = _Opened(self._folder, stamp)
        return self._opened

    def _let_go(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.reader.close()


def _rules() -> dict[str, Any]:
    """Give what an index must have been made by."""
    return {"schema": SCHEMA_VERSION, "analyser": language.analyser()}


def _made(folder: Path) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((folder / _MADE).read_text(encoding="utf-8"))
    return made


def _add(writer: Any, document: Document) -> None:
    writer.add_document(
        key=str(document.number),
        number=document.number,
        reference=document.reference,
        **{_FIELD: weighed(document)},
    )


def _all_numbers(opened: _Opened) -> set[int]:
    return {opened.numbers[place] for place in opened.reader.all_doc_ids()}


def _hits(opened: _Opened, words: Sequence[Word]) -> Hits:
    """Look for ideas with every word; without any, for those with the most words."""
    scores, every_word = ranked(words, opened.postings, opened.reader.doc_count())
    best = sorted(scores, key=scores.__getitem__, reverse=True)[:MOST_HITS]
    return Hits(
        [opened.numbers[place] for place in best],
        every_word=every_word,
        more=len(scores) > MOST_HITS,
    )
