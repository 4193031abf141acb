"""The order "topical": what readers do lifts, time lets go, newcomers and small areas have room."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from innovation.comments.models import Comment
from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Nobody
from innovation.ideas.filters import IdeaFilter
from innovation.ideas.listing import list_ideas
from innovation.ideas.topical import (
    WELCOME,
    Activity,
    Subject,
    lifts,
    needs_readers,
    score,
    scores,
)
from innovation.pages.listeners import keep_topical_order
from innovation.programme.queries import snapshot
from innovation.votes.models import Vote
from tests.conftest import Unit
from tests.real import installation
from tests.real.ideas import idea
from tests.real.people import person

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ages = st.floats(min_value=0, max_value=29.9)


def supported(moments: list[float]) -> Activity:
    """Give supports that are so many days old."""
    return Activity([NOW - age * DAY for age in moments])


@pytest.mark.once
@given(published=st.floats(min_value=0, max_value=400), moments=st.lists(ages, max_size=60))
def test_a_new_support_never_lowers(published: float, moments: list[float]) -> None:
    before = score(NOW - published * DAY, supported(moments))
    assert score(NOW - published * DAY, supported([*moments, 0.0])) >= before


@pytest.mark.once
@given(moments=st.lists(ages, min_size=1, max_size=60), days=st.floats(min_value=0, max_value=9))
def test_the_same_support_weighs_less_the_older_it_is(moments: list[float], days: float) -> None:
    old = NOW - 400 * DAY
    aged = [min(age + days, 29.95) for age in moments]
    assert score(old, supported(aged)) <= score(old, supported(moments)) + 0.001


@pytest.mark.once
@given(heard=st.dictionaries(st.integers(1, 6), st.floats(0, 10_000), min_size=2))
def test_the_less_an_area_is_heard_the_more_it_is_lifted(heard: dict[int, float]) -> None:
    lift = lifts(heard)
    assert min(lift.values()) == 0
    for one in heard:
        for other in heard:
            if heard[one] <= heard[other]:
                assert lift[one] >= lift[other]


@pytest.mark.once
def test_a_newcomer_stands_before_what_few_support() -> None:
    newcomer = score(NOW)
    assert newcomer > score(NOW - 60 * DAY, supported([0.0] * int(WELCOME - 1)))
    assert newcomer < score(NOW - 60 * DAY, supported([0.0] * int(WELCOME + 1)))


@pytest.mark.once
def test_an_old_idea_that_comes_alive_passes_a_newer_sleeping_one() -> None:
    awake, asleep = score(NOW - 300 * DAY, supported([1.0] * 5)), score(NOW - 60 * DAY)
    assert awake > asleep


@pytest.mark.once
@given(moments=st.lists(ages, min_size=1, max_size=60), later=ages)
def test_another_support_of_any_age_never_lowers(moments: list[float], later: float) -> None:
    old = NOW - 300 * DAY
    assert score(old, supported([*moments, later])) >= score(old, supported(moments))


@pytest.mark.once
def test_a_comment_weighs_as_much_as_two_supports() -> None:
    old = NOW - 300 * DAY
    assert score(old, Activity(comments=[NOW])) == score(old, Activity([NOW, NOW]))


@pytest.mark.once
def test_an_idea_of_a_quiet_area_stands_higher_than_its_twin_of_a_loud_one() -> None:
    subjects = [Subject(number, NOW - DAY, 1 if number < 20 else 2) for number in range(1, 21)]
    placed = scores(subjects, {}, [1, 2], NOW)
    assert placed[20] > placed[1] == placed[19]


@pytest.mark.once
def test_needing_readers_ends_with_the_first_sign_or_three_weeks() -> None:
    assert needs_readers(NOW - DAY, False, 0, 0, NOW)
    assert not needs_readers(NOW - DAY, True, 0, 0, NOW)
    assert not needs_readers(NOW - DAY, False, 1, 0, NOW)
    assert not needs_readers(NOW - DAY, False, 0, 1, NOW)
    assert not needs_readers(NOW - 22 * DAY, False, 0, 0, NOW)
    assert not needs_readers(None, False, 0, 0, NOW)


def test_the_duty_puts_what_readers_do_into_the_order(
    reading: Unit, writing: Unit, app: Flask
) -> None:
    with writing():
        now = clock.now()
        old = {"published_at": now - 200 * DAY, "topical": 0.0}
        asleep, supported, discussed = idea(**old), idea(**old), idea(**old)
        newcomer = idea()
        for number, count in ((supported, 3),):
            for _ in range(count):
                who = person()
                db.session.add(Vote(idea_id=number, person_id=who.id, created_at=now - DAY))
        for _ in range(3):
            db.session.add(
                Comment(
                    idea_id=discussed,
                    name="Tuulikki",
                    text="Samaa mieltä.",
                    language="fi",
                    visibility="public",
                    created_at=now - DAY,
                )
            )
    with app.app_context():
        keep_topical_order()
    with reading():
        rows = list_ideas(Nobody(), IdeaFilter.read({})).items
    assert [row.number for row in rows] == [newcomer, discussed, supported, asleep]


def test_the_duty_writes_only_what_moved(app: Flask, writing: Unit) -> None:
    with writing():
        idea(area_id=snapshot().area_by_slug["oulu"].id)
        idea()
    with app.app_context():
        keep_topical_order()
        installation.written.clear()
        keep_topical_order()
    assert not installation.written
