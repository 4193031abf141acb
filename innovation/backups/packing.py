"""A copy as one file: written under a passing name and renamed when it is whole; read and checked.

It is a tar archive, compressed with gzip, that begins with its manifest; when there is a key the
whole is sealed (see envelope).
"""

import fcntl
import gzip
import hashlib
import io
import os
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from innovation.backups.envelope import MAGIC, EnvelopeError, Opening, Sealing, is_sealed
from innovation.backups.errors import CopyError
from innovation.backups.manifest import NAME, Manifest, ManifestError, Part, read_manifest
from innovation.backups.sqlite_files import sync

STAMP = "%Y%m%dT%H%M%SZ"
NAMED = re.compile(r"innovation-(\d{8}T\d{6}Z)\.tar\.gz(\.sealed)?")
UNFINISHED = ".unfinished"
WORK = "copying-"
_LOCK = ".innovation-copies.lock"
_BLOCK = 1 << 20
_LEVEL = 3
_DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error, tarfile.TarError)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Let one process at a time make copies in a folder. Raises CopyError when another is at it."""
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CopyError("Another copy is just being made in this folder.") from None
        for left in folder.glob(f"innovation-*{UNFINISHED}"):
            left.unlink()
        yield
    finally:
        os.close(handle)


@contextmanager
def work_folder(instance: Path) -> Iterator[Path]:
    """Give a folder for what is on its way, readable by nobody else and gone afterwards.

    It lies beside the database: what is not sealed yet never comes to the folder of the copies.
    """
    folder = Path(tempfile.mkdtemp(prefix=WORK, dir=instance))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def copies_in(folder: Path) -> list[tuple[datetime, Path]]:
    """Give the copies of a folder with their moments, oldest first."""
    found = []
    for path in folder.iterdir():
        if named := NAMED.fullmatch(path.name):
            moment = datetime.strptime(named[1], STAMP).replace(tzinfo=UTC)
            found.append((moment, path))
    return sorted(found)


def rotate(folder: Path, days: int, now: datetime) -> list[Path]:
    """Delete the copies that are older than so many days, never the newest one; gives which."""
    old = [path for moment, path in copies_in(folder)[:-1] if moment < now - timedelta(days=days)]
    for path in old:
        path.unlink()
    return old


def part_of(path: Path) -> Part:
    """Measure a file."""
    with path.open("rb") as file:
        return Part(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def pack(folder: Path, manifest: Manifest, files: Mapping[str, Path], public: str) -> Path:
    """Write a copy into the folder; it gets its name only when all of it is on the disk.

    public: the key that it is sealed for; "" for none.
    """
    moment = datetime.fromisoformat(manifest.made_at)
    place = _free_place(folder, moment, ".sealed" if public else "")
    passing = place.with_name(place.name + UNFINISHED)
    try:
        handle = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            sealing = Sealing(file, public) if public else None
            _write(sealing or file, manifest, files)
            if sealing:
                sealing.finish()
            file.flush()
            os.fsync(handle)
        os.replace(passing, place)
        sync(folder)
    except BaseException:
        with suppress(FileNotFoundError):
            passing.unlink()
        raise
    return place


def _free_place(folder: Path, moment: datetime, ending: str) -> Path:
    taken = {path.name for path in folder.iterdir()}
    while (name := f"innovation-{moment:{STAMP}}.tar.gz{ending}") in taken:
        moment += timedelta(seconds=1)
    return folder / name


def _write(into: IO[bytes] | Sealing, manifest: Manifest, files: Mapping[str, Path]) -> None:
    with (
        gzip.GzipFile(
            filename="",
            mode="wb",
            compresslevel=_LEVEL,
            fileobj=into,
            mtime=0,
        ) as squeezed,
        tarfile.open(fileobj=squeezed, mode="w|") as archive,
    ):
        text = manifest.text().encode()
        archive.addfile(_entry(NAME, len(text), manifest), io.BytesIO(text))
        for name, path in files.items():
            with path.open("rb") as file:
                archive.addfile(_entry(name, manifest.parts[name].bytes, manifest), file)


def _entry(name: str, size: int, manifest: Manifest) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    entry.mtime = int(datetime.fromisoformat(manifest.made_at).timestamp())
    return entry


def unpack(source: Path, private: X25519PrivateKey | None, into: Path | None) -> Manifest:
    """Read a copy to its end and check every part; give what it says of itself.

    into: an empty folder for the parts; without one they are only checked. Raises CopyError.
    """
    try:
        with source.open("rb") as file, gzip.GzipFile(fileobj=_opened(file, private)) as squeezed:
            with tarfile.open(fileobj=squeezed, mode="r|") as archive:
                manifest = _unpack(archive, into)
            # To the very end: what cut or changed it there is found too.
            while squeezed.read(_BLOCK):
                pass
    except (EnvelopeError, ManifestError) as problem:
        raise CopyError(str(problem)) from None
    except _DAMAGED:
        raise CopyError(
            f"{source.name} is cut off or damaged, or is no copy; take another one. "
            "Nothing was changed."
        ) from None
    return manifest


def _opened(file: IO[bytes], private: X25519PrivateKey | None) -> IO[bytes]:
    start = file.read(len(MAGIC))
    file.seek(0)
    if not is_sealed(start):
        return file
    if private is None:
        raise CopyError("The copy is sealed; give the file of its private key: --key FILE")
    return io.BufferedReader(Opening(file, private), _BLOCK)


def _unpack(archive: tarfile.TarFile, into: Path | None) -> Manifest:
    first = archive.next()
    content = archive.extractfile(first) if first and first.name == NAME else None
    if content is None:
        raise CopyError("This is no copy of an installation.")
    manifest = read_manifest(content.read())
    waiting = dict(manifest.parts)
    while entry := archive.next():
        part, content = waiting.pop(entry.name, None), archive.extractfile(entry)
        if part is None or content is None or not _is_inside(entry.name):
            raise CopyError(f"The copy holds something that it does not list: {entry.name!r}.")
        if _take(content, into / entry.name if into else None) != part:
            raise CopyError(f"{entry.name} in the copy is not as it was written.")
    if waiting:
        raise CopyError(f"The copy lacks {', '.join(sorted(waiting))}.")
    return manifest


def _is_inside(name: str) -> bool:
    return not name.startswith("/") and ".." not in Path(name).parts


def _take(content: IO[bytes], into: Path | None) -> Part:
    digest, size = hashlib.sha256(), 0
    if into:
        into.parent.mkdir(parents=True, exist_ok=True)
    with open(into or os.devnull, "wb") as file:
        while block := content.read(_BLOCK):
            digest.update(block)
            size += len(block)
            file.write(block)
    return Part(size, digest.hexdigest())
