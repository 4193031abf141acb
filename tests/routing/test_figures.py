"""The public page: how often suggestions were right, counted from what they had not seen."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Person, System
from innovation.ideas.models import Idea
from innovation.programme.queries import snapshot
from innovation.routing.actions import route_idea
from innovation.routing.figures import Figures, figures
from innovation.routing.models import RoutingSuggestion
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def decided(moderator: Person | System, slug: str, *suggested: str) -> int:
    """Make an idea for which this was suggested and that was routed there by somebody."""
    known = snapshot().sub_project_by_slug
    number = idea()
    ids = [known[one].id for one in suggested] + [None] * (3 - len(suggested))
    db.session.add(
        RoutingSuggestion(
            idea_id=number,
            at=clock.now(),
            stamp="profiles",
            first_id=ids[0],
            second_id=ids[1],
            third_id=ids[2],
            certainties=[0.5] * len(suggested),
        )
    )
    route_idea(moderator, db.session.get_one(Idea, number), known[slug].id, [])
    return number


@pytest.fixture
def moderator(writing: Unit) -> Person:
    with writing():
        return person("moderator")


def told(reading: Unit) -> Figures:
    with reading(), clock.frozen_at(NOW):
        return figures()


def test_everything_is_counted_by_sub_project_month_and_mistake(
    moderator: Person, writing: Unit, reading: Unit
) -> None:
    with writing():
        with clock.frozen_at(NOW):
            for _number in range(4):
                decided(moderator, "hyte", "hyte", "ikaihmiset")
            decided(moderator, "hyte")
        # On the first of November where the installation is, and in the year before.
        with clock.frozen_at(datetime(2026, 10, 31, 22, 30, tzinfo=UTC)):
            for _number in range(5):
                decided(moderator, "ikaihmiset", "hyte", "ensihoito", "ikaihmiset")
        with clock.frozen_at(datetime(2026, 10, 31, 21, 30, tzinfo=UTC)):
            decided(moderator, "ensihoito", "hyte")
        with clock.frozen_at(NOW - timedelta(days=400)):
            decided(moderator, "ensihoito", "ensihoito")
        with clock.frozen_at(NOW):
            decided(System("import"), "ensihoito", "ensihoito")
    found = told(reading)
    whole = found.whole
    assert (whole.decisions, whole.first, whole.three, whole.silent) == (11, 4, 9, 1)
    by_slug = {fact.slug: tally for fact, tally in found.sub_projects}
    assert (by_slug["hyte"].decisions, by_slug["hyte"].first, by_slug["hyte"].silent) == (5, 4, 1)
    assert (by_slug["ikaihmiset"].first, by_slug["ikaihmiset"].three) == (0, 5)
    assert [(start.month, tally.decisions) for start, tally in found.months] == [(11, 10), (10, 1)]
    (pair,) = found.confused
    assert (pair.decided.slug, pair.suggested.slug, pair.times) == ("ikaihmiset", "hyte", 5)
    assert found.rest == 1


def test_a_correction_counts_and_what_the_platform_moves_does_not(
    moderator: Person, writing: Unit, reading: Unit
) -> None:
    with writing(), clock.frozen_at(NOW):
        known = snapshot().sub_project_by_slug
        number = decided(moderator, "hyte", "ikaihmiset")
        corrected = db.session.get_one(Idea, number)
        route_idea(moderator, corrected, known["ikaihmiset"].id, [], "Kuuluu sinne")
        route_idea(System("closing"), corrected, known["ensihoito"].id, [])
    found = told(reading)
    assert (found.whole.decisions, found.whole.first) == (1, 1)


def test_the_page_keeps_small_groups_to_itself(
    moderator: Person, writing: Unit, client: FlaskClient
) -> None:
    with writing():
        for _number in range(5):
            decided(moderator, "hyte", "hyte")
        decided(moderator, "ikaihmiset", "hyte")
    page = client.get("/routing/figures").text
    assert "83" in page
    assert page.count("alle 5") >= 1 or page.count("under 5") >= 1


def test_the_page_says_when_there_is_too_little(client: FlaskClient) -> None:
    answer = client.get("/routing/figures")
    assert answer.status_code == 200
    assert "<table" not in answer.text
