"""Which release this is, which libraries it was made with, and which are here."""

import re
from functools import cache
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(?:\s*;\s*([^\\]+))?", re.MULTILINE)
_RELEASED = re.compile(r"^## \[?v?([0-9]+\.[0-9]+[^\s\]]*)", re.MULTILINE)


@cache
def product_version() -> str:
    """Give the newest release that the list of changes names, "development" before the first."""
    try:
        told = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    except OSError:
        return "unknown"
    found = _RELEASED.search(told)
    return found[1] if found else "development"


def differing_libraries(lock: Path = ROOT / "requirements.txt") -> list[str]:
    """Name the libraries that are missing or in another version than the lock file says."""
    pinned: dict[str, set[str]] = {}
    elsewhere = set()
    for name, version, only_if in _PINNED.findall(lock.read_text(encoding="utf-8")):
        # A pin with a condition may be for another system, or for another version of Python.
        pinned.setdefault(name, set()).add(version)
        if only_if:
            elsewhere.add(name)
    found = []
    for name, wanted in pinned.items():
        here = _here(name)
        if here not in wanted and not (here == "" and name in elsewhere):
            said = f"is {here}" if here else "is missing"
            found.append(f"{name} {said} (wanted: {' or '.join(sorted(wanted))})")
    return found


def _here(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
