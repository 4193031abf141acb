"""Rounds: the floors, then every job, again and again, so that all meet the same machine."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from bench.accounting import Meter
from bench.asking import Answer, Crowd, Request, crowd, percentile
from bench.floors import FLOORS
from bench.jobs import Job
from bench.noting import Notes
from bench.served import Served

# How a page was asked for: kept since it was asked before, or made right after a commit.
AGAIN, ANEW, SENT = "again", "anew", "sent"
CONNECTIONS = 4
_QUIET_SECONDS = 1.0
# A service that has just begun still makes ready what it does not have: it is calm when it takes
# no more than so much of a processor.
_CALM, _LONGEST_UNREST = 0.1, 90.0


@dataclass(frozen=True)
class Pace:
    """How many rounds, and how often each thing is asked for in each."""

    rounds: int = 6
    floors: int = 100
    beside: int = 60
    again: int = 40
    anew: int = 15
    sent: int = 20


@dataclass
class Taken:
    """What one job took. cpu, database: milliseconds of CPU for each asking, by round, all of it
    and the database's part. ratios: to floor c of the same round. times: of single answers.
    """

    goal: float | None = None
    peer: str = "–"
    cpu: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def in_short(self) -> dict[str, object]:
        """Give the figures."""
        return {
            "goal": self.goal,
            "peer": self.peer,
            "cpu": round(statistics.median(self.cpu), 3),
            "database": round(statistics.median(self.database), 3),
            "ratio": round(statistics.median(self.ratios), 2),
            "spread": [round(min(self.ratios), 2), round(max(self.ratios), 2)],
            "p50": round(percentile(self.times, 0.50), 2),
            "p95": round(percentile(self.times, 0.95), 2),
            "p99": round(percentile(self.times, 0.99), 2),
            "bytes": round(statistics.median(self.sizes)),
        }


@dataclass(frozen=True)
class Sides:
    """What is compared: the platform and the floors, each served and measured by itself."""

    platform: Served
    meter: Meter
    floors: Served
    floor_meter: Meter
    notes: Notes


def key_of(job: Job, way: str) -> str:
    """Give what the figures of a job are kept under."""
    return " · ".join((job.name, job.who, way))


def run(
    sides: Sides, jobs: Sequence[Job], pace: Pace, say: Callable[[str], None]
) -> dict[str, Taken]:
    """Go through all rounds; gives what the floors and the jobs took, and the platform at rest."""
    taken: dict[str, Taken] = {}
    for number in range(1, pace.rounds + 1):
        say(f"round {number} of {pace.rounds}")
        before = _floors(sides, pace, taken)
        rest = _rest(sides)
        taken.setdefault("at rest", Taken()).cpu.append(1000 * rest)
        for job in jobs:
            ways = list(_asked(sides, job, pace, rest))
            # A shared machine is slower one second and faster the next: floor c stands beside.
            after, _answers = _floor(sides, pace.beside, FLOORS["c"])
            floor, before = (before + after) / 2, after
            for way, cost, answers in ways:
                one = taken.setdefault(key_of(job, way), Taken(job.goal, job.peer))
                one.cpu.append(sum(cost))
                one.database.append(cost[1])
                one.ratios.append(sum(cost) / floor)
                one.times += [answer.milliseconds for answer in answers]
                one.sizes += [answer.size for answer in answers]
    return taken


def _floors(sides: Sides, pace: Pace, taken: dict[str, Taken]) -> float:
    """Ask for the floors; gives the CPU of floor c, in milliseconds."""
    cost = {}
    for name, path in FLOORS.items():
        cost[name], answers = _floor(sides, pace.floors, path)
        one = taken.setdefault(f"floor {name}", Taken())
        one.cpu.append(cost[name])
        one.database.append(0.0)
        one.times += [answer.milliseconds for answer in answers]
        one.sizes += [answer.size for answer in answers]
    for name in FLOORS:
        taken[f"floor {name}"].ratios.append(cost[name] / cost["c"])
    return cost["c"]


def _floor(sides: Sides, times: int, path: str) -> tuple[float, list[Answer]]:
    """Ask for a floor so many times; gives its CPU for each, in milliseconds."""
    requests = [Request(path)] * times
    with crowd(sides.floors.url, CONNECTIONS) as visitors:
        visitors.each(requests[:5])
        sides.floor_meter.begin()
        answers = visitors.share(requests)
        return 1000 * sides.floor_meter.used().whole / len(answers), answers


def _rest(sides: Sides) -> float:
    """Give the seconds of CPU that the platform takes in a second in which nobody asks."""
    sides.notes.settle()
    sides.meter.begin()
    time.sleep(_QUIET_SECONDS)
    return sides.meter.used().whole / _QUIET_SECONDS


def become_calm(sides: Sides, jobs: Sequence[Job]) -> None:
    """Ask for every page once, and wait until the service makes nothing ready any more."""
    for job in jobs:
        with crowd(sides.platform.url, CONNECTIONS) as visitors:
            visitors.each(job.pool)
    end = time.monotonic() + _LONGEST_UNREST
    while _rest(sides) > _CALM and time.monotonic() < end:
        continue


Cost = tuple[float, float]


def _asked(
    sides: Sides, job: Job, pace: Pace, rest: float
) -> Iterator[tuple[str, Cost, list[Answer]]]:
    """Ask for a job in each of its ways; gives the CPU of the service and of the database."""
    with crowd(sides.platform.url, CONNECTIONS if job.is_page else 1) as visitors:
        if job.is_page:
            visitors.each(job.pool)
            requests = [one for _ in range(pace.again) for one in job.make()]
            yield AGAIN, *_metered(sides, rest, pace.again, lambda: visitors.share(requests))
            yield ANEW, *_metered(sides, rest, pace.anew, lambda: _anew(sides, job, pace, visitors))
        else:
            # What is sent is new each time; the first one of a connection is not counted.
            visitors.share(job.make())
            sides.notes.settle()
            yield SENT, *_metered(sides, rest, pace.sent, lambda: _sent(sides, job, pace, visitors))


def _anew(sides: Sides, job: Job, pace: Pace, visitors: Crowd) -> list[Answer]:
    answers = []
    for _ in range(pace.anew):
        sides.notes.write()
        answers += visitors.share(job.make())
    return answers


def _sent(sides: Sides, job: Job, pace: Pace, visitors: Crowd) -> list[Answer]:
    """Send, and wait for what the worker does after it. The last answer of each is timed."""
    answers = [visitors.share(job.make())[-1] for _ in range(pace.sent)]
    sides.notes.settle()
    return answers


def _metered(
    sides: Sides, rest: float, many: int, ask: Callable[[], list[Answer]]
) -> tuple[Cost, list[Answer]]:
    """Give the milliseconds of CPU of each asking, without what the service takes at rest."""
    sides.meter.begin()
    begun = time.perf_counter()
    answers = ask()
    resting = rest * (time.perf_counter() - begun)
    used = sides.meter.used()
    service = max(0.0, used.service - resting)
    return (1000 * service / many, 1000 * used.database / many), answers
