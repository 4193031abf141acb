"""The report as sections, each with its date: one that is not measured this time stays as it is."""

import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

REPORT = Path("docs/quality.md")
BEGIN, END = "<!-- by hand: begin -->", "<!-- by hand: end -->"
MISSES = "What the misses have in common"
# All sections there are, in their order.
ORDER = (
    "Words",
    "Typos",
    "Queries",
    "Missed",
    MISSES,
    "The guard",
    "Routing: service texts",
    "Routing: ideas",
    "Similar ideas: pairs",
    "Similar ideas: paraphrases and time",
)
_HEAD = (
    "# How well it finds, warns and suggests\n\n"
    "Written by `make quality`; what is measured, and how, stands in `bench/`. A section that was"
    " not measured\nthe last time keeps its figures and their date. A figure in **bold** misses its"
    " goal.\n"
)
_MARK = "\n## "


def report_with(report: Path, measured: Mapping[str, Iterable[str]]) -> str:
    """Put new sections into the report. measured: the lines of each, by its name in ORDER."""
    kept = sections_of(report.read_text(encoding="utf-8")) if report.exists() else {}
    kept.setdefault(MISSES, f"{BEGIN}\n\n{END}")
    new = {name: "\n".join(lines).strip() for name, lines in measured.items()}
    together = {**kept, **{name: text for name, text in new.items() if text}}
    return _HEAD + "".join(
        f"{_MARK}{name}\n\n{together[name]}\n" for name in ORDER if name in together
    )


def sections_of(written: str) -> dict[str, str]:
    """Give the sections of a report by their names."""
    parts = f"\n{written}".split(_MARK)[1:]
    pairs = (part.partition("\n") for part in parts)
    return {name.strip(): body.strip() for name, _line, body in pairs}


def measured_with(analysers: Iterable[str]) -> str:
    """Give the line that tells when something was measured, and with what."""
    # Without the words that the programme of an installation adds.
    named = dict.fromkeys(one.partition(", words")[0] for one in analysers)
    today = datetime.now(UTC).date().isoformat()
    return f"Measured {today} with {'; '.join([f'Python {platform.python_version()}', *named])}."


def at_least(value: float, goal: float, shape: str = ".2f") -> str:
    """Write a figure, in bold when it is below its goal."""
    return format(value, shape) if value >= goal else f"**{value:{shape}}**"


def at_most(value: float, goal: float, shape: str = ".0f") -> str:
    """Write a figure, in bold when it is above its goal."""
    return format(value, shape) if value <= goal else f"**{value:{shape}}**"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Give the lines of a table, with an empty one after it."""
    return [
        f"| {' | '.join(head)} |",
        f"|{'---|' * len(head)}",
        *(f"| {' | '.join(map(str, row))} |" for row in rows),
        "",
    ]
