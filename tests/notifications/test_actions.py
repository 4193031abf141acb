"""Follows that begin by themselves, and mails that leave exactly once."""

import email
import email.policy
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.events import record
from innovation.core.permissions import Person
from innovation.ideas.actions import IdeaDraft, submit_idea
from innovation.ideas.queries import visible_idea
from innovation.notifications.actions import follow, follow_by_default, queue_mail, unfollow
from innovation.notifications.carriers import FolderCarrier
from innovation.notifications.models import Mail
from innovation.notifications.paper import as_message, name_of
from innovation.notifications.queries import following, waiting_mail
from innovation.votes.events import VoteCast
from innovation.web import worker
from tests.conftest import Unit
from tests.real.people import person

TEXT = "Kotihoidon käyntiaika ei näy läheiselle, joten soitan joka tiistai toimistoon."


def an_idea(author: Person) -> int:
    return submit_idea(author, IdeaDraft(text=TEXT)).idea_id


def written(app: Flask) -> list[Path]:
    folder = app.extensions["settings"].instance / "mail"
    return sorted(folder.glob("*.eml")) if folder.exists() else []


def forget_files(app: Flask) -> None:
    for path in written(app):
        path.unlink()


def said(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def send_all(app: Flask) -> None:
    while worker.do_jobs(app):
        pass


def test_authors_and_supporters_follow_by_default(writing: Unit) -> None:
    with writing():
        author, supporter, other = person(), person(), person()
        number = an_idea(author)
        record(VoteCast(number, supporter.id))
        assert following(author.id, [number]) == {number}
        assert following(supporter.id, [number, number + 1]) == {number}
        assert following(other.id, [number]) == set()
        assert following(author.id, []) == set()


def test_who_once_stopped_is_left_in_peace_until_asking(writing: Unit) -> None:
    with writing():
        author = person()
        number = an_idea(author)
        unfollow(author, number)
        unfollow(author, number)
        follow_by_default(author.id, number, "supporter")
        assert following(author.id, [number]) == set()
        idea = visible_idea(author, number)
        follow(author, idea)
        follow(author, idea)
        assert following(author.id, [number]) == {number}


def test_a_mail_is_written_as_one_readable_file(app: Flask, writing: Unit, reading: Unit) -> None:
    forget_files(app)
    with writing():
        for _ in "ab":
            queue_mail(
                "test", "only one", "aino@posti.example", "Ääkköset", "Hei,\n\nöljyä.\n", "fi"
            )
    send_all(app)
    send_all(app)
    (path,) = written(app)
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert message["To"] == "aino@posti.example"
    assert message["From"] == app.extensions["settings"].mail_sender
    assert message["Subject"] == "Ääkköset"
    assert "öljyä" in said(message)
    assert path.stat().st_mode & 0o077 == 0
    with reading():
        assert db.session.scalar(select(Mail.sent_at)) is not None


def test_killed_between_writing_and_marking_there_is_still_one_mail(
    app: Flask, writing: Unit, reading: Unit
) -> None:
    forget_files(app)
    with writing():
        queue_mail("test", "killed", "aino@posti.example", "Hei", "Terve.\n", "fi")
    with reading():
        mail_id = db.session.scalar(select(Mail.id))
        assert mail_id is not None
        mail = waiting_mail(mail_id)
    assert mail is not None
    settings = app.extensions["settings"]
    with app.app_context():
        folder, first = FolderCarrier(settings.instance), as_message(mail, "", settings)
    folder.prepare(settings.mail_sender, mail.recipient)
    folder.hand_over(name_of(mail), first)
    send_all(app)
    (path,) = written(app)
    assert path.read_bytes() == first


def test_a_mail_waits_until_its_time(app: Flask, writing: Unit) -> None:
    forget_files(app)
    later = clock.now() + timedelta(minutes=10)
    with writing():
        queue_mail("t", "later", "a@posti.example", "Hei", "Terve.\n", "fi", not_before=later)
    send_all(app)
    assert written(app) == []
    with clock.frozen_at(later + timedelta(seconds=1)):
        send_all(app)
    assert len(written(app)) == 1


def test_nothing_in_a_mail_can_begin_another_header(app: Flask, writing: Unit) -> None:
    forget_files(app)
    with writing():
        queue_mail("t", "in", "a@posti.example", "Hei\r\nBcc: x@evil.example", ".\r\nX\n", "fi")
        for wrong in ("a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "A <a@b.fi>"):
            with pytest.raises(ValueError, match="one plain address"):
                queue_mail("t", wrong, wrong, "Hei", "Terve.\n", "fi")
    send_all(app)
    (path,) = written(app)
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert message["Bcc"] is None
    assert message["To"] == "a@posti.example"
