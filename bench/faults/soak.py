"""An hour at normal load with flat memory: `python -m bench.faults.soak --database postgresql`.

Before it people come ten times as fast for ten minutes: caches fill, and processes that were forked
from one that has loaded everything make their own what they touch, as in a service that runs since
this morning. From then on nothing may grow. Every half minute (three seconds in short, which lasts
30 seconds) each process is looked at: its memory with its share of what is common (PSS), its open
files and its threads; and the work in the background: how much waits and for how long.
"""

import os
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.accounting import PROC, memory, tree
from bench.faults import stored
from bench.faults.figures import Figures, Promises, Say, alone
from bench.faults.traffic import NORMAL, County, Traffic, county, in_short, not_well
from innovation.core import clock

SECONDS, EVERY = 3_600.0, 30.0
SHORT_SECONDS, SHORT_EVERY = 30.0, 3.0
# How the morning passes: so many times the normal load for so many seconds.
TIMES, MORNING, SHORT_MORNING = 10, 600.0, 5.0
# What the service may grow by: in an hour, and in the short form in all, which is hardly more than
# caches that fill. What is written meanwhile makes it grow a little too.
MOST_GROWTH, SHORT_GROWTH = 25.0, 120.0
MOST_MORE_FILES, MOST_MORE_THREADS = 12, 4
# The worker makes indexes and mails in batches: a job may wait so many seconds.
LONGEST_WAIT, MOST_LATE = 30.0, 60.0
LARGEST_JOURNAL = 64.0


@dataclass
class Seen:
    """One look: when, and of each process by name and number its MB, open files and threads."""

    at: float
    processes: dict[str, tuple[float, int, int]]
    database: float
    waiting: int
    oldest: float
    journal: float


@dataclass
class Looks:
    """All looks."""

    there: County
    begun: float = field(default_factory=time.monotonic)
    seen: list[Seen] = field(default_factory=list)

    def look(self) -> None:
        """Look once."""
        waiting, oldest = stored.waiting(self.there.app)
        _service, database = self.there.meter.memory()
        self.seen.append(
            Seen(
                time.monotonic() - self.begun,
                processes(self.there.served.pid),
                sum(database),
                waiting,
                oldest,
                sum(one.stat().st_size for one in self.there.instance.glob("*-wal")) / 1e6,
            )
        )


def processes(root: int) -> dict[str, tuple[float, int, int]]:
    """Give the megabytes, open files and threads of a process and all that it began."""
    found = {}
    for pid in sorted(tree(root)):
        with suppress(OSError):
            folder = PROC / str(pid)
            name = (folder / "comm").read_text().strip()
            megabytes = sum(memory([pid]))
            files = len(os.listdir(folder / "fd"))
            found[f"{name} {pid}"] = (megabytes, files, len(os.listdir(folder / "task")))
    return found


def run(short: bool, database: str, say: Say) -> Figures:
    """Let people come at the normal pace and look now and then; gives the figures."""
    seconds, every = (SHORT_SECONDS, SHORT_EVERY) if short else (SECONDS, EVERY)
    morning = SHORT_MORNING if short else MORNING
    promises = Promises(say, short=short)
    with (
        tempfile.TemporaryDirectory() as folder,
        county(short, database, Path(folder), say) as there,
    ):
        since, many, traffic = clock.now(), Traffic(there, TIMES * NORMAL), Traffic(there, NORMAL)
        say(f"{many.rate:.0f} visits a second for {morning:.0f} s, for a morning")
        before = many.come(morning)
        many.leave()
        say(f"{NORMAL:.0f} visits a second for {seconds:.0f} s")
        looks = Looks(there)
        looks.look()
        visits = traffic.come(seconds, looks.look, every)
        looks.look()
        traffic.leave()
        late = stored.until(lambda: stored.waiting(there.app)[0] == 0, MOST_LATE)
        promises.keep_pace(late < MOST_LATE, "the worker does not catch up")
        failed = not_well([*before, *visits])
        promises.hold(not failed, f"not answered well: {dict(failed.most_common(5))}")
        half = len(visits) // 2
        figures: dict[str, str | float] = {
            "minutes, requests, failed": f"{(morning + seconds) / 60:.1f}, "
            f"{len(before) + len(visits)}, {sum(failed.values())}",
            "first half": in_short(visits[:half]),
            "second half": in_short(visits[half:]),
            "acknowledged supports, comments and ideas, all stored once": stored.look(
                there.app, [*before, *visits], since, promises
            ),
        }
        figures |= _memory(looks, short=short, promises=promises)
        figures |= _rest(looks, promises)
    return promises.told("soak", figures, _SHOWS)


_SHOWS = (
    "A morning, told in ten minutes of ten times the normal load, in which caches fill; then the"
    " busiest hour of a county's busiest week. In that hour memory, open files and threads of every"
    " process stay as they are, and the work in the background is done as it comes."
)


def _memory(looks: Looks, *, short: bool, promises: Promises) -> dict[str, str | float]:
    """Tell of the memory of the whole and of each process, and how fast it grows."""
    figures: dict[str, str | float] = {}
    totals = [(one.at, sum(megabytes for megabytes, _, _ in one.processes.values()))
              for one in looks.seen]  # fmt: skip
    slope = grows(totals)
    grown = totals[-1][1] - totals[0][1]
    figures["memory of the service (PSS)"] = (
        f"{totals[0][1]:.0f} MB at first, {totals[-1][1]:.0f} MB at the end, "
        f"{slope:+.1f} MB an hour"
    )
    growth, most = (grown, SHORT_GROWTH) if short else (slope, MOST_GROWTH)
    promises.keep_pace(growth <= most, f"memory grows by {growth:.0f} MB, more than {most:.0f}")
    for name in looks.seen[-1].processes:
        own = [(one.at, one.processes[name][0]) for one in looks.seen if name in one.processes]
        figures[f"memory of {name.rpartition(' ')[0]} {name.rpartition(' ')[2]}"] = (
            f"{own[-1][1]:.0f} MB, {grows(own):+.1f} MB an hour"
        )
    came = looks.seen[-1].processes.keys() - looks.seen[0].processes.keys()
    promises.hold(not came, f"processes were replaced: {sorted(came)}")
    if looks.seen[-1].database:
        own = [(one.at, one.database) for one in looks.seen]
        figures["memory of the database"] = f"{own[-1][1]:.0f} MB, {grows(own):+.1f} MB an hour"
    return figures


def _rest(looks: Looks, promises: Promises) -> dict[str, str | float]:
    """Tell of open files, threads, the journal and the work in the background."""
    first, last = looks.seen[0], looks.seen[-1]
    files, threads = ([sum(one[place] for one in seen.processes.values()) for seen in (first, last)]
                      for place in (1, 2))  # fmt: skip
    promises.hold(files[1] - files[0] <= MOST_MORE_FILES, f"open files grow: {files}")
    promises.hold(threads[1] - threads[0] <= MOST_MORE_THREADS, f"threads grow: {threads}")
    most = max(one.waiting for one in looks.seen)
    longest = max(one.oldest for one in looks.seen)
    promises.keep_pace(longest <= LONGEST_WAIT, f"a job waited {longest:.0f} s")
    journal = max(one.journal for one in looks.seen)
    promises.hold(journal <= LARGEST_JOURNAL, f"the journal of SQLite grew to {journal:.0f} MB")
    told: dict[str, str | float] = {
        "open files": f"{files[0]}, {files[1]} at the end",
        "threads": f"{threads[0]}, {threads[1]} at the end",
        "most jobs seen waiting": f"{most}, none longer than {longest:.1f} s",
    }
    return told | ({"largest journal of SQLite": f"{journal:.1f} MB"} if journal else {})


def grows(points: Sequence[tuple[float, float]]) -> float:
    """Give by how much something grows in an hour: the slope of the line that fits best."""
    middle = sum(at for at, _ in points) / len(points)
    mean = sum(value for _, value in points) / len(points)
    spread = sum((at - middle) ** 2 for at, _ in points)
    if not spread:
        return 0.0
    return 3_600 * sum((at - middle) * (value - mean) for at, value in points) / spread


if __name__ == "__main__":
    alone(run)
