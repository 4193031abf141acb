"""The index as files: read whole, changed in one move, written by one process at a time."""

import ctypes
import fcntl
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


class Segment(StructFile):  # type: ignore[misc]
    """A file that holds others, each read whole when it is opened; it stays open itself."""

    SUFFIX = ".seg"

    def __init__(self, path: Path, name: str) -> None:
        """Open the file, until nobody has this any more."""
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._descriptor)
        super().__init__(os.fdopen(self._descriptor, "rb", closefd=False), name=name)

    def subset(self, position: int, length: int, name: str) -> Any:
        """Read one of the files within. Raises EOFError where this one was cut short."""
        # Processes share the place at which an open file is read next, so it is not asked for.
        body = os.pread(self._descriptor, length, position)
        if len(body) < length:
            raise EOFError(f"{name} is cut short")
        return BufferFile(body, name=name)


class WholeFileStorage(FileStorage):  # type: ignore[misc]
    """Reads files whole, or those within a segment, instead of mapping them.

    A mapped file that is cut short ends the whole process; a copy of its bytes does not, and one
    copy can be read by every thread.
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
