"""The database of an embedded installation as one file: copied in use, checked, put in place."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from innovation.backups.errors import CopyError

BESIDE = ("-wal", "-shm", "-journal")


def copy_database(source: Path, into: Path) -> None:
    """Copy the database as it is at one moment; whoever writes meanwhile is not held up.

    Raises CopyError.
    """
    if not source.exists():
        raise CopyError("There is no database yet; make it with: flask init")
    with (
        closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True, timeout=30)) as read,
        closing(sqlite3.connect(into, isolation_level=None)) as written,
    ):
        # All pages in one step: in several, each write of others would begin it anew.
        read.backup(written, pages=-1)
        written.execute("PRAGMA journal_mode = DELETE")
        # What was deleted stands in free pages until they are used again; not in a copy.
        written.execute("VACUUM")


def check_database(path: Path) -> None:
    """Check that every page and every reference of a database file is sound. Raises CopyError."""
    try:
        with closing(sqlite3.connect(path)) as opened:
            told = opened.execute("PRAGMA quick_check").fetchone()[0]
            dangling = opened.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as problem:
        raise CopyError(f"The database in the copy cannot be read: {problem}.") from None
    if told != "ok" or dangling:
        raise CopyError("The database in the copy is damaged.")


def put_in_place(ready: Path, place: Path) -> None:
    """Let a database file take its place in one step; what lay there before is gone.

    Nobody may have either of them open.
    """
    with closing(sqlite3.connect(ready, isolation_level=None)) as opened:
        # All of it in the one file, which alone is moved.
        opened.execute("PRAGMA journal_mode = DELETE")
    os.chmod(ready, 0o600)
    sync(ready)
    if place.exists():
        with closing(sqlite3.connect(place, isolation_level=None)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for ending in BESIDE:
        with suppress(FileNotFoundError):
            place.with_name(place.name + ending).unlink()
    os.replace(ready, place)
    sync(place.parent)


def sync(path: Path) -> None:
    """Wait until a file, or what a folder lists, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
