"""Digests in the weeks in which the clocks change: once at the chosen hour, on any machine."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from innovation.core import clock
from innovation.core.permissions import Person
from innovation.ideas.lifecycle import Visibility
from innovation.moderation import actions
from innovation.notifications import wishes
from innovation.notifications.actions import follow
from innovation.notifications.choices import Choice
from innovation.notifications.delivery import make_digests
from innovation.notifications.kinds import DIGEST, WORK
from tests.conftest import Unit
from tests.notifications.posting import outbox, work
from tests.notifications.test_decisions import made, reached
from tests.real.ideas import idea
from tests.real.people import person

ZONE = ZoneInfo("Europe/Helsinki")
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine that keeps the time of another zone."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def local(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE).astimezone(UTC)


def hours(who: Person, kind: str) -> Counter[str]:
    mails = outbox(person_id=who.id, kind=kind)
    return Counter(f"{clock.local(mail.created_at, ZONE):%a %H}" for mail in mails)


@pytest.mark.usefixtures("machine", "database")
@pytest.mark.parametrize(
    ("sunday", "early_days", "late_days"),
    [
        # Easter Monday follows the spring night of 2027: nobody works, residents are told all
        # the same.
        (date(2027, 3, 28), {"Tue 06": 1}, {"Tue 15": 1}),
        (date(2026, 10, 25), {"Mon 06": 1, "Tue 06": 1}, {"Mon 15": 1, "Tue 15": 1}),
    ],
)
def test_digests_come_once_at_their_hour(
    app: Flask,
    writing: Unit,
    reading: Unit,
    sunday: date,
    early_days: dict[str, int],
    late_days: dict[str, int],
) -> None:
    with clock.frozen_at(local(sunday - timedelta(days=2), 12)):
        with writing():
            quiet = person("moderator")
            wishes.choose(quiet, Choice(ways={WORK: "never"}))
            early, late = person("moderator"), person("moderator")
            wishes.choose(early, Choice(digest_hour=6))
            wishes.choose(late, Choice(digest_hour=15))
            follower = reached("en")
            row, target = made(reached(), Visibility.PUBLIC), made(reached(), Visibility.PUBLIC)
            follow(follower, row)
            actions.merge_idea(quiet, row, target)
            idea(visibility=Visibility.WAITING)
        work(app, timedelta(minutes=11))
    moment = local(sunday, 0)
    while moment <= local(sunday + timedelta(days=2), 18):
        with clock.frozen_at(moment), app.app_context():
            make_digests()
        moment += HALF_AN_HOUR
    with reading():
        assert hours(follower, DIGEST) == Counter({"Mon 08": 1})
        assert hours(early, WORK) == Counter(early_days)
        assert hours(late, WORK) == Counter(late_days)
