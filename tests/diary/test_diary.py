"""The public diary: what was decided and hidden, without a word of the texts or a name."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, select

from innovation.comments.actions import CommentDraft, post_comment
from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import System
from innovation.diary.figures import last_year, working_time
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.queries import visible_idea
from innovation.moderation.actions import hide_idea, make_staff_only, publish_idea
from innovation.moderation.appeals import UPHELD, appeal, decide_appeal
from innovation.moderation.models import Decision
from innovation.moderation.parts import hide_comment
from innovation.moderation.undo import undo_decision
from tests.conftest import Unit
from tests.real.counting import questions
from tests.real.ideas import idea
from tests.real.people import person

SYSTEM = System("test")
WEDNESDAY = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


def page(client: FlaskClient, address: str = "/moderation-diary?lang=en") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(unescape(answer.get_data(as_text=True)).split())


def decisions() -> list[Decision]:
    return list(db.session.scalars(select(Decision).order_by(Decision.id)))


def let_pass(**time: int) -> None:
    """Let every decision be older, so that the time for undoing it is over."""
    for one in decisions():
        one.until -= timedelta(**time)


def test_an_empty_diary_says_so(client: FlaskClient) -> None:
    assert "Nothing to tell yet" in page(client)


def test_a_hidden_text_leaves_a_stub_without_text_title_or_name(
    client: FlaskClient, writing: Unit
) -> None:
    with writing():
        writer, moderator = person(name="Kirjo Kirjoittaja"), person("moderator", name="Mo Deraat")
        number = idea(writer, indexable=True, title="Jonossa Tuiskulassa")
        row = visible_idea(SYSTEM, number)
        comment = post_comment(writer, row, CommentDraft("Tuiskula on surkea."))
        hide_comment(moderator, comment, "honour", "Loukkaa ihmistä.")
        hide_idea(moderator, row, "privacy", "Nimi mainittu.")
        appeal(writer, decisions()[-1], "Ei siinä ole nimeä.")
        reference = row.reference
    assert "Nothing to tell yet" in page(client)  # it could still be undone
    with writing():
        let_pass(minutes=11)
    told = page(client)
    assert "2 texts were hidden." in told
    for seen in ("Idea", "Comment", "Another person's personal data", "Insulting another person"):
        assert f">{seen}<" in told
    assert "Waits for another moderator" in told
    secrets = ("Tuiskula", "Kirjo", "Deraat", "Loukkaa", "mainittu", "siinä", reference)
    assert not [one for one in secrets if one in told]


def test_what_was_undone_is_not_told(client: FlaskClient, writing: Unit) -> None:
    with writing():
        moderator = person("moderator")
        hide_idea(moderator, visible_idea(SYSTEM, idea()), "privacy", "Nimi mainittu.")
        undo_decision(moderator, decisions()[0])
        let_pass(minutes=11)
    assert "Nothing to tell yet" in page(client)


def test_the_end_of_an_appeal_is_told_when_it_stands(client: FlaskClient, writing: Unit) -> None:
    with writing():
        author, first, second = person(), person("moderator"), person("moderator")
        hide_idea(first, visible_idea(SYSTEM, idea(author)), "privacy", "Nimi mainittu.")
        made = appeal(author, decisions()[0], "Ei siinä ole nimeä.")
        decide_appeal(second, made, UPHELD, "On siinä.")
        let_pass(minutes=11)
        assert last_year().months[0].appeals == {"": 1}
        assert made.decided_at
        made.decided_at -= timedelta(minutes=11)
        db.session.flush()
        assert last_year().months[0].appeals == {"upheld": 1}
    assert "The decision stays" in page(client)


def test_small_numbers_that_could_tell_of_somebody_are_not_told(
    client: FlaskClient, writing: Unit
) -> None:
    with writing():
        moderator = person("moderator")
        for _ in range(3):
            row = visible_idea(SYSTEM, idea(visibility=Visibility.WAITING))
            make_staff_only(moderator, row, "Turvallisuusasia.")
        let_pass(minutes=11)
    assert "under 5" in page(client)


def test_months_stand_apart_the_newest_first(database: Connection, writing: Unit) -> None:
    with writing():
        moderator = person("moderator")
        for moment in (WEDNESDAY, WEDNESDAY + timedelta(days=40)):
            with clock.frozen_at(moment):
                row = visible_idea(SYSTEM, idea(visibility=Visibility.WAITING))
            with clock.frozen_at(moment + timedelta(hours=3)):
                publish_idea(moderator, row)
        with clock.frozen_at(WEDNESDAY + timedelta(days=60)):
            year = last_year()
            assert [month.start.month for month in year.months] == [4, 3]
            assert {month.half_within for month in year.months} == {timedelta(hours=3)}
            assert year.decisions == 2
        with clock.frozen_at(WEDNESDAY + timedelta(days=365)):
            assert [month.start.month for month in last_year().months] == [4]


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (WEDNESDAY, WEDNESDAY + timedelta(hours=5), 5),
        (WEDNESDAY, WEDNESDAY + timedelta(days=7), 5 * 24),
        # Saturday to Sunday, and from Saturday to Monday at two in Finland.
        (WEDNESDAY + timedelta(days=3), WEDNESDAY + timedelta(days=4), 0),
        (WEDNESDAY + timedelta(days=3), datetime(2026, 3, 9, 0, 0, tzinfo=UTC), 2),
        (WEDNESDAY, WEDNESDAY, 0),
    ],
)
def test_working_time_leaves_weekends_out(start: datetime, end: datetime, hours: int) -> None:
    assert working_time(start, end) == timedelta(hours=hours)


def test_the_cost_does_not_grow_and_a_second_look_is_free(
    client: FlaskClient, database: Connection, writing: Unit
) -> None:
    def fill(count: int) -> None:
        with writing():
            moderator = person("moderator")
            for _ in range(count):
                row = visible_idea(SYSTEM, idea())
                hide_idea(moderator, row, "privacy", "Nimi mainittu.")
            let_pass(minutes=11)

    fill(2)
    few = questions(database, lambda: client.get("/moderation-diary"))
    fill(15)
    assert questions(database, lambda: client.get("/moderation-diary")) == few
    tag = {"If-None-Match": client.get("/moderation-diary").headers["ETag"]}
    assert client.get("/moderation-diary", headers=tag).status_code == 304


@pytest.mark.parametrize("number", ["2", "0", "x", "99999999999"])
def test_pages_that_are_not_there_are_empty_not_broken(client: FlaskClient, number: str) -> None:
    assert client.get(f"/moderation-diary?page={number}").status_code == 200


def test_the_sum_does_not_tell_what_is_only_said_to_be_small(writing: Unit) -> None:
    with writing():
        moderator = person("moderator")
        rows = [visible_idea(SYSTEM, idea(indexable=True)) for _ in range(2)]
        hide_idea(moderator, rows[0], "privacy", "Nimi mainittu.")
        make_staff_only(moderator, rows[1], "Kertoo turvallisuudesta.")
        let_pass(minutes=11)
        year = last_year()
        assert year.months[0].decided == {"hidden": 1, "elsewhere": 1}
        assert year.decisions == 1
