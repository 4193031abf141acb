"""Mails on paper: what they say in their reader's language, and how one becomes a file."""

import os
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from flask_babel import force_locale, gettext

from innovation.notifications.queries import MailRow
from innovation.web.locale import day

FOLDER = "mail"


def reset_text(language: str, link: str) -> tuple[str, str]:
    """Give subject and body of the mail with the link for a new password."""
    with force_locale(language):
        lines = (
            gettext("Hello,"),
            gettext("you asked for a new password. Choose it here within an hour:"),
            link,
            gettext("If you did not ask for this, do nothing. Your password stays as it is."),
            gettext("Innovation platform"),
        )
        return gettext("Choose a new password"), "\n\n".join(lines) + "\n"


def password_changed_text(language: str, link: str) -> tuple[str, str]:
    """Give subject and body of the mail that tells of a new password."""
    with force_locale(language):
        lines = (
            gettext("Hello,"),
            gettext("the password of your account was changed just now."),
            gettext("If it was not you, set a new password at once:"),
            link,
            gettext("Innovation platform"),
        )
        return gettext("Your password was changed"), "\n\n".join(lines) + "\n"


def deputy_text(language: str, name: str, first: date, last: date, desk: str) -> tuple[str, str]:
    """Give subject and body of the mail to who stands in for somebody away on these days."""
    with force_locale(language):
        values = {"name": name, "first": day(first), "last": day(last)}
        lines = (
            gettext("Hello,"),
            gettext(
                "%(name)s is away from %(first)s to %(last)s, and you stand in for them.", **values
            ),
            gettext(
                "On these days you can answer the ideas of their sub-projects, move promised dates "
                "and lead their experiments and operating models. What waits is on your desk:"
            ),
            desk,
            gettext("You get this because you were chosen to stand in."),
            gettext("Innovation platform"),
        )
        return gettext("You stand in for %(name)s", name=name), "\n\n".join(lines) + "\n"


def deputy_ended_text(
    language: str, name: str, first: date, last: date, desk: str
) -> tuple[str, str]:
    """Give subject and body of the mail that tells the one standing in that they do no more."""
    with force_locale(language):
        values = {"name": name, "first": day(first), "last": day(last)}
        lines = (
            gettext("Hello,"),
            gettext(
                "your time of standing in for %(name)s, from %(first)s to %(last)s, is over early. "
                "You need do nothing more. Thank you for being ready.",
                **values,
            ),
            gettext("What is yours to answer is here:"),
            desk,
            gettext("You get this because you were chosen to stand in."),
            gettext("Innovation platform"),
        )
        return gettext("You no longer stand in for %(name)s", name=name), "\n\n".join(lines) + "\n"


def as_message(mail: MailRow, sender: str) -> bytes:
    """Give the mail as an RFC 5322 message; the same row always gives the same bytes.

    The headers are structured, so nothing in an address or a subject can begin another header.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<{_name(mail)}@{sender.rpartition('@')[2]}>"
    message["Content-Language"] = mail.language
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body, cte="quoted-printable")
    return message.as_bytes()


def write_file(instance: Path, mail: MailRow, sender: str) -> Path:
    """Write the mail below the instance folder: whole or not at all, and again under one name."""
    folder = instance / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{_name(mail)}.eml"
    draft = folder / f".{_name(mail)}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(as_message(mail, sender))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return path


def _name(mail: MailRow) -> str:
    return f"{mail.created_at:%Y%m%dT%H%M%S%f}-{mail.id}"
