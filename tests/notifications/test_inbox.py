"""The inbox over HTTP: what it shows and hides, how it is read, and how mails are chosen."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select, update

from innovation.accounts.models import Account
from innovation.comments.actions import CommentDraft, hide_comment, post_comment
from innovation.comments.models import Comment
from innovation.comments.queries import visible_comment
from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Person, System
from innovation.ideas.actions import withdraw_idea
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.queries import visible_idea
from innovation.messages.queries import is_reachable
from innovation.moderation import actions
from innovation.notifications import outbox as moves
from innovation.notifications.actions import follow, queue_mail
from innovation.notifications.choices import Choice, choice_of
from innovation.notifications.inbox import inbox, unread
from innovation.notifications.kinds import FOLLOWED, OWN
from innovation.notifications.queries import mails, unreachable_since
from innovation.notifications.stopping import stop_key
from tests.conftest import Unit
from tests.notifications.posting import NOON, outbox
from tests.notifications.test_decisions import made, reached
from tests.real.counting import questions
from tests.real.people import person, sign_in, signed_in

LATER = timedelta(minutes=11)


@pytest.fixture(autouse=True)
def noon(database: object) -> Iterator[None]:
    with clock.frozen_at(NOON):
        yield


@pytest.fixture
def moderator(writing: Unit) -> Person:
    with writing():
        return person("moderator")


def published(moderator: Person, author: Person) -> int:
    row = made(author)
    actions.publish_idea(moderator, row)
    return row.id


def test_a_notice_is_there_when_it_can_no_longer_be_undone_and_is_read_with_one_press(
    app: Flask, client: FlaskClient, writing: Unit, moderator: Person
) -> None:
    with writing():
        author = reached()
        number = published(moderator, author)
        reference = visible_idea(System("t"), number).reference
    own = sign_in(app, client, author)
    assert reference not in own.get("/notices").text
    with clock.frozen_at(NOON + LATER):
        page = own.get("/notices?lang=en").text
        assert f"Your idea {reference} was published" in page
        assert f'href="/ideas/{number}"' in page
        assert 'class="nav-count">1<' in own.get("/").text
        newest = re.search(r'name="newest" value="(\d+)"', page)
        assert newest
        with writing():
            published(moderator, author)
    with clock.frozen_at(NOON + 2 * LATER):
        assert own.post("/notices/read", data={"newest": newest[1]}).status_code == 303
        assert 'class="nav-count">1<' in own.get("/").text
        assert own.post("/notices/read", data={"newest": "999999999"}).status_code == 303
        assert "nav-count" not in own.get("/").text


def test_nothing_is_told_of_what_has_gone(writing: Unit, reading: Unit, moderator: Person) -> None:
    with writing():
        author, follower, replier = reached(), reached(), person("staff")
        hidden, gone, kept, merged = (published(moderator, author) for _ in range(4))
        for number in (hidden, gone, kept, merged):
            row = visible_idea(System("t"), number)
            follow(follower, row)
            post_comment(replier, row, CommentDraft(text="Meillä on sama vika."))
        actions.merge_idea(
            moderator, visible_idea(moderator, merged), visible_idea(moderator, kept)
        )
    with clock.frozen_at(NOON + LATER):
        with reading():
            assert len(inbox(author, 1).items) == 4 + 4 + 1
            assert len(inbox(follower, 1).items) == 1
        with writing():
            actions.hide_idea(moderator, visible_idea(moderator, hidden), "commercial", "Mainos.")
            withdraw_idea(author, visible_idea(author, gone))
            (comment,) = _comments(kept)
            hide_comment(moderator, visible_comment(moderator, comment), "commercial", "Mainos.")
    with clock.frozen_at(NOON + 3 * LATER), reading():
        told = inbox(author, 1)
        assert told.total == len(told.items)
        assert unread(author) == told.total
        of = {number: [row for row in told.items if row.idea_id == number] for number in (
            hidden, gone, kept, merged,
        )}  # fmt: skip
        assert [(row.what, row.title) for row in of[hidden]] == [("hide", "")]
        assert of[gone] == []
        assert [row.what for row in of[kept]] == ["publish"]
        assert {row.what for row in of[merged]} == {"merge", "publish", "comment"}


def _comments(number: int) -> list[int]:
    return list(db.session.scalars(select(Comment.id).where(Comment.idea_id == number)))


def test_a_reply_is_told_once_even_to_the_author_and_never_to_its_writer(
    writing: Unit, reading: Unit
) -> None:
    with writing():
        author, staff = reached(), person("staff")
        row = made(author, Visibility.PUBLIC)
        db.session.execute(update(Account).values(email_confirmed_at=NOON))
        first = post_comment(staff, row, CommentDraft(text="Meillä on sama vika."))
        post_comment(staff, row, CommentDraft(text="Ja toinen.", parent_id=first.id))
        own = person("staff")
        db.session.execute(update(Account).values(email_confirmed_at=NOON))
        post_comment(own, row, CommentDraft(text="Niin meilläkin.", parent_id=first.id))
    with clock.frozen_at(NOON + LATER), reading():
        assert [row.what for row in inbox(author, 1).items] == ["comment"] * 3
        assert [row.what for row in inbox(staff, 1).items] == ["reply"]
        assert inbox(own, 1).items == []


@pytest.mark.parametrize("path", ["/notices", "/profile/notices"])
def test_many_notices_cost_as_many_queries_as_few(
    app: Flask,
    client: FlaskClient,
    writing: Unit,
    database: Connection,
    moderator: Person,
    path: str,
) -> None:
    with writing():
        author = reached()
        for _ in range(2):
            published(moderator, author)
    own = sign_in(app, client, author)
    with clock.frozen_at(NOON + LATER):
        own.get(path)
        few = questions(database, lambda: own.get(path))
        with clock.frozen_at(NOON), writing():
            for _ in range(15):
                published(moderator, author)
        assert questions(database, lambda: own.get(path)) == few


def test_a_choice_is_made_on_one_page_and_a_wrong_one_is_refused(
    app: Flask, client: FlaskClient, reading: Unit
) -> None:
    own, who = signed_in(app)
    page = own.get("/profile/notices").text
    assert 'name="way_work"' not in page
    given = {"pace": "now", "quiet_from": "22", "quiet_until": "6", "ceiling": "16"}
    given |= {"digest_hour": "8", "way_own": "digest", "way_required": "never"}
    assert own.post("/profile/notices", data=given).location == "/profile/notices"
    with reading():
        assert choice_of(who.id) == Choice("now", {OWN: "digest"}, 22, 6, 16, 8)
    answer = own.post("/profile/notices", data={**given, "pace": "hourly"})
    assert answer.status_code == 422
    assert '<option selected value="22">' in answer.text
    assert own.post("/profile/notices", data={**given, "ceiling": "1000"}).status_code == 422
    lead, _ = signed_in(app, "moderator")
    assert 'name="way_work"' in lead.get("/profile/notices").text


def test_one_press_in_the_mail_program_stops_the_mails(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    secret = app.extensions["settings"].secret_key
    with writing():
        who = person(email="aino@posti.example")
    path = f"/unsubscribe/{stop_key(secret, who.id, FOLLOWED, 'aino@posti.example')}"
    page = client.get(path)
    assert page.headers["Cache-Control"] == "no-store"
    with reading():
        assert choice_of(who.id).ways == {}
    answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    with reading():
        assert choice_of(who.id).ways == {FOLLOWED: "never"}
    assert client.post(path, data={"everything": "1"}).location == f"{path}/done"
    assert client.get(f"{path}/done").status_code == 200
    with reading():
        assert choice_of(who.id).pace == "never"
    for wrong in (path[:-1], path + "0", "/unsubscribe/1.followed.0", "/unsubscribe/äö"):
        assert client.get(wrong).status_code == 404
        assert client.post(wrong).status_code == 404


def test_an_unreachable_address_is_told_and_tried_again_with_one_press(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        who = person()
        row = made(who)
        assert is_reachable(row.id)
        db.session.execute(
            update(Account).where(Account.id == who.id).values(bounces=3, unreachable_at=NOON)
        )
        assert not is_reachable(row.id)
        number = row.id
    own = sign_in(app, client, who)
    assert "/profile/notices/again" in own.get("/notices").text
    assert own.post("/profile/notices/again").status_code == 303
    assert "/profile/notices/again" not in own.get("/notices").text
    with reading():
        assert unreachable_since(who.id) is None
        assert is_reachable(number)


def test_an_administrator_sends_an_unclear_mail_again(
    app: Flask, writing: Unit, reading: Unit
) -> None:
    own, who = signed_in(app, "administrator")
    with writing():
        queue_mail("t", "unclear", "a@posti.example", "Hei", "Terve.\n", "fi")
        (mail,) = outbox()
        moves.mark_unclear(mail.id, "the connection broke")
    with reading():
        assert [row.id for row in mails(who, 1, "unclear").items] == [mail.id]
        assert mails(who, 1, "sent").items == []
    assert own.post(f"/admin/mail/{mail.id}/again").status_code == 303
    with reading():
        assert outbox()[0].state == "waiting"
    assert signed_in(app, "moderator")[0].post(f"/admin/mail/{mail.id}/again").status_code == 403
    assert own.post("/admin/mail/99999/again").status_code == 404
