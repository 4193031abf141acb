"""How costs grow with the number of ideas: `python -m bench.growth` asks at each size, by hand.

Every size is measured in a process of its own that asks the application itself, right after a
commit each time, so that nothing kept is shown. docs/performance-growth.md is written.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask

from bench import served
from bench.growth_report import read_figures, told
from bench.inside import ask
from bench.installations import POSTGRESQL, SQLITE, described, has_postgresql, in_own_process
from bench.jobs import NAMELESS, Job, jobs_of
from bench.material import material
from bench.measuring import Cpu, statements, timed
from bench.multiplying import multiply, tidy
from bench.noting import Notes
from bench.plans import plans_of
from bench.platform import say
from bench.platform_report import machine
from bench.population import populate, scaled
from bench.profiles import speed
from innovation.core import clock

REPORT = Path("docs/performance-growth.md")
SIZES = (
    f"{SQLITE}:1000", f"{SQLITE}:10000", f"{SQLITE}:30000",
    f"{POSTGRESQL}:1000", f"{POSTGRESQL}:10000", f"{POSTGRESQL}:100000", f"{POSTGRESQL}:1000000",
)  # fmt: skip
# So many ideas have texts of their own; where there are more, all of it stands several times.
ANALYSED = 2_000
# With more ideas than these nothing is searched for.
MOST_SEARCHED = 100_000
# After something was supported; and after the numbers beside the filters became others.
SUPPORTED, LISTED = "after a support", "after a change of the lists"
_ASKED = 30


def measure(database: str, ideas: int, data: Path | None, asked: int) -> dict[str, Any]:
    """Fill an installation with so many ideas and ask for its pages; gives the figures."""
    own = min(ideas, ANALYSED)
    times = ideas // own
    searched = ideas <= MOST_SEARCHED
    with described(database, os.environ.get("INNOVATION_FINNISH", "pyvoikko")) as (app, variables):
        say(f"{database}: filling {own} ideas, {times} times")
        amounts = replace(scaled(own), texts=own)
        population = populate(app, material(data), amounts)
        early = searched and (database == POSTGRESQL or times == 1)
        if early:
            served.flask(variables, "search", "rebuild")
        with app.app_context():
            multiply(amounts, times, terms=early and times > 1)
            tidy()
        if searched and not early:
            served.flask(variables, "search", "rebuild")
        say("asking")
        jobs = [one for one in jobs_of(app, population) if one.is_page and one.who == NAMELESS]
        jobs = [one for one in jobs if searched or not one.name.startswith("search")]
        notes = Notes(app.extensions["settings"].database_url, population)
        try:
            found = {job.name: _costs(app, job, notes, asked) for job in jobs}
        finally:
            notes.close()
    return {
        "database": database,
        "ideas": own * times,
        "date": clock.today().isoformat(),
        "commit": commit(),
        "speed": speed(),
        "jobs": found,
    }


def commit() -> str:
    """Give the short name of the commit that is measured, with a plus where files differ."""
    try:
        name = _git("rev-parse", "--short", "HEAD")
        return name + ("+" if _git("status", "--porcelain", "--", "innovation") else "")
    except (OSError, subprocess.CalledProcessError):
        return "–"


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _costs(app: Flask, job: Job, notes: Notes, asked: int) -> dict[str, Any]:
    """Give the CPU of a page in both ways, its statements, and how they are gone about."""
    cost = {SUPPORTED: _timed(app, job, notes.write, asked)}
    if not job.name.startswith(("idea", "any idea")):
        cost[LISTED] = _timed(app, job, notes.change_lists, asked)
    notes.change_lists()
    with statements(app) as noted:
        ask(app, job.make())
    notes.change_lists()
    plans = plans_of(app, lambda: ask(app, job.make()))
    return {"cpu": cost, "statements": len(noted), "plans": plans}


def _timed(app: Flask, job: Job, note: Callable[[], object], asked: int) -> dict[str, float]:
    """Ask for pages, each after a note. Gives milliseconds of CPU, database included."""
    for one in job.pool:
        ask(app, [one])
    cpu = Cpu(app)
    taken = []
    for _ in range(asked):
        note()
        requests: Sequence[Any] = job.make()
        taken.append(timed(cpu, partial(ask, app, requests))[1])
    return {
        "p50": round(statistics.median(taken), 2),
        "mean": round(statistics.mean(taken), 2),
        "most": round(max(taken), 2),
    }


def main() -> None:
    """Measure what the command line asks for and write it down."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--data", type=Path, help="folder with services_fi.jsonl")
    reader.add_argument("--sizes", default="", help="database:ideas, separated by commas")
    reader.add_argument("--asked", type=int, default=_ASKED, help="askings of each page")
    reader.add_argument("--report", type=Path, default=REPORT)
    reader.add_argument("--one", default="", help=argparse.SUPPRESS)
    chosen = reader.parse_args()
    if chosen.one:
        database, _, ideas = chosen.one.partition(":")
        json.dump(measure(database, int(ideas), chosen.data, chosen.asked), sys.stdout)
        return
    arguments = ["--asked", str(chosen.asked)]
    arguments += ["--data", str(chosen.data)] if chosen.data else []
    on, figures = machine(os.getloadavg()[0]), read_figures(chosen.report)
    for size in chosen.sizes.split(",") if chosen.sizes else SIZES:
        if size.startswith(POSTGRESQL) and not has_postgresql():
            say(f"{size} is left out: there is no PostgreSQL here")
            continue
        figures[size] = in_own_process("bench.growth", ["--one", size, *arguments])
        chosen.report.write_text(told(figures, on), encoding="utf-8")
    print(f"{chosen.report} is written.")


if __name__ == "__main__":
    main()
