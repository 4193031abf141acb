"""What the platform costs beside floors of bare Flask: `python -m bench.platform` tells.

Served as in production, asked over HTTP, measured by the operating system's accounting. Each
database is measured in a process of its own; docs/performance.md is written.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask

from bench import served
from bench.accounting import Meter
from bench.asking import crowd
from bench.inside import statements_of, trades_of
from bench.installations import (
    POSTGRESQL,
    SQLITE,
    described,
    has_postgresql,
    in_own_process,
    make_durable,
)
from bench.jobs import Job, jobs_of
from bench.material import material
from bench.noting import Notes
from bench.platform_report import machine, read_figures, told, worse
from bench.population import PEERS, populate, scaled
from bench.profiles import speed
from bench.rounds import CONNECTIONS, Pace, Sides, become_calm, run
from innovation.core import clock
from innovation.language.voikko import has_system_library
from tests.real import installation

REPORT = Path("docs/performance.md")
PYVOIKKO, LIBVOIKKO = "pyvoikko", "auto"
# Enough for a look whether everything works.
_SHORT = Pace(rounds=1, floors=20, beside=10, again=8, anew=3, sent=3)


def measure(database: str, ideas: int, data: Path | None, pace: Pace) -> dict[str, Any]:
    """Fill an installation, serve it, and go through all rounds; gives the figures."""
    amounts = PEERS if ideas == PEERS.ideas else scaled(ideas)
    with (
        described(database, PYVOIKKO) as (app, variables),
        tempfile.TemporaryDirectory() as folder,
    ):
        say(f"{database}: filling {amounts.ideas} ideas")
        population = populate(app, material(data), amounts)
        say("making the index")
        served.flask(variables, "search", "rebuild")
        postmaster = make_durable() if database == POSTGRESQL else 0
        jobs = jobs_of(app, population)
        notes = Notes(app.extensions["settings"].database_url, population)
        try:
            say("counting statements")
            counted = statements_of(app, jobs, notes)
            trades = trades_of(app, jobs, notes)
            installation.let_go(app)
            with (
                served.beside(Path(folder)) as floors,
                served.platform(variables, Path(folder)) as platform,
            ):
                meter = Meter(platform.pid, postmaster, {notes.backend})
                sides = Sides(platform, meter, floors, Meter(floors.pid), notes)
                say("waiting until all is calm")
                become_calm(sides, jobs)
                public = notes.public_ideas()
                taken = run(sides, jobs, pace, say)
                public = notes.public_ideas() - public
                memory = {PYVOIKKO: meter.memory(), "floors": sides.floor_meter.memory()}
            if has_system_library():
                memory["libvoikko"] = _with_libvoikko(app, variables, jobs, postmaster, folder)
        finally:
            notes.close()
    jobs_taken = {name: one.in_short() for name, one in taken.items() if one.ratios}
    return {
        "date": clock.today().isoformat(),
        "amounts": [amounts.ideas, amounts.comments, amounts.people, amounts.supports],
        "jobs": jobs_taken,
        "at_rest": round(sum(taken["at rest"].cpu) / len(taken["at rest"].cpu), 2),
        "published_at_once": public,
        "statements": counted,
        "trades": {
            name: {trade: round(part, 3) for trade, part in parts.items()}
            for name, parts in trades.items()
        },
        "memory": {
            name: [[round(one) for one in side] for side in sides] for name, sides in memory.items()
        },
        "speed": speed(),
    }


def _with_libvoikko(
    app: Flask, variables: Mapping[str, str], jobs: Sequence[Job], postmaster: int, folder: str
) -> tuple[list[float], list[float]]:
    """Serve the same with the system's dictionary, ask for all pages, and give the memory."""
    say("measuring memory with libvoikko")
    other = {**variables, "INNOVATION_FINNISH": LIBVOIKKO}
    served.flask(other, "search", "rebuild")
    with served.platform(other, Path(folder)) as platform:
        meter = Meter(platform.pid, postmaster)
        for job in (one for one in jobs if one.is_page):
            with crowd(platform.url, CONNECTIONS) as visitors:
                visitors.each(job.pool)
        return meter.memory()


def say(what: str) -> None:
    """Tell on standard error what is being done."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def main() -> None:
    """Measure what the command line asks for and write it down."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--data", type=Path, help="folder with services_fi.jsonl")
    reader.add_argument("--ideas", type=int, default=PEERS.ideas)
    reader.add_argument("--rounds", type=int, default=Pace.rounds)
    reader.add_argument("--short", action="store_true", help="one small round")
    reader.add_argument("--only", choices=(SQLITE, POSTGRESQL), help="one database")
    reader.add_argument("--report", type=Path, default=REPORT)
    reader.add_argument("--one", default="", help=argparse.SUPPRESS)
    chosen = reader.parse_args()
    pace = _SHORT if chosen.short else replace(Pace(), rounds=chosen.rounds)
    if chosen.one:
        json.dump(measure(chosen.one, chosen.ideas, chosen.data, pace), sys.stdout)
        return
    arguments = ["--ideas", str(chosen.ideas), "--rounds", str(chosen.rounds)]
    arguments += ["--short"] if chosen.short else []
    arguments += ["--data", str(chosen.data)] if chosen.data else []
    on, old = machine(os.getloadavg()[0]), read_figures(chosen.report)
    new: dict[str, Any] = {}
    for database in [chosen.only] if chosen.only else [SQLITE, POSTGRESQL]:
        if database == POSTGRESQL and not has_postgresql():
            say("PostgreSQL is left out: there is none here")
            continue
        new[database] = in_own_process("bench.platform", ["--one", database, *arguments])
        chosen.report.write_text(told({**old, **new}, worse(old, new), on), encoding="utf-8")
    print(f"{chosen.report} is written.")
    print("\n".join(worse(old, new)) or "Nothing got worse by more than a fifth.")


if __name__ == "__main__":
    main()
