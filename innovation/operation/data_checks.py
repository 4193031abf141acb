"""Checks of the database and of what the worker makes of it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from innovation.core import clock
from innovation.core.config import Settings
from innovation.ideas.counting import wrong_counts
from innovation.operation import queries
from innovation.operation.findings import Finding, broken, doubtful, well
from innovation.operation.readiness import WORKER_MAY_REST
from innovation.privacy.archive import FOLDER as ARCHIVE
from innovation.search.engine import State
from innovation.search.engines import engine_for
from innovation.search.upkeep import state_of

OLDEST_POSTGRESQL = 14
CLOCKS_MAY_DIFFER = timedelta(seconds=5)
MAILS_MAY_WAIT = timedelta(hours=1)
JOBS_MAY_WAIT_SECONDS = 600
BACKUP_DUTY = "make_daily_copy"
COPIES = "innovation-*.tar.gz*"
BACKUPS_MAY_BE_OLD = timedelta(hours=26)


def tables() -> Iterator[Finding]:
    """Look at the database's version and at the migrations. Raises SQLAlchemyError."""
    kind, version = queries.database_version()
    told = f"{kind} {'.'.join(map(str, version))} answers"
    if kind == "postgresql" and version[0] < OLDEST_POSTGRESQL:
        yield broken("database", f"{told} and is too old", "Move to PostgreSQL 14 or newer.")
    else:
        yield well("database", told)
    state = queries.migration()
    if state.current:
        yield well("migrations", f"at the newest, {state.here}")
    elif state.ahead:
        yield broken(
            "migrations",
            f"the tables are at {state.here}, which this release does not know",
            "Run the release that made them, or restore the backup from before it.",
        )
    else:
        yield broken(
            "migrations",
            f"the tables are at {state.here or 'nothing'}, this release wants {state.wanted}",
            "Make a backup, then run: flask init",
        )


def clocks() -> Iterator[Finding]:
    """Compare this machine's clock with that of the database server."""
    theirs = queries.database_clock()
    if theirs is not None:
        yield clock_finding("clock", "the database", (clock.now() - theirs).total_seconds())


def clock_finding(about: str, other: str, apart: float) -> Finding:
    """Say what it means that two clocks are so many seconds apart."""
    if abs(apart) <= CLOCKS_MAY_DIFFER.total_seconds():
        return well(about, f"as that of {other}")
    return doubtful(
        about,
        f"{abs(apart):.0f} s {'ahead of' if apart > 0 else 'behind'} that of {other}",
        "Let both machines keep time by NTP: codes and deadlines depend on it.",
    )


def index(settings: Settings) -> Iterator[Finding]:
    """Look at the search index and at what waits to be put into it."""
    state = state_of(engine_for(settings))
    if state is State.SOUND:
        yield well("index", f"sound, {engine_for(settings).count()} ideas")
        return
    says = f"it is {state}; ideas are still found, but more slowly and less well"
    advice = "The worker makes it anew by itself within minutes; if not: flask search rebuild"
    yield doubtful("index", says, advice)


def work(settings: Settings) -> Iterator[Finding]:
    """Look at the worker, the work that waits, the mails and the last backup."""
    load = queries.workload()
    yield _worker(load)
    yield from _jobs(load)
    yield from _mails(settings, load)
    yield _backup(settings)


def _worker(load: queries.Workload) -> Finding:
    advice = "Look whether flask serve (or flask worker) runs, and what its log says."
    if load.worker_ran is None:
        return broken("worker", "it has never run: no mails leave, nothing is indexed", advice)
    rested = clock.now() - load.worker_ran
    if rested > WORKER_MAY_REST:
        minutes = int(rested.total_seconds() // 60)
        return broken("worker", f"it did its latest duty {minutes} minutes ago", advice)
    return well("worker", f"did its latest duty {int(rested.total_seconds())} s ago")


def _jobs(load: queries.Workload) -> Iterator[Finding]:
    failing = queries.failing_jobs() | queries.failing_duties()
    if failing:
        told = ", ".join(f"{name} ({what})" for name, what in failing.items())
        yield doubtful(
            "jobs",
            f"these fail and are tried again: {told}",
            "The log of the worker says why; /admin/jobs shows them.",
        )
    elif load.oldest_job_seconds > JOBS_MAY_WAIT_SECONDS:
        minutes = int(load.oldest_job_seconds // 60)
        yield doubtful(
            "jobs",
            f"{load.jobs_waiting} wait, the oldest for {minutes} minutes",
            "Look whether the worker keeps up: innovation_oldest_job_age_seconds in /metrics.",
        )
    else:
        yield well("jobs", f"{load.jobs_waiting} wait, none fails")


def _mails(settings: Settings, load: queries.Workload) -> Iterator[Finding]:
    overdue = queries.overdue_mails(clock.now() - MAILS_MAY_WAIT)
    if overdue:
        yield doubtful(
            "outbox",
            f"{overdue} mails should have left more than an hour ago",
            "Look at the line about mail here, and at /admin/mail.",
        )
    else:
        told = f"{load.mails['waiting']} mails wait, {load.mails['bounced']} came back"
        yield well("outbox", told if settings.mail_url else f"{told}; they are written to a folder")


def counts() -> Iterator[Finding]:
    """Compare the numbers beside filters with the ideas."""
    wrong = len(wrong_counts())
    if wrong:
        says = f"{wrong} of the numbers beside filters are not what the ideas say"
        yield doubtful("counts", says, "Run: flask ideas check --repair")
    else:
        yield well("counts", "the numbers beside filters are right")


def archive(settings: Settings) -> Iterator[Finding]:
    """Look whether the packages of old ideas are here: nothing else has these names any more."""
    known = queries.archive_packages()
    folder = settings.instance / ARCHIVE
    missing = sorted(name for name in known if not (folder / name).is_file())
    if missing:
        yield doubtful(
            "archive",
            f"{len(missing)} packages of old ideas are not in {folder}, such as {missing[0]}",
            "With several machines this folder is one that all of them see (docs/scale.md). What "
            "was lost is in the copies; what you have taken to your own archive need not be here.",
        )
    elif known:
        yield well("archive", f"{len(known)} packages of old ideas are there")


def _backup(settings: Settings) -> Finding:
    """Look at the newest file of the folder of copies; the worker's duty tells of failures."""
    if not settings.backup_to:
        return doubtful(
            "backup",
            "none is made by this installation",
            "Set INNOVATION_BACKUP_TO and INNOVATION_BACKUP_AT, unless others make copies.",
        )
    folder = Path(settings.backup_to)
    made = [path.stat().st_mtime for path in folder.glob(COPIES)] if folder.is_dir() else []
    if problem := queries.failing_duties().get(BACKUP_DUTY):
        return broken(
            "backup", f"the last try failed ({problem})", "The log of the worker says why."
        )
    if not made:
        return broken("backup", f"there is none in {folder} yet", "Make one now: flask backup")
    age = clock.now().timestamp() - max(made)
    told = f"the last one is {age / 3600:.0f} hours old"
    if age > BACKUPS_MAY_BE_OLD.total_seconds():
        return broken("backup", told, "Look at the log of the worker, and make one: flask backup")
    return well("backup", told)
