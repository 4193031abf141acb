"""The way of a mail out of the house: every change of its state.

A mail is "sending" only from the moment the server is ready for its text. Whoever dies before that
leaves it waiting; whoever dies after it leaves it unclear, and nobody sends it again by guessing.
"""

import os
import random
import secrets
import socket
from datetime import datetime, timedelta

from sqlalchemy import select, update

from innovation.accounts.models import Account
from innovation.accounts.queries import person_by_id
from innovation.core import clock, jobs
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.notifications.actions import MAIL_JOB
from innovation.notifications.choices import (
    CEILING,
    Choice,
    choice_of,
    mails_this_month,
    mails_to_address,
    next_month_begins,
)
from innovation.notifications.inbox import is_still_told
from innovation.notifications.kinds import DIGEST, KINDS, WORK, Kind, Way
from innovation.notifications.models import (
    BOUNCED,
    SENDING,
    SENT,
    UNCLEAR,
    WAITING,
    Mail,
    Notice,
)
from innovation.notifications.wishes import forgive

LEASE = timedelta(minutes=10)
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(days=1)
# A server that says "later" for so long about one mail means no.
PATIENCE = timedelta(days=5)
# After so many refusals in a row an address is taken for one that nobody reads.
MOST_BOUNCES = 3

_this_process = (os.getpid(), secrets.token_hex(8))


def me(settings: Settings) -> str:
    """Name this worker: the host and folder it alone works in, and the process."""
    global _this_process
    if _this_process[0] != os.getpid():
        _this_process = (os.getpid(), secrets.token_hex(8))
    return f"{socket.gethostname()} {settings.instance} {_this_process[1]}"


def admit(mail_id: int, worker: str, settings: Settings) -> str:
    """Give the address of a mail whose time has come; "" when it does not leave now.

    It is put off, bundled into the digest or dropped as its reader has chosen and as the rows are.
    """
    mail = db.session.get(Mail, mail_id)
    if mail is None or mail.state not in {WAITING, SENDING}:
        return ""
    if mail.state == SENDING and not _taken_over(mail, worker, settings):
        return ""
    if mail.not_after is not None and mail.not_after < clock.now():
        db.session.delete(mail)
        return ""
    if mail.not_before > clock.now():
        _again(mail, mail.not_before)
        return ""
    return mail.recipient if _is_wanted(mail, settings) else ""


def _taken_over(mail: Mail, worker: str, settings: Settings) -> bool:
    """Settle a mail whose sender never came back; True when it can be sent without doubt."""
    same_folder = mail.taken_by.rpartition(" ")[0] == worker.rpartition(" ")[0]
    if not same_folder and mail.lease_until is not None and mail.lease_until > clock.now():
        _again(mail, mail.lease_until)
        return False
    if settings.mail_url:
        mail.state, mail.last_error = UNCLEAR, "the worker ended while it was sent"
        return False
    # A file is written whole, or again under the same name.
    mail.state = WAITING
    return True


def _is_wanted(mail: Mail, settings: Settings) -> bool:
    notice = db.session.scalar(select(Notice).where(Notice.unique_key == mail.unique_key))
    if mail.person_id is None or (notice is None and mail.kind not in {DIGEST, WORK}):
        # What belongs to the use of the service does not wait; what can be stopped need not hurry.
        return not mail.stop_path or not (
            _put_off_by_ceiling(mail) or _put_off_by_night(mail, Choice(), settings)
        )
    person, account = person_by_id(mail.person_id), db.session.get(Account, mail.person_id)
    if person is None or account is None:
        db.session.delete(mail)
        return False
    if account.unreachable_at is not None:
        mail.state, mail.last_error = BOUNCED, "the address has refused mails before"
        return False
    choice = choice_of(person.id)
    if notice is not None:
        kind = KINDS[notice.kind]
        way, over = _way(choice, kind, person.id)
        if way is not Way.NOW or not is_still_told(person, mail.unique_key):
            notice.bundled, notice.over = way is Way.DIGEST, over
            db.session.delete(mail)
            return False
    elif not (choice.wants_digest if mail.kind == DIGEST else _wants_work(choice)):
        db.session.delete(mail)
        return False
    return not _put_off_by_night(mail, choice, settings)


def _put_off_by_ceiling(mail: Mail) -> bool:
    """Let a mail wait for the next month when its address has had enough in this one.

    Whoever has no account has no inbox and no digest that would tell it instead.
    """
    over = mail.counts and mails_to_address(mail.recipient) >= CEILING
    if over:
        mail.not_before = next_month_begins()
        _again(mail, mail.not_before)
    return over


def _put_off_by_night(mail: Mail, choice: Choice, settings: Settings) -> bool:
    """Let a mail wait for the end of quiet hours, if it is one of them."""
    ends = None if mail.urgent else choice.quiet_ends(clock.now(), settings.zone)
    if ends is not None:
        mail.not_before = ends
        _again(mail, ends)
    return ends is not None


def _wants_work(choice: Choice) -> bool:
    return choice.way_of(KINDS[WORK]) is not Way.NEVER


def _way(choice: Choice, kind: Kind, person_id: int) -> tuple[Way, bool]:
    """Give the way by mail, and whether it is the digest only because of the ceiling."""
    way = choice.way_of(kind)
    over = way is Way.NOW and not kind.fixed and mails_this_month(person_id) >= choice.ceiling
    return (Way.DIGEST if over else way), over


def begin(mail_id: int, worker: str, subject: str, body: str) -> bool:
    """Mark a mail as being sent, with what it says; False when somebody else was faster.

    Committed before the server gets the text.
    """
    done = db.session.execute(
        update(Mail)
        .where(Mail.id == mail_id, Mail.state == WAITING)
        .values(
            state=SENDING,
            subject=subject,
            body=body,
            taken_by=worker,
            lease_until=clock.now() + LEASE,
            attempts=Mail.attempts + 1,
        )
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()
    return bool(done.rowcount)  # type: ignore[attr-defined]


def drop(mail_id: int) -> None:
    """Take a mail out that has nothing to say any more."""
    mail = db.session.get(Mail, mail_id)
    if mail is not None and mail.state == WAITING:
        db.session.delete(mail)


def mark_sent(mail_id: int, *, forget: bool) -> None:
    """Remember that the server took the mail. forget: what it said is secret."""
    mail = db.session.get(Mail, mail_id)
    if mail is None:
        return
    mail.state, mail.sent_at, mail.last_error = SENT, clock.now(), ""
    if forget:
        mail.body = ""
    account = db.session.get(Account, mail.person_id) if mail.person_id is not None else None
    if account is not None and account.email == mail.recipient:
        forgive(account.id)


def put_off(mail_id: int, problem: str, *, asked: bool = False) -> None:
    """Let a mail wait that certainly was not taken: longer each time, up to a day.

    asked: the server said so about this mail, not about everything.
    """
    mail = db.session.get(Mail, mail_id)
    if mail is None or mail.state not in {WAITING, SENDING}:
        return
    if asked and clock.now() - mail.created_at > PATIENCE:
        mail.state, mail.last_error = BOUNCED, problem
        return
    if mail.state == WAITING:
        mail.attempts += 1
    mail.state, mail.last_error = WAITING, problem
    mail.not_before = clock.now() + _pause(mail.attempts)
    _again(mail, mail.not_before)


def _pause(attempts: int) -> timedelta:
    """Give twice as long each time, a little more or less so that not all come back at once."""
    pause = min(FIRST_PAUSE * 2 ** min(attempts, 20), LONGEST_PAUSE)
    shaken: timedelta = pause * random.uniform(0.8, 1.2)  # noqa: S311 - nothing secret hangs on it
    return shaken


def mark_unclear(mail_id: int, problem: str) -> None:
    """Remember that nobody knows whether the server took the mail."""
    mail = db.session.get(Mail, mail_id)
    if mail is not None:
        mail.state, mail.last_error = UNCLEAR, problem


def mark_bounced(mail_id: int, problem: str, *, address: bool) -> None:
    """Remember that the server refused the mail for good. address: it was the address it refused.

    After MOST_BOUNCES in a row the address counts as one that reaches nobody.
    """
    mail = db.session.get(Mail, mail_id)
    if mail is None:
        return
    if mail.state == WAITING:
        mail.attempts += 1
    mail.state, mail.last_error = BOUNCED, problem
    account = db.session.get(Account, mail.person_id) if address and mail.person_id else None
    if account is not None and account.email == mail.recipient:
        account.bounces += 1
        if account.bounces >= MOST_BOUNCES and account.unreachable_at is None:
            account.unreachable_at = clock.now()


def _again(mail: Mail, moment: datetime) -> None:
    jobs.enqueue(MAIL_JOB, str(mail.id), {"mail_id": mail.id}, moment)
