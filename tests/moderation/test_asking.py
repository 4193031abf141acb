"""Asking the author: the idea stays, the item leaves the list, and an undone question is gone."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, ForbiddenError, RuleBrokenError
from innovation.core.permissions import Person, System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Authorship, Idea
from innovation.ideas.queries import visible_idea
from innovation.messages.actions import reply
from innovation.messages.models import Message
from innovation.messages.queries import thread_of
from innovation.moderation import actions, pictures
from innovation.moderation.asking import ask_author, read_answer
from innovation.moderation.cases import last_entry
from innovation.moderation.models import Decision
from innovation.moderation.passing import pass_on
from innovation.moderation.queries import queue
from innovation.moderation.recusals import recuse
from innovation.moderation.undo import undo_decision
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person, signed_in

QUESTION = "Missä yksikössä näin käy?"


@pytest.fixture
def moderator(writing: Unit) -> Person:
    with writing():
        return person("moderator")


def made(author: Person, visibility: Visibility = Visibility.WAITING) -> Idea:
    return visible_idea(System("test"), idea(author, visibility))


def newest() -> Decision:
    return db.session.scalars(select(Decision).order_by(Decision.id.desc()).limit(1)).one()


def listed(row: Idea) -> bool:
    return any(item.idea_id == row.id for item in queue().items)


@pytest.mark.parametrize("place", [Visibility.WAITING, Visibility.PUBLIC])
def test_asking_moves_nothing(writing: Unit, moderator: Person, place: Visibility) -> None:
    with writing():
        row = made(person(), place)
        ask_author(moderator, row, QUESTION)
        assert (row.visibility, row.handling) == (place, "new")
        assert row.asked_at


def test_only_moderators_ask_and_only_whom_they_can_reach(writing: Unit, moderator: Person) -> None:
    with writing():
        author = person()
        row = made(author)
        with pytest.raises(ForbiddenError):
            ask_author(author, row, QUESTION)
        with pytest.raises(RuleBrokenError):
            ask_author(moderator, row, "")
        db.session.scalars(
            select(Authorship).where(Authorship.idea_id == row.id)
        ).one().person_id = None
        with pytest.raises(RuleBrokenError) as broken:
            ask_author(moderator, row, QUESTION)
        assert broken.value.field == "reason"
        assert row.asked_at is None


def test_asking_twice_is_one_question_and_a_late_one_is_told(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        row = made(person())
        seen = last_entry(row.id)
        ask_author(moderator, row, QUESTION, seen=seen)
        ask_author(moderator, row, QUESTION, seen=seen)
        assert len(thread_of(row.id).rows) == 1
        with pytest.raises(ConflictError):
            actions.publish_idea(person("moderator"), row, seen=seen)


def test_the_item_leaves_the_list_and_returns_with_the_answer_or_after_two_weeks(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author = person()
        row = made(author)
        assert listed(row)
        ask_author(moderator, row, QUESTION)
        assert not listed(row)
        row.asked_at = clock.now() - timedelta(days=14, minutes=1)
        db.session.flush()
        assert listed(row)
        row.asked_at = clock.now()
        reply(author, row, "Osastolla 3.")
        assert listed(row)


def test_a_shown_idea_is_listed_until_the_answer_was_read(writing: Unit, moderator: Person) -> None:
    with writing():
        author = person()
        row = made(author, Visibility.PUBLIC)
        actions.publish_idea(moderator, row)
        ask_author(moderator, row, QUESTION)
        reply(author, row, "Osastolla 3.")
        assert thread_of(row.id).unread
        read_answer(moderator, row)
        read_answer(moderator, row)
        assert not thread_of(row.id).unread
        undo_decision(moderator, newest())
        assert thread_of(row.id).unread


def test_whoever_decides_has_read_the_answer_and_undoing_brings_it_back(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author = person()
        row = made(author)
        ask_author(moderator, row, QUESTION)
        reply(author, row, "Osastolla 3.")
        actions.publish_idea(moderator, row)
        assert not thread_of(row.id).unread
        undo_decision(moderator, newest())
        assert thread_of(row.id).unread


def test_an_undone_question_is_gone_with_everything(writing: Unit, moderator: Person) -> None:
    with writing():
        row = made(person())
        ask_author(moderator, row, QUESTION)
        undo_decision(moderator, newest())
        db.session.refresh(row)
        assert row.asked_at is None
        assert db.session.scalars(select(Message)).all() == []


def test_an_answered_question_cannot_be_undone_and_nothing_is_lost(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author = person()
        row = made(author)
        ask_author(moderator, row, QUESTION)
        reply(author, row, "Osastolla 3.")
        with pytest.raises(ConflictError) as late, db.session.begin_nested():
            undo_decision(moderator, newest())
        assert late.value.message == pictures._NEWER["messages"]
        assert len(thread_of(row.id).rows) == 2
        assert thread_of(row.id).unread


def test_a_question_is_asked_on_the_card_and_its_answer_read_there(
    app: Flask, writing: Unit
) -> None:
    client, _who = signed_in(app, "moderator")
    with writing():
        author = person()
        number = idea(author, Visibility.WAITING)
        seen = str(last_entry(number))
    page = f"/moderation/ideas/{number}"
    empty = client.post(f"{page}/ask", data={"ask-seen": seen, "decision": "ask"})
    assert empty.status_code == 422
    form = {"ask-seen": seen, "ask-reason": QUESTION, "decision": "ask"}
    assert client.post(f"{page}/ask", data=form).status_code == 303
    assert QUESTION in client.get(page).text
    with writing():
        reply(author, visible_idea(author, number), "Osastolla 3.")
    answered = client.get(page).text
    assert "Osastolla 3." in answered
    assert f'action="{page}/read"' in answered
    assert client.post(f"{page}/read").status_code == 303
    assert f'action="{page}/read"' not in client.get(page).text


def test_consent_is_asked_with_a_ready_text(app: Flask, writing: Unit) -> None:
    client, _who = signed_in(app, "moderator")
    with writing():
        number = idea(person(), Visibility.WAITING)
        form = {"ask-seen": str(last_entry(number)), "decision": "consent"}
    assert client.post(f"/moderation/ideas/{number}/ask", data=form).status_code == 303
    with writing():
        thread = thread_of(number)
        assert thread.consent == "asked"
        assert "aloit" in thread.rows[0].text


def test_what_was_asked_before_a_return_or_a_merge_is_answered_by_that(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author = person()
        returned, merged = made(author), made(author, Visibility.PUBLIC)
        target = made(person(), Visibility.PUBLIC)
        for row in (returned, merged):
            ask_author(moderator, row, QUESTION)
        actions.return_idea(moderator, returned, "Kerro tarkemmin.")
        actions.merge_idea(moderator, merged, target)
        assert thread_of(returned.id).question is thread_of(merged.id).question is None
        assert merged.asked_at is None
        with pytest.raises(ConflictError):
            reply(author, returned, "Osastolla 3.")
        assert returned.asked_at
        undo_decision(moderator, newest())
        assert thread_of(merged.id).question
        assert merged.asked_at


def test_an_answer_is_read_also_when_the_matter_was_passed_on(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author = person()
        row = made(author)
        ask_author(moderator, row, QUESTION)
        pass_on(moderator, row, "Kela", "Asia kuuluu Kelalle.")
        assert not listed(row)
        reply(author, row, "Osastolla 3.")
        assert listed(row)


def test_whom_the_idea_concerns_reads_no_answer_away(writing: Unit, moderator: Person) -> None:
    with writing():
        author, other = person(), person("moderator")
        row = made(author)
        ask_author(moderator, row, QUESTION)
        reply(author, row, "Osastolla 3.")
        recuse(other, row)
        with pytest.raises(RuleBrokenError):
            read_answer(other, row)
