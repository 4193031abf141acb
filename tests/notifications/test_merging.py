"""Mails about merges: each person hears one line, whichever of the ideas brings them along."""

import pytest
from flask import Flask
from sqlalchemy import select

from innovation.core.db import db
from innovation.core.events import record
from innovation.core.permissions import Nobody, Person, System
from innovation.ideas.actions import IdeaDraft, submit_idea
from innovation.ideas.events import IdeaRedacted
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_idea
from innovation.moderation.actions import merge_idea, publish_idea
from innovation.moderation.models import Decision
from innovation.moderation.undo import undo_decision
from innovation.notifications.actions import follow, unfollow
from innovation.notifications.models import Mail
from innovation.notifications.queries import following
from innovation.votes.actions import cast_vote
from tests.conftest import Unit
from tests.notifications.test_decisions import made, mails, reached
from tests.real.people import person, sign_in


@pytest.fixture
def moderator(writing: Unit) -> Person:
    with writing():
        return person("moderator")


def last_decision() -> Decision:
    return db.session.scalars(select(Decision).order_by(Decision.id.desc()).limit(1)).one()


def told_of(decision: Decision) -> dict[int | None, Mail]:
    """Give the mails about a decision by whom they go to; nobody gets two."""
    found = [mail for mail in mails() if mail.unique_key.startswith(f"decision {decision.id} ")]
    assert len({mail.person_id for mail in found}) == len(found)
    assert all(mail.not_before == decision.until for mail in found)
    return {mail.person_id: mail for mail in found}


def shown(author: Person | Nobody) -> Idea:
    if isinstance(author, Person):
        return made(author, Visibility.PUBLIC)
    draft = IdeaDraft(text="Jono on pitkä meilläkin.")
    given = submit_idea(author, draft, receipt_key=f"key {db.session.query(Idea).count()}")
    row = visible_idea(System("test"), given.idea_id)
    publish_idea(System("test"), row)
    return row


def test_a_chain_of_merges_tells_everybody_of_every_link_once(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        first, second, third, follower, supporter = (reached("en") for _ in range(5))
        a, b, c = (shown(author) for author in (first, second, third))
        follow(follower, a)
        cast_vote(supporter, a)
        cast_vote(supporter, b)
        merge_idea(moderator, a, b)
        assert set(told_of(last_decision())) == {first.id, second.id, follower.id, supporter.id}
        merge_idea(moderator, b, c)
        told = told_of(last_decision())
        assert set(told) == {first.id, second.id, third.id, follower.id, supporter.id}
        assert all(f"/ideas/{c.id}" in mail.body for mail in told.values())
        assert "your idea was merged with another one" in told[second.id].body
        assert f"your idea belongs to the idea {b.reference}" in told[first.id].body
        assert c.reference in told[third.id].subject
        assert "2 more people have told of the same need as you." in told[third.id].body
        assert "You get this because you follow or support" in told[supporter.id].body


def test_the_authors_of_what_was_merged_into_the_target_hear_the_same(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        early, head, late = (reached("en") for _ in range(3))
        target = shown(head)
        merge_idea(moderator, shown(early), target)
        merge_idea(moderator, shown(late), target)
        told = told_of(last_decision())
        assert set(told) == {early.id, head.id, late.id}
        for one in (early, head):
            assert "1 more person has told of the same need as you." in told[one.id].body
            assert target.reference in told[one.id].subject
        target.title = "[nimi poistettu] jonotti"
        db.session.flush()
        record(IdeaRedacted(target.id))
        db.session.expire_all()
        for mail in told_of(last_decision()).values():
            assert "[nimi poistettu] jonotti" in mail.body
        assert "1 more person" in told_of(last_decision())[early.id].body


def test_a_nameless_author_counts_and_who_was_there_does_not(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        head, other = reached("en"), reached("en")
        target = shown(head)
        merge_idea(moderator, shown(other), target)
        merge_idea(moderator, shown(Nobody()), target)
        told = told_of(last_decision())
        assert set(told) == {head.id, other.id}
        assert "1 more person" in told[head.id].body
        merge_idea(moderator, shown(other), target)
        told = told_of(last_decision())
        assert set(told) == {other.id}, "nobody new told of it"


def test_who_stopped_or_decided_hears_nothing_and_undoing_takes_the_line_back(
    writing: Unit,
) -> None:
    with writing():
        decider = person("moderator")
        stopped, author = reached(), reached()
        target = shown(stopped)
        unfollow(stopped, target.id)
        merge_idea(decider, shown(author), target)
        decision = last_decision()
        assert set(told_of(decision)) == {author.id}
        undo_decision(decider, decision)
        assert told_of(decision) == {}


def test_the_title_of_an_idea_for_the_staff_stands_in_no_line(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        a, c = (made(reached(), Visibility.STAFF_ONLY) for _ in range(2))
        c.title = "Varaston koodi vuotaa"
        merge_idea(moderator, a, c)
        told = told_of(last_decision())
        assert len(told) == 2
        assert not [mail for mail in told.values() if c.title in mail.body]


def test_who_follows_what_was_merged_stops_on_the_page_of_the_other(
    app: Flask, writing: Unit, moderator: Person
) -> None:
    with writing():
        follower = reached()
        a, c = shown(person()), shown(person())
        follow(follower, a)
        merge_idea(moderator, a, c)
        assert following(follower.id, [c.id]) == {c.id}
        numbers = a.id, c.id
    client = sign_in(app, app.test_client(), follower)
    assert "You follow, press to stop" in client.get(f"/ideas/{numbers[1]}?lang=en").text
    client.post(f"/ideas/{numbers[1]}/unfollow")
    with writing():
        assert following(follower.id, numbers) == set()
        end = shown(person())
        merge_idea(moderator, visible_idea(System("test"), numbers[1]), end)
        assert follower.id not in told_of(last_decision())
