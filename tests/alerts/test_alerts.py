"""Kept searches: what is new in them is told once, and nothing that was not to be told."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from innovation.alerts import listeners
from innovation.alerts.models import Alert
from innovation.core import clock
from innovation.core.db import db
from innovation.core.pagination import PAGE_SIZE
from innovation.core.permissions import Person, System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.queries import visible_idea
from innovation.moderation.actions import publish_idea
from innovation.notifications.models import Notice
from innovation.programme.queries import snapshot
from tests.conftest import Unit
from tests.notifications.posting import NOON
from tests.real.ideas import idea
from tests.real.people import person, signed_in


def oulu() -> int:
    return snapshot().area_by_slug["oulu"].id


def keep(app: Flask, **query: str) -> tuple[FlaskClient, int]:
    client, who = signed_in(app)
    assert client.post("/profile/alerts", data=query).status_code == 303
    return client, who.id


def look(app: Flask, writing: Unit) -> None:
    """Let an hour pass for the kept searches, and look."""
    with writing():
        for row in db.session.scalars(select(Alert)):
            row.checked_at = clock.now() - timedelta(hours=2)
    with app.app_context():
        listeners.look_for_news()


def told(reading: Unit, person_id: int) -> list[int | None]:
    with reading():
        return list(
            db.session.scalars(
                select(Notice.idea_id).where(Notice.person_id == person_id).order_by(Notice.id)
            )
        )


@pytest.mark.parametrize("query", [{"area": "oulu"}, {"group": "new"}])
def test_new_ideas_are_told_once(
    app: Flask, writing: Unit, reading: Unit, query: dict[str, str]
) -> None:
    _, who = keep(app, **query)
    with writing():
        fitting = idea(area_id=oulu(), indexable=True)
    look(app, writing)
    assert told(reading, who) == [fitting]
    with app.app_context():
        listeners.look_for_news()
    assert told(reading, who) == [fitting]


def test_what_no_moderator_has_read_or_all_may_not_read_is_not_told(
    app: Flask, writing: Unit, reading: Unit
) -> None:
    _, who = keep(app, area="oulu")
    with writing():
        idea(area_id=oulu(), indexable=False)
        idea(area_id=oulu(), indexable=True, visibility=Visibility.WAITING)
    look(app, writing)
    assert told(reading, who) == []


def test_an_empty_search_is_not_kept_and_one_is_kept_once(app: Flask, reading: Unit) -> None:
    client, who = keep(app, q="hammas", area="oulu")
    client.post("/profile/alerts", data={"q": "hammas", "area": "oulu"})
    client.post("/profile/alerts", data={"q": ""})
    with reading():
        rows = db.session.scalars(select(Alert.query).where(Alert.person_id == who)).all()
    assert rows == ["q=hammas&area=oulu"]
    page = client.get("/profile/alerts").text
    assert "”hammas”" in page


def test_one_stops_only_ones_own(app: Flask, reading: Unit) -> None:
    mine, who = keep(app, q="hammas")
    other, _ = signed_in(app)
    with reading():
        number = db.session.scalars(select(Alert.id).where(Alert.person_id == who)).one()
    other.post(f"/profile/alerts/{number}/stop")
    assert "hammas" in mine.get("/profile/alerts").text
    mine.post(f"/profile/alerts/{number}/stop")
    assert "”hammas”" not in mine.get("/profile/alerts").text


def test_visitors_see_no_way_to_keep_and_members_do(app: Flask, client: FlaskClient) -> None:
    assert "/profile/alerts" not in client.get("/search?q=hammas").text
    mine, _ = signed_in(app)
    assert 'action="/profile/alerts"' in mine.get("/search?q=hammas").text


def after(app: Flask, minutes: int, act: Callable[[], object] = lambda: None) -> None:
    """Do something so many minutes after noon, and then let the worker look."""
    with clock.frozen_at(NOON + timedelta(minutes=minutes)):
        act()
        with app.app_context():
            listeners.look_for_news()


def test_what_a_moderator_reads_later_is_told_then_and_once(
    app: Flask, writing: Unit, reading: Unit
) -> None:
    with clock.frozen_at(NOON):
        _, who = keep(app, area="oulu")
    with clock.frozen_at(NOON + timedelta(minutes=10)), writing():
        number = idea(person("staff"), area_id=oulu())
    after(app, 70)
    assert told(reading, who) == []

    def read() -> None:
        with writing():
            publish_idea(person("moderator"), visible_idea(System("t"), number))

    after(app, 140, read)
    after(app, 210)
    assert told(reading, who) == [number]


def test_what_came_into_the_index_after_it_was_looked_is_told(
    app: Flask, writing: Unit, reading: Unit
) -> None:
    with clock.frozen_at(NOON):
        _, who = keep(app, area="oulu")
    with clock.frozen_at(NOON + timedelta(minutes=10)), writing():
        number = idea(area_id=oulu(), indexable=True)
        # It was looked a moment later, and the idea was not found yet.
        db.session.scalars(select(Alert)).one().checked_at = clock.now() + timedelta(seconds=1)
    after(app, 80)
    assert told(reading, who) == [number]


def test_nobody_is_told_of_their_own_idea(app: Flask, writing: Unit, reading: Unit) -> None:
    _, who = keep(app, area="oulu")
    with writing():
        idea(Person(who, "Aino"), area_id=oulu(), indexable=True)
    look(app, writing)
    assert told(reading, who) == []


def test_what_is_read_late_is_told_although_a_page_of_newer_ones_came(
    app: Flask, writing: Unit, reading: Unit
) -> None:
    _, who = keep(app, area="oulu")
    with writing():
        numbers = [idea(area_id=oulu(), indexable=True) for _ in range(PAGE_SIZE + 1)]
    look(app, writing)
    assert set(told(reading, who)) == set(numbers)
