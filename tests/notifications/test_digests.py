"""Digests: once a week for residents, each working day for those who have work waiting."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import update

from innovation.accounts.models import Account
from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Person, System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.queries import visible_idea
from innovation.moderation import actions
from innovation.notifications import wishes
from innovation.notifications.actions import follow
from innovation.notifications.choices import Choice
from innovation.notifications.delivery import make_digests
from innovation.notifications.digests import WORK_BATCH, queue_work
from innovation.notifications.kinds import FOLLOWED, OWN, WORK
from innovation.notifications.models import Mail
from innovation.programme.queries import snapshot
from tests.conftest import Unit
from tests.notifications.posting import NOON, notices, outbox, work
from tests.notifications.test_decisions import made, reached
from tests.real.ideas import idea
from tests.real.people import person

ZONE = ZoneInfo("Europe/Helsinki")
LATER = timedelta(minutes=11)
MONDAY = datetime(2026, 11, 30, 8, 0, tzinfo=ZONE)


@pytest.fixture(autouse=True)
def noon(database: object) -> Iterator[None]:
    with clock.frozen_at(NOON):
        yield


@pytest.fixture
def moderator(writing: Unit) -> Person:
    """A moderator who wants no digest of the work."""
    with writing():
        who = person("moderator")
        wishes.choose(who, Choice(ways={WORK: "never"}))
        return who


def digests(app: Flask, moment: datetime) -> None:
    """Let the worker look for digests at a moment, and send what there is."""
    with clock.frozen_at(moment):
        with app.app_context():
            make_digests()
        work(app)


def of(who: Person, kind: str = "digest") -> list[Mail]:
    return outbox(person_id=who.id, kind=kind)


def bundled(writing: Unit, app: Flask, moderator: Person, how_many: int = 2) -> Person:
    """Make a follower for whom so many things wait until Monday."""
    with writing():
        follower = reached("en")
        for _ in range(how_many):
            row, target = made(reached(), Visibility.PUBLIC), made(reached(), Visibility.PUBLIC)
            follow(follower, row)
            actions.merge_idea(moderator, row, target)
    work(app, LATER)
    return follower


def test_the_weekly_digest_leaves_once_on_monday_morning(
    app: Flask, writing: Unit, reading: Unit, moderator: Person
) -> None:
    follower = bundled(writing, app, moderator)
    digests(app, MONDAY - timedelta(seconds=2))
    with reading():
        assert of(follower) == []
    for _ in "ab":
        digests(app, MONDAY)
    digests(app, MONDAY + timedelta(days=1))
    with reading():
        (mail,) = of(follower)
    assert mail.state == "sent"
    assert mail.subject == "Innovation platform: 2 new things"
    assert mail.body.count("- An idea that you follow was merged with another") == 2
    assert mail.body.count("”Jono on pitkä”") == 2
    digests(app, MONDAY + timedelta(days=7))
    with reading():
        assert len(of(follower)) == 1


def test_a_worker_that_slept_over_monday_makes_it_up_and_later_news_wait(
    app: Flask, writing: Unit, reading: Unit, moderator: Person
) -> None:
    follower = bundled(writing, app, moderator, 1)
    with clock.frozen_at(MONDAY + timedelta(days=2)):
        other = bundled(writing, app, moderator, 1)
    digests(app, MONDAY + timedelta(days=3))
    with reading():
        assert len(of(follower)) == 1
        assert of(other) == []
    digests(app, MONDAY + timedelta(days=7))
    with reading():
        assert len(of(other)) == 1


def test_a_digest_says_nothing_of_what_was_hidden_meanwhile(
    app: Flask, writing: Unit, reading: Unit, moderator: Person
) -> None:
    follower = bundled(writing, app, moderator, 2)
    with reading():
        first, second = [told.idea_id for told in notices(person_id=follower.id)]
    assert first
    assert second
    with writing():
        wishes.choose(follower, Choice(quiet_from=7, quiet_until=10))
    digests(app, MONDAY)
    with reading():
        (mail,) = of(follower)
        assert mail.body.count("- ") >= 2
        assert mail.state == "waiting"
    with writing():
        target = visible_idea(System("t"), first).merged_into_id
        assert target
        actions.hide_idea(moderator, visible_idea(System("t"), target), "commercial", "Mainos.")
    with clock.frozen_at(MONDAY + timedelta(hours=2)):
        work(app)
    with reading():
        (mail,) = of(follower)
    assert mail.state == "sent"
    assert mail.body.count("- An idea that you follow") == 1
    assert mail.subject == "Innovation platform: 1 new thing"


def test_a_digest_with_nothing_left_to_say_does_not_leave(
    app: Flask, writing: Unit, reading: Unit, moderator: Person
) -> None:
    follower = bundled(writing, app, moderator, 1)
    with reading():
        (told,) = notices(person_id=follower.id)
    with writing():
        assert told.idea_id
        target = visible_idea(System("t"), told.idea_id).merged_into_id
        assert target
        actions.hide_idea(moderator, visible_idea(System("t"), target), "commercial", "Mainos.")
    digests(app, MONDAY)
    digests(app, MONDAY + LATER)
    with reading():
        assert of(follower) == []


def test_the_digest_says_that_the_ceiling_was_reached(
    app: Flask, writing: Unit, reading: Unit, moderator: Person
) -> None:
    with writing():
        author = reached("en")
        wishes.choose(author, Choice(ceiling=4))
        for _ in range(6):
            actions.publish_idea(moderator, made(author))
    work(app, LATER)
    digests(app, MONDAY)
    with reading():
        assert len(outbox(person_id=author.id, kind="decision")) == 4
        (mail,) = of(author)
    assert "so 2 of these waited for the digest" in mail.body


def test_who_has_stopped_everything_gets_no_digest(
    app: Flask, writing: Unit, reading: Unit, moderator: Person
) -> None:
    follower = bundled(writing, app, moderator)
    with writing():
        wishes.stop_mails(follower.id, "digest")
    digests(app, MONDAY)
    with reading():
        assert of(follower) == []


def test_work_comes_in_one_digest_at_the_chosen_hour_of_working_days(
    app: Flask, writing: Unit, reading: Unit
) -> None:
    with writing():
        home = snapshot().sub_projects[0]
        waits, lead = person("moderator", language="en"), person(leads=(home.id,), language="en")
        wishes.choose(lead, Choice(digest_hour=9))
        idea(visibility=Visibility.WAITING)
        idea(primary_sub_project_id=home.id, handling="routed", published_at=NOON)
    digests(app, MONDAY - timedelta(days=1))
    with reading():
        assert outbox(kind=WORK) == []
    digests(app, MONDAY)
    digests(app, MONDAY + LATER)
    with reading():
        (mail,) = of(waits, WORK)
        assert of(lead, WORK) == []
    assert mail.state == "sent"
    assert "texts wait for a moderator" in mail.body
    assert "http://localhost/moderation" in mail.body
    digests(app, MONDAY + timedelta(hours=1))
    with reading():
        (mail,) = of(lead, WORK)
    assert "http://localhost/answers" in mail.body
    assert "1 is due this week" in mail.body or "1 is new" in mail.body
    digests(app, MONDAY + timedelta(days=1))
    with reading():
        assert len(of(waits, WORK)) == 2
        assert not any(one.counts for one in outbox(kind=WORK))


def test_an_official_reads_everything_else_in_the_same_digest(
    app: Flask, writing: Unit, reading: Unit, moderator: Person
) -> None:
    with writing():
        official = person("coordinator", language="en")
        wishes.choose(official, Choice(ways={OWN: "digest", FOLLOWED: "digest"}))
        row, target = made(reached(), Visibility.PUBLIC), made(reached(), Visibility.PUBLIC)
        db.session.execute(
            update(Account).where(Account.id == official.id).values(email_confirmed_at=NOON)
        )
        follow(official, row)
        actions.merge_idea(moderator, row, target)
    work(app, LATER)
    digests(app, datetime(2026, 11, 26, 8, 0, tzinfo=ZONE).astimezone(UTC))
    digests(app, MONDAY)
    with reading():
        (mail,) = of(official, WORK)
        assert of(official) == []
    assert "An idea that you follow was merged with another" in mail.body


def test_nothing_to_say_is_no_digest(app: Flask, writing: Unit, reading: Unit) -> None:
    with writing():
        lead = person(leads=(snapshot().sub_projects[0].id,))
    digests(app, MONDAY)
    with reading():
        assert of(lead, WORK) == []


def test_digests_of_officials_are_made_some_at_a_time(
    app: Flask, writing: Unit, reading: Unit
) -> None:
    settings = app.extensions["settings"]
    with writing():
        idea(visibility=Visibility.WAITING)
        early = person("moderator")
        wishes.choose(early, Choice(digest_hour=15))
        for _ in range(WORK_BATCH + 1):
            person("moderator")
    with clock.frozen_at(MONDAY):
        with writing():
            last = queue_work(settings, 0)
            assert last > 0
            assert len(outbox(kind=WORK)) <= WORK_BATCH
        with writing():
            assert queue_work(settings, queue_work(settings, last)) == 0
            sent = outbox(kind=WORK)
    assert len(sent) == WORK_BATCH + 1
    assert early.id not in {mail.person_id for mail in sent}
