"""Reading what administrators look at: what is open before opening, and what the worker does."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import func, select

from innovation.accounts.queries import how_many_hold
from innovation.core import clock
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.jobs import Job, Routine, duties
from innovation.core.permissions import Actor, Role, authorize
from innovation.programme.models import Contact
from innovation.programme.queries import Snapshot, snapshot

LONGEST_LIST = 50
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Point:
    """Something to see to before opening. done is None when only a person can tell.

    endpoints: the first that exists is where it is done; none of them when it is done elsewhere.
    """

    label: LazyString
    sentence: LazyString
    done: bool | None
    endpoints: tuple[str, ...] = ()


def checklist(actor: Actor, settings: Settings) -> list[Point]:
    """Give what has to be in order before the public comes."""
    authorize(actor, "programme:manage")
    programme = snapshot()
    return [
        *_points_of_people(programme),
        Point(
            _("Texts read and accepted"),
            _("The rules, the promises, the accessibility statement and the privacy notice."),
            None,
            ("page_texts.index", "pages.rules"),
        ),
        Point(
            _("Mail sender set"),
            _("The address that mails come from: the setting INNOVATION_MAIL_SENDER."),
            not settings.mail_sender.endswith("@localhost"),
            ("admin.mails",),
        ),
        Point(
            _("Public address set"),
            _("The address of the service with https: the setting INNOVATION_ORIGIN."),
            settings.secure and urlsplit(settings.origin).hostname not in LOCAL_HOSTS,
        ),
        Point(
            _("Worker at work"),
            _("It sends mails and keeps the search up to date."),
            worker_is_alive(),
            ("admin.jobs",),
        ),
    ]


def _points_of_people(programme: Snapshot) -> list[Point]:
    contact = programme.contact
    with_contact = set(
        db.session.scalars(
            select(Contact.sub_project_id).where(Contact.sub_project_id.is_not(None))
        )
    )
    without = [fact for fact in programme.open_sub_projects if fact.id not in with_contact]
    return [
        Point(
            _("Contact details filled in"),
            _("Phone and e-mail stand at the bottom of every page."),
            bool(contact.get("phone")) and bool(contact.get("email")),
            ("programme_admin.edit", "pages.contact"),
        ),
        Point(
            _("Moderators named"),
            _("At least two, so that a text can be read also when one is away."),
            how_many_hold(Role.MODERATOR) >= 2,
            ("admin.people",),
        ),
        Point(
            _("Every sub-project has a contact person"),
            _("Still without: %(count)s", count=len(without)),
            not without,
            ("programme_admin.contacts_index",),
        ),
        Point(
            _("Leads of sub-projects named"),
            _("A lead answers the ideas of a sub-project."),
            how_many_hold(Role.LEAD) > 0,
            ("admin.people",),
        ),
    ]


def worker_is_alive() -> bool:
    """Tell whether no repeated duty is long overdue."""
    oldest = db.session.scalar(select(func.min(Routine.next_run)))
    return oldest is not None and (clock.now() - oldest).total_seconds() < 600


@dataclass(frozen=True, slots=True)
class KindRow:
    """Jobs of one kind that wait: how many are due, how many failed, since when."""

    kind: str
    count: int
    failed: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class FailureRow:
    """A job that failed and is tried again."""

    kind: str
    key: str
    attempts: int
    problem: str
    next_try: datetime


@dataclass(frozen=True, slots=True)
class RoutineRow:
    """A duty that repeats."""

    name: str
    last_run: datetime | None
    next_run: datetime | None
    failures: int
    problem: str


@dataclass(frozen=True, slots=True)
class Work:
    """What the worker has before it and behind it."""

    waiting: list[KindRow]
    failures: list[FailureRow]
    routines: list[RoutineRow]


def work(actor: Actor) -> Work:
    """Give what waits, what failed and what repeats."""
    authorize(actor, "programme:manage")
    failed = func.count().filter(Job.last_error != "")
    waiting = db.session.execute(
        select(Job.kind, func.count(), failed, func.min(Job.created_at))
        .group_by(Job.kind)
        .order_by(Job.kind)
    )
    failures = db.session.execute(
        select(Job.kind, Job.unique_key, Job.attempts, Job.last_error, Job.not_before)
        .where(Job.last_error != "")
        .order_by(Job.attempts.desc(), Job.id)
        .limit(LONGEST_LIST)
    )
    known = {
        row.name: RoutineRow(row.name, row.last_run, row.next_run, row.failures, row.last_error)
        for row in db.session.execute(select(Routine.__table__))
    }
    return Work(
        [KindRow(*row) for row in waiting],
        [FailureRow(*row) for row in failures],
        [known.get(name) or RoutineRow(name, None, None, 0, "") for name in sorted(duties)],
    )
