"""docs/faults.md: what came of each fault in its full form, with the day and the machine."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.faults.figures import Figures
from bench.platform_report import NAMES, machine
from innovation.core import clock

REPORT = Path(__file__).parents[2] / "docs/faults.md"
# Where in the page the figures stand, for the next run to keep what it does not try again.
_KEPT = re.compile(r"<!-- figures\n(.*?)\n-->", re.DOTALL)

ABOUT = """\
# What breaks, and what comes of it

Written by `make bench-faults`, fault by fault; `make bench-faults ONLY="kill mail"` tries some of
them again and leaves the others as they are, and `FAST=1 make bench-faults` tries each once in a
short form and writes nothing. Every fault is a script of its own in `bench/faults/`: a real
installation served by `flask serve`, real databases and mail servers, processes really killed.
The scripts say in their first lines what they do. **Acknowledged** is what somebody was told is
safe: a reference number, a page that says so."""


def keep(told: Figures, database: str, taken: float) -> None:
    """Write what came of one fault into the page; what it says of the others stays."""
    kept = _read()
    kept[f"{told.name} on {database}"] = {
        **asdict(told),
        "database": database,
        "taken": round(taken),
        "date": f"{clock.now():%Y-%m-%d}",
        "machine": machine(os.getloadavg()[0]).replace(" at first", ""),
    }
    REPORT.write_text("\n\n".join(_page(kept)) + "\n", encoding="utf-8")


def _read() -> dict[str, dict[str, Any]]:
    text = REPORT.read_text(encoding="utf-8") if REPORT.exists() else ""
    found = _KEPT.search(text)
    read: dict[str, dict[str, Any]] = json.loads(found[1]) if found else {}
    return read


def _page(kept: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield ABOUT
    rows = ["| fault | on | outcome | measured |", "|---|---|---|---|"]
    for one in kept.values():
        rows.append(f"| {one['name']} | {NAMES[one['database']]} | {_word(one)} | {one['date']} |")
    yield "\n".join(rows)
    for one in kept.values():
        yield f"## {one['name'].capitalize()} · {NAMES[one['database']]}"
        yield from _section(one)
    yield f"<!-- figures\n{json.dumps(kept, ensure_ascii=False)}\n-->"


def _section(one: Mapping[str, Any]) -> Iterator[str]:
    if one["left_out"]:
        yield f"Left out: {one['left_out']}."
        return
    yield str(one["shows"])
    rows = [f"| {word} | {value} |" for word, value in one["figures"].items()]
    yield "\n".join(["| what | figure |", "|---|---|", *rows])
    if one["problems"]:
        yield "\n".join(f"- **Broken:** {problem}" for problem in one["problems"])
    yield f"{one['date']}, {one['taken']} s; {one['machine']}."


def _word(one: Mapping[str, Any]) -> str:
    if one["left_out"]:
        return "left out"
    return "passed" if one["passed"] else "**failed**"
