"""Clocks: wall-clock time, and CPU of this process and of the database's own ones."""

import os
import statistics
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import Pipe
from pathlib import Path
from typing import TypeVar, cast

from flask import Flask
from sqlalchemy import event, text

from innovation.core import transaction
from innovation.core.db import db

Given = TypeVar("Given")
Result = TypeVar("Result")

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Times:
    """Milliseconds of many askings: of the clock on the wall, and of CPU."""

    p50: float
    p95: float
    cpu_p50: float
    cpu_p95: float
    cpu_mean: float


class Cpu:
    """Counts the seconds of CPU of this process and of the database's processes for it."""

    def __init__(self, app: Flask) -> None:
        """Find the database's processes; those that begin later are not counted."""
        self._backends = _backends(app)

    def used(self) -> float:
        """Give the seconds used so far."""
        return time.process_time() + sum(map(_used, self._backends))


def times(cpu: Cpu, ask: Callable[[Given], object], given: Sequence[Given]) -> Times:
    """Ask for each of these once."""
    walls, cpus = [], []
    for one in given:
        wall, used = timed(cpu, lambda: ask(one))  # noqa: B023 - called at once
        walls.append(wall)
        cpus.append(used)
    return in_short(walls, cpus)


def timed(cpu: Cpu, ask: Callable[[], object]) -> tuple[float, float]:
    """Give the milliseconds of the clock and of CPU."""
    used, begun = cpu.used(), time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - begun), 1000 * (cpu.used() - used)


def in_short(walls: Sequence[float], cpus: Sequence[float]) -> Times:
    """Give the figures of single times."""
    if not walls:
        return Times(0.0, 0.0, 0.0, 0.0, 0.0)
    rounded = [
        statistics.median(walls),
        _p95(walls),
        statistics.median(cpus),
        _p95(cpus),
        statistics.mean(cpus),
    ]
    return Times(*(round(one, 2) for one in rounded))


def in_fork(app: Flask, work: Callable[[], Result]) -> Result:
    """Do work in a process of its own, as the worker does, so that it leaves nothing in this one.

    Raises RuntimeError when it fails.
    """
    with app.app_context():
        db.engine.dispose()  # a connection cannot be shared
    receiving, sending = Pipe(duplex=False)
    process = os.fork()
    if process == 0:
        # It leaves without tidying up what belongs to its parent.
        try:
            sending.send(work())
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    sending.close()
    try:
        return cast(Result, receiving.recv())
    except EOFError:
        raise RuntimeError("the work failed") from None
    finally:
        os.waitpid(process, 0)


def memory() -> int:
    """Give this process's own and its share of common memory (PSS), in megabytes."""
    for line in Path("/proc/self/smaps_rollup").read_text(encoding="utf-8").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) // 1024
    return 0


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Note the statements that are sent to the database meanwhile."""
    noted: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        noted.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def _backends(app: Flask) -> list[int]:
    with app.app_context(), transaction.reading():
        if db.engine.dialect.name != "postgresql":
            return []
        return list(
            db.session.scalars(
                text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
            )
        )


def _used(process: int) -> float:
    """Give the seconds of CPU that a process of this machine has used; 0 when it has ended."""
    try:
        schedule = Path(f"/proc/{process}/schedstat")
        if schedule.exists():
            return int(schedule.read_text().split()[0]) / 1e9
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICK
