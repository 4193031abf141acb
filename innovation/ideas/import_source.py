"""Reads a file of ideas: JSON lines or CSV, in the encodings that spreadsheets write."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

COLUMNS = (
    "text", "title", "what_helps", "area", "municipality", "capacity", "created", "visibility",
    "handling", "sub_projects", "people", "language", "external_reference",
)  # fmt: skip
LARGEST_CELL = 1_000_000


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row. row: as a spreadsheet or an editor counts; field: "" for all."""

    row: int
    field: str
    message: str

    def __str__(self) -> str:
        """Say it in one line, never with what stands in the cell."""
        where = f"row {self.row}, {self.field}" if self.field else f"row {self.row}"
        return f"{where}: {self.message}"


class FileError(Exception):
    """The file cannot be taken in; `problems` says why, row by row."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep every problem."""
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row as it stands in the file: every column as text, sub_projects as a list."""

    number: int
    cells: dict[str, str]
    sub_projects: tuple[str, ...]


def read_rows(data: bytes) -> list[SourceRow]:
    """Read all rows. Raises FileError with everything that is wrong with the file's form."""
    text = _decoded(data)
    read = _json_rows if text.lstrip().startswith("{") else _csv_rows
    problems: list[Problem] = []
    rows = list(read(text, problems))
    if not rows and not problems:
        problems.append(Problem(1, "", "the file has no ideas"))
    if problems:
        raise FileError(problems)
    return rows


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileError([Problem(1, "", "the file is neither UTF-8 nor Windows-1252")])


def _json_rows(text: str, problems: list[Problem]) -> Iterator[SourceRow]:
    for number, line in enumerate(io.StringIO(text), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            problems.append(Problem(number, "", "this line is not JSON"))
            continue
        if not isinstance(row, dict):
            problems.append(Problem(number, "", 'this line is not an object such as {"text": …}'))
            continue
        unknown = [name for name in row if name not in COLUMNS]
        problems += [Problem(number, name[:40], "there is no such field") for name in unknown]
        odd = [name for name, cell in row.items() if not _fits(name, cell)]
        problems += [Problem(number, name[:40], "this is not a plain value") for name in odd]
        if not unknown and not odd:
            yield _json_row(number, row)


def _fits(name: str, cell: Any) -> bool:
    if name == "sub_projects" and isinstance(cell, list):
        return all(isinstance(part, str) for part in cell)
    return cell is None or (isinstance(cell, str | int | float) and not isinstance(cell, bool))


def _json_row(number: int, row: dict[str, Any]) -> SourceRow:
    named = row.get("sub_projects")
    several = tuple(named) if isinstance(named, list) else _parts(str(named or ""))
    cells = {name: "" if cell is None else str(cell) for name, cell in row.items()}
    return SourceRow(number, cells, several)


def _csv_rows(text: str, problems: list[Problem]) -> Iterator[SourceRow]:
    head = text.partition("\n")[0]
    csv.field_size_limit(LARGEST_CELL)
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=";" if head.count(";") > head.count(",") else ",",
        strict=True,  # a quote that is never closed would swallow the rows after it
    )
    names: list[str] = []
    number = 0
    try:
        for number, row in enumerate(reader, 1):
            if number == 1:
                names = [name.strip().lower() for name in row]
                problems += _header(names)
                if problems:
                    return
            elif any(cell.strip() for cell in row):
                if len(row) > len(names):
                    problems.append(Problem(number, "", "there are more cells than columns"))
                    continue
                cells = dict(zip(names, row, strict=False))
                yield SourceRow(number, cells, _parts(cells.get("sub_projects", "")))
    except csv.Error:
        problems.append(Problem(number + 1, "", "the row cannot be read; look at its quotes"))


def _header(names: list[str]) -> list[Problem]:
    problems = [
        Problem(1, name[:40], "there is no such column") for name in names if name not in COLUMNS
    ]
    problems += [
        Problem(1, name, "this column is there twice") for name in COLUMNS if names.count(name) > 1
    ]
    if "text" not in names:
        problems.append(Problem(1, "text", "this column is missing"))
    return problems


def _parts(cell: str) -> tuple[str, ...]:
    for sign in ("|", ","):
        cell = cell.replace(sign, ";")
    return tuple(part.strip() for part in cell.split(";") if part.strip())
