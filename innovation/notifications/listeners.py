"""What begins a follow, what sends a mail, and how the outbox is emptied."""

from flask import current_app

from innovation.accounts.events import PasswordChanged, PasswordResetRequested
from innovation.accounts.queries import link_by_id, link_key, profile_of
from innovation.core import transaction
from innovation.core.config import Settings
from innovation.core.events import on
from innovation.core.jobs import Due, job
from innovation.ideas.events import IdeaSubmitted
from innovation.notifications.actions import (
    MAIL_JOB,
    follow_by_default,
    mark_sent,
    queue_mail,
)
from innovation.notifications.mail import password_changed_text, reset_text, write_file
from innovation.notifications.queries import waiting_mail
from innovation.votes.events import VoteCast


@on(IdeaSubmitted)
def authors_follow(event: IdeaSubmitted) -> None:
    """Authors hear of their own ideas unless they stop it."""
    if event.person_id is not None:
        follow_by_default(event.person_id, event.idea_id, "author")


@on(VoteCast)
def supporters_follow(event: VoteCast) -> None:
    """Supporters hear of what they support unless they stop it."""
    follow_by_default(event.person_id, event.idea_id, "supporter")


@on(PasswordResetRequested)
def mail_reset_link(event: PasswordResetRequested) -> None:
    """Mail the link; its key is made anew from the row, since nothing stores it."""
    link = link_by_id(event.link_id)
    if link.person_id is None:
        return
    profile, settings = profile_of(link.person_id), _settings()
    key = link_key(settings.secret_key, link.id, link.purpose, link.created_at)
    subject, body = reset_text(profile.language, f"{settings.origin}/reset/{key}")
    unique_key = f"reset {link.id} {link.created_at.isoformat()}"
    queue_mail("reset", unique_key, profile.email, subject, body, profile.language, profile.id)


@on(PasswordChanged)
def mail_password_changed(event: PasswordChanged) -> None:
    """Tell the owner, who may not be the one who changed it."""
    profile = profile_of(event.person_id)
    subject, body = password_changed_text(profile.language, f"{_settings().origin}/reset")
    unique_key = f"password {profile.id} {event.at}"
    queue_mail("password", unique_key, profile.email, subject, body, profile.language, profile.id)


@job(MAIL_JOB)
def send(due: list[Due]) -> None:
    """Write each mail to the folder of mails, then mark it. Killed in between it is written again
    under the same name, so there is one file whatever happens.
    """
    settings = _settings()
    for one in due:
        with transaction.reading():
            mail = waiting_mail(int(one.payload["mail_id"]))
        if mail is None:
            continue
        write_file(settings.instance, mail, settings.mail_sender)
        with transaction.writing():
            mark_sent(mail.id)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
