"""The embedded engine: an index of Whoosh in the instance folder."""

import json
import logging
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import Any, TypeVar

from whoosh.index import EmptyIndexError

from innovation import language
from innovation.search.engine import (
    FEW,
    Clause,
    Document,
    IndexBusyError,
    Matches,
    Query,
    SearchUnavailableError,
    State,
    Weights,
)
from innovation.search.index_files import WholeFileStorage, alone, put_in_place, remove
from innovation.search.whoosh_index import (
    SCHEMA_VERSION,
    every,
    having,
    known,
    weights_of,
    with_most,
)
from innovation.search.whoosh_opened import Opened
from innovation.search.whoosh_recent import (
    Change,
    HalfWrittenError,
    append,
    entry_of,
    is_full,
    joined,
    path_of,
    read,
)
from innovation.search.whoosh_writing import make, put_into, writing
from innovation.vocabulary.needs import edition

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

_MADE = "made.json"
# Files vanish while they are opened when somebody writes at that moment; the newer ones are there.
_TRIES = 4


class WhooshEngine:
    """Searches and keeps `<instance>/index`."""

    in_database = False

    def __init__(self, instance: Path) -> None:
        """Open nothing yet; the index is opened by the first search."""
        self._folder = instance / "index"
        self._beside = instance / "index.new"
        self._lock = instance / "index.lock"
        self._broken = instance / "index.broken"
        # One reader for the process. It is not made for several threads at a time.
        self._turn = threading.Lock()
        self._opened: Opened | None = None
        self._verified: object = None

    def together(self) -> AbstractContextManager[None]:
        """Answer each question by itself."""
        return nullcontext()

    def find(self, query: Query) -> Matches:
        """Give the ideas that match. Raises SearchUnavailableError."""
        return self.with_most(query, self.every(query))

    def every(self, query: Query) -> Matches:
        """Give those that have every word. Raises SearchUnavailableError."""
        return self._read(lambda opened: every(opened, query))

    def with_most(self, query: Query, matches: Matches) -> Matches:
        """Give them with those that have most of the words. Raises SearchUnavailableError."""
        if len(matches.every) >= FEW or len(matches.known) < 2:
            return matches
        return self._read(lambda opened: with_most(opened, query, matches))

    def known(self, clauses: Sequence[Clause]) -> tuple[int, ...]:
        """Give how many ideas meet each clause. Raises SearchUnavailableError."""
        return self._read(lambda opened: known(opened, clauses))

    def weigh(self, numbers: Sequence[int], terms: Collection[str]) -> Weights:
        """Give what the terms weigh in these ideas. Raises SearchUnavailableError."""
        # In the index that they were found in.
        return self._read(lambda opened: weights_of(opened, numbers, terms), anew=False)

    def having(self, words: Collection[str]) -> Mapping[str, Mapping[int, float]]:
        """Give for words what they weigh in some ideas. Raises SearchUnavailableError."""
        return self._read(lambda opened: having(opened, words))

    def count(self) -> int:
        """Give the number of ideas in the index. Raises SearchUnavailableError."""
        return self._read(lambda opened: opened.count)

    def stamps(self) -> dict[int, str]:
        """Give the stamp of each idea in the index. Raises SearchUnavailableError."""
        return self._read(lambda opened: opened.stamps())

    def apply(self, numbers: Collection[int], documents: Iterable[Document]) -> None:
        """Take these ideas out and put the documents in, at once. Raises IndexBusyError.

        They are written behind the latest changes; when these become many, all go into the index.
        """
        with alone(self._lock):
            sound = self._verified == _files(self._folder)
            index = WholeFileStorage(self._folder).open_index()
            with writing(index):
                change = joined([Change(tuple(numbers), tuple(map(entry_of, documents)))])
                toc = index._read_toc()
                log = path_of(self._folder, toc.generation)
                indexed = sum(one.doc_count_all() for one in toc.segments)
                if is_full(log, len(change.entries), indexed):
                    self._put_into(index, toc.generation, joined([*self._recent(log), change]))
                else:
                    append(log, change)
            if sound:
                # What was sound before is sound still: no need to read all of it after each idea.
                self._verified = _files(self._folder)

    def _recent(self, log: Path) -> list[Change]:
        try:
            return read(log)[0]
        except ValueError:
            self._call_broken()
            raise

    def _put_into(self, index: Any, generation: int, change: Change) -> None:
        try:
            put_into(index, change)
        except OSError:
            raise  # a full disk says nothing about the index
        except Exception:
            self._call_broken()
            raise
        # Those who have just opened the index as it was may still read its last changes.
        for path in self._folder.glob("recent_*.log"):
            if path != path_of(self._folder, generation):
                path.unlink(missing_ok=True)

    def rebuild(self, documents: Callable[[], Iterable[Document]]) -> None:
        """Make the whole index anew beside the old one. Raises IndexBusyError."""
        with alone(self._lock):
            remove(self._beside)
            try:
                self._make_beside(documents)
                put_in_place(self._beside, self._folder)
            finally:
                # Half an index would keep a full disk full.
                remove(self._beside)
            remove(self._broken)

    def _make_beside(self, documents: Callable[[], Iterable[Document]]) -> None:
        # As they are now: what changes while the documents are made makes the index outdated.
        rules = _rules()
        self._beside.mkdir(parents=True)
        make(self._beside, map(entry_of, documents()))
        (self._beside / _MADE).write_text(json.dumps(rules), encoding="utf-8")

    def state(self, *, closely: bool = True) -> State:
        """Tell how the index is: what a search stumbled over, who made it, whether it opens.

        closely: no matter, since files that nobody has touched are not read again.
        """
        if self._broken.exists():
            return State.BROKEN
        if not self._folder.exists():
            return State.MISSING
        try:
            made = _steadily(self._verify)
        except Exception as problem:
            logger.debug("the index does not open: %r", problem)
            return State.BROKEN
        if made["schema"] != SCHEMA_VERSION:
            return State.BROKEN
        return State.SOUND if made == _rules() else State.OUTDATED

    def _verify(self) -> dict[str, Any]:
        """Open the index, unless its files are those of last time; gives who made it."""
        made = _made(self._folder)
        files = _files(self._folder)
        if files != self._verified:
            opened = Opened(self._folder, (0, 0))
            try:
                opened.check()
            except HalfWrittenError:
                if not self._is_being_written():
                    raise
            else:
                self._verified = files
            finally:
                opened.reader.close()
        return made

    def _is_being_written(self) -> bool:
        try:
            with alone(self._lock):
                return False
        except IndexBusyError:
            return True

    def _call_broken(self) -> None:
        # On a full disk there may be no room even for the sign; then the next one leaves it.
        with suppress(OSError):
            self._broken.touch()

    def _read(self, ask: Callable[[Opened], Result], *, anew: bool = True) -> Result:
        """Ask the one opened index, opened anew when it has changed."""
        with self._turn:
            try:
                opened = None if anew else self._opened
                return ask(opened or _steadily(self._fresh))
            except Exception as problem:
                # Whatever a damaged file leads to, the visitor gets a page and the worker a sign.
                self._let_go()
                if self._folder.exists():
                    logger.warning("the index cannot be read: %r", problem)
                    self._call_broken()
                else:
                    logger.info("there is no index yet; the worker makes it")
                raise SearchUnavailableError from problem

    def _fresh(self) -> Opened:
        made = (self._folder / _MADE).stat()
        stamp = (made.st_mtime_ns, made.st_ino)
        if self._opened is None or stamp != self._opened.stamp or not self._opened.up_to_date:
            self._let_go()
            if _made(self._folder)["schema"] != SCHEMA_VERSION:
                raise SearchUnavailableError("the index was made for other fields")
            # Always a new one: the engine's own refresh brings deleted documents back.
            self._opened = Opened(self._folder, stamp)
        else:
            self._opened.read_on()
        return self._opened

    def _let_go(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.reader.close()


def _steadily(ask: Callable[[], Result]) -> Result:
    for _ in range(_TRIES - 1):
        with suppress(FileNotFoundError, EmptyIndexError):
            return ask()
    return ask()


def _files(folder: Path) -> list[tuple[str, int, int]]:
    """Give what tells whether anybody has touched the files of an index; nothing without one."""
    paths = folder.iterdir() if folder.exists() else ()
    return sorted((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in paths)


def _rules() -> dict[str, Any]:
    """Give what an index must have been made by."""
    rules = {"schema": SCHEMA_VERSION, "analyser": language.analyser(), "meanings": edition()}
    return rules


def _made(folder: Path) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((folder / _MADE).read_text(encoding="utf-8"))
    return made
