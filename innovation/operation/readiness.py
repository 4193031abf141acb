"""Is the installation ready to serve: database, tables, index, worker. Cheap, and names nobody."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from innovation.core import clock
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.core.shared import shared_by
from innovation.operation.queries import migration, worker_ran
from innovation.search.engine import SearchUnavailableError
from innovation.search.engines import engine_for

# A worker that makes a large index anew does nothing else for some minutes.
WORKER_MAY_REST = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Lack:
    """What is not as it should be, in words for whoever runs the service. grave: not ready."""

    what: str
    grave: bool = True


def lacks(settings: Settings) -> list[Lack]:
    """Give everything that keeps the service from being ready; nothing when it is."""
    try:
        tables = migration()
        found = _of_tables(tables.here, current=tables.current, ahead=tables.ahead)
        if any(one.grave for one in found):
            return found
        return [*found, *_of_index(settings), *_of_worker(), *_of_shared(settings)]
    except SQLAlchemyError:
        db.session.rollback()
        return [
            Lack(
                "database: does not answer. Look whether it runs and whether "
                "INNOVATION_DATABASE_URL names it."
            )
        ]


def _of_tables(here: str, *, current: bool, ahead: bool) -> list[Lack]:
    if current:
        return []
    if ahead:
        # So it is while a newer release is taken into use, node by node: the old ones still serve.
        return [
            Lack(
                "migrations: the tables are of a newer release. Restart this machine with that "
                "release.",
                grave=False,
            )
        ]
    if not here:
        return [Lack("migrations: there are no tables yet. Run: flask init")]
    return [Lack("migrations: the tables are of an older release. Run: flask init")]


def _of_index(settings: Settings) -> list[Lack]:
    try:
        engine_for(settings).count()
    except SearchUnavailableError:
        return [
            Lack(
                "index: cannot be read. The worker makes it anew by itself; if this stays, run: "
                "flask search rebuild"
            )
        ]
    return []


def _of_shared(settings: Settings) -> list[Lack]:
    shared = shared_by(settings)
    if shared is None or shared.answers():
        return []
    # Every page is served without it, so no machine is taken out for that.
    return [
        Lack(
            "redis: does not answer; each machine counts its limits by itself. Look whether it "
            "runs and whether INNOVATION_REDIS_URL names it.",
            grave=False,
        )
    ]


def _of_worker() -> list[Lack]:
    ran = worker_ran()
    if ran is not None and clock.now() - ran < WORKER_MAY_REST:
        return []
    return [
        Lack(
            "worker: has done nothing for ten minutes. Look whether `flask serve` or "
            "`flask worker` runs, and at the log."
        )
    ]
