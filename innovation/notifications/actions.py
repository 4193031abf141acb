"""Every write to follows and to the outbox."""

from datetime import datetime

from sqlalchemy import delete, update

from innovation.core import clock, jobs
from innovation.core.db import db, insert
from innovation.core.permissions import Person, authorize
from innovation.core.text import clean_line
from innovation.ideas.merged import family_of
from innovation.ideas.models import Idea
from innovation.notifications.models import Follow, Mail

MAIL_JOB = "mail"


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
    statement = insert(Follow).values(
        person_id=person_id, idea_id=idea_id, reason=reason, created_at=clock.now()
    )
    keys = ["person_id", "idea_id"]
    if renew:
        statement = statement.on_conflict_do_update(index_elements=keys, set_={"stopped_at": None})
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    db.session.execute(statement)


def queue_mail(
    kind: str,
    unique_key: str,
    recipient: str,
    subject: str,
    body: str,
    language: str,
    person_id: int | None = None,
    not_before: datetime | None = None,
) -> None:
    """Put a mail in the outbox, in the same transaction as its cause. The same key sends once.

    recipient: one address. subject: one line. body: plain text, lines as they are to be read.
    """
    if any(sign in recipient for sign in "\r\n,;<> "):
        raise ValueError("a mail goes to one plain address")
    now = clock.now()
    mail_id = db.session.execute(
        insert(Mail)
        .values(
            kind=kind,
            unique_key=unique_key,
            person_id=person_id,
            recipient=recipient,
            subject=clean_line(subject),
            body=body,
            language=language,
            not_before=not_before or now,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["unique_key"])
        .returning(Mail.id)
    ).scalar()
    if mail_id is not None:
        jobs.enqueue(MAIL_JOB, str(mail_id), {"mail_id": mail_id}, not_before)


def mark_sent(mail_id: int) -> None:
    """Remember that a mail has left."""
    db.session.execute(
        update(Mail)
        .where(Mail.id == mail_id, Mail.sent_at.is_(None))
        .values(sent_at=clock.now(), attempts=Mail.attempts + 1)
        .execution_options(synchronize_session=False)
    )


def rewrite_mail(mail_id: int, subject: str, body: str) -> None:
    """Let a mail that has not left say something else."""
    db.session.execute(
        update(Mail)
        .where(Mail.id == mail_id, Mail.sent_at.is_(None))
        .values(subject=clean_line(subject), body=body)
        .execution_options(synchronize_session=False)
    )


def take_back_mails(key: str) -> None:
    """Take the mails whose unique key begins with these words out of the outbox, if still there."""
    db.session.execute(
        delete(Mail)
        .where(Mail.unique_key.startswith(f"{key} ", autoescape=True), Mail.sent_at.is_(None))
        .execution_options(synchronize_session=False)
    )
