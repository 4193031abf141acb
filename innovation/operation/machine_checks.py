"""Checks of the machine: versions, files and who may read them, disk, processors."""

import os
import platform
import shutil
import sqlite3
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from innovation.core.config import Settings
from innovation.operation.findings import Finding, broken, doubtful, well
from innovation.operation.versions import ROOT, differing_libraries, product_version

OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 13)
# Generated columns, RETURNING and the JSON functions are there from this one on.
OLDEST_SQLITE = (3, 35)
LITTLE_SPACE, HARDLY_ANY = 2_000_000_000, 300_000_000
NAMED_AT_MOST = 5
# What others on the machine must never read.
SECRETS = ("secret_key", "*.sqlite3", "*.sqlite3-wal", "mail/*.eml")


def versions(settings: Settings) -> Iterator[Finding]:
    """Look at Python, the embedded database and the libraries."""
    here = sys.version_info[:2]
    told = f"{platform.python_version()}, release {product_version()}"
    if OLDEST_PYTHON <= here <= NEWEST_PYTHON:
        yield well("python", told)
    elif here < OLDEST_PYTHON:
        yield broken("python", f"{told} is too old", "Install Python 3.11, 3.12 or 3.13.")
    else:
        yield doubtful(
            "python", f"{told} is newer than what was tested", "Use Python 3.11, 3.12 or 3.13."
        )
    if settings.embedded:
        if sqlite3.sqlite_version_info[:2] >= OLDEST_SQLITE:
            yield well("sqlite", sqlite3.sqlite_version)
        else:
            yield broken(
                "sqlite",
                f"{sqlite3.sqlite_version} is too old",
                "Use a Python that comes with SQLite 3.35 or newer.",
            )
    yield _libraries()


def _libraries(lock: Path = ROOT / "requirements.txt") -> Finding:
    if not lock.exists():
        return doubtful(
            "libraries",
            "the lock file is not here, so nobody knows whether they are right",
            "Install the release with its requirements.txt.",
        )
    differing = differing_libraries(lock)
    if not differing:
        return well("libraries", "as the lock file says")
    shown = "; ".join(differing[:NAMED_AT_MOST])
    more = f" and {len(differing) - NAMED_AT_MOST} more" if len(differing) > NAMED_AT_MOST else ""
    return doubtful(
        "libraries", f"{shown}{more}", "Install them anew: make setup (or pip with the lock file)."
    )


def files(settings: Settings) -> Iterator[Finding]:
    """Look whether the instance folder can be written, and who else can read what is in it."""
    folder = settings.instance
    yield _writable(folder)
    mode = stat.S_IMODE(_look(folder).st_mode)
    if mode & 0o077:
        yield doubtful(
            "instance folder",
            f"others on this machine can look into it (mode {mode:o})",
            f"Close it: chmod 700 {folder}",
        )
    readable = [
        path.name
        for pattern in SECRETS
        for path in sorted(folder.glob(pattern))
        if _look(path).st_mode & mode & 0o077
    ]
    if readable:
        yield broken(
            "secrets",
            f"others on this machine can read {', '.join(readable[:NAMED_AT_MOST])}",
            f"Close them: chmod -R go-rwx {folder}",
        )
    else:
        yield well("secrets", "no other user can read them")
    foreign = [one.name for one in folder.iterdir() if _look(one).st_uid != os.getuid()]
    if foreign:
        yield doubtful(
            "owner",
            f"{len(foreign)} files belong to another user, such as {sorted(foreign)[0]}",
            "Run everything, commands too, as the user of the service, and give the files to it "
            "with chown -R.",
        )


def _look(path: Path) -> os.stat_result:
    """Look at a file; one that has just gone is like the folder it was in."""
    try:
        return path.lstat()
    except FileNotFoundError:
        return path.parent.lstat()


def _writable(folder: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
    except OSError as problem:
        return broken(
            "instance folder",
            f"{folder} cannot be written ({problem.strerror})",
            "Give it to the user of the service (chown), or make room on the disk.",
        )
    return well("instance folder", f"{folder} can be written")


def disk(settings: Settings, database_folder: str) -> Iterator[Finding]:
    """Look how much room is left. database_folder: the server's, "" when it is elsewhere."""
    yield _room("disk of the instance", settings.instance)
    if database_folder and Path(database_folder).exists():
        yield _room("disk of the database", Path(database_folder))


def _room(about: str, folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    told = f"{free / 1e9:.1f} GB free"
    if free < HARDLY_ANY:
        return broken(
            about, told, "Make room now: nothing can be saved on a full disk. Old backups first."
        )
    if free < LITTLE_SPACE:
        return doubtful(about, told, "Make room soon, or take a larger disk.")
    return well(about, told)


def shut_for_visitors(shut: bool) -> Iterator[Finding]:
    """Say so when visitors see nothing but the page of a break."""
    if shut:
        yield doubtful("service break", "visitors see only its page", "Open again: flask break end")
