"""Work for later: a table of jobs written with their cause, and the handlers that do them."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, bindparam, delete, select, tuple_, update
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core import clock
from innovation.core.db import Base, Insert, UtcDateTime, db, insert, per_database

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
# Those of them that concern what a machine keeps for itself, so that each machine does them.
of_each_machine: set[str] = set()
done_apart: set[str] = set()


def job(kind: str, *, batch: int = 1) -> Callable[[Handler], Handler]:
    """Declare who does jobs of this kind.

    The handler runs outside any unit of work, opens its own, must be safe to repeat, and raises
    when the work is to be tried again. It need not delete the jobs.
    """

    def register(handler: Handler) -> Handler:
        trades[kind] = Trade(handler, batch)
        return handler

    return register


def every(
    period: timedelta, *, on_each_machine: bool = False, apart: bool = False
) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Declare a duty that the worker repeats; it opens its own units of work.

    Of several machines one does it each time. on_each_machine: all do, for what lies in the
    instance folder. apart: it needs much memory for a while, so it is done in a process of its own.
    """

    def register(function: Callable[[], None]) -> Callable[[], None]:
        duties[function.__name__] = (period, function)
        if apart:
            done_apart.add(function.__name__)
        if on_each_machine:
            of_each_machine.add(function.__name__)
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
    db.session.connection().execute(_writing(), values)


@per_database
def _writing() -> Insert:
    first = insert(Job)
    renewed = ("payload", "not_before", "attempts", "locked_until", "last_error", "created_at")
    return first.on_conflict_do_update(
        index_elements=["kind", "unique_key"],
        set_={name: first.excluded[name] for name in renewed},
    )


def due_kinds() -> set[str]:
    """Give the kinds of which something is due."""
    return set(db.session.scalars(_DUE_KINDS, {"now": clock.now()}))


# Made once: the worker asks several times a second.
_NOW = bindparam("now", type_=UtcDateTime)
_DUE = (Job.not_before <= _NOW, Job.locked_until.is_(None) | (Job.locked_until < _NOW))
_DUE_KINDS = select(Job.kind).where(*_DUE).distinct()


def take(kind: str, limit: int, until: datetime | None = None) -> list[Due]:
    """Take up to `limit` due jobs of a kind; call inside a writing unit of work.

    until: they are the caller's for so long, LEASE without it.
    """
    now = clock.now()
    taking = {"which": kind, "most": limit, "now": now, "until": until or now + LEASE}
    rows = db.session.connection().execute(_TAKING, taking)
    return sorted((Due(*row) for row in rows), key=lambda due: due.id)


_WANTED = (
    select(Job.id)
    .where(Job.kind == bindparam("which"), *_DUE)
    .order_by(Job.not_before, Job.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte()
)
_TAKING = (
    update(Job)
    .where(Job.id.in_(select(_WANTED.c.id)))
    .values(locked_until=bindparam("until", type_=UtcDateTime), attempts=Job.attempts + 1)
    .returning(Job.id, Job.kind, Job.unique_key, Job.payload, Job.attempts, Job.created_at)
)


def let_go(leases: Collection[datetime] | None) -> None:
    """Make due at once what was taken until these moments, jobs and duties; None for everything.

    For a worker that follows a killed one: everything is its own to free only when nobody else
    works on this database.
    """
    held = Job.locked_until.is_not(None) if leases is None else Job.locked_until.in_(leases)
    db.session.execute(update(Job).where(held).values(locked_until=None))
    for name, (period, _function) in duties.items():
        row = db.session.get(Routine, name)
        if row is None:
            continue
        begun = row.last_run is None or row.next_run != row.last_run + period
        if begun if leases is None else row.next_run in leases:
            row.next_run = clock.now()


def claim(name: str, until: datetime) -> bool:
    """Take a duty until this moment when it is due; the first time counts as due.

    Of two who try at once one gets it.
    """
    now = clock.now()
    first = insert(Routine).values(name=name, next_run=until, failures=0, last_error="")
    if db.session.execute(first.on_conflict_do_nothing()).rowcount:  # type: ignore[attr-defined]
        return True
    due = update(Routine).where(Routine.name == name, Routine.next_run <= now)
    return bool(db.session.execute(due.values(next_run=until)).rowcount)  # type: ignore[attr-defined]


def note_done(name: str, problem: str) -> None:
    """Write down that a duty was done and when it is due again. problem: "" when it went well."""
    now, period = clock.now(), duties[name][0]
    db.session.execute(
        update(Routine)
        .where(Routine.name == name)
        .values(
            last_run=now,
            next_run=now + period,
            last_error=problem,
            failures=Routine.failures + int(bool(problem)),
        )
    )


def finish(done: list[Due]) -> None:
    """Delete jobs that were done, except those that were renewed meanwhile."""
    if done:
        ended = [(due.id, due.created_at) for due in done]
        db.session.connection().execute(_ENDING, {"ended": ended})


def settle(due: Due) -> bool:
    """Delete a job in the transaction that does it; False when it was done or renewed meanwhile.

    For what would show if it were done twice, such as a mailed code.
    """
    gone = db.session.execute(delete(Job).where(Job.id == due.id, Job.created_at == due.created_at))
    return bool(gone.rowcount)  # type: ignore[attr-defined]


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
    """Leave out jobs that were renewed, or that somebody is just renewing.

    Two who wait for each other would both fail. What is left out is due again as soon as it is
    renewed, or when its lease has passed.
    """
    wanted = {"ended": [(due.id, due.created_at) for due in jobs]}
    free = set(db.session.scalars(_UNHELD, wanted))
    return [job for job in jobs if job.id in free]


_UNHELD = (
    select(Job.id)
    .where(tuple_(Job.id, Job.created_at).in_(bindparam("ended", expanding=True)))
    .order_by(Job.id)
    .with_for_update(skip_locked=True)
)
_ENDING = delete(Job).where(Job.id.in_(_UNHELD))
