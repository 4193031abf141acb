"""What a copy says of itself: when and of what it was made, and how each part can be checked."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

NAME = "manifest.json"
FORMAT = 1
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}


class ManifestError(Exception):
    """What a copy says of itself cannot be read; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file in the copy: its length, and its SHA-256 in hex."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """made_at: UTC in ISO form. database: "sqlite" or "postgresql"; server: its version.

    migration: the last one that the database had. tables: rows and their sum, by table. parts: the
    other files of the copy, by name. uploads: what there is of them, in words. left_out: what is
    not here, and why. secret_mark: tells two secret keys apart without telling either.
    """

    made_at: str
    database: str
    server: str
    migration: str
    secret_mark: str
    tables: dict[str, tuple[int, str]]
    parts: dict[str, Part] = field(default_factory=dict)
    uploads: str = "none: this version keeps no uploaded files"
    left_out: tuple[str, ...] = (
        "search index: the service makes it anew",
        "secrets: keep the settings of the installation in a safe place of their own",
    )
    format: int = FORMAT

    def text(self) -> str:
        """Give it as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    @property
    def rows(self) -> int:
        """Give how many rows all tables have."""
        return sum(rows for rows, _digest in self.tables.values())


def read_manifest(text: str | bytes) -> Manifest:
    """Read what a copy says of itself. Raises ManifestError."""
    try:
        given = json.loads(text)
        number = int(given["format"])
    except (ValueError, KeyError, TypeError):
        raise ManifestError("This is no copy of an installation.") from None
    if number > FORMAT:
        raise ManifestError(
            f"The copy has format {number}, this version knows {FORMAT}; restore it with the "
            "version that made it, or a newer one."
        )
    try:
        return _read(given)
    except (ValueError, KeyError, TypeError):
        raise ManifestError("The manifest of the copy is not complete.") from None


def _read(given: Mapping[str, Any]) -> Manifest:
    if given["database"] not in DATABASES:
        raise ValueError
    return Manifest(
        made_at=str(given["made_at"]),
        database=given["database"],
        server=str(given["server"]),
        migration=str(given["migration"]),
        secret_mark=str(given["secret_mark"]),
        tables={name: (int(one[0]), str(one[1])) for name, one in given["tables"].items()},
        parts={
            name: Part(int(one["bytes"]), str(one["sha256"]))
            for name, one in given["parts"].items()
        },
        uploads=str(given["uploads"]),
        left_out=tuple(given["left_out"]),
        format=int(given["format"]),
    )
