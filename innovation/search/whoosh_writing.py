"""Writing the embedded index itself: all of it, or the latest changes into what is there."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from whoosh import query as whoosh_query
from whoosh.writing import SegmentWriter

from innovation.search.engine import IndexBusyError
from innovation.search.index_files import WholeFileStorage
from innovation.search.whoosh_blocks import Blocks, Gathered, merge_alike
from innovation.search.whoosh_index import SCHEMA
from innovation.search.whoosh_opened import TERMS, TITLE
from innovation.search.whoosh_recent import Change, Entry


def make(folder: Path, entries: Iterable[Entry]) -> None:
    """Make an index of these ideas in an empty folder."""
    index = WholeFileStorage(folder).create_index(SCHEMA)
    writer = index.writer(timeout=0, codec=Blocks())
    writer.pool = gathered = Gathered(writer)
    try:
        for entry in entries:
            _gather(writer, gathered, entry)
        writer.commit()
    except BaseException:
        _cancel(writer)
        raise


def put_into(index: Any, change: Change) -> None:
    """Write changes into an index, under its next generation. The caller holds `writing`."""
    writer = SegmentWriter(index, _lk=False, codec=Blocks())
    writer.pool = gathered = Gathered(writer)
    try:
        # The engine's own update is slow.
        writer.delete_by_query(
            whoosh_query.Or([whoosh_query.Term("key", str(one)) for one in change.gone])
        )
        for entry in change.entries:
            _gather(writer, gathered, entry)
        writer.commit(mergetype=merge_alike)
    except BaseException:
        _cancel(writer)
        raise


def _cancel(writer: Any) -> None:
    """Give up what was begun, and the lock even where that fails, as on a full disk."""
    with suppress(Exception):
        writer.cancel()
    if not writer.is_closed and writer.writelock:
        with suppress(Exception):
            writer.writelock.release()


def _gather(writer: Any, gathered: Gathered, entry: Entry) -> None:
    """Add an idea, its terms past the engine, to which each is a piece of work.

    The step of what only stands there is the highest.
    """
    place = writer.docnum
    gathered.take("key", place, [(str(entry.number), 255, b"")])
    gathered.take(TERMS, place, entry.terms())
    gathered.take(TITLE, place, ((text, 255, b"") for text in entry.titles))
    writer.add_document(number=entry.number, stamp=entry.stamp.encode())


@contextmanager
def writing(index: Any) -> Iterator[None]:
    """Hold the lock of the engine itself. Raises IndexBusyError."""
    lock = index.lock("WRITELOCK")
    if not lock.acquire():
        raise IndexBusyError
    try:
        yield
    finally:
        lock.release()
