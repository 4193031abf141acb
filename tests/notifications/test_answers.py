"""Mails about answers and moved dates: authors and followers of the whole family, each once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from innovation.accounts.rights import grant_role
from innovation.answers.actions import give_answer
from innovation.answers.postponing import PostponementDraft, accept, postpone
from innovation.core import clock
from innovation.core.db import db
from innovation.core.events import record
from innovation.core.permissions import Nobody, Person, System
from innovation.experiments.actions import end_experiment
from innovation.ideas.events import IdeaRedacted
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.moderation.actions import merge_idea
from innovation.moderation.models import Decision
from innovation.moderation.undo import undo_decision
from innovation.notifications.actions import follow, unfollow
from innovation.notifications.models import Mail
from innovation.programme.queries import snapshot
from innovation.routing.actions import route_idea
from innovation.votes.actions import cast_vote
from tests.answers.test_answers import given
from tests.conftest import Unit
from tests.notifications.test_decisions import made, mails, reached
from tests.notifications.test_merging import last_decision, told_of
from tests.real.experiments import ending, running
from tests.real.ideas import idea
from tests.real.people import person

SYSTEM = System("test")
ANSWER = "Otamme tämän käyttöön Oulussa."


@pytest.fixture
def moderator(writing: Unit) -> Person:
    with writing():
        return person("moderator")


def routed(author: Person, visibility: Visibility = Visibility.PUBLIC) -> Idea:
    row = made(author, visibility)
    route_idea(SYSTEM, row, snapshot().sub_project_by_slug["ikaihmiset"].id, [])
    return row


def later(days: int = 40) -> PostponementDraft:
    to = clock.today() + timedelta(days=days)
    return PostponementDraft("first_answer", to, "Sijainen aloittaa vasta helmikuussa.")


def test_everybody_of_the_family_hears_of_an_answer_once_with_why(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author, second, follower, supporter, both, stopped = (reached("en") for _ in range(6))
        head, merged = routed(author), routed(second)
        follow(follower, merged)
        cast_vote(supporter, head)
        for one in (head, merged):
            follow(both, one)
            cast_vote(both, one)
        cast_vote(both, head)
        cast_vote(stopped, head)
        unfollow(stopped, head.id)
        follow(author, merged)
        merge_idea(moderator, merged, head)
        give_answer(moderator, head, given())
        told = told_of(last_decision())
        assert set(told) == {author.id, second.id, follower.id, supporter.id, both.id}
        assert told[author.id].subject == f"Your idea {head.reference} was answered"
        assert "Now: Going ahead" in told[author.id].body
        assert "You get this because you wrote the idea." in told[author.id].body
        assert f"your idea belongs to the idea {head.reference}" in told[second.id].body
        assert "because you wrote an idea that belongs to it" in told[second.id].body
        for one in (follower, supporter, both):
            assert told[one.id].subject == "An idea that you follow was answered"
            assert "because you follow or support the idea" in told[one.id].body
        for mail in told.values():
            assert f"/ideas/{head.id}#answer" in mail.body
            assert ANSWER not in mail.body
            assert "yksikön kanssa" not in mail.body


def test_undoing_takes_the_mails_back(writing: Unit, moderator: Person) -> None:
    with writing():
        author, follower = reached(), reached()
        row = routed(author)
        follow(follower, row)
        give_answer(moderator, row, given())
        decision = last_decision()
        assert set(told_of(decision)) == {author.id, follower.id}
        undo_decision(moderator, decision)
        assert told_of(decision) == {}


def test_who_answers_hears_nothing_and_redaction_writes_anew(writing: Unit) -> None:
    with writing():
        lead = person(leads=(snapshot().sub_project_by_slug["ikaihmiset"].id,))
        author, follower = reached("en"), reached("en")
        row = routed(author)
        follow(lead, row)
        follow(follower, row)
        give_answer(lead, row, given(handling="on_hold"))
        assert set(told_of(last_decision())) == {author.id, follower.id}
        row.title = "[nimi poistettu] jonotti"
        db.session.flush()
        record(IdeaRedacted(row.id))
        db.session.expire_all()
        for mail in told_of(last_decision()).values():
            assert "[nimi poistettu] jonotti" in mail.body
            assert "Jono on pitkä" not in mail.body
            assert "Now: On hold" in mail.body
        assert "An idea that you follow" in told_of(last_decision())[follower.id].subject


def test_a_moved_date_is_told_with_the_date_and_without_the_reason(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author, second, follower = (reached("fi") for _ in range(3))
        head, merged = routed(author), routed(second)
        merge_idea(moderator, merged, head)
        follow(follower, head)
        draft = later()
        made_later = postpone(moderator, head, draft)
        assert made_later
        to = made_later.moved_to
        told = told_of(last_decision())
        assert set(told) == {author.id, second.id, follower.id}
        for mail in told.values():
            assert f"{to.day}.{to.month}.{to.year}" in mail.body
            assert draft.reason not in mail.body
            assert f"/ideas/{head.id}#answer" in mail.body
        undo_decision(moderator, last_decision())
        assert not [mail for mail in mails() if "#answer" in mail.body]


def test_the_third_move_is_told_when_a_coordinator_accepts_it(
    writing: Unit,
) -> None:
    with writing():
        lead = person(leads=(snapshot().sub_project_by_slug["ikaihmiset"].id,))
        author = reached()
        row = routed(author)
        before = 0
        for days in (30, 40, 50):
            moved = postpone(lead, row, later(days))
            assert moved
            now = len([mail for mail in mails(person_id=author.id) if "#answer" in mail.body])
            assert now == before + (1 if days < 50 else 0)
            before = now
        coordinator = person("coordinator")
        accept(coordinator, moved.id)
        assert set(told_of(last_decision())) == {author.id}


def test_of_an_idea_for_the_staff_hear_its_author_and_the_staff(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author, staff, resident = reached("en"), reached("en"), reached("en")
        row = routed(author)
        for one in (staff, resident):
            follow(one, row)
        grant_role(SYSTEM, staff.id, "staff", "test")
        row.visibility = Visibility.STAFF_ONLY
        db.session.flush()
        give_answer(moderator, row, given())
        told = told_of(last_decision())
        assert set(told) == {author.id, staff.id}
        assert row.title in told[author.id].body
        assert row.title not in told[staff.id].body


def test_an_experiment_tells_the_followers_of_each_of_its_ideas(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        authors = [reached("en"), reached("en")]
        rows = [routed(author) for author in authors]
        follower = reached("en")
        follow(follower, rows[1])
        trial = running(moderator, ideas=tuple(row.id for row in rows))

        def answers(who: Person) -> list[Mail]:
            return [mail for mail in mails(person_id=who.id) if "#answer" in mail.body]

        assert [len(answers(who)) for who in (*authors, follower)] == [1, 1, 1]
        assert "Now: Being tried" in answers(follower)[0].body
        end_experiment(moderator, trial, ending("stop"))
        assert [len(answers(who)) for who in (*authors, follower)] == [2, 2, 2]
        assert "Now: Not going ahead" in answers(follower)[-1].body
        question = "did taking part have an effect?"
        assert question not in answers(follower)[-1].body
        first, last = answers(authors[1])
        assert question not in first.body
        assert question in last.body
        assert db.session.scalars(select(Decision).filter_by(kind="answer")).all()


def test_a_nameless_author_alone_means_no_mail(writing: Unit, moderator: Person) -> None:
    with writing():
        row = db.session.get_one(Idea, idea(Nobody()))
        route_idea(SYSTEM, row, snapshot().sub_project_by_slug["ikaihmiset"].id, [])
        give_answer(moderator, row, given())
        assert told_of(last_decision()) == {}
