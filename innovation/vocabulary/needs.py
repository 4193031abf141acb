"""Reads the needs that come with the product: what people lack, each with ways of saying so."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import Any

from innovation.vocabulary.source import FOLDER, KEY, VocabularyError

NEEDS = Path(__file__).parent / "needs"
_NAMES = ("fi", "sv", "en")
_FIELDS = {"key", "says", "weight", *_NAMES}
_TABLES = {"words": dict, "need": list, "hints": dict, "about": dict}

# A place of a saying: the base forms that may stand there; one that ends in a star is a beginning.
Slot = frozenset[str]
Saying = tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """Something that people lack. says: ways of saying so, each a word for every slot.

    weight: how much it tells that two texts speak of it, from 0 to 1; less for a wide one. about:
    keys of concepts.
    """

    key: str
    fi: str
    sv: str
    en: str
    says: tuple[Saying, ...]
    weight: float = 1.0
    about: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """Give what the need is called in a language, in Finnish when it has no name there."""
        return {"sv": self.sv, "en": self.en}.get(language) or self.fi


@dataclass(frozen=True, slots=True)
class Table:
    """All needs by their keys, and what hints at needs or concepts, by their keys."""

    needs: Mapping[str, Need]
    hints: Mapping[str, tuple[Saying, ...]]


@cache
def shipped_needs(folder: Path = NEEDS) -> Table:
    """Give the needs of all files. Raises VocabularyError."""
    read = [(path.name, _read(path)) for path in sorted(folder.glob("*.toml"))]
    alike = _texts(read, "words")
    about = _texts(read, "about")
    needs: dict[str, Need] = {}
    for file, tables in read:
        for table in tables.get("need", []):
            need = _need(file, table, alike, about)
            if need.key in needs:
                raise VocabularyError(f"{file}: {need.key} is there twice")
            needs[need.key] = need
    if lost := about.keys() - needs.keys():
        raise VocabularyError(f"[about]: {', '.join(sorted(lost))} is no need")
    hints: dict[str, tuple[Saying, ...]] = {}
    for one in read:
        # Several files may hint at the same.
        for key, written in _texts([one], "hints").items():
            found = (tuple(_slots(key, hint.split(), alike)) for hint in written.split(","))
            hints[key] = (*hints.get(key, ()), *found)
    return Table(MappingProxyType(needs), MappingProxyType(hints))


@cache
def edition() -> str:
    """Give what changes whenever a word of a concept or of a need does."""
    digest = blake2b(digest_size=6)
    for path in sorted([*FOLDER.glob("*.toml"), *NEEDS.glob("*.toml")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> dict[str, Any]:
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise VocabularyError(f"{path.name}: {problem}") from problem
    if any(not isinstance(read[name], _TABLES.get(name, ())) for name in read):
        raise VocabularyError(f"{path.name}: only {', '.join(_TABLES)} are known here")
    return read


def _texts(read: Sequence[tuple[str, Mapping[str, Any]]], name: str) -> dict[str, str]:
    """Give the texts of a table of all files by their keys."""
    found: dict[str, str] = {}
    for file, tables in read:
        for key, written in tables.get(name, {}).items():
            if key in found or not isinstance(written, str):
                raise VocabularyError(f"{file}, {key}: [{name}] has no text for it, or two")
            found[key] = written
    return found


def _need(
    file: str, table: Mapping[str, Any], alike: Mapping[str, str], about: Mapping[str, str]
) -> Need:
    key = table.get("key")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise VocabularyError(f"{file}: {key!r} is no key of small letters, digits and hyphens")
    where = f"{file}, {key}"
    unknown = set(table) - _FIELDS
    if unknown:
        raise VocabularyError(f"{where}: {', '.join(sorted(unknown))} is not known here")
    names = [table.get(code) for code in _NAMES]
    if not all(isinstance(name, str) and name for name in names):
        raise VocabularyError(f"{where}: there should be a name in {', '.join(_NAMES)}")
    weight = table.get("weight", 1.0)
    if not isinstance(weight, int | float) or not 0 < weight <= 1:
        raise VocabularyError(f"{where}: weight should be more than 0 and at most 1")
    says = table.get("says")
    if not isinstance(says, list) or not says or not all(isinstance(one, str) for one in says):
        raise VocabularyError(f"{where}: says should be a list of texts")
    return Need(
        key,
        fi=str(names[0]),
        sv=str(names[1]),
        en=str(names[2]),
        says=tuple(tuple(_slots(where, one.split(), alike)) for one in says),
        weight=float(weight),
        about=tuple(about.get(key, "").split()),
    )


def _slots(where: str, written: Sequence[str], alike: Mapping[str, str]) -> Iterator[Slot]:
    if not written:
        raise VocabularyError(f"{where}: there is an empty text")
    for slot in written:
        words: set[str] = set()
        for word in slot.split("/"):
            if word.startswith("@") and word[1:] not in alike:
                raise VocabularyError(f"{where}: {word} is not among [words]")
            words |= set(alike[word[1:]].split("/")) if word.startswith("@") else {word}
        if not all(word.removesuffix("*") for word in words):
            raise VocabularyError(f"{where}: {slot} has a place for a word without one")
        yield frozenset(words)
