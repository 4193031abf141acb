"""Reads TOML into checked values and remembers the line of every key.

The standard library's parser does not say where a value stands. The scan below only looks for table
headers and keys; what the values mean stays the parser's business.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

Path = tuple[str | int, ...]

# One text by language; Finnish is always there when the text is required.
Texts = dict[str, str]

_PART = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_KEY = re.compile(rf"^\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")
_HEADER = re.compile(rf"^\s*(\[\[?)\s*({_PART}(?:\s*\.\s*{_PART})*)\s*\]\]?")
_TOKENS = re.compile(r"""\"{3}|'{3}|"(?:\\.|[^"\\])*"|'[^']*'|\#.*|[\[\]{}]""")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: line (from 1), key as `sub_projects[2].parent`, and a sentence."""

    line: int
    key: str
    message: str

    def __str__(self) -> str:
        """Give `line 12, sub_projects[2].parent: …`."""
        where = f"line {self.line}, {self.key}" if self.key else f"line {self.line}"
        return f"{where}: {self.message}"


def key_lines(source: str) -> dict[Path, int]:
    """Map the path of every table and key to the line (from 1) where it is written."""
    lines: dict[Path, int] = {(): 1}
    counts: dict[Path, int] = {}
    table: Path = ()
    depth, quote = 0, ""
    for number, line in enumerate(source.splitlines(), start=1):
        header = _HEADER.match(line) if not depth and not quote else None
        if header:
            table = _table_path(header, counts)
            lines.setdefault(table, number)
            continue
        if not depth and not quote and (key := _KEY.match(line)):
            path = table
            for part in _parts(key[1]):
                path = (*path, part)
                lines.setdefault(path, number)
        depth, quote = _open_after(line, depth, quote)
    return lines


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_PART, dotted)]


def _table_path(header: re.Match[str], counts: dict[Path, int]) -> Path:
    """Give the path of a table header, with the running number of each array it lies in."""
    names = _parts(header[2])
    path: Path = ()
    for place, name in enumerate(names):
        path = (*path, name)
        if header[1] == "[[" and place == len(names) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _open_after(line: str, depth: int, quote: str) -> tuple[int, str]:
    """Tell how many brackets, and which long quotation, are still open after this line."""
    for token in _TOKENS.findall(line):
        if quote:
            quote = "" if token == quote else quote
        elif token in ('"""', "'''"):
            quote = token
        elif token in ("[", "{"):
            depth += 1
        elif token in ("]", "}"):
            depth -= 1
    return max(depth, 0), quote


def dotted(path: Path) -> str:
    """Write a path as people read it: `sub_projects[2].name.fi`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


@dataclass
class Table:
    """One table: hands out checked values and notes every problem instead of stopping."""

    values: dict[str, Any]
    path: Path
    lines: Mapping[Path, int]
    problems: list[Problem]
    languages: tuple[str, ...] = ("fi",)
    asked: set[str] = field(default_factory=set)

    def wrong(self, key: str, message: str) -> None:
        """Note a problem at a key, or at the table itself when the key is empty or missing."""
        path = (*self.path, *key.split(".")) if key else self.path
        known = path
        while known not in self.lines:
            known = known[:-1]
        self.problems.append(Problem(self.lines[known], dotted(path), message))

    def text(self, key: str, *, required: bool = True, pattern: str = "", like: str = "") -> str:
        """Give a string; `like` says in words what `pattern` wants."""
        value = self._take(key, str, "a text in quotation marks", required)
        if value is None:
            return ""
        clean: str = value.strip()
        if required and not clean:
            self.wrong(key, "this text is empty")
        elif clean and pattern and not re.fullmatch(pattern, clean):
            self.wrong(key, f"“{clean}” does not look like {like}")
        return clean

    def choice(self, key: str, allowed: tuple[str, ...], *, required: bool = True) -> str:
        """Give a string that is one of the allowed ones."""
        value = self.text(key, required=required)
        if value and value not in allowed:
            self.wrong(key, f"“{value}” is not one of: {', '.join(allowed)}")
        return value

    def texts(self, key: str, *, required: bool = True) -> Texts:
        """Give a text in the programme's languages; the first of them, Finnish, is required."""
        inner = self.table(key, required=required)
        main = self.languages[0] if required else ""
        found = {
            language: inner.text(language, required=language == main) for language in self.languages
        }
        inner.finish()
        return {language: text for language, text in found.items() if text}

    def number(self, key: str, low: int, high: int) -> int:
        """Give a whole number between two limits, both allowed."""
        value = self._take(key, int, "a whole number", required=True)
        if value is None:
            return low
        if not low <= value <= high:
            self.wrong(key, f"{value} is not between {low} and {high}")
        return int(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """Give true or false."""
        value = self._take(key, bool, "true or false", required=False)
        return default if value is None else bool(value)

    def day(self, key: str) -> date | None:
        """Give a day written without quotation marks, as 2021-12-31, or nothing."""
        value = self._take(key, date, "a day such as 2021-12-31, unquoted", required=False)
        if isinstance(value, datetime):
            self.wrong(key, "this should be a day without a time")
            return None
        return value if isinstance(value, date) else None

    def words(self, key: str, *, pattern: str = "", like: str = "") -> tuple[str, ...]:
        """Give a list of strings, empty when it is missing; `like` says what `pattern` wants."""
        value = self._take(key, list, "a list of texts", required=False)
        if value is None:
            return ()
        if not all(isinstance(word, str) and word.strip() for word in value):
            self.wrong(key, "every item of this list should be a text that is not empty")
            return ()
        words = tuple(word.strip() for word in value)
        for wrong in (word for word in words if pattern and not re.fullmatch(pattern, word)):
            self.wrong(key, f"“{wrong}” does not look like {like}")
        return words

    def table(self, key: str, *, required: bool = True) -> "Table":
        """Give an inner table; an empty one in its place when it is missing or of another type."""
        value = self._take(key, dict, f'a table such as {key}.fi = "…"', required)
        inner = self._inner(value or {}, (*self.path, key))
        if value is None:
            inner.asked = {"*"}
        return inner

    def tables(self, key: str, *, required: bool = True) -> list["Table"]:
        """Give the rows written as `[[key]]`."""
        value = self._take(key, list, f"rows, each under [[{key}]]", required)
        if value is None:
            return []
        if not all(isinstance(row, dict) for row in value):
            self.wrong(key, f"this should be rows, each under [[{key}]]")
            return []
        return [self._inner(row, (*self.path, key, place)) for place, row in enumerate(value)]

    @property
    def asked_for(self) -> bool:
        """Tell whether the table is really in the file."""
        return "*" not in self.asked

    def finish(self) -> None:
        """Note the keys that nobody asked for: most often a slip of the pen."""
        for key in self.values:
            if key not in self.asked:
                self.wrong(key, f"the key “{key}” is not known here")

    def _inner(self, values: dict[str, Any], path: Path) -> "Table":
        return Table(values, path, self.lines, self.problems, self.languages)

    def _take(self, key: str, kind: type, wanted: str, required: bool) -> Any:
        self.asked.add(key)
        if key not in self.values:
            if required and self.asked_for:
                self.wrong(key, "this is missing")
            return None
        value = self.values[key]
        # In Python true is also a number: a flag where a number should be is still a mistake.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.wrong(key, f"this should be {wanted}")
            return None
        return value


def check_unique(tables: list[Table], rows: Iterable[Any], key: str) -> None:
    """Note every row whose value for a key is that of an earlier row."""
    seen: set[object] = set()
    for table, row in zip(tables, rows, strict=True):
        value = getattr(row, key)
        if value in seen:
            table.wrong(key, f"“{value}” is already used above")
        seen.add(value)


def check_known(tables: list[Table], key: str, targets: list[Table]) -> None:
    """Note every row that names an id which none of the targets has."""
    known = {_written(target, "id") for target in targets}
    for table in tables:
        value = _written(table, key)
        if value and value not in known:
            table.wrong(key, f"“{value}” is not defined in this file")


def check_successions(tables: list[Table]) -> None:
    """Note a sub-project that would, over its successors, end up as its own successor."""
    after = {_written(table, "id"): _written(table, "successor") for table in tables}
    for table in tables:
        here = _written(table, "id")
        following, passed = after[here], {""}
        while following not in passed and following != here:
            passed.add(following)
            following = after.get(following, "")
        if following and following == here:
            table.wrong("successor", "the chain of successors leads back to where it began")


def _written(table: Table, key: str) -> str:
    """Give a text as it stands in the file; what is of another type was reported before."""
    value = table.values.get(key)
    return value.strip() if isinstance(value, str) else ""
