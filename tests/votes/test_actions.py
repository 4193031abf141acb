"""Supporting: once for each person, taken back, counted."""

import pytest
from sqlalchemy import func, select, update

from innovation.accounts.models import Account
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ForbiddenError, RuleBrokenError
from innovation.core.permissions import Nobody, Person, Role, System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_idea
from innovation.votes import queries
from innovation.votes.actions import cast_vote, repair_counters, withdraw_vote
from innovation.votes.models import Vote
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person


def counter_and_rows(number: int) -> tuple[int, int]:
    counter = db.session.scalar(select(Idea.support_count).where(Idea.id == number)) or 0
    rows = db.session.scalar(select(func.count()).where(Vote.idea_id == number)) or 0
    return counter, rows


def vote(who: Person, number: int) -> bool:
    return cast_vote(who, visible_idea(who, number))


def test_one_support_for_each_person_however_often_it_is_pressed(writing: Unit) -> None:
    with writing():
        who, number = person(), idea()
        assert [vote(who, number) for _ in range(3)] == [True, False, False]
        assert counter_and_rows(number) == (1, 1)
        assert queries.supported(who.id, [number, number + 1]) == {number}


def test_a_support_can_be_taken_back_and_given_again(writing: Unit) -> None:
    with writing():
        who, number = person(), idea()
        vote(who, number)
        shown = visible_idea(who, number)
        assert [withdraw_vote(who, shown) for _ in range(2)] == [True, False]
        assert counter_and_rows(number) == (0, 0)
        assert vote(who, number)
        assert shown.support_count == 1


def test_what_a_card_shows_gets_a_new_version(writing: Unit) -> None:
    with writing():
        who, number = person(), idea()
        before = visible_idea(who, number).version
        vote(who, number)
        vote(who, number)
        assert visible_idea(who, number).version == before + 1


def test_ones_own_idea_is_for_others_to_support(writing: Unit) -> None:
    with writing():
        who = person()
        number = idea(who)
        with pytest.raises(RuleBrokenError):
            vote(who, number)
        assert counter_and_rows(number) == (0, 0)


def test_nobody_supports_without_an_account(writing: Unit) -> None:
    with writing():
        shown = visible_idea(Nobody(), idea())
        with pytest.raises(ForbiddenError):
            cast_vote(Nobody(), shown)


def test_what_waits_is_not_supported_even_by_those_who_see_it(writing: Unit) -> None:
    with writing():
        moderator, number = person(Role.MODERATOR), idea(visibility=Visibility.WAITING)
        with pytest.raises(ForbiddenError):
            vote(moderator, number)


def test_ideas_for_staff_are_supported_by_staff(writing: Unit) -> None:
    with writing():
        number = idea(visibility=Visibility.STAFF_ONLY)
        assert vote(person(Role.STAFF), number)


def test_small_groups_of_supporters_are_not_told(writing: Unit) -> None:
    with writing():
        number = idea()
        groups = ["asukas"] * 6 + ["henkilosto"] * 5 + ["yrittaja"] * 3 + [None] * 3
        for capacity in groups:
            who = person()
            db.session.execute(
                update(Account).where(Account.id == who.id).values(capacity=capacity)
            )
            vote(who, number)
        told = queries.supporters_by_capacity(number)
        assert list(told.items()) == [("asukas", 6), ("henkilosto", 5), ("others", 6)]
        alone = idea()
        vote(person(), alone)
        assert queries.supporters_by_capacity(alone) == {}


def test_recent_supports_are_known_by_their_moments(writing: Unit) -> None:
    with writing():
        number, since = idea(), clock.now()
        for _ in range(2):
            vote(person(), number)
        moments = queries.recent_activity(since)[number]
        assert len(moments) == 2
        assert all(since <= moment <= clock.now() for moment in moments)


def test_a_wrong_counter_is_found_and_corrected(writing: Unit) -> None:
    with writing():
        number = idea()
        vote(person(), number)
        db.session.execute(update(Idea).where(Idea.id == number).values(support_count=7))
        wrong = queries.wrong_counters()
        assert [(one.idea_id, one.kept, one.counted) for one in wrong] == [(number, 7, 1)]
        repair_counters(System("test"))
        assert counter_and_rows(number) == (1, 1)
        assert queries.wrong_counters() == []


def test_people_do_not_correct_counters(writing: Unit) -> None:
    with writing(), pytest.raises(ForbiddenError):
        repair_counters(person(Role.ADMINISTRATOR))
