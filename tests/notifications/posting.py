"""Sending from tests: a real mail server, the worker's round, and what arrived."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import TypeVar

from flask import Flask
from sqlalchemy import Select, select

from innovation.core import clock
from innovation.core.db import db
from innovation.notifications.models import Mail, Notice
from innovation.web import worker
from tests.real.smtp import MailServer

Row = TypeVar("Row")

# A Wednesday at noon in Finland, far from every quiet hour.
NOON = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


@contextmanager
def posted_to(app: Flask, server: MailServer, url: str = "") -> Iterator[MailServer]:
    """Let the application send to this server; what arrived before is forgotten."""
    for path in server.folder.glob("*"):
        path.unlink()
    kept = app.extensions["settings"]
    app.extensions["settings"] = replace(kept, mail_url=url or server.url)
    try:
        yield server
    finally:
        app.extensions["settings"] = kept


def work(app: Flask, after: timedelta = timedelta(0)) -> None:
    """Let the worker do what is due after a while, until nothing is."""
    # Never the very moment at which something was queued: time always passes.
    with clock.frozen_at(clock.now() + after + timedelta(milliseconds=1)):
        while worker.do_jobs(app):
            pass


def said(message: EmailMessage, kind: str = "plain") -> str:
    """Give the plain or the HTML part of a mail."""
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def outbox(**wanted: object) -> list[Mail]:
    """Give the mails of the outbox as they are now. Inside a unit of work."""
    return _as_they_are(select(Mail).filter_by(**wanted).order_by(Mail.id))


def notices(**wanted: object) -> list[Notice]:
    """Give the notices as they are now. Inside a unit of work."""
    return _as_they_are(select(Notice).filter_by(**wanted).order_by(Notice.id))


def _as_they_are(wanted: Select[tuple[Row]]) -> list[Row]:
    """Give rows that can still be read when the unit of work is over."""
    db.session.flush()
    db.session.expire_all()
    rows = list(db.session.scalars(wanted))
    for row in rows:
        db.session.expunge(row)
    return rows
