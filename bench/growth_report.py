"""The report of how costs grow: for each page what it takes at each size, and by which indexes."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.platform_report import NAMES

_KEPT = re.compile(r"<!-- figures\n(.*?)\n-->", re.DOTALL)
# Nothing but searching may take so many times what it takes with the fewest ideas.
MOST_GROWTH = 1.5
_FREE = "search"

Figures = Mapping[str, Mapping[str, Any]]

_ABOUT = """\
Written by `make bench-growth`, by hand. A page is asked for right after a commit, so nothing kept
is shown: after a support, which changes a card, and after a change of the lists, after which the
numbers beside the filters are counted anew. Figures are milliseconds of CPU of the application
and the database's processes (median), asked inside of one process. The **growth** is that of the
largest size over the smallest; in **bold** where it is more than 1.5, which only searching may.

Two thousand ideas have texts of their own. Where there are more, everything of them stands
several times, PostgreSQL's index included; what people said and supported stands fifty times at
most. At 1,000,000 nothing is searched for.

A copy is as popular and as old as what it was made of; its area, sub-project and capacity are
others, so that what filters let through is spread over a list as it is where nothing is copied."""


def read_figures(report: Path) -> dict[str, Any]:
    """Give the figures that a report keeps, by database and size; nothing when there are none."""
    kept = _KEPT.search(report.read_text(encoding="utf-8")) if report.exists() else None
    return json.loads(kept[1]) if kept else {}


def told(figures: Figures, on: str) -> str:
    """Give the whole report as Markdown. on: the machine of the newest figures."""
    parts = ["# How costs grow with the number of ideas", _ABOUT, f"{on}."]
    for database, name in NAMES.items():
        sizes = sorted(
            (one for one in figures.values() if one["database"] == database),
            key=lambda one: int(one["ideas"]),
        )
        if sizes:
            parts += [f"## {name}", "\n".join(_table(sizes)), _runs(sizes)]
            parts += [f"### How {name} reads {sizes[-1]['ideas']:,} ideas"]
            parts.append("\n".join(_plans(sizes[-1])))
    kept = json.dumps(figures, ensure_ascii=False)
    return "\n\n".join([*parts, f"<!-- figures\n{kept}\n-->"]) + "\n"


def _table(sizes: list[Mapping[str, Any]]) -> Iterator[str]:
    counts = [f"{one['ideas']:,}" for one in sizes]
    yield f"| page | {' | '.join(counts)} | growth | statements |"
    yield "|---|" + "---|" * (len(counts) + 2)
    for name, first in sizes[0]["jobs"].items():
        measured = [one["jobs"][name] for one in sizes if name in one["jobs"]]
        statements = "–".join(
            dict.fromkeys(str(one["statements"]) for one in (measured[0], measured[-1]))
        )
        for way in first["cpu"]:
            values = [
                one["jobs"][name]["cpu"][way]["p50"] if name in one["jobs"] else None
                for one in sizes
            ]
            shown = " | ".join("–" if value is None else f"{value:.2f}" for value in values)
            yield f"| {name}, {way} | {shown} | {_growth(name, values)} | {statements} |"


def _growth(name: str, values: list[float | None]) -> str:
    known = [value for value in values if value]
    if len(known) < 2:
        return "–"
    growth = known[-1] / known[0]
    beyond = growth > MOST_GROWTH and not name.startswith(_FREE)
    return f"**{growth:.2f}**" if beyond else f"{growth:.2f}"


def _runs(sizes: list[Mapping[str, Any]]) -> str:
    return "Measured: " + "; ".join(
        f"{one['ideas']:,} on {one['date']} at {one['commit']} (fixed work {one['speed']} ms)"
        for one in sizes
    )


def _plans(largest: Mapping[str, Any]) -> Iterator[str]:
    for name, job in largest["jobs"].items():
        yield f"- **{name}**"
        yield from (f"  - `{line}`" for line in job["plans"])
