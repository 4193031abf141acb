"""The worker: one loop that does the jobs that are due and the duties that repeat."""

import fcntl
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from enum import IntEnum
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from innovation.core import clock, jobs, transaction
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.web.server import LOOK_SECONDS, Child
from innovation.web.stop import STOPPING, Stop

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 0.25
# While many people write, what they change in this time goes into the index together; a new idea
# is found within a second all the same.
PAUSE_AFTER_WORK_SECONDS = 0.5
DUTY_PAUSE_SECONDS = 5.0
# While the database is away or full, the worker asks again after a growing pause.
LONGEST_STUMBLE_SECONDS = 8.0
# What this machine's worker has taken last, for the one that follows it.
HAND = "worker.hand"


class Done(IntEnum):
    """How much was due. A_BATCH: as many of a kind as are done together, and perhaps more."""

    NOTHING = 0
    SOME = 1
    A_BATCH = 2


def run(app: Flask, *, once: bool = False) -> None:
    """Work until told to stop, or only until nothing is due.

    A second worker on the same instance folder waits for its turn; one that would only work once
    leaves the work to the first.
    """
    stop = Stop()
    if threading.current_thread() is threading.main_thread():
        stop.on(*STOPPING)
    with _alone(app, stop, wait=not once) as alone:
        if not alone:
            logger.info("another worker is at work")
        elif once:
            _take_over(app)
            _catch_up(app, stop)
        else:
            _take_over(app)
            _keep_working(app, stop)


def _take_over(app: Flask) -> None:
    """Make due what a killed worker had begun: nobody else is at work on this instance folder.

    With the embedded database that is everything. Where other machines may be at work on the same
    database, it is what this folder's worker has put down; the rest waits until its lease is over.
    """
    settings = _settings(app)
    with app.app_context(), transaction.writing():
        jobs.let_go(None if settings.embedded else _in_hand(settings.instance))


def _lease(app: Flask) -> datetime:
    """Give until when the next thing is taken, put down first for whoever follows when we die.

    No two machines come to the same millionth of a second, so it tells whose a thing is.
    """
    until = clock.now() + jobs.LEASE
    if not _settings(app).embedded:
        # A full disk or a power cut may lose it: what is not known here waits for its lease.
        with suppress(OSError):
            (_settings(app).instance / HAND).write_text(until.isoformat(), encoding="ascii")
    return until


def _in_hand(instance: Path) -> list[datetime]:
    """Give the lease that the worker of this folder took last; it does one thing at a time."""
    try:
        return [datetime.fromisoformat((instance / HAND).read_text(encoding="ascii"))]
    except (OSError, ValueError):
        return []


def _catch_up(app: Flask, stop: Stop) -> None:
    do_duties(app)
    while not stop.is_set() and do_jobs(app):
        pass


def _keep_working(app: Flask, stop: Stop) -> None:
    last_duties, stumbles = 0.0, 0
    while not stop.is_set():
        done = Done.NOTHING
        try:
            if stumbles:
                # What was begun could be neither finished nor put off: no need to wait for leases.
                _take_over(app)
            done = do_jobs(app)
            now = clock.now().timestamp()
            if now - last_duties >= DUTY_PAUSE_SECONDS:
                last_duties = now
                do_duties(app)
            stumbles = 0
        except Exception:
            stumbles += 1
            logger.exception("the worker stumbled and goes on")
            stop.wait(min(2.0 ** (stumbles - 1), LONGEST_STUMBLE_SECONDS))
        if done < Done.A_BATCH:
            stop.wait(PAUSE_AFTER_WORK_SECONDS if done else PAUSE_SECONDS)


@contextmanager
def _alone(app: Flask, stop: Stop, *, wait: bool) -> Iterator[bool]:
    """Hold the worker's lock and tell whether we got it; a killed process lets go by itself."""
    path: Path = app.extensions["settings"].instance / "worker.lock"
    with path.open("w") as file:
        while not stop.is_set():
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if not wait:
                    break
                stop.wait(PAUSE_SECONDS)
            else:
                yield True
                return
        yield False


def do_jobs(app: Flask) -> Done:
    """Do one batch of every kind that has something due."""
    with app.app_context(), transaction.reading():
        kinds = jobs.due_kinds()
    return max(
        (_do_batch(app, kind) for kind in sorted(kinds & jobs.trades.keys())), default=Done.NOTHING
    )


def _do_batch(app: Flask, kind: str) -> Done:
    trade = jobs.trades[kind]
    with app.app_context():
        with transaction.writing():
            due = jobs.take(kind, trade.batch, _lease(app))
        if not due:
            return Done.NOTHING
        try:
            trade.handler(due)
        except Exception as problem:
            logger.warning("%d jobs of kind %s wait: %s", len(due), kind, type(problem).__name__)
            logger.debug("why", exc_info=True)
            with transaction.writing():
                jobs.postpone(due, problem)
            return Done.NOTHING
        with transaction.writing():
            jobs.finish(due)
    return Done.SOME if len(due) < trade.batch else Done.A_BATCH


def do_duties(app: Flask) -> None:
    """Do every repeated duty whose time has come."""
    with app.app_context(), transaction.reading():
        rows = db.session.execute(select(jobs.Routine.name, jobs.Routine.next_run))
        next_run = {row.name: row.next_run for row in rows}
    for name, (period, function) in jobs.duties.items():
        own = name in jobs.of_each_machine and not _settings(app).embedded
        due = next_run.get(name)
        if own:
            done_here: dict[str, datetime] = app.extensions.setdefault("duties_done_here", {})
            due = done_here[name] + period if due and name in done_here else None
        if (due is None or due <= clock.now()) and _do_duty(app, name, function, own=own):
            if own:
                done_here[name] = clock.now()
            # Somebody may be waiting for a mailed code meanwhile.
            do_jobs(app)


def _do_duty(app: Flask, name: str, function: Callable[[], None], *, own: bool = False) -> bool:
    """Do one duty when it is due; tell whether it was. own: it is due on this machine anyway."""
    with app.app_context():
        with transaction.writing():
            if not jobs.claim(name, _lease(app)) and not own:
                return False
        problem = ""
        try:
            if name in jobs.done_apart and not app.testing:
                _do_apart(app, function)
            else:
                function()
        except Exception as error:
            logger.exception("duty %s failed", name)
            problem = type(error).__name__
        with transaction.writing():
            jobs.note_done(name, problem)
    return True


def _do_apart(app: Flask, function: Callable[[], None]) -> None:
    """Let a process of its own do it: the memory that it needed for a while goes with it.

    Raises ChildProcessError; why, that process has told the log.
    """
    for engine in db.engines.values():
        engine.dispose()  # no connection may be shared with a forked process

    def work() -> None:
        with app.app_context():
            function()

    child = Child("duty", work)
    while child.runs():
        time.sleep(LOOK_SECONDS)
    if child.returncode:
        raise ChildProcessError(f"it ended with {child.returncode}")


def _settings(app: Flask) -> Settings:
    settings: Settings = app.extensions["settings"]
    return settings
