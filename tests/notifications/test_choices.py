"""By mail as each person chose: at once, in the digest, never, not at night, and not too often."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from innovation.comments.actions import CommentDraft, delete_comment, post_comment
from innovation.comments.queries import visible_comment
from innovation.core import clock
from innovation.core.permissions import Person, System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.queries import visible_idea
from innovation.moderation import actions
from innovation.moderation.asking import ask_author
from innovation.notifications import wishes
from innovation.notifications.actions import follow, queue_mail
from innovation.notifications.choices import Choice, choice_of, mails_this_month
from innovation.notifications.kinds import FOLLOWED, KINDS, OWN, REQUIRED, WORK, Way
from innovation.notifications.stopping import is_key, parts_of_key, stop_key
from tests.conftest import Unit
from tests.notifications.posting import NOON, notices, outbox, work
from tests.notifications.test_decisions import made, reached
from tests.real.people import person

LATER = timedelta(minutes=11)
ZONE = ZoneInfo("Europe/Helsinki")


@pytest.fixture(autouse=True)
def noon(database: object) -> Iterator[None]:
    with clock.frozen_at(NOON):
        yield


@pytest.fixture
def moderator(writing: Unit) -> Person:
    with writing():
        return person("moderator")


def test_one_choice_decides_and_what_differs_from_it_comes_first() -> None:
    def ways(choice: Choice) -> list[Way]:
        return [choice.way_of(KINDS[key]) for key in (REQUIRED, OWN, FOLLOWED, WORK)]

    now, digest, never = Way.NOW, Way.DIGEST, Way.NEVER
    assert ways(Choice()) == [now, now, digest, digest]
    assert ways(Choice("now")) == [now, now, now, digest]
    assert ways(Choice("never")) == [now, never, never, never]
    assert ways(Choice("never", {FOLLOWED: "now", REQUIRED: "never"})) == [now, never, now, never]
    assert ways(Choice("now", {WORK: "now", OWN: "nonsense"})) == [now, now, now, digest]


@pytest.mark.parametrize(
    ("moment", "ends"),
    [
        ("2026-11-25T20:59", None),
        ("2026-11-25T21:00", "2026-11-26T07:00"),
        ("2026-11-26T03:00", "2026-11-26T07:00"),
        ("2026-11-26T07:00", None),
        # The night in which the clocks go forward is an hour shorter.
        ("2027-03-28T02:30", "2027-03-28T07:00"),
    ],
)
def test_quiet_hours_follow_the_clock_of_the_place(moment: str, ends: str | None) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=ZONE)
    found = Choice().quiet_ends(at.astimezone(UTC), ZONE)
    assert found == (datetime.fromisoformat(ends).replace(tzinfo=ZONE) if ends else None)
    assert Choice(quiet_from=5, quiet_until=5).quiet_ends(at, ZONE) is None


def test_at_night_a_mail_waits_for_the_morning_and_a_code_does_not(
    app: Flask, writing: Unit, reading: Unit, moderator: Person
) -> None:
    night = datetime(2026, 11, 25, 23, tzinfo=ZONE)
    with clock.frozen_at(night):
        with writing():
            actions.publish_idea(moderator, made(reached()))
            queue_mail("code", "code", "a@posti.example", "Koodi", "1234\n", "fi")
        work(app, LATER)
        with reading():
            left = {mail.kind: (mail.state, mail.not_before) for mail in outbox()}
    assert left["code"][0] == "sent"
    assert left["decision"] == ("waiting", datetime(2026, 11, 26, 7, tzinfo=ZONE))
    with clock.frozen_at(datetime(2026, 11, 26, 7, tzinfo=ZONE)):
        work(app)
        with reading():
            assert {mail.state for mail in outbox()} == {"sent"}


def test_a_follower_reads_it_in_the_digest_and_the_author_at_once(
    app: Flask, writing: Unit, reading: Unit, moderator: Person
) -> None:
    with writing():
        author, follower = reached(), reached()
        row = made(author, Visibility.PUBLIC)
        target = made(reached(), Visibility.PUBLIC)
        follow(follower, row)
        actions.merge_idea(moderator, row, target)
    work(app, LATER)
    with reading():
        assert [mail.state for mail in outbox(person_id=author.id)] == ["sent"]
        assert outbox(person_id=follower.id) == []
        (told,) = notices(person_id=follower.id)
        assert (told.kind, told.bundled, told.over) == (FOLLOWED, True, False)


def test_who_wants_no_mail_is_still_told_what_cannot_be_turned_off(
    app: Flask, writing: Unit, reading: Unit, moderator: Person
) -> None:
    with writing():
        author = reached()
        wishes.choose(author, Choice("never"))
        row = made(author)
        actions.publish_idea(moderator, row)
        ask_author(moderator, row, "Missä?")
    work(app, LATER)
    with reading():
        (mail,) = outbox(person_id=author.id)
        assert mail.state == "sent"
        assert "Missä?" in mail.body
        assert [told.kind for told in notices(person_id=author.id)] == [OWN, REQUIRED]


def test_beyond_the_ceiling_of_a_month_the_rest_waits_for_the_digest(
    app: Flask, writing: Unit, reading: Unit, moderator: Person
) -> None:
    with writing():
        author = reached()
        wishes.choose(author, Choice(ceiling=4))
        rows = [made(author) for _ in range(6)]
        for row in rows:
            actions.publish_idea(moderator, row)
        actions.hide_idea(moderator, visible_idea(System("t"), rows[0].id), "commercial", "Mainos.")
    work(app, LATER)
    with reading():
        sent = outbox(person_id=author.id)
        # The idea that was hidden is told of once, and always.
        assert len(sent) == 5
        assert all(mail.state == "sent" for mail in sent)
        assert mails_this_month(author.id) == 5
        over = [told for told in notices(person_id=author.id) if told.over]
        assert len(over) == 1
    with clock.frozen_at(NOON + timedelta(days=30)), writing():
        assert mails_this_month(author.id) == 0


def test_what_was_hidden_withdrawn_or_deleted_meanwhile_is_not_mailed(
    app: Flask, writing: Unit, reading: Unit, moderator: Person
) -> None:
    with writing():
        author, replier = reached(), person("staff")
        wishes.choose(author, Choice("now"))
        row = made(author, Visibility.PUBLIC)
        comment = post_comment(replier, row, CommentDraft(text="Meillä on sama vika."))
        assert [mail.kind for mail in outbox(person_id=author.id)] == ["comments"]
        delete_comment(replier, visible_comment(replier, comment.id))
    work(app, LATER)
    with reading():
        assert outbox(person_id=author.id) == []


def test_who_has_not_confirmed_an_address_reads_it_in_the_service_alone(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author = person()
        actions.publish_idea(moderator, made(author))
        assert outbox(person_id=author.id) == []
        assert [told.kind for told in notices(person_id=author.id)] == [OWN]


def test_a_choice_is_remembered_and_nonsense_is_left_out(writing: Unit) -> None:
    with writing():
        who = person()
        assert choice_of(who.id) == Choice()
        ways = {OWN: "digest", REQUIRED: "never", "nothing": "now", FOLLOWED: "soon"}
        wishes.choose(who, Choice("now", ways, 22, 6, 16, 9))
        assert choice_of(who.id) == Choice("now", {OWN: "digest"}, 22, 6, 16, 9)
        wishes.stop_mails(who.id, FOLLOWED)
        assert choice_of(who.id).ways == {OWN: "digest", FOLLOWED: "never"}
        wishes.stop_mails(who.id, "digest")
        assert choice_of(who.id).way_of(KINDS[OWN]) is Way.NEVER


def test_a_key_stops_only_what_it_was_made_for() -> None:
    key = stop_key("secret", 7, OWN, "a@posti.example")
    assert parts_of_key(key) == (7, OWN)
    assert is_key("secret", key, 7, OWN, "a@posti.example")
    for other in (
        ("other", key, 7, OWN, "a@posti.example"),
        ("secret", key, 8, OWN, "a@posti.example"),
        ("secret", key, 7, FOLLOWED, "a@posti.example"),
        ("secret", key, 7, OWN, "b@posti.example"),
        ("secret", key[:-1], 7, OWN, "a@posti.example"),
    ):
        assert not is_key(*other)
    assert parts_of_key("x.own.abc") == (0, "")
