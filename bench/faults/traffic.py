"""A county at work: people who come at their own pace, whether or not the service keeps up.

What is assumed, for a county of 416,000 residents and 18,500 staff in the week in which everybody
was written to: one resident in ten comes and looks at six pages, every second staff member comes
and looks at ten. That is 342,100 pages in a week; the busiest hour has 4 % of them, seven times
the mean hour: 3.8 a second. Normal load is that hour: 4 visits a second, every thirtieth of them a
comment, every fiftieth an idea, which is ten times as many as such a county would write.
"""

import queue
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from urllib3.exceptions import HTTPError

from bench import served
from bench.accounting import Meter
from bench.asking import Request, Visitor, percentile
from bench.faults.figures import Say
from bench.installations import POSTGRESQL, described, make_durable
from bench.jobs import MODERATOR, NAMELESS, SIGNED_IN, Job, jobs_of
from bench.material import material
from bench.population import PEERS, Population, populate, scaled
from bench.served import Served
from tests.real import installation

# Visits in a second.
NORMAL = 4.0
# Of a hundred visits. Pages come as often as people look at them; what is sent is generous.
MIX = {
    ("list, first page", NAMELESS): 20,
    ("list, first page", SIGNED_IN): 3,
    ("list, page 50", NAMELESS): 2,
    ("one sub-project", NAMELESS): 6,
    ("combined filters", NAMELESS): 5,
    ("idea with 20 comments", NAMELESS): 12,
    ("idea with 20 comments", SIGNED_IN): 6,
    ("any idea", NAMELESS): 17,
    ("any idea", SIGNED_IN): 4,
    ("search, one word", NAMELESS): 7,
    ("search, two words and filters", NAMELESS): 4,
    ("support", SIGNED_IN): 6,
    ("comment", SIGNED_IN): 3,
    ("submit", NAMELESS): 1,
    ("submit", SIGNED_IN): 1,
    ("moderator's queue", MODERATOR): 3,
}
SHORT_IDEAS = 1_000
# So many people wait for an answer at once; whoever comes when all of them wait, waits too.
AT_ONCE = 96
# The service closes what was silent for five seconds; browsers notice, and so do these.
_SILENT = 3.0


@dataclass(frozen=True)
class Visit:
    """One request: of which kind, what came of it, and how long since it was due.

    status: 0 where no answer came, with what went wrong in `problem`. late: how many milliseconds
    it had to wait for somebody to ask it, which is a part of the time.
    """

    kind: str
    request: Request
    status: int
    milliseconds: float
    problem: str = ""
    late: float = 0.0

    @property
    def well(self) -> bool:
        """Whether it was answered as it should be: a page with a page, a form as agreed."""
        return self.status == self.request.status or (
            self.request.form is None and self.status in {303, 304}
        )


@dataclass(frozen=True)
class County:
    """A served installation with its people: the kinds of visits, and a second application."""

    app: Flask
    population: Population
    served: Served
    meter: Meter
    jobs: Mapping[tuple[str, str], Job]
    instance: Path


@contextmanager
def county(short: bool, database: str, folder: Path, say: Say) -> Iterator[County]:
    """Fill an installation and serve it as in production: 1,000 ideas in short, else 10,000."""
    with described(database) as (app, variables):
        amounts = scaled(SHORT_IDEAS) if short else PEERS
        say(f"filling {amounts.ideas} ideas")
        population = populate(app, material(None), amounts)
        served.flask(variables, "search", "rebuild")
        postmaster = make_durable() if database == POSTGRESQL else 0
        jobs = {(one.name, one.who): one for one in jobs_of(app, population)}
        installation.let_go(app)
        with served.platform(variables, folder) as platform:
            meter = Meter(platform.pid, postmaster)
            instance = Path(variables["INNOVATION_INSTANCE"])
            warm_up(platform.url, jobs)
            yield County(app, population, platform, meter, jobs, instance)


def warm_up(url: str, jobs: Mapping[tuple[str, str], Job]) -> None:
    """Ask for every page once, as a service that has run for a while has been."""
    visitor = Visitor(url)
    for job in jobs.values():
        for request in job.pool:
            visitor.hear(request)
    visitor.leave()


class Traffic:
    """People who come at moments of their own, so many a second, each at once or not at all."""

    def __init__(self, there: County, rate: float) -> None:
        """Nobody comes yet. rate: visits a second."""
        self._there, self.rate = there, rate
        self._chance = random.Random(8)  # noqa: S311 - for measuring, not for secrets
        self._free: queue.LifoQueue[tuple[float, Visitor]] = queue.LifoQueue()
        self._lock = threading.Lock()
        self.visits: list[Visit] = []
        for number in range(AT_ONCE):
            self._free.put((0.0, Visitor(there.served.url, f"127.60.0.{1 + number}")))

    def come(
        self, seconds: float, look: Callable[[], object] | None = None, every: float = 5.0
    ) -> list[Visit]:
        """Let them come for so long and be answered; gives what came of it.

        look: called every so many seconds meanwhile.
        """
        first = len(self.visits)
        kinds, weights = list(MIX), list(MIX.values())
        begun = time.perf_counter()
        due, looked = begun, begun
        with ThreadPoolExecutor(AT_ONCE) as people:
            while (due := due + self._chance.expovariate(self.rate)) < begun + seconds:
                kind = self._chance.choices(kinds, weights)[0]
                requests = self._there.jobs[kind].make()
                time.sleep(max(0.0, due - time.perf_counter()))
                people.submit(self._visit, kind[0], requests, due)
                if look is not None and time.perf_counter() - looked >= every:
                    looked = time.perf_counter()
                    people.submit(look)
        return self.visits[first:]

    def _visit(self, kind: str, requests: Sequence[Request], due: float) -> None:
        used, visitor = self._free.get()
        if time.monotonic() - used > _SILENT:
            visitor.leave()
            visitor = visitor.again()
        for place, request in enumerate(requests, 1):
            named = kind if place == len(requests) else f"{kind}: beside it"
            begun = time.perf_counter()
            status, problem = 0, ""
            try:
                status = visitor.hear(request).status
            except (HTTPError, OSError) as failure:
                problem = type(failure).__name__
            now = time.perf_counter()
            visit = Visit(named, request, status, 1000 * (now - due), problem, 1000 * (begun - due))
            with self._lock:
                self.visits.append(visit)
            due = now
        self._free.put((time.monotonic(), visitor))

    def leave(self) -> None:
        """Close every connection."""
        while not self._free.empty():
            self._free.get()[1].leave()


def in_short(visits: Sequence[Visit]) -> str:
    """Give how long answers took, in words."""
    taken = [one.milliseconds for one in visits]
    if not taken:
        return "nobody came"
    p50, p95, p99 = (percentile(taken, part) for part in (0.50, 0.95, 0.99))
    return f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, longest {max(taken):.0f} ms"


def not_well(visits: Sequence[Visit]) -> Counter[str]:
    """Count what was not answered as it should be, by kind and status."""
    return Counter(f"{one.kind}: {one.status or one.problem}" for one in visits if not one.well)
