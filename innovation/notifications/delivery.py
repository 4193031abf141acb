"""What the worker does for mails: sending them, making digests, finding those left behind."""

import logging
from dataclasses import dataclass, replace
from datetime import timedelta

from flask import current_app
from sqlalchemy import Text, cast, exists, select

from innovation.core import clock, jobs, transaction
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.core.jobs import Due, every, job
from innovation.notifications import outbox
from innovation.notifications.actions import MAIL_JOB
from innovation.notifications.carriers import (
    Carrier,
    PutOffError,
    RefusedError,
    UnclearError,
    carrier,
)
from innovation.notifications.digests import queue_weekly, queue_work, what_it_says
from innovation.notifications.kinds import DIGEST, URGENT, WORK
from innovation.notifications.models import SENDING, WAITING, Mail
from innovation.notifications.paper import as_message, name_of
from innovation.notifications.queries import notice_kind, waiting_mail

logger = logging.getLogger(__name__)

BATCH = 10
# So many lost mails are taken up at a time.
AT_ONCE = 500


@job(MAIL_JOB, batch=BATCH)
def send(due: list[Due]) -> None:
    """Send each mail over one connection. No problem with one keeps the others from leaving."""
    settings: Settings = current_app.extensions["settings"]
    with carrier(settings) as post:
        for one in due:
            _send(post, int(one.payload["mail_id"]), settings)


def _send(post: Carrier, mail_id: int, settings: Settings) -> None:
    worker, forget, given = outbox.me(settings), False, False
    try:
        with transaction.writing():
            recipient = outbox.admit(mail_id, worker, settings)
        if not recipient:
            return
        post.prepare(settings.mail_sender, recipient)
        paper = _begin(mail_id, worker, settings)
        if paper is None:
            post.give_up()
            return
        # Mails of the service's use carry codes and links: nobody is to find them here later.
        forget, given = post.forgets and paper.secret, True
        post.hand_over(paper.name, paper.message)
    except PutOffError as problem:
        with transaction.writing():
            outbox.put_off(mail_id, str(problem), asked=problem.asked)
    except RefusedError as problem:
        with transaction.writing():
            outbox.mark_bounced(mail_id, str(problem), address=problem.address)
    except UnclearError as problem:
        logger.warning("nobody knows whether mail %d was taken: %s", mail_id, problem)
        with transaction.writing():
            outbox.mark_unclear(mail_id, str(problem))
    except Exception as problem:
        # Whatever is wrong with one mail, the others leave. What it says may hold addresses.
        logger.error("mail %d was not sent: %s", mail_id, type(problem).__name__)
        logger.debug("why", exc_info=True)
        post.give_up()
        _set_aside(mail_id, type(problem).__name__, given=given and post.forgets)
    else:
        with transaction.writing():
            outbox.mark_sent(mail_id, forget=forget)


def _set_aside(mail_id: int, problem: str, *, given: bool) -> None:
    """Let a mail wait that could not be written. given: a server may have taken it."""
    with transaction.writing():
        if given:
            outbox.mark_unclear(mail_id, problem)
        else:
            outbox.put_off(mail_id, problem, asked=True)


@dataclass(frozen=True, slots=True)
class _Paper:
    """A mail ready to go. secret: it may hold a code or a link that opens something."""

    name: str
    message: bytes
    secret: bool


def _begin(mail_id: int, worker: str, settings: Settings) -> _Paper | None:
    """Write what the mail says now and mark it as being sent; None when it is to stay here."""
    with transaction.writing():
        mail = waiting_mail(mail_id)
        if mail is None:
            return None
        said = what_it_says(mail, settings)
        if said is None:
            outbox.drop(mail_id)
            return None
        if not outbox.begin(mail_id, worker, *said):
            return None
        mail = replace(mail, subject=said[0], body=said[1])
        own = mail.kind if mail.kind in {DIGEST, WORK, URGENT} else ""
        kind = notice_kind(mail.unique_key) or own
        secret = not kind and not mail.stop_path
        return _Paper(name_of(mail), as_message(mail, kind, settings), secret)


@every(timedelta(minutes=10))
def make_digests() -> None:
    """Put the digests whose time has come into the outbox."""
    settings: Settings = current_app.extensions["settings"]
    for queue in (queue_work, queue_weekly):
        last = -1
        while last:
            with transaction.writing():
                last = queue(settings, max(last, 0))


@every(timedelta(minutes=5))
def look_for_mails() -> None:
    """Take up mails that wait, or whose sender never came back, and have no job any more."""
    now = clock.now()
    due = (
        select(Mail.id)
        .where(
            ((Mail.state == WAITING) & (Mail.not_before <= now))
            | ((Mail.state == SENDING) & (Mail.lease_until <= now)),
            ~exists().where(jobs.Job.kind == MAIL_JOB, jobs.Job.unique_key == cast(Mail.id, Text)),
        )
        .order_by(Mail.id)
        .limit(AT_ONCE)
    )
    with transaction.writing():
        for number in db.session.scalars(due).all():
            jobs.enqueue(MAIL_JOB, str(number), {"mail_id": number})
