"""The demo: enough believable ideas of every kind, loaded whole and removed without a trace."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from innovation.accounts.models import Account
from innovation.comments.models import Comment
from innovation.core import transaction
from innovation.core.db import Base, db
from innovation.core.permissions import Person, System
from innovation.demo.actions import load_demo
from innovation.demo.content import DemoComment, demo_ideas, demo_morning
from innovation.demo.people import ACCOUNTS, hide_contact, show_contact
from innovation.demo.removal import remove_demo, size_of_demo
from innovation.guard import Door, Kind, inspect
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.models import Idea, TimelineEntry
from innovation.ideas.risks import Risk
from innovation.moderation.actions import merge_idea
from innovation.moderation.parts import hide_comment
from innovation.moderation.queries import queue
from innovation.notifications.queries import matters_of
from innovation.programme.actions import touch
from innovation.programme.models import Programme
from innovation.programme.queries import snapshot

SENTENCE = re.compile(r"[^.!?…”\n]+")


def texts() -> Iterator[tuple[str, str]]:
    """Give every piece of prose in the demo with where it stands."""
    for idea in demo_ideas():
        yield idea.key, idea.title
        yield idea.key, idea.text
        yield idea.key, idea.what_helps
        for decision in idea.decisions:
            yield idea.key, decision.reason
        for comment in _flat(idea.comments):
            yield idea.key, comment.text
        if idea.exchange:
            yield idea.key, idea.exchange.question
            yield idea.key, idea.exchange.answer
    for change in demo_morning().changes:
        yield change.key, change.adds
    for remark in demo_morning().remarks:
        yield remark.key, remark.text


def _flat(comments: tuple[DemoComment, ...]) -> Iterator[DemoComment]:
    for comment in comments:
        yield comment
        yield from comment.replies


@pytest.mark.once
def test_no_two_texts_share_a_sentence() -> None:
    count: Counter[str] = Counter()
    for _key, text in texts():
        sentences = {" ".join(part.split()).lower() for part in SENTENCE.findall(text)}
        count.update(sentence for sentence in sentences if len(sentence.split()) >= 4)
    assert [sentence for sentence, times in count.items() if times > 1] == []


@pytest.mark.once
def test_there_is_enough_of_everything() -> None:
    ideas = demo_ideas()
    assert len(ideas) >= 150
    assert {idea.visibility for idea in ideas} == {str(value) for value in Visibility}
    assert {idea.handling for idea in ideas} == {str(value) for value in Handling}
    assert min(Counter(idea.sub_project for idea in ideas).values()) >= 10
    assert {"fi", "sv", "en"} == {idea.language for idea in ideas}
    assert all(not inspect(text).blocking for _key, text in texts())


def test_loading_and_removing_leaves_nothing_behind(app: Flask, database: object) -> None:
    with app.app_context():
        before, contact = _counts(), snapshot().contact
        with transaction.writing():
            load_demo(System("test"), "no password")
        ideas = {idea.external_reference: idea for idea in db.session.scalars(select(Idea))}
        for demo in demo_ideas():
            idea = ideas[f"demo/{demo.key}"]
            assert (idea.visibility, idea.handling) == (demo.visibility, demo.handling), demo.key
        newest = db.session.scalar(select(func.max(TimelineEntry.at)))
        assert newest is not None
        with transaction.reading():
            size = size_of_demo()
            assert snapshot().contact["phone"] == "0400 000 000"
            account = ACCOUNTS[0].email
            resident = db.session.scalars(select(Account).where(Account.email == account)).one()
            matters = matters_of(Person(resident.id, resident.name))
            assert all((matters.own, matters.followed, matters.supported))
            assert_a_mixed_morning_waits()
        assert size.ideas == len(demo_ideas())
        assert size.foreign == 0
        with transaction.writing():
            # Whoever tries the desk leaves decisions about the demo's ideas and comments.
            shown = [
                one
                for one in db.session.scalars(select(Idea).order_by(Idea.id))
                if (one.visibility, one.handling) == (Visibility.PUBLIC, Handling.ROUTED)
            ]
            merge_idea(System("test"), shown[0], shown[1])
            said = db.session.scalars(select(Comment).where(Comment.visibility == "public")).all()
            hide_comment(System("test"), said[-1], "commercial", "Mainos.")
        with transaction.writing():
            remove_demo(System("test"))
        after = _counts()
        assert snapshot().contact == contact
        # The first idea of all begins the index of PostgreSQL, which stays.
        del before["search_generations"]
        assert {
            name: after[name] - before[name] for name in before if after[name] != before[name]
        } == {"counters": after["counters"] - before["counters"], "jobs": after["jobs"]}
        assert not db.session.scalar(select(func.count()).select_from(Account))


def assert_a_mixed_morning_waits() -> None:
    """Look for everything that whoever tries the desk should meet."""
    found = queue(limit=100)
    assert 25 <= found.total <= 40
    assert {kind for kind, number in found.counts.items() if number} >= {
        "idea",
        "answer",
        "edit",
        "comment",
        "report",
    }
    assert {item.language for item in found.items} >= {"fi", "sv", "en"}
    assert {item.risk for item in found.items} == set(Risk)
    waiting = [idea.text for idea in demo_ideas() if idea.visibility == Visibility.WAITING]
    doors = {door for text in waiting for door in inspect(text).doors}
    assert doors >= {Door.COMPLAINT, Door.APPEAL, Door.PATIENT_SAFETY, Door.CRISIS}
    marks = {kind for text in waiting for kind in inspect(text).kinds}
    assert marks >= {Kind.PERSON, Kind.PHONE, Kind.CARE_DETAIL}


def test_a_contact_that_somebody_wrote_is_never_touched(app: Flask, database: object) -> None:
    written = {"phone": "08 123 4567", "hours": {"fi": "aina"}}
    with app.app_context(), transaction.writing():
        programme = db.session.get_one(Programme, 1)
        programme.contact = {**programme.contact, **written}
        touch()
        contact = dict(programme.contact)
        show_contact()
        assert programme.contact == contact
        hide_contact()
        assert programme.contact == contact


def _counts() -> dict[str, int]:
    return {
        table.name: int(db.session.scalar(select(func.count()).select_from(table)) or 0)
        for table in Base.metadata.sorted_tables
    }
