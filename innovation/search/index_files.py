"""The index as files: never mapped, changed in one move, written by one process at a time."""

import ctypes
import fcntl
import io
import os
import shutil
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile, StructFile

from innovation.search.engine import IndexBusyError

_HERE = -100  # AT_FDCWD of Linux: the paths are ordinary ones
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux
# So many bytes are read at once: the postings of most terms.
_AHEAD = 4_096


class Segment(StructFile):  # type: ignore[misc]
    """A file that holds others, each read whole when it is opened; it stays open itself.

    Of the postings, nine tenths of an index, only what is asked for is read.
    """

    SUFFIX = ".seg"
    POSTINGS = ".pst"

    def __init__(self, path: Path, name: str) -> None:
        """Open the file, until nobody has this any more."""
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._descriptor)
        super().__init__(os.fdopen(self._descriptor, "rb", closefd=False), name=name)

    def subset(self, position: int, length: int, name: str) -> Any:
        """Open one of the files within. Raises EOFError where this one was cut short."""
        if position + length > os.fstat(self._descriptor).st_size:
            raise EOFError(f"{name} is cut short")
        if name.endswith(self.POSTINGS):
            return StructFile(io.BufferedReader(_Part(self, position, length), _AHEAD), name=name)
        return BufferFile(self.bytes_at(position, length), name=name)

    def bytes_at(self, position: int, length: int) -> bytes:
        """Read a stretch. Raises EOFError where it is cut short."""
        # Processes share the place at which an open file is read next, so it is not asked for.
        body = os.pread(self._descriptor, length, position)
        if len(body) < length:
            raise EOFError(f"{self} is cut short")
        return body


class _Part(io.RawIOBase):
    """A stretch of a segment, read where it is asked for; by one thread at a time."""

    def __init__(self, segment: Segment, begin: int, length: int) -> None:
        self._segment, self._begin, self._length, self._at = segment, begin, length, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + (0, self._at, self._length)[whence]
        return self._at

    def readinto(self, room: Any) -> int:
        wanted = max(0, min(len(room), self._length - self._at))
        room[:wanted] = self._segment.bytes_at(self._begin + self._at, wanted)
        self._at += wanted
        return wanted


class WholeFileStorage(FileStorage):  # type: ignore[misc]
    """Reads files, or those within a segment, instead of mapping them.

    A mapped file that is cut short ends the whole process; reading it does not.
    """

    def __init__(self, folder: Path) -> None:
        """Use the files of this folder."""
        super().__init__(str(folder), supports_mmap=False)

    def open_file(self, name: str, **_settings: Any) -> Any:
        """Open a file for reading."""
        path = Path(self._fpath(name))
        if path.suffix == Segment.SUFFIX:
            return Segment(path, name)
        return BufferFile(path.read_bytes(), name=name)


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Be the only one who writes; a killed process lets go by itself. Raises IndexBusyError."""
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise IndexBusyError from None
        yield


def put_in_place(new: Path, place: Path) -> None:
    """Let the new folder stand where the old one stood, in one move where the system can."""
    if not place.exists():
        new.rename(place)
        return
    if not _exchange(new, place):
        aside = new.with_name(f"{new.name}.old")
        remove(aside)
        place.rename(aside)
        new.rename(place)
        remove(aside)
    remove(new)


def remove(path: Path) -> None:
    """Remove a folder or a file, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _exchange(one: Path, other: Path) -> bool:
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    done: int = rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE)
    return done == 0
