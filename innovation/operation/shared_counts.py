"""Counts that all serving processes share: files in memory, one set for each process.

The library reads where they lie from the environment when it is first imported, so this module
knows nothing of it until then.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_PREFIX = "innovation-counts-"
_TURN = "turn"
# Processes that ended leave their numbers here: a counter never goes down.
_ENDED = "ended"
_ROOM = 16_000_000
_KINDS = ("counter", "histogram")


def begin() -> Path:
    """Make the folder of this server and name it to the library; call before any other import.

    Folders that killed servers left behind go. Read anew, a server keeps its own, and a process
    forked from it: those that are about to end still count into it.
    """
    here = folder()
    # Of this process, or of the one that it was forked from.
    owners = tuple(f"{_PREFIX}{number}-" for number in (os.getpid(), os.getppid()))
    if here is not None and here.name.startswith(owners):
        return here
    place = _memory()
    _clear_away(place)
    made = Path(tempfile.mkdtemp(prefix=owners[0], dir=place))
    (made / _TURN).touch()
    os.environ[VARIABLE] = str(made)
    return made


def _memory() -> Path:
    """Give where files lie in memory; a full disk would end a process that writes a mapped one."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder in it belongs to this user alone
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM:
        return memory
    return Path(tempfile.gettempdir())


def _clear_away(place: Path) -> None:
    for left in place.glob(f"{_PREFIX}*"):
        number = left.name.removeprefix(_PREFIX).partition("-")[0]
        with suppress(OSError):
            gone = number.isdigit() and not Path("/proc", number).exists()
            if gone and left.stat().st_uid == os.getuid() and not left.is_symlink():
                shutil.rmtree(left)


def end(folder: Path) -> None:
    """Remove the folder when the server that began it ends."""
    if folder.name.startswith(f"{_PREFIX}{os.getpid()}-"):
        shutil.rmtree(folder, ignore_errors=True)


def folder() -> Path | None:
    """Give the folder, or None where a process counts for itself alone."""
    named = os.environ.get(VARIABLE, "")
    return Path(named) if named and Path(named, _TURN).exists() else None


@contextmanager
def turn(where: Path, *, alone: bool) -> Iterator[None]:
    """Read while nobody takes over the counts of an ended process, or take them over alone."""
    with (where / _TURN).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield


def take_over(where: Path, process: int) -> None:
    """Add the counts of a process that ended to those of all that ended before it.

    Without this each worker that is replaced would leave files behind for good.
    """
    from prometheus_client import mmap_dict

    files: Any = mmap_dict.MmapedDict
    with turn(where, alone=True):
        for kind in _KINDS:
            left = where / f"{kind}_{process}.db"
            if not left.exists():
                continue
            kept = files(str(where / f"{kind}_{_ENDED}.db"))
            try:
                for key, value, at, _place in files.read_all_values_from_file(str(left)):
                    kept.write_value(key, kept.read_value(key)[0] + value, at)
            finally:
                kept.close()
            left.unlink()
