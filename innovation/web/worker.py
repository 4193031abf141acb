"""The worker: one loop that does the jobs that are due and the duties that repeat."""

import fcntl
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import select, update

from innovation.core import clock, jobs, transaction
from innovation.core.db import db

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 0.25
DUTY_PAUSE_SECONDS = 5.0


def run(app: Flask, *, once: bool = False) -> None:
    """Work until told to stop, or only until nothing is due.

    A second worker on the same instance folder waits for its turn; one that would only work once
    leaves the work to the first.
    """
    stop = threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
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

    Another host may be doing the same for the same database; whatever is done twice is safe.
    """
    with app.app_context(), transaction.writing():
        db.session.execute(
            update(jobs.Job).where(jobs.Job.locked_until.is_not(None)).values(locked_until=None)
        )
        for name, (period, _function) in jobs.duties.items():
            row = db.session.get(jobs.Routine, name)
            if row and (row.last_run is None or row.next_run != row.last_run + period):
                row.next_run = clock.now()


def _catch_up(app: Flask, stop: threading.Event) -> None:
    do_duties(app)
    while not stop.is_set() and do_jobs(app):
        pass


def _keep_working(app: Flask, stop: threading.Event) -> None:
    last_duties = 0.0
    while not stop.is_set():
        busy = False
        try:
            busy = do_jobs(app)
            now = clock.now().timestamp()
            if now - last_duties >= DUTY_PAUSE_SECONDS:
                last_duties = now
                do_duties(app)
        except Exception:
            logger.exception("the worker stumbled and goes on")
            stop.wait(1.0)
        if not busy:
            stop.wait(PAUSE_SECONDS)


@contextmanager
def _alone(app: Flask, stop: threading.Event, *, wait: bool) -> Iterator[bool]:
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


def do_jobs(app: Flask) -> bool:
    """Do one batch of every kind that has something due; tell whether there was anything."""
    with app.app_context(), transaction.reading():
        now = clock.now()
        free = jobs.Job.locked_until.is_(None) | (jobs.Job.locked_until < now)
        kinds = set(
            db.session.scalars(
                select(jobs.Job.kind).where(jobs.Job.not_before <= now, free).distinct()
            )
        )
    done = False
    for kind in sorted(kinds & jobs.trades.keys()):
        done = _do_batch(app, kind) or done
    return done


def _do_batch(app: Flask, kind: str) -> bool:
    trade = jobs.trades[kind]
    with app.app_context():
        with transaction.writing():
            due = jobs.take(kind, trade.batch)
        if not due:
            return False
        try:
            trade.handler(due)
        except Exception as problem:
            logger.warning("%d jobs of kind %s wait: %s", len(due), kind, type(problem).__name__)
            logger.debug("why", exc_info=True)
            with transaction.writing():
                jobs.postpone(due, problem)
            return False
        with transaction.writing():
            jobs.finish(due)
    return True


def do_duties(app: Flask) -> None:
    """Do every repeated duty whose time has come."""
    with app.app_context(), transaction.reading():
        waiting = set(
            db.session.scalars(select(jobs.Routine.name).where(jobs.Routine.next_run > clock.now()))
        )
    for name, (period, function) in jobs.duties.items():
        if name in waiting:
            continue
        with app.app_context():
            with transaction.writing():
                if not _claim_duty(name):
                    continue
            problem = ""
            try:
                function()
            except Exception as error:
                logger.exception("duty %s failed", name)
                problem = type(error).__name__
            with transaction.writing():
                now = clock.now()
                db.session.execute(
                    update(jobs.Routine)
                    .where(jobs.Routine.name == name)
                    .values(
                        last_run=now,
                        next_run=now + period,
                        last_error=problem,
                        failures=jobs.Routine.failures + int(bool(problem)),
                    )
                )


def _claim_duty(name: str) -> bool:
    """Take a duty for a lease when it is due; the first time counts as due."""
    now = clock.now()
    row = db.session.get(jobs.Routine, name)
    if row is None:
        db.session.add(jobs.Routine(name=name, next_run=now + jobs.LEASE))
        return True
    if row.next_run > now:
        return False
    row.next_run = now + jobs.LEASE
    return True
