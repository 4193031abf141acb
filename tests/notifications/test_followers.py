"""Mails about what becomes of an idea: followers hear of what everybody may read, and no more."""

import pytest

from innovation.accounts.rights import grant_role
from innovation.answers.actions import give_answer
from innovation.core.permissions import Person, System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.moderation import actions
from innovation.moderation.passing import pass_on
from innovation.moderation.undo import undo_decision
from innovation.notifications.actions import follow, unfollow
from innovation.notifications.models import Mail
from innovation.programme.queries import snapshot
from innovation.votes.actions import cast_vote
from tests.answers.test_answers import given
from tests.conftest import Unit
from tests.notifications.test_decisions import made, mails, reached
from tests.notifications.test_merging import last_decision, told_of
from tests.real.people import person

SYSTEM = System("test")
REASON = "Tekstissä oli nimi, joka poistettiin."


@pytest.fixture
def moderator(writing: Unit) -> Person:
    with writing():
        return person("moderator")


def family(moderator: Person) -> tuple[Idea, list[Person]]:
    """Give a public idea with its author, one of an idea merged into it, a follower, a supporter
    and somebody who has stopped.
    """
    people = [reached("en") for _ in range(5)]
    author, second, follower, supporter, stopped = people
    head, merged = made(author, Visibility.PUBLIC), made(second, Visibility.PUBLIC)
    follow(follower, head)
    for one in (supporter, stopped):
        cast_vote(one, head)
    unfollow(stopped, head.id)
    actions.merge_idea(moderator, merged, head)
    return head, people


def home(slug: str) -> int:
    return snapshot().sub_project_by_slug[slug].id


def hidden_now(moderator: Person, row: Idea) -> None:
    actions.hide_idea(moderator, row, "commercial", REASON)


def back(moderator: Person, row: Idea) -> None:
    hidden_now(moderator, row)
    actions.restore_idea(moderator, row, REASON)


def rerouted(moderator: Person, row: Idea) -> None:
    actions.reroute_idea(moderator, row, home("hoitotakuu"), [], "")
    actions.reroute_idea(moderator, row, home("hyte"), [], "Hyte vastaa tästä.")


@pytest.mark.parametrize(
    ("decide", "words"),
    [
        (
            lambda who, row: actions.reroute_idea(who, row, home("hoitotakuu"), [], ""),
            "was routed to a sub-project",
        ),
        (rerouted, "was routed to a sub-project"),
        (lambda who, row: pass_on(who, row, "Oulun kaupunki", REASON), "was passed on"),
        (back, "is shown again"),
    ],
)
def test_what_becomes_of_a_public_idea_is_told_to_all_who_follow_it(
    writing: Unit, moderator: Person, decide: object, words: str
) -> None:
    with writing():
        head, (author, second, follower, supporter, _stopped) = family(moderator)
        decide(moderator, head)  # type: ignore[operator]
        decision = last_decision()
        told = told_of(decision)
        assert set(told) == {author.id, second.id, follower.id, supporter.id}
        for one in (follower, supporter):
            assert "that you follow" in told[one.id].subject
            assert words in told[one.id].body
            assert "because you follow or support the idea" in told[one.id].body
        assert f"your idea belongs to the idea {head.reference}" in told[second.id].body
        for one in (second, follower, supporter):
            assert f"/ideas/{head.id}\n" in told[one.id].body
            assert REASON not in told[one.id].body
        if "passed" in words:
            assert "Passed on to: Oulun kaupunki" in told[follower.id].body
        undo_decision(moderator, decision)
        assert told_of(decision) == {}


def test_who_is_routed_to_is_named(writing: Unit, moderator: Person) -> None:
    with writing():
        head, people = family(moderator)
        rerouted(moderator, head)
        name = snapshot().sub_project_by_slug["hyte"].name("en")
        assert f"Sub-project: {name}" in told_of(last_decision())[people[2].id].body


def test_of_hiding_returning_and_what_is_for_staff_followers_hear_nothing(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        staff = reached("en")
        grant_role(SYSTEM, staff.id, "staff", "test")
        for decide in (
            hidden_now,
            lambda who, row: actions.return_idea(who, row, REASON),
            lambda who, row: actions.make_staff_only(who, row, REASON),
        ):
            head, (author, *_others) = family(moderator)
            follow(staff, head)
            decide(moderator, head)
            assert set(told_of(last_decision())) == {author.id}
        actions.reroute_idea(moderator, head, home("hyte"), [], "")
        assert set(told_of(last_decision())) == {author.id}


def test_mails_that_wait_say_nothing_of_what_was_hidden_meanwhile(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        head, (author, second, follower, *_others) = family(moderator)
        actions.reroute_idea(moderator, head, home("hyte"), [], "")
        routing = last_decision()
        give_answer(moderator, head, given())
        answer = last_decision()

        def titled(who: Person) -> list[bool]:
            waiting: list[Mail] = [told_of(one)[who.id] for one in (routing, answer)]
            return [head.title in mail.body for mail in waiting]

        assert titled(follower) == [True, True]
        hidden_now(moderator, head)
        for who, known in ((follower, False), (second, False), (author, True)):
            assert titled(who) == [known, known]
        undo_decision(moderator, last_decision())
        assert titled(follower) == [True, True]
        assert len(mails(person_id=follower.id)) == 2
