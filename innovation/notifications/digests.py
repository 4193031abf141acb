"""Digests: whose time has come, what stands in them, and mails made anew before they leave."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, update

from innovation.accounts.models import Absence, Account, Grant
from innovation.accounts.queries import person_by_id, valid_grant
from innovation.core import clock
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.core.permissions import PERMISSIONS, Person, holds
from innovation.notifications.actions import queue_mail
from innovation.notifications.choices import DIGEST_HOUR, choice_of
from innovation.notifications.decisions import decided
from innovation.notifications.inbox import bundled_in, told_by
from innovation.notifications.kinds import ALERTS, COMMENTS, DIGEST, KINDS, WORK, Way
from innovation.notifications.letters import letter_to
from innovation.notifications.models import Mail, MailChoice, Notice
from innovation.notifications.queries import MailRow
from innovation.notifications.recipients import DECISION
from innovation.notifications.wishes import looked_at
from innovation.notifications.wording import Text, brief_text, weekly_text, work_text

# When the week's digest leaves, where the installation is.
HOUR = 8
# So many digests are made in one unit of work, and of officials, with their queues; the next
# follow at once.
BATCH = 50
WORK_BATCH = 10

Maker = Callable[[MailRow, Settings], Text | None]
_makers: dict[str, Maker] = {}


def made_anew(kind: str) -> Callable[[Maker], Maker]:
    """Declare what makes mails of this kind anew from the rows before they leave.

    It gives subject and body, or None for a mail that has nothing to say any more.
    """

    def register(maker: Maker) -> Maker:
        _makers[kind] = maker
        return maker

    return register


def what_it_says(mail: MailRow, settings: Settings) -> Text | None:
    """Give subject and body of a mail from the rows as they are now; None for nothing to say."""
    origin = settings.origin
    if mail.kind in {DIGEST, WORK} and mail.person_id is not None:
        person = person_by_id(mail.person_id)
        rows = bundled_in(person, mail.unique_key) if person else []
        if person is None or (mail.kind == DIGEST and not rows):
            return None
        if mail.kind == DIGEST:
            return weekly_text(rows, mail.language, origin)
        return work_text(person, rows, mail.language, origin)
    if mail.kind == DECISION and mail.person_id is not None:
        _kind, number, why, _person = mail.unique_key.split()
        return letter_to(decided(int(number)), why, mail.language, origin)
    if mail.kind in {COMMENTS, ALERTS} and mail.person_id is not None:
        person = person_by_id(mail.person_id)
        told = told_by(person, mail.unique_key) if person else None
        return brief_text(told, mail.language, origin) if told else None
    maker = _makers.get(mail.kind)
    return maker(mail, settings) if maker else (mail.subject, mail.body)


def week_begins(settings: Settings) -> datetime:
    """Give the moment in UTC at which this week's digests leave."""
    today = clock.today()
    monday = today - timedelta(days=today.weekday())
    return datetime.combine(monday, time(HOUR), settings.zone).astimezone(UTC)


def queue_weekly(settings: Settings, after: int) -> int:
    """Put digests of this week into the outbox, for people whose ids come after one.

    Gives the last of these ids, 0 when there is nobody more. On Monday morning, or as soon after it
    as somebody is at work; once a week each. Safe to repeat.
    """
    begins = week_begins(settings)
    if clock.now() < begins:
        return 0
    week = "{}-W{:02}".format(*clock.local_date(begins).isocalendar()[:2])
    told = exists().where(
        Mail.person_id == Account.id, Mail.unique_key.startswith(f"{DIGEST} {week} ")
    )
    waiting = (
        select(Account.id, Account.email, Account.language)
        .where(
            Account.id > after,
            exists().where(Notice.person_id == Account.id, *_pending(begins)),
            Account.closed_at.is_(None),
            Account.unreachable_at.is_(None),
            Account.email_confirmed_at.is_not(None),
            ~told,
        )
        .order_by(Account.id)
        .limit(BATCH)
    )
    found = db.session.execute(waiting).all()
    for number, email, language in found:
        person, key = person_by_id(number), f"{DIGEST} {week} {number}"
        if person is None or _works(person):
            continue
        _bundle(number, key, begins)
        if rows := bundled_in(person, key):
            text = weekly_text(rows, language, settings.origin)
            queue_mail(DIGEST, key, email, *text, language, number, counts=True)
    return found[-1].id if found else 0


def queue_work(settings: Settings, after: int) -> int:
    """Put digests of those who moderate and answer into the outbox, at the hour each chose.

    For people whose ids come after one; gives the last of these ids, 0 when there is nobody more.
    On working days, once a day; whatever else they are told is in it too. Safe to repeat.
    """
    now, today = clock.now(), clock.today()
    if not clock.is_working_day(today):
        return 0
    hour = clock.local(now, settings.zone).hour
    waiting = (
        select(Account.id, Account.email, Account.language)
        .outerjoin(MailChoice, MailChoice.person_id == Account.id)
        .where(
            Account.id > after,
            Account.id.in_(_officials()),
            func.coalesce(MailChoice.digest_hour, DIGEST_HOUR) <= hour,
            func.coalesce(MailChoice.digested_on != today, True),
            Account.closed_at.is_(None),
            Account.unreachable_at.is_(None),
        )
        .order_by(Account.id)
        .limit(WORK_BATCH)
    )
    found = db.session.execute(waiting).all()
    for number, email, language in found:
        looked_at(number, today)
        person = person_by_id(number)
        if person is None or not _works(person):
            continue
        key = f"{WORK} {today} {number}"
        _bundle(number, key, now)
        text = work_text(person, bundled_in(person, key), language, settings.origin)
        if text is not None:
            queue_mail(WORK, key, email, *text, language, number)
    return found[-1].id if found else 0


def _works(person: Person) -> bool:
    """Tell whether the person gets the digest of their work, and in it whatever else there is."""
    wanted = choice_of(person.id).way_of(KINDS[WORK]) is not Way.NEVER
    return wanted and holds(person, "answer:see")


def _officials() -> Any:
    """Select who may get it: who holds such a right, and who stands in for somebody."""
    today = clock.today()
    hold = select(Grant.person_id).where(
        Grant.role.in_(sorted(PERMISSIONS["answer:see"])), valid_grant()
    )
    stand_in = select(Absence.deputy_id).where(
        Absence.deputy_id.is_not(None), Absence.first_day <= today, Absence.last_day >= today
    )
    return hold.union(stand_in)


def _pending(until: datetime) -> tuple[ColumnElement[bool], ...]:
    return (Notice.bundled.is_(True), Notice.digest_key == "", Notice.shown_from <= until)


def _bundle(person_id: int, key: str, until: datetime) -> None:
    """Put what waits for a digest into this one."""
    db.session.execute(
        update(Notice)
        .where(Notice.person_id == person_id, *_pending(until))
        .values(digest_key=key)
        .execution_options(synchronize_session=False)
    )
