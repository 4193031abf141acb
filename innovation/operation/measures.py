"""What is counted while pages are served, and what is told to those who watch the service.

No label tells of a person: endpoints, methods and states are words of the code.
"""

import os
import platform
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from innovation.operation import shared_counts
from innovation.operation.queries import Workload
from innovation.operation.versions import product_version

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
# Seconds: from a page out of a cache to one that nobody waits for any more.
STEPS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

# As `flask serve` calls the process that keeps pages and worker alive.
SUPERVISOR = "serving"

_own = CollectorRegistry()
_requests = Counter(
    "innovation_requests",
    "Requests that were answered.",
    ("endpoint", "method", "status"),
    registry=_own,
)
_seconds = Histogram(
    "innovation_request_duration_seconds",
    "Time from taking a request to its answer.",
    ("endpoint",),
    buckets=STEPS,
    registry=_own,
)
_statements = Counter(
    "innovation_database_queries", "Statements sent to the database by pages.", registry=_own
)
_slow = Counter("innovation_database_slow_queries", "Those of them that took long.", registry=_own)
# Finding the place of a set of labels costs more than counting: it is looked up once.
_counting: dict[tuple[str, str, int], Counter] = {}
_timing: dict[str, Histogram] = {}


def count_request(endpoint: str, method: str, status: int, seconds: float, queries: int) -> None:
    """Count one answered request. endpoint: of our own, "-" for an unknown address."""
    word = method if method in METHODS else "other"
    key = (endpoint, word, status)
    # Somebody may have cleared the folder away: no page fails for a number.
    with suppress(OSError):
        if key not in _counting:
            _counting[key] = _requests.labels(endpoint, word, str(status))
        if endpoint not in _timing:
            _timing[endpoint] = _seconds.labels(endpoint)
        _counting[key].inc()
        _timing[endpoint].observe(seconds)
        if queries:
            _statements.inc(queries)


def count_slow_query() -> None:
    """Count a statement that took long."""
    with suppress(OSError):
        _slow.inc()


def told(workload: Workload | None) -> bytes:
    """Give everything in the format of Prometheus. workload: None when the database is gone."""
    registry = CollectorRegistry()
    registry.register(_Now(workload))
    where = shared_counts.folder()
    if where is None:
        return generate_latest(_own) + generate_latest(registry)
    with shared_counts.turn(where, alone=False):
        MultiProcessCollector(registry, path=str(where))  # type: ignore[no-untyped-call]
        return generate_latest(registry)


class _Now(Collector):
    """What is not counted but looked at: work that waits, memory, versions."""

    def __init__(self, workload: Workload | None) -> None:
        self.workload = workload

    def collect(self) -> Iterator[Metric]:
        """Give each number with what it means."""
        build = GaugeMetricFamily(
            "innovation_build_info",
            "What runs here; always 1.",
            labels=("version", "python", "database"),
        )
        work = self.workload
        build.add_metric(
            (product_version(), platform.python_version(), work.database if work else "-"), 1
        )
        yield build
        yield _gauge("innovation_database_up", "1 when the database answers.", float(bool(work)))
        yield from _processes()
        if work is not None:
            yield from _of_work(work)


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)


def _of_work(work: Workload) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("innovation_jobs", "Work for the worker.", labels=("state",))
    jobs.add_metric(("waiting",), work.jobs_waiting)
    jobs.add_metric(("failed",), work.jobs_failed)
    yield jobs
    yield _gauge(
        "innovation_oldest_job_age_seconds",
        "How long the oldest work that is due has been due.",
        work.oldest_job_seconds,
    )
    mails = GaugeMetricFamily("innovation_mails", "Mails of the outbox.", labels=("state",))
    for state, count in sorted(work.mails.items()):
        mails.add_metric((state,), count)
    yield mails
    yield _gauge("innovation_index_waiting", "Ideas that wait to be indexed.", work.index_waiting)
    yield _gauge(
        "innovation_index_lag_seconds", "How long the oldest of them has waited.", work.index_lag
    )
    yield _gauge(
        "innovation_worker_last_run_timestamp_seconds",
        "When the worker did its latest duty, 0 for never.",
        work.worker_ran.timestamp() if work.worker_ran else 0.0,
    )
    failures = CounterMetricFamily(
        "innovation_duty_failures", "How often each duty has failed.", labels=("duty",)
    )
    for name, count in sorted(work.duty_failures.items()):
        failures.add_metric((name,), count)
    yield failures


def _processes() -> Iterator[Metric]:
    memory = GaugeMetricFamily(
        "innovation_memory_bytes",
        "Memory of the processes, what they share divided among them.",
        labels=("process",),
    )
    count = GaugeMetricFamily(
        "innovation_processes", "How many processes of each kind run.", labels=("process",)
    )
    for name, numbers in _serving().items():
        memory.add_metric((name,), sum(_memory(one) for one in numbers))
        count.add_metric((name,), len(numbers))
    yield memory
    yield count


def _serving() -> dict[str, list[int]]:
    """Give the processes that serve pages, and the worker beside them where `flask serve` runs."""
    if shared_counts.folder() is None:
        return {"pages": [os.getpid()]}
    server = os.getppid()
    above = _parent(server)
    kin = {"pages": [server, *_children(server)]}
    if _name(above) == SUPERVISOR:
        kin[SUPERVISOR] = [above]
        kin["worker"] = [one for one in _children(above) if _name(one) == "worker"]
    return kin


def _children(process: int) -> list[int]:
    try:
        told = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(one) for one in told.split()]


def _parent(process: int) -> int:
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return 0
    return int(told.rpartition(")")[2].split()[1])


def _name(process: int) -> str:
    """Give what a process is called in lists of processes."""
    try:
        return Path(f"/proc/{process}/comm").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _memory(process: int) -> int:
    """Give the proportional share of a process in bytes; 0 where the system does not tell."""
    try:
        told = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    line = next((one for one in told.splitlines() if one.startswith("Pss:")), "Pss: 0 kB")
    return int(line.split()[1]) * 1024
