"""Every write to follows, and what is put into the inboxes and the outbox."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Executable, bindparam, delete, update

from innovation.core import audit, clock, jobs
from innovation.core.db import Insert, db, insert, per_database
from innovation.core.errors import ConflictError, NotFoundError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, authorize
from innovation.core.text import clean_line
from innovation.ideas.merged import family_of
from innovation.ideas.models import Idea
from innovation.notifications.models import (
    BOUNCED,
    UNCLEAR,
    WAITING,
    Follow,
    Mail,
    Notice,
)

MAIL_JOB = "mail"
# How the addresses end that stand for none, such as of accounts that the employer knows without.
NOWHERE = ".invalid"


def follow(actor: Person, idea: Idea) -> None:
    """Follow an idea that the actor may see. Safe to repeat."""
    authorize(actor, "idea:follow")
    _add(actor.id, idea.id, "asked", renew=True)


def follow_by_default(person_id: int, idea_id: int, reason: str) -> None:
    """Follow because the person took part; somebody who once stopped is left in peace."""
    _add(person_id, idea_id, reason, renew=False)


def unfollow(actor: Person, idea_id: int) -> None:
    """Stop following, also an idea that is no longer shown, with what was merged into it.

    Remembered, and safe to repeat.
    """
    authorize(actor, "idea:follow")
    db.session.execute(
        update(Follow)
        .where(
            Follow.person_id == actor.id,
            Follow.idea_id.in_(family_of(idea_id)),
            Follow.stopped_at.is_(None),
        )
        .values(stopped_at=clock.now())
    )


def _add(person_id: int, idea_id: int, reason: str, *, renew: bool) -> None:
    given = {"person": person_id, "idea": idea_id, "why": reason, "now": clock.now()}
    statement = _following()
    if renew:
        keys = ["person_id", "idea_id"]
        again = statement.on_conflict_do_update(index_elements=keys, set_={"stopped_at": None})
        db.session.execute(again, given)
    else:
        db.session.execute(_following_by_default(), given)


@per_database
def _following() -> Insert:
    return insert(Follow).values({
        Follow.person_id: bindparam("person"), Follow.idea_id: bindparam("idea"),
        Follow.reason: bindparam("why"), Follow.created_at: bindparam("now"),
    })  # fmt: skip


@per_database
def _following_by_default() -> Insert:
    return _following().on_conflict_do_nothing(index_elements=["person_id", "idea_id"])


@dataclass(frozen=True, slots=True)
class Told:
    """Whom a notice is for and what about. kind: a key of kinds.KINDS; the rest as models.Notice.

    email: "" for somebody who reads it in the service only.
    """

    kind: str
    person_id: int
    email: str
    language: str
    what: str
    why: str
    idea_id: int | None = None
    comment_id: int | None = None


def tell(
    told: Told, unique_key: str, mail_kind: str, subject: str, body: str, until: datetime
) -> None:
    """Put something into a person's inbox from a moment on, and a mail about it into the outbox.

    Whether the mail leaves, is bundled or dropped is decided by the person's choice when its time
    has come, and what it says is made anew from the rows. Safe to repeat.
    """
    values = {
        "unique_key": unique_key,
        "person_id": told.person_id,
        "kind": told.kind,
        "what": told.what,
        "why": told.why,
        "idea_id": told.idea_id,
        "comment_id": told.comment_id,
        "shown_from": until,
        "bundled": False,
        "over": False,
        "digest_key": "",
        "created_at": clock.now(),
    }
    db.session.flush()
    new = db.session.connection().execute(_telling(), values).scalar()
    if new is not None and told.email:
        queue_mail(
            mail_kind,
            unique_key,
            told.email,
            subject,
            body,
            told.language,
            told.person_id,
            until,
            counts=True,
        )


def queue_mail(
    kind: str,
    unique_key: str,
    recipient: str,
    subject: str,
    body: str,
    language: str,
    person_id: int | None = None,
    not_before: datetime | None = None,
    *,
    not_after: datetime | None = None,
    urgent: bool = False,
    counts: bool = False,
    stop_path: str = "",
) -> None:
    """Put a mail in the outbox, in the same transaction as its cause. The same key sends once.

    recipient: one address. subject: one line. body: plain text, lines as they are to be read.
    not_after: when it is of no use any more, such as a code. A mail queued here by itself belongs
    to the use of the service: no choice, ceiling or quiet hour holds it back. stop_path: where a
    reader without an account stops such mails with one press, such as "/newsletter/stop/<key>".
    urgent, counts: as in models.Mail. To an address that reaches nobody (NOWHERE) nothing goes.
    """
    if recipient.endswith(NOWHERE):
        return
    if any(sign in recipient for sign in "\r\n,;<> "):
        raise ValueError("a mail goes to one plain address")
    if not stop_path.isascii() or any(sign <= " " or sign in "<>" for sign in stop_path):
        raise ValueError("a path that can stand in a header")
    now = clock.now()
    values = {
        "kind": kind,
        "unique_key": unique_key,
        "person_id": person_id,
        "recipient": recipient,
        "subject": clean_line(subject),
        "body": body,
        "language": language,
        "urgent": urgent,
        "counts": counts,
        "stop_path": stop_path,
        "not_before": not_before or now,
        "not_after": not_after,
        "created_at": now,
    }
    db.session.flush()
    mail_id = db.session.connection().execute(_queueing(), values).scalar()
    if mail_id is not None:
        jobs.enqueue(MAIL_JOB, str(mail_id), {"mail_id": mail_id}, not_before)


@per_database
def _telling() -> Executable:
    new = insert(Notice).on_conflict_do_nothing(index_elements=["unique_key"])
    return new.returning(Notice.id)


@per_database
def _queueing() -> Executable:
    new = insert(Mail).on_conflict_do_nothing(index_elements=["unique_key"])
    return new.returning(Mail.id)


def rewrite_mail(mail_id: int, subject: str, body: str) -> None:
    """Let a mail that has not left say something else."""
    db.session.execute(
        update(Mail)
        .where(Mail.id == mail_id, Mail.state == WAITING)
        .values(subject=clean_line(subject), body=body)
        .execution_options(synchronize_session=False)
    )


def take_back_mails(key: str) -> None:
    """Take what has a unique key that begins with these words out of the inboxes, and the mails
    that have not left out of the outbox.
    """
    db.session.execute(
        delete(Mail)
        .where(Mail.unique_key.startswith(f"{key} ", autoescape=True), Mail.state == WAITING)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        delete(Notice)
        .where(Notice.unique_key.startswith(f"{key} ", autoescape=True))
        .execution_options(synchronize_session=False)
    )


def send_again(actor: Actor, mail_id: int) -> None:
    """Send a mail once more of which nobody knows whether it arrived, or that was refused.

    It keeps its Message-ID, by which a mail program tells that it is the same.
    """
    authorize(actor, "mail:see")
    mail = db.session.get(Mail, mail_id)
    if mail is None:
        raise NotFoundError(f"mail {mail_id}")
    if mail.state not in {UNCLEAR, BOUNCED}:
        return
    if not mail.body:
        raise ConflictError(_("What this mail said has been forgotten already."))
    mail.state, mail.not_before = WAITING, clock.now()
    audit.note(actor, "mail:again", "mail", mail_id)
    jobs.enqueue(MAIL_JOB, str(mail_id), {"mail_id": mail_id})
