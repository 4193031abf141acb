"""What the worker mailed, and the codes and links in it."""

import re

from flask import Flask
from sqlalchemy import select

from innovation.core import transaction
from innovation.core.db import db
from innovation.notifications.models import Mail
from innovation.web import worker


def mails(app: Flask, kind: str) -> list[Mail]:
    """Let the worker work; gives the mails of a kind, oldest first."""
    while worker.do_jobs(app):
        pass
    with app.app_context(), transaction.reading():
        found = list(db.session.scalars(select(Mail).where(Mail.kind == kind).order_by(Mail.id)))
        db.session.expunge_all()
        return found


def body_of_newest(app: Flask, kind: str) -> str:
    """Let the worker work; gives what the newest mail of a kind says."""
    return mails(app, kind)[-1].body


def code_in(body: str) -> str:
    """Give the code of a mail as it is written there."""
    found = re.search(r"^\d{4} \d{4}$", body, re.MULTILINE)
    assert found, body
    return found[0]


def path_in(body: str) -> str:
    """Give the path of the link in a mail."""
    found = re.search(r"http://localhost(/\S+)", body)
    assert found, body
    return found[1]
