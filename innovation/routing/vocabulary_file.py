"""Reads what people say of each sub-project: the hand-written vocabulary of a programme's preset.

The file is optional and stands beside the preset, `presets/routing/<programme>.toml`. Whoever lends
the platform to another programme writes one of their own, or none.
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from innovation.core.i18n import LANGUAGES
from innovation.programme.preset_source import Problem, Table, key_lines
from innovation.programme.presets import PRESETS

FOLDER = PRESETS / "routing"
LONGEST_EXPRESSION = 6


class Expression(NamedTuple):
    """What people say, and the code of the language in which they say it."""

    text: str
    code: str = "fi"


@dataclass(frozen=True, slots=True)
class Saying:
    """How people speak of the matters of one sub-project.

    purpose: sentences. says: expressions that speak for it. strong: those that alone decide.
    not_ours: those that speak against it.
    """

    purpose: tuple[str, ...] = ()
    says: tuple[Expression, ...] = ()
    strong: tuple[Expression, ...] = ()
    not_ours: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Sayings by the sub-project's id, and how people speak of what belongs to none of them."""

    sayings: Mapping[str, Saying] = field(default_factory=dict)
    other: tuple[Expression, ...] = ()


class VocabularyFileError(Exception):
    """The vocabulary cannot be used; the message names file, line, key and what to do."""


def vocabulary_path(programme: str) -> Path:
    """Give where the vocabulary of a programme stands, by the programme's id."""
    return FOLDER / f"{programme}.toml"


def read_vocabulary(path: Path, known: Collection[str]) -> Vocabulary:
    """Read and check a vocabulary; an empty one when there is no file.

    known: ids of the programme's sub-projects, closed ones too. Raises VocabularyFileError with
    everything that is wrong.
    """
    try:
        source = path.read_text(encoding="utf-8-sig")
        values = tomllib.loads(source)
    except FileNotFoundError:
        return Vocabulary()
    except (OSError, ValueError) as problem:
        raise VocabularyFileError(f"{path.name}: {problem}") from problem
    problems: list[Problem] = []
    root = Table(values, (), key_lines(source), problems)
    sayings: dict[str, Saying] = {}
    for table in root.tables("profiles", required=False):
        slug = _slug(table, known, sayings)
        sayings[slug] = Saying(
            purpose=table.words("purpose"),
            says=_expressions(table, "says"),
            strong=_expressions(table, "strong"),
            not_ours=_expressions(table, "not_ours"),
        )
        table.finish()
    other = root.table("other", required=False)
    vocabulary = Vocabulary(sayings, _expressions(other, "says"))
    other.finish()
    root.finish()
    if problems:
        problems.sort(key=lambda problem: problem.line)
        raise VocabularyFileError("\n".join(f"{path.name}, {problem}" for problem in problems))
    return vocabulary


def _slug(table: Table, known: Collection[str], seen: Collection[str]) -> str:
    slug = table.text("sub_project")
    if slug and slug not in known:
        table.wrong(
            "sub_project",
            f"the programme has no sub-project “{slug}”: correct the id, or take this table out "
            f"(there are: {', '.join(sorted(known))})",
        )
    elif slug in seen:
        table.wrong("sub_project", f"“{slug}” has a table above already: put the two together")
    return slug


def _expressions(table: Table, key: str) -> tuple[Expression, ...]:
    """Read the Finnish expressions of a key, and those of other languages beside it: `says_sv`."""
    found: list[Expression] = []
    for code in LANGUAGES:
        name = key if code == "fi" else f"{key}_{code}"
        for text in table.words(name):
            if len(text.split()) > LONGEST_EXPRESSION:
                table.wrong(name, f"“{text}” is long: an expression has one to four words")
            found.append(Expression(text, code))
    return tuple(dict.fromkeys(found))
