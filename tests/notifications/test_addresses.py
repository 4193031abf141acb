"""Mails to addresses without an account: what is told when they leave, a while after the cause."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, update

from innovation.answers.actions import give_answer
from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.queries import visible_idea
from innovation.moderation.actions import hide_idea
from innovation.notifications.actions import queue_mail
from innovation.notifications.choices import CEILING
from innovation.notifications.models import SENT, WAITING, Mail
from innovation.subscriptions.models import Subscription
from tests.answers.test_answers import given
from tests.conftest import Unit
from tests.notifications.posting import NOON, outbox, said, work
from tests.notifications.test_actions import forget_files
from tests.notifications.test_paper import sent
from tests.real.people import person
from tests.subscriptions.test_letters import AUTHOR, DOUBTFUL, FOLLOWER, known_addresses

LATER = timedelta(minutes=11)


@pytest.fixture(autouse=True)
def noon(app: Flask, database: object) -> Iterator[None]:
    forget_files(app)
    with clock.frozen_at(NOON):
        yield


def answered(writing: Unit) -> int:
    """Answer an idea that a nameless author and a follower hear of by address."""
    with writing():
        moderator, row = person("moderator"), known_addresses()
        give_answer(moderator, row, given(text="Otamme tämän käyttöön Oulussa."))
        return row.id


def told(app: Flask) -> set[str]:
    """Give to whom mails about a decision left."""
    return {message["To"] for message in sent(app) if "List-Unsubscribe" in message}


def test_they_leave_when_nothing_has_changed(app: Flask, writing: Unit) -> None:
    answered(writing)
    work(app, LATER)
    assert told(app) == {AUTHOR, FOLLOWER}
    mails = {one["To"]: one for one in sent(app) if "List-Unsubscribe" in one}
    for message in mails.values():
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "/by-mail/" in said(message, "html")
    assert "You get this because you follow or support the idea." in said(mails[FOLLOWER])
    assert "You get this because you wrote the idea." in said(mails[AUTHOR])


def test_of_what_was_hidden_meanwhile_only_its_author_hears_that_it_was(
    app: Flask, writing: Unit, reading: Unit
) -> None:
    number = answered(writing)
    with writing():
        hide_idea(person("moderator"), visible_idea(System("t"), number), "commercial", "Mainos.")
    work(app, LATER)
    assert told(app) == {AUTHOR}
    with reading():
        assert [one.subject for one in outbox(recipient=AUTHOR, kind="by-mail")][-1].endswith(
            "was hidden"
        )


def test_of_what_was_withdrawn_meanwhile_nobody_hears(app: Flask, writing: Unit) -> None:
    number = answered(writing)
    with writing():
        visible_idea(System("t"), number).visibility = Visibility.WITHDRAWN
    work(app, LATER)
    assert told(app) == set()


def test_who_stopped_meanwhile_gets_nothing_more(app: Flask, writing: Unit, reading: Unit) -> None:
    answered(writing)
    with writing():
        db.session.execute(delete(Subscription).where(Subscription.email.in_((FOLLOWER, DOUBTFUL))))
    work(app, LATER)
    assert {message["To"] for message in sent(app)} == {AUTHOR}
    with reading():
        assert {mail.recipient for mail in outbox(kind="by-mail")} == {AUTHOR}


def test_a_follower_has_a_ceiling_a_month_and_an_author_hears_of_every_decision(
    app: Flask, writing: Unit, reading: Unit
) -> None:
    with writing():
        for to in (FOLLOWER, AUTHOR):
            for number in range(CEILING):
                queue_mail(
                    "by-mail", f"earlier {to} {number}", to, "Aihe", "Teksti", "fi", counts=True
                )
        db.session.execute(update(Mail).values(state=SENT, sent_at=clock.now()))
    answered(writing)
    work(app, LATER)
    assert told(app) == {AUTHOR}
    with reading():
        (waits,) = outbox(recipient=FOLLOWER, state=WAITING)
        assert waits.not_before == datetime(2026, 11, 30, 22, tzinfo=UTC)  # midnight in Oulu
    work(app, datetime(2026, 12, 1, 8, tzinfo=UTC) - NOON)
    assert told(app) == {AUTHOR, FOLLOWER}


def test_no_title_of_what_was_hidden_stands_in_a_mail_that_asks_to_confirm(
    app: Flask, writing: Unit
) -> None:
    with writing():
        row = known_addresses()
        title, row.visibility = row.title, Visibility.HIDDEN
    work(app)
    assert {message["To"] for message in sent(app)} >= {DOUBTFUL}
    assert not any(title in said(message) for message in sent(app))
