"""Reading how the installation fares: work that waits, the worker, the state of the tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from innovation.core import clock
from innovation.core.db import db
from innovation.core.i18n import Texts
from innovation.core.jobs import Job, Routine
from innovation.notifications.models import BOUNCED, SENDING, UNCLEAR, WAITING, Mail
from innovation.privacy.models import ArchivedIdea
from innovation.programme.queries import snapshot
from innovation.search.upkeep import KIND

MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"


@dataclass(frozen=True, slots=True)
class Workload:
    """What waits and what failed. Times are in seconds, 0 where nothing waits."""

    database: str
    jobs_waiting: int
    jobs_failed: int
    oldest_job_seconds: float
    mails: Mapping[str, int]
    index_waiting: int
    index_lag: float
    worker_ran: datetime | None
    duty_failures: Mapping[str, int]


def workload() -> Workload:
    """Give the numbers of this moment. Raises SQLAlchemyError when the database is gone."""
    now = clock.now()
    waiting, failed, oldest = db.session.execute(
        select(
            func.count(),
            func.count().filter(Job.last_error != ""),
            func.min(Job.not_before).filter(Job.not_before <= now),
        )
    ).one()
    index, first = db.session.execute(
        select(func.count(), func.min(Job.created_at)).where(Job.kind == KIND)
    ).one()
    return Workload(
        database=db.session.get_bind().dialect.name,
        jobs_waiting=waiting,
        jobs_failed=failed,
        oldest_job_seconds=_age(oldest, now),
        mails=mails(),
        index_waiting=index,
        index_lag=_age(first, now),
        worker_ran=worker_ran(),
        duty_failures=_duty_failures(),
    )


def workload_if_any() -> Workload | None:
    """Give the numbers of this moment; None when the database is gone."""
    try:
        return workload()
    except SQLAlchemyError:
        return None


def _age(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment else 0.0


def mails() -> dict[str, int]:
    """Give how many mails wait, bounced, or may have been lost on their way."""
    wanted = (WAITING, SENDING, BOUNCED, UNCLEAR)
    rows = db.session.execute(
        select(Mail.state, func.count()).where(Mail.state.in_(wanted)).group_by(Mail.state)
    )
    return {**dict.fromkeys((WAITING, BOUNCED, UNCLEAR), 0), **dict(rows.all())}


def overdue_mails(before: datetime) -> int:
    """Give how many mails should have left before a moment and still wait."""
    wanted = select(func.count()).where(Mail.state == WAITING, Mail.not_before < before)
    return db.session.scalar(wanted) or 0


def archive_packages() -> set[str]:
    """Give the names of the packages that old ideas were archived in."""
    return set(db.session.scalars(select(ArchivedIdea.package).distinct()))


def worker_ran() -> datetime | None:
    """Give when the worker finished a duty last."""
    return db.session.scalar(select(func.max(Routine.last_run)))


def _duty_failures() -> dict[str, int]:
    return dict(db.session.execute(select(Routine.name, Routine.failures)).all())


def failing_duties() -> dict[str, str]:
    """Give the duties whose latest time failed, each with the kind of its error."""
    rows = select(Routine.name, Routine.last_error).where(Routine.last_error != "")
    return dict(db.session.execute(rows.order_by(Routine.name)).all())


def failing_jobs() -> dict[str, int]:
    """Give how many jobs of each kind have failed and are tried again."""
    rows = (
        select(Job.kind, func.count())
        .where(Job.last_error != "")
        .group_by(Job.kind)
        .order_by(Job.kind)
    )
    return dict(db.session.execute(rows).all())


@cache
def _script() -> tuple[str, frozenset[str]]:
    """Give the newest migration of this release, and all it knows; read once."""
    script = ScriptDirectory(str(MIGRATIONS))
    known = frozenset(one.revision for one in script.walk_revisions())
    return script.get_current_head() or "", known


@dataclass(frozen=True, slots=True)
class Migration:
    """How far the tables are. ahead: by a release that this one does not know."""

    here: str
    wanted: str
    ahead: bool

    @property
    def current(self) -> bool:
        """True when the tables are as this release wants them."""
        return self.here == self.wanted


def migration() -> Migration:
    """Tell how far the tables are; here is "" where there are none yet.

    Raises SQLAlchemyError when the database does not answer.
    """
    wanted, known = _script()
    try:
        with db.session.begin_nested():
            here = db.session.scalar(text("SELECT version_num FROM alembic_version")) or ""
    except SQLAlchemyError:
        if inspect(db.session.connection()).has_table("alembic_version"):
            raise
        here = ""
    return Migration(here, wanted, ahead=bool(here) and here not in known)


def database_clock() -> datetime | None:
    """Give what time it is for the database server; None for the embedded one, which has none."""
    if db.session.get_bind().dialect.name != "postgresql":
        return None
    return db.session.scalar(select(func.clock_timestamp()))


def database_version() -> tuple[str, tuple[int, ...]]:
    """Give the kind of database and its version, such as ("postgresql", (16, 2))."""
    bind = db.session.get_bind()
    db.session.connection()
    version = bind.dialect.server_version_info or ()
    return bind.dialect.name, tuple(int(part) for part in version)


def database_folder() -> str:
    """Give the folder of the database server's files when it tells this user; "" otherwise."""
    try:
        with db.session.begin_nested():
            return str(db.session.scalar(text("SHOW data_directory")) or "")
    except SQLAlchemyError:
        return ""


@dataclass(frozen=True, slots=True)
class ServiceBreak:
    """A break that is told of. texts: what administrators say of it, by language."""

    starts: datetime
    ends: datetime
    texts: Texts

    @property
    def going_on(self) -> bool:
        """True when it has begun."""
        return self.starts <= clock.now()


def service_break() -> ServiceBreak | None:
    """Give the break that is told of, from when it was set until it is over."""
    told = snapshot().service_break
    if not told:
        return None
    ends = datetime.fromisoformat(told["ends"])
    if ends <= clock.now():
        return None
    return ServiceBreak(datetime.fromisoformat(told["starts"]), ends, told["texts"])
