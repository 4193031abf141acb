"""What the dictionary said, on disk: a process that begins need not ask for every word again."""

import json
import os
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Any

from innovation.language.outputs import Reading

Readings = tuple[Reading, ...]


def write(path: Path, name: str, readings: Iterable[tuple[str, Readings]]) -> bool:
    """Write readings by word, in one move; false when the disk does not take them.

    name: what made them; only who has the same name reads them again.
    """
    body = json.dumps(dict(readings), ensure_ascii=False, separators=(",", ":")).encode()
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        new.write_bytes(b"\n".join((name.encode(), _sum(body), body)))
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        return False
    return True


def read(path: Path, name: str) -> dict[str, Readings]:
    """Read what was written with the same name; nothing when it is not there, or is damaged."""
    try:
        named, summed, body = path.read_bytes().split(b"\n", 2)
        if named != name.encode() or summed != _sum(body):
            return {}
        return {word: tuple(map(_reading, rows)) for word, rows in json.loads(body).items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def _sum(body: bytes) -> bytes:
    return blake2b(body, digest_size=16).hexdigest().encode()


def _reading(row: list[Any]) -> Reading:
    lemma, roots, parts, is_name, is_place, is_noun, shortest, seams = row
    return Reading(lemma, tuple(roots), tuple(parts), is_name, is_place, is_noun, shortest, seams)
