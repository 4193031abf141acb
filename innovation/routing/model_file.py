"""What was learnt from decisions, as a file that all processes share: whole or not at all."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

NAME = "routing_model.json"
_KIND = "routing model 1"


@dataclass(frozen=True, slots=True)
class Model:
    """What decisions taught. slugs: the sub-projects, then "" for none of them.

    stamp: tells one model from another. weights: by feature, what is added for each of the slugs.
    decisions: how many it was made from. last: the id of the newest routing among them.
    """

    stamp: str
    slugs: tuple[str, ...]
    weights: Mapping[str, Mapping[str, float]]
    decisions: int
    last: int


class ModelFileError(Exception):
    """The file is there but cannot be used; the message names it and says what to do."""


def write_model(path: Path, model: Model) -> None:
    """Put the model in place of the one before, in one move. Raises OSError."""
    body = json.dumps(
        {
            "stamp": model.stamp,
            "slugs": model.slugs,
            "decisions": model.decisions,
            "last": model.last,
            "weights": model.weights,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with new.open("wb") as file:
            file.write(b"\n".join((_KIND.encode(), _sum(body), body)))
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def read_model(path: Path) -> Model | None:
    """Read the model; None when there is none yet. Raises ModelFileError for a damaged file."""
    try:
        kind, summed, body = path.read_bytes().split(b"\n", 2)
        if kind != _KIND.encode() or summed != _sum(body):
            raise ValueError("it is not whole, or another version wrote it")
        return _model(json.loads(body))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as problem:
        raise ModelFileError(
            f"{path} cannot be used ({problem}); `flask routing learn` makes it anew."
        ) from problem


def _model(read: dict[str, Any]) -> Model:
    return Model(
        stamp=str(read["stamp"]),
        slugs=tuple(map(str, read["slugs"])),
        weights={
            str(feature): {str(slug): float(weight) for slug, weight in row.items()}
            for feature, row in read["weights"].items()
        },
        decisions=int(read["decisions"]),
        last=int(read["last"]),
    )


def _sum(body: bytes) -> bytes:
    return blake2b(body, digest_size=16).hexdigest().encode()
