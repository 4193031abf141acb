"""How the promises are kept: medians and shares of the cases that came due, and what is late."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from innovation.answers.actions import give_answer
from innovation.answers.figures import (
    Kept,
    keep_figures,
    promises_kept,
    year_before,
)
from innovation.answers.lateness import LateIdea, late_today
from innovation.answers.postponing import PostponementDraft, postpone
from innovation.core import clock
from innovation.core.permissions import System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_idea
from innovation.moderation.actions import hide_idea, merge_idea, publish_idea
from innovation.moderation.passing import pass_on
from innovation.programme.queries import snapshot
from innovation.routing.actions import route_idea
from tests.answers.test_answers import given
from tests.conftest import Unit
from tests.real.counting import questions
from tests.real.ideas import idea
from tests.real.people import person

# A Monday; the first answer is due in two weeks, on the 16th.
WHEN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SYSTEM = System("test")
SLUG = "ikaihmiset"


def home(slug: str = SLUG) -> int:
    return snapshot().sub_project_by_slug[slug].id


def routed(slug: str = SLUG) -> Idea:
    row = visible_idea(SYSTEM, idea())
    route_idea(SYSTEM, row, home(slug), [])
    return row


def after(days: int) -> Kept:
    """Count the figures so many days later."""
    with clock.frozen_at(WHEN + timedelta(days=days)):
        return promises_kept()


def late_after(days: int) -> list[LateIdea]:
    """Give what is late so many days later."""
    with clock.frozen_at(WHEN + timedelta(days=days)):
        return late_today()


def answer(row: Idea, days: int, handling: str = "under_evaluation") -> None:
    with clock.frozen_at(WHEN + timedelta(days=days)):
        give_answer(SYSTEM, row, given(handling=handling, step_on=date(2027, 10, 1)))


def test_cases_count_when_their_day_has_passed(writing: Unit) -> None:
    with writing():
        with clock.frozen_at(WHEN):
            rows = [routed() for _ in range(6)]
        for row, days in zip(rows, (1, 3, 5, 7, 20), strict=False):
            answer(row, days)
        assert after(14).whole.answer.due == 0  # the last day is still a day to answer
        kept = after(15)
        assert kept.whole.answer.due == 6
        assert not kept.rows[home()].decision.told
        kept = after(30)
        tally = kept.rows[home()].answer
        assert (tally.due, tally.within, tally.median) == (6, 4, 6)
        assert (kept.whole.late, kept.whole.longest) == (1, 16)
        (late,) = late_after(30)
        assert (late.number, late.promise, late.on, late.days) == (
            rows[5].id,
            "first_answer",
            date(2026, 11, 16),
            16,
        )
        assert after(15 + 366).whole.answer.due == 0


def test_decisions_have_their_own_days(writing: Unit) -> None:
    with writing():
        with clock.frozen_at(WHEN):
            rows = [routed() for _ in range(5)]
        for row, days in zip(rows, (2, 10, 40), strict=False):
            answer(row, days, "going_forward")
        answer(rows[3], 5, "on_hold")
        kept = after(100)
        tally = kept.rows[home()].decision
        assert (tally.due, tally.within, tally.median) == (5, 3, 40)
        # What is on hold is not decided, but has a date of its own.
        assert [one.number for one in late_after(100)] == [rows[4].id]


def test_a_moved_answer_counts_by_the_first_promise(writing: Unit) -> None:
    with writing():
        with clock.frozen_at(WHEN):
            row = routed()
            for day in (20, 25):
                postpone(
                    SYSTEM, row, PostponementDraft("first_answer", date(2026, 11, day), "Selvitys")
                )
        (late,) = late_after(18)
        assert (late.on, late.days) == (date(2026, 11, 16), 4)
        answer(row, 19)
        tally = after(20).whole.answer
        assert (tally.due, tally.within) == (1, 0)


def test_the_time_for_which_the_clock_stands_is_left_out(writing: Unit) -> None:
    with writing():
        with clock.frozen_at(WHEN):
            row = routed()
        with clock.frozen_at(WHEN + timedelta(days=2)):
            row.asked_at = clock.now()
        assert late_after(20) == []
        assert [one.on for one in late_after(40)] == [date(2026, 11, 30)]


def test_what_is_hidden_withdrawn_merged_or_for_staff_is_left_out(writing: Unit) -> None:
    with writing():
        with clock.frozen_at(WHEN):
            rows = [routed() for _ in range(5)]
            keeps = routed()
        with clock.frozen_at(WHEN + timedelta(days=1)):
            hide_idea(SYSTEM, rows[0], snapshot().rules[0]["id"], "Syy")
            rows[1].visibility = Visibility.WITHDRAWN
            rows[2].visibility = Visibility.STAFF_ONLY
            merge_idea(SYSTEM, rows[3], keeps)
            pass_on(SYSTEM, rows[4], "Kunta", "Asia on kunnan.")
        kept = after(20)
        assert kept.whole.answer.due == 1
        assert [one.number for one in late_after(20)] == [keeps.id]


def test_a_merged_idea_brings_its_older_promise(writing: Unit) -> None:
    with writing():
        with clock.frozen_at(WHEN):
            old = routed()
        with clock.frozen_at(WHEN + timedelta(days=7)):
            new = routed()
            merge_idea(SYSTEM, old, new)
        (late,) = late_after(16)
        assert (late.number, late.on) == (new.id, date(2026, 11, 16))


def test_passing_on_too_late_breaks_the_promise(writing: Unit) -> None:
    with writing():
        with clock.frozen_at(WHEN):
            row = routed()
        with clock.frozen_at(WHEN + timedelta(days=20)):
            pass_on(SYSTEM, row, "Kunta", "Asia on kunnan.")
        kept = after(100)
        assert (kept.whole.answer.due, kept.whole.answer.within) == (1, 0)
        assert (kept.whole.decision.due, kept.whole.decision.within) == (1, 1)
        assert late_after(100) == []


def test_new_ideas_are_looked_at_in_three_working_days(writing: Unit) -> None:
    with writing():
        reader = person("moderator")
        with clock.frozen_at(WHEN):
            rows = [visible_idea(SYSTEM, idea(visibility=Visibility.WAITING)) for _ in range(5)]
        for row, days in zip(rows, (0, 1, 3, 7), strict=False):
            with clock.frozen_at(WHEN + timedelta(days=days)):
                publish_idea(reader, row)
        kept = after(10)
        assert (kept.look.due, kept.look.within, kept.look.median) == (5, 3, 3)
        # The fifth of November was the last day for all of them.
        assert (kept.unread, kept.unread_longest) == (1, 7)


def test_pages_tell_what_the_worker_counted_until_the_next_day(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing(), clock.frozen_at(clock.now() - timedelta(days=60)):
        numbers = [routed().id for _ in range(6)]
    with app.app_context():
        counted = promises_kept()
        keep_figures()
    with writing():
        for number in numbers:
            give_answer(SYSTEM, visible_idea(SYSTEM, number), given())
        told = promises_kept()
        assert (replace(told, at=counted.at), told.whole.late) == (counted, 6)
    at = clock.local(told.at, "Europe/Helsinki")
    assert f"{at:%H:%M}. " in client.get("/promises?lang=en").text.replace("</li>", " ")
    with writing(), clock.frozen_at(clock.now() + timedelta(days=1)):
        assert promises_kept().whole.late == 0


def test_the_twelve_months_begin_after_a_leap_day_too() -> None:
    assert year_before(date(2026, 11, 22)) == date(2025, 11, 22)
    assert year_before(date(2028, 2, 29)) == date(2027, 3, 1)


def test_an_idea_in_use_is_counted_for_its_sub_project(writing: Unit) -> None:
    with writing():
        with clock.frozen_at(WHEN):
            rows = [routed() for _ in range(3)]
        for row, handling in zip(rows, ("in_use", "in_use", "in_experiment"), strict=True):
            answer(row, 1, handling)
        row_of = after(2).rows[home()]
        assert (row_of.in_use, row_of.trying) == (2, 1)


@pytest.mark.parametrize("address", ["/promises", "/promises/late", "/promises/late?sub_project="])
def test_the_pages_cost_the_same_for_two_and_many(
    client: FlaskClient, writing: Unit, database: Connection, address: str
) -> None:
    counts = []
    for more in (2, 15):
        with writing(), clock.frozen_at(clock.now() - timedelta(days=60)):
            for _ in range(more):
                routed()
        counts.append(questions(database, lambda: client.get(address)))
    assert counts[0] == counts[1]


def test_few_cases_are_not_told_and_late_ones_are_linked(
    client: FlaskClient, writing: Unit
) -> None:
    with writing(), clock.frozen_at(clock.now() - timedelta(days=60)):
        numbers = [routed().id for _ in range(4)]
    page = client.get("/promises").text
    assert "alle 5" in page
    assert f"/promises/late?sub_project={SLUG}" in page
    late = client.get(f"/promises/late?sub_project={SLUG}").text
    assert all(f"/ideas/{number}" in late for number in numbers)
    assert "alle 5" in client.get(f"/sub-projects/{SLUG}").text
    with writing(), clock.frozen_at(clock.now() - timedelta(days=60)):
        routed()
    assert "0 %" in client.get("/promises").text.replace("\u00a0", " ")
    assert client.get("/promises/late?sub_project=hoitotakuu").status_code == 200
    assert client.get("/promises/late?sub_project=none").status_code == 200
    assert client.get("/promises/late?sub_project=nowhere").status_code == 404
    assert client.get("/promises/late?page=99").status_code == 200
