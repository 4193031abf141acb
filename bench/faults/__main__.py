"""Every fault, one after another: `python -m bench.faults`, and what it writes: docs/faults.md.

--short, or FAST=1: each once in its short form, what fails once more, and nothing is written.
--only kill: some of them.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench.faults import report
from bench.faults.figures import Figures, be_quiet, lines
from bench.faults.house import READY, install
from bench.installations import POSTGRESQL, SQLITE, has_postgresql
from tests.real import installation, postgresql

# Most of the time of a short form goes into starting, on one processor.
AT_ONCE = 2
_EVERYWHERE = (SQLITE, POSTGRESQL)


@dataclass(frozen=True)
class Listed:
    """A fault: its module, and the databases on which its short and its full form run.

    alone: it measures times, so that even its short form has the machine for itself.
    """

    module: str
    short: tuple[str, ...] = (SQLITE,)
    full: tuple[str, ...] = _EVERYWHERE
    alone: bool = False


FAULTS = (
    Listed("kill"),
    Listed("power", full=(SQLITE,)),
    Listed("database", short=(POSTGRESQL,), full=(POSTGRESQL,)),
    Listed("disk", full=(SQLITE,)),
    Listed("redis", full=(POSTGRESQL,)),
    Listed("mail", full=(SQLITE,)),
    Listed("slow", full=(SQLITE,), alone=True),
    Listed("load", alone=True),
    Listed("soak", full=(SQLITE,), alone=True),
    Listed("races", short=_EVERYWHERE),
    Listed("times"),
)


def main() -> None:
    """Run the faults that are asked for; ends with 1 when one of them failed."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--short", action="store_true", default=bool(os.environ.get("FAST")))
    reader.add_argument("--only", action="append", choices=[one.module for one in FAULTS])
    reader.add_argument("--database", choices=_EVERYWHERE)
    words = reader.parse_args()
    be_quiet()
    begun = time.monotonic()
    wanted = [
        (fault, database)
        for fault in FAULTS
        for database in (fault.short if words.short else fault.full)
        if words.database in (None, database) and (not words.only or fault.module in words.only)
    ]
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        databases = {database for _fault, database in wanted}
        if SQLITE in databases:
            _make_ready(Path(folder) / "instance")
        if POSTGRESQL in databases and has_postgresql():
            # One server for all of them, stopped when this process ends.
            postgresql.start()
        by_turns = [one for one in wanted if one[0].alone or not words.short]
        beside = [one for one in wanted if one not in by_turns]
        with ThreadPoolExecutor(AT_ONCE) as two:
            told = two.map(lambda one: _passed(*one, short=True), beside)
            passed = dict(zip(beside, told, strict=True))
        passed |= {one: _passed(*one, short=words.short) for one in by_turns}
        if words.short:
            # Beside other work a process may be slower than any patience: once more, alone.
            for one in [one for one, well in passed.items() if not well]:
                passed[one] = _passed(*one, short=True)
                print(f"{one[0].module} on {one[1]} was tried twice.")
    failed = [f"{one[0].module} on {one[1]}" for one, well in passed.items() if not well]
    print(f"All of it took {time.monotonic() - begun:.0f} s.")
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}")


def _make_ready(instance: Path) -> None:
    """Make one installation that all faults on SQLite copy: each is then ready much sooner."""
    os.environ["INNOVATION_TEST_DATABASE"] = SQLITE
    install(installation.environment(instance, "ready"))
    os.environ[READY] = str(instance)


def _passed(fault: Listed, database: str, *, short: bool) -> bool:
    """Run one fault in a process of its own, tell its figures and keep those of the full form."""
    if database == POSTGRESQL and not has_postgresql():
        print(f"{fault.module} on {database}: left out, there is no PostgreSQL server here")
        return True
    begun = time.monotonic()
    told = _told(fault.module, database, short)
    taken = time.monotonic() - begun
    print("\n".join([f"== {database}", *lines(told), f"  took {taken:.0f} s"]), flush=True)
    if not short:
        report.keep(told, database, taken)
    return told.passed


def _told(module: str, database: str, short: bool) -> Figures:
    command = [sys.executable, "-m", f"bench.faults.{module}", "--json", "--database", database]
    done = subprocess.run(
        [*command, *(["--short"] if short else [])], check=False, stdout=subprocess.PIPE, text=True
    )
    try:
        return Figures(**json.loads(done.stdout.strip().rpartition("\n")[2]))
    except ValueError:
        return Figures(module, False, problems=(f"it ended with {done.returncode}",))


if __name__ == "__main__":
    main()
