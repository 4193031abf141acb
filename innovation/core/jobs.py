"""Work for later: a table of jobs written with their cause, and the handlers that do them."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core import clock
from innovation.core.db import Base, db, insert

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=1)


class Job(Base):
    """One thing to do. Finished jobs are deleted; a failed one waits longer each time."""

    __tablename__ = "jobs"
    __table_args__ = (Index(None, "kind", "unique_key", unique=True), Index(None, "not_before"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    unique_key: Mapped[str]
    payload: Mapped[dict[str, Any]]
    not_before: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class Routine(Base):
    """When a repeated duty ran last and when it is due again, for administrators to see."""

    __tablename__ = "routines"

    name: Mapped[str] = mapped_column(primary_key=True)
    last_run: Mapped[datetime | None]
    next_run: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")


@dataclass(frozen=True, slots=True)
class Due:
    """A job taken for doing: plain values, safe outside its transaction."""

    id: int
    kind: str
    unique_key: str
    payload: dict[str, Any]
    attempts: int
    created_at: datetime


Handler = Callable[[list[Due]], None]


@dataclass(frozen=True, slots=True)
class Trade:
    """How jobs of one kind are done: the handler gets up to `batch` of them at once."""

    handler: Handler
    batch: int


trades: dict[str, Trade] = {}
duties: dict[str, tuple[timedelta, Callable[[], None]]] = {}


def job(kind: str, *, batch: int = 1) -> Callable[[Handler], Handler]:
    """Declare who does jobs of this kind.

    The handler runs outside any unit of work, opens its own, must be safe to repeat, and raises
    when the work is to be tried again. It need not delete the jobs.
    """

    def register(handler: Handler) -> Handler:
        trades[kind] = Trade(handler, batch)
        return handler

    return register


def every(period: timedelta) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Declare a duty that the worker repeats; it opens its own units of work."""

    def register(function: Callable[[], None]) -> Callable[[], None]:
        duties[function.__name__] = (period, function)
        return function

    return register


def enqueue(
    kind: str, key: str, payload: dict[str, Any] | None = None, not_before: datetime | None = None
) -> None:
    """Write a job in the caller's transaction. One with the same kind and key is renewed.

    A renewed job counts as new even when a worker is just doing it, so nothing is missed.
    """
    now = clock.now()
    values = {
        "kind": kind,
        "unique_key": key,
        "payload": payload or {},
        "not_before": not_before or now,
        "attempts": 0,
        "locked_until": None,
        "last_error": "",
        "created_at": now,
    }
    statement = insert(Job).values(**values)
    renewed = {name: values[name] for name in ("payload", "not_before", "attempts", "last_error")}
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["kind", "unique_key"],
            set_={**renewed, "created_at": now, "locked_until": None},
        )
    )


def take(kind: str, limit: int) -> list[Due]:
    """Take up to `limit` due jobs of a kind for LEASE; call inside a writing unit of work."""
    now = clock.now()
    free = (Job.locked_until.is_(None)) | (Job.locked_until < now)
    wanted = (
        select(Job.id)
        .where(Job.kind == kind, Job.not_before <= now, free)
        .order_by(Job.not_before, Job.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(db.session.scalars(wanted))
    if not ids:
        return []
    db.session.execute(
        update(Job)
        .where(Job.id.in_(ids))
        .values(locked_until=now + LEASE, attempts=Job.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    rows = db.session.execute(
        select(Job.id, Job.kind, Job.unique_key, Job.payload, Job.attempts, Job.created_at)
        .where(Job.id.in_(ids))
        .order_by(Job.id)
    )
    return [Due(*row) for row in rows]


def finish(done: list[Due]) -> None:
    """Delete jobs that were done, except those that were renewed meanwhile."""
    for due in _unheld(done):
        db.session.execute(delete(Job).where(Job.id == due.id, Job.created_at == due.created_at))


def postpone(failed: list[Due], problem: BaseException) -> None:
    """Let failed jobs wait, twice as long each time up to an hour."""
    for due in _unheld(failed):
        pause = min(timedelta(seconds=2 ** min(due.attempts, 12)), LONGEST_PAUSE)
        db.session.execute(
            update(Job)
            .where(Job.id == due.id, Job.created_at == due.created_at)
            .values(
                locked_until=None,
                not_before=clock.now() + pause,
                last_error=type(problem).__name__,
            )
            .execution_options(synchronize_session=False)
        )


def _unheld(jobs: list[Due]) -> list[Due]:
    """Leave out jobs that somebody is just renewing: two who wait for each other would both fail.

    What is left out is due again as soon as it is renewed, or when its lease has passed.
    """
    free = set(
        db.session.scalars(
            select(Job.id)
            .where(Job.id.in_([job.id for job in jobs]))
            .order_by(Job.id)
            .with_for_update(skip_locked=True)
        )
    )
    return [job for job in jobs if job.id in free]
