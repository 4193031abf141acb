"""What the worker does for the newsletter: sending it in batches, forgetting the unconfirmed."""

from datetime import timedelta

from flask import current_app

from innovation.core import clock, jobs, transaction
from innovation.core.config import Settings
from innovation.core.events import on
from innovation.core.jobs import Due, every, job
from innovation.core.permissions import System
from innovation.newsletter import letters, queries
from innovation.newsletter.actions import SEND_JOB, forget_unconfirmed
from innovation.newsletter.events import NewsletterAsked
from innovation.notifications.actions import queue_mail
from innovation.notifications.digests import made_anew
from innovation.notifications.queries import MailRow
from innovation.notifications.wording import Text

_AT_ONCE = 100
# Of its mails, and the first word of their keys; of those that ask for confirmation another.
KIND = "newsletter"
ASKED = "newsletter-asked"


@on(NewsletterAsked)
def mail_confirmation(event: NewsletterAsked) -> None:
    """Mail the link that confirms; the one who asks again within a day gets no second one.

    Who has confirmed before is told that nothing was changed.
    """
    reader = queries.subscriber(event.subscriber_id)
    settings = current_app.extensions["settings"]
    key = queries.key_of(settings.secret_key, reader.id, reader.created_at)
    write = letters.knowing if reader.confirmed else letters.confirming
    subject, body = write(reader.language, f"{settings.origin}/newsletter/{key}")
    unique_key = f"{ASKED} {reader.id} {reader.created_at.isoformat()} {clock.today()}"
    queue_mail(KIND, unique_key, reader.email, subject, body, reader.language)


@job(SEND_JOB)
def send(due: list[Due]) -> None:
    """Put the next batch of a newsletter into the outbox; who has it gets it no second time."""
    settings = current_app.extensions["settings"]
    for one in due:
        with transaction.reading():
            issue = queries.issue(int(one.payload["issue"]))
            readers = queries.readers(int(one.payload["after"]), _AT_ONCE)
        if not readers:
            continue
        with transaction.writing():
            for reader in readers:
                key = queries.key_of(settings.secret_key, reader.id, reader.created_at)
                # What is told besides the text is written when the mail leaves.
                subject, body = issue.subject(reader.language), issue.text(reader.language)
                queue_mail(
                    KIND, f"{KIND} {issue.id} {reader.id}", reader.email, subject, body,
                    reader.language, stop_path=f"/newsletter/{key}/stop",
                )  # fmt: skip
            last = readers[-1].id
            jobs.enqueue(SEND_JOB, f"{issue.id} {last}", {"issue": issue.id, "after": last})


@made_anew(KIND)
def write_letter(mail: MailRow, settings: Settings) -> Text | None:
    """Write a newsletter for its reader as the ideas are now; None for who has stopped it, and for
    a link of an address that was forgotten meanwhile.
    """
    kind, *rest = mail.unique_key.split()
    if kind == ASKED:
        return (mail.subject, mail.body) if queries.is_kept(int(rest[0]), rest[1]) else None
    issue, reader = queries.issue(int(rest[0])), queries.reader(int(rest[1]))
    if reader is None:
        return None
    until = issue.sent_at or clock.now()
    told = queries.told_since(issue.since, until, reader.areas, reader.sub_projects)
    key = queries.key_of(settings.secret_key, reader.id, reader.created_at)
    manage = f"{settings.origin}/newsletter/{key}"
    return letters.letter(issue, told, reader.language, settings.origin, manage)


@every(timedelta(hours=1))
def forget_unconfirmed_readers() -> None:
    """Delete addresses that were typed, perhaps by somebody else, and never confirmed."""
    with transaction.writing():
        forget_unconfirmed(System("worker"))
