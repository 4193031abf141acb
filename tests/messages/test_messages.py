"""The private thread: who reads it, what an answer does, and what it refuses."""

import pytest
from sqlalchemy import select

from innovation.core.db import db
from innovation.core.errors import ConflictError, ForbiddenError, RuleBrokenError
from innovation.core.permissions import Nobody, Person, System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.ideas.queries import timeline_of, visible_idea
from innovation.messages.actions import reply
from innovation.messages.models import Message
from innovation.messages.queries import consent_of, thread_for, thread_of
from innovation.moderation.asking import ask_author
from innovation.notifications.models import Mail
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person

QUESTION = "Missä yksikössä näin käy?"


@pytest.fixture
def moderator(writing: Unit) -> Person:
    with writing():
        return person("moderator")


def asked(moderator: Person, author: Person, *, consent: bool = False) -> Idea:
    row = visible_idea(System("test"), idea(author, Visibility.WAITING))
    ask_author(moderator, row, QUESTION, consent=consent)
    return row


def test_the_author_alone_answers_and_then_the_moderators_are_awaited(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author, other = person(), person()
        row = asked(moderator, author)
        for stranger in (other, moderator, Nobody()):
            with pytest.raises(ForbiddenError):
                reply(stranger, row, "Osastolla 3.")
        assert thread_of(row.id).question
        assert reply(author, row, "Osastolla 3.") is False
        thread = thread_of(row.id)
        assert [(one.side, one.text) for one in thread.rows] == [
            ("moderator", QUESTION),
            ("author", "Osastolla 3."),
        ]
        assert thread.question is None
        assert thread.unread
        assert row.asked_at is None
        assert row.visibility == "waiting"


def test_nobody_else_reads_the_thread(writing: Unit, moderator: Person) -> None:
    with writing():
        author = person()
        row = asked(moderator, author)
        assert thread_for(author, row).rows
        assert not thread_for(person("staff"), row).rows
        assert not thread_for(Nobody(), row).rows
        told = [entry.reason for entry in timeline_of(Nobody(), row)]
        assert QUESTION not in told


def test_an_identity_code_and_an_endless_answer_are_refused_at_the_field(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author = person()
        row = asked(moderator, author)
        for text in ("Tunnus on 131052-308T.", "a" * 2_001, ""):
            with pytest.raises(RuleBrokenError) as broken:
                reply(author, row, text)
            assert broken.value.field == "text"
        assert len(thread_of(row.id).rows) == 1
        with pytest.raises(RuleBrokenError) as broken:
            ask_author(moderator, row, "Onko tunnus 131052-308T?")
        assert broken.value.field == "reason"


def test_the_same_answer_twice_is_one_and_a_late_one_is_told(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author = person()
        row = asked(moderator, author)
        reply(author, row, "Osastolla 3.")
        reply(author, row, "Osastolla 3.")
        assert len(thread_of(row.id).rows) == 2
        with pytest.raises(ConflictError):
            reply(author, row, "Tai ehkä osastolla 4.")


def test_consent_is_given_with_a_button_and_the_newest_counts(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author = person()
        row = asked(moderator, author, consent=True)
        assert consent_of(row.id) == "asked"
        with pytest.raises(RuleBrokenError):
            reply(author, row, "Ehkä.")
        reply(author, row, "", agrees=True)
        assert consent_of(row.id) == "given"
        ask_author(moderator, row, QUESTION, consent=True)
        reply(author, row, "En sittenkään.", agrees=False)
        assert consent_of(row.id) == "refused"


def test_a_new_question_takes_the_place_of_the_open_one(writing: Unit, moderator: Person) -> None:
    with writing():
        author = person()
        row = asked(moderator, author)
        ask_author(moderator, row, "Ja milloin?")
        open_ones = db.session.scalars(select(Message.text).where(Message.awaits)).all()
        assert open_ones == ["Ja milloin?"]


def test_an_answer_about_danger_calls_the_moderators(writing: Unit, moderator: Person) -> None:
    with writing():
        author = person()
        row = asked(moderator, author)
        assert reply(author, row, "En jaksa enää, aion tappaa itseni tänä iltana.") is True
        mail = db.session.scalars(select(Mail).where(Mail.person_id == moderator.id)).one()
        assert mail.kind == "urgent"
        assert "tappaa" not in mail.body
