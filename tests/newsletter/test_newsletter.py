"""The newsletter: nobody gets it unasked, everybody once, and one press stops it."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.queries import visible_idea
from innovation.moderation.actions import publish_idea
from innovation.newsletter import actions, queries
from innovation.newsletter.models import Subscriber
from innovation.notifications.models import Mail
from innovation.programme.queries import snapshot
from innovation.web.worker import do_jobs
from tests.conftest import Unit
from tests.notifications.posting import NOON, outbox, said, work
from tests.notifications.test_actions import forget_files
from tests.notifications.test_paper import sent
from tests.real.ideas import idea
from tests.real.people import person, signed_in

ADDRESS = "eino@posti.example"
EVENING = NOON + timedelta(hours=10)


@pytest.fixture(autouse=True)
def noon(database: object) -> Iterator[None]:
    with clock.frozen_at(NOON):
        yield


def join(
    app: Flask,
    client: FlaskClient,
    reading: Unit,
    email: str = ADDRESS,
    area: str = "",
    sub_project: str = "",
) -> str:
    """Ask for the newsletter and confirm; gives the key."""
    data = {"email": email, "language": "fi", "area": area, "sub_project": sub_project}
    assert client.post("/newsletter", data=data).status_code == 200
    with reading():
        row = db.session.scalars(select(Subscriber).where(Subscriber.email == email)).one()
        key = queries.key_of(app.extensions["settings"].secret_key, row.id, row.created_at)
    wishes = {"language": "fi", "area": area, "sub_project": sub_project}
    assert client.post(f"/newsletter/{key}", data=wishes).status_code == 303
    return key


def written(app: Flask) -> tuple[FlaskClient, int]:
    office, _ = signed_in(app, "administrator")
    answer = office.post(
        "/admin/newsletter/new", data={"subject_fi": "Syksyn kuulumiset", "text_fi": "Hei!"}
    )
    assert answer.status_code == 303
    return office, int(answer.location.rpartition("/")[2])


def letters(reading: Unit) -> list[tuple[str, str]]:
    with reading():
        rows = db.session.execute(
            select(Mail.recipient, Mail.body).where(Mail.subject == "Syksyn kuulumiset")
        )
        return [(row.recipient, row.body) for row in rows]


def test_only_who_confirmed_gets_it_and_once(
    app: Flask, client: FlaskClient, reading: Unit
) -> None:
    join(app, client, reading)
    client.post("/newsletter", data={"email": "toinen@posti.example", "language": "fi"})
    office, number = written(app)
    assert office.post(f"/admin/newsletter/{number}/send", data={"seen": "1"}).status_code == 303
    for _ in range(4):
        do_jobs(app)
    assert [to for to, _body in letters(reading)] == [ADDRESS]
    assert office.post(f"/admin/newsletter/{number}/send", data={"seen": "1"}).status_code == 409
    do_jobs(app)
    assert len(letters(reading)) == 1


def test_each_reader_hears_of_what_they_chose(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    join(app, client, reading, "oulu@posti.example", "oulu")
    join(app, client, reading, "lakeus@posti.example", "lakeus")
    with writing():
        area = snapshot().area_by_slug["oulu"].id
        there = idea(area_id=area, indexable=True, published_at=clock.now())
        idea(area_id=area, indexable=False, published_at=clock.now())
    office, number = written(app)
    office.post(f"/admin/newsletter/{number}/send", data={"seen": "1"})
    for _ in range(4):
        do_jobs(app)
    told = {to: re.findall(r"/ideas/(\d+)", body) for to, body in letters(reading)}
    assert told == {"oulu@posti.example": [str(there)], "lakeus@posti.example": []}


def test_each_reader_hears_of_the_sub_projects_that_they_chose(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    chosen = {
        "ikaihmiset@posti.example": "ikaihmiset",
        "hoitotakuu@posti.example": "hoitotakuu",
        "kaikki@posti.example": "",
    }
    for email, slug in chosen.items():
        join(app, client, reading, email, sub_project=slug)
    with writing():
        home = snapshot().sub_project_by_slug["ikaihmiset"].id
        there = idea(primary_sub_project_id=home, indexable=True, published_at=clock.now())
        nowhere = idea(indexable=True, published_at=clock.now())
    office, number = written(app)
    office.post(f"/admin/newsletter/{number}/send", data={"seen": "1"})
    work(app)
    told = {to: set(re.findall(r"/ideas/(\d+)", body)) for to, body in letters(reading)}
    assert told == {
        "ikaihmiset@posti.example": {str(there)},
        "hoitotakuu@posti.example": set(),
        "kaikki@posti.example": {str(there), str(nowhere)},
    }


@pytest.mark.parametrize(
    ("language", "why"),
    [
        ("fi", "Saat tämän, koska tilasit uutiskirjeemme."),
        ("sv", "Du får det här för att du beställde vårt nyhetsbrev."),
        ("en", "You get this because you asked for our newsletter."),
    ],
)
def test_its_mail_says_why_it_came_and_can_be_stopped_by_the_mail_program(
    app: Flask, client: FlaskClient, reading: Unit, language: str, why: str
) -> None:
    forget_files(app)
    key = join(app, client, reading)
    client.post(f"/newsletter/{key}", data={"language": language})
    office, number = written(app)
    office.post(f"/admin/newsletter/{number}/send", data={"seen": "1"})
    work(app)
    (message,) = [one for one in sent(app) if one["Subject"] == "Syksyn kuulumiset"]
    stop = f"/newsletter/{key}/stop"
    # RFC 8058: one address over HTTP, and the word that makes one press enough.
    assert message["List-Unsubscribe"] == f"<http://localhost{stop}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for part in (said(message), html.unescape(said(message, "html"))):
        assert why in part
        assert f"/newsletter/{key}" in part
    outside = app.test_client()
    assert outside.post(stop, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    with reading():
        assert queries.how_many() == 0


def test_what_was_answered_comes_first_and_the_newest_before_the_older(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    join(app, client, reading)
    with writing():
        ago = [clock.now() - timedelta(days=days) for days in range(1, 5)]
        late = idea(indexable=True, published_at=ago[3], answered_at=ago[0])
        early = idea(indexable=True, published_at=ago[3], answered_at=ago[1])
        older = idea(indexable=True, published_at=ago[3])
        newer = idea(indexable=True, published_at=ago[2])
    office, number = written(app)
    office.post(f"/admin/newsletter/{number}/send", data={"seen": "1"})
    work(app)
    ((_to, body),) = letters(reading)
    told = [int(one) for one in re.findall(r"^- .*\n  \S+/ideas/(\d+)$", body, re.MULTILINE)]
    assert told == [late, early, newer, older]


def test_it_waits_for_the_morning_and_says_what_holds_then(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    join(app, client, reading)
    leaving = join(app, client, reading, "lahtija@posti.example")
    with writing():
        shown, hidden = (idea(indexable=True, published_at=clock.now()) for _ in "ab")
    office, number = written(app)
    with clock.frozen_at(EVENING):
        office.post(f"/admin/newsletter/{number}/send", data={"seen": "1"})
        do_jobs(app)  # the letters are queued
        work(app)
    with reading():
        waiting = outbox(kind="newsletter", state="waiting")
        assert {one.recipient for one in waiting} == {ADDRESS, "lahtija@posti.example"}
    client.post(f"/newsletter/{leaving}/stop")
    with writing():
        visible_idea(System("t"), hidden).visibility = Visibility.HIDDEN
    work(app, timedelta(hours=22))
    ((to, body),) = letters(reading)
    assert (to, re.findall(r"/ideas/(\d+)", body)) == (ADDRESS, [str(shown)])
    with reading():
        assert outbox(kind="newsletter", state="waiting") == []


def test_one_press_stops_without_signing_in(app: Flask, client: FlaskClient, reading: Unit) -> None:
    key = join(app, client, reading)
    assert client.get(f"/newsletter/{key}/stop").status_code == 200
    with reading():
        assert queries.how_many() == 1
    outside = app.test_client()
    one_click = {"List-Unsubscribe": "One-Click"}
    assert outside.post(f"/newsletter/{key}/stop", data=one_click).status_code == 200
    with reading():
        assert queries.how_many() == 0
    assert client.get(f"/newsletter/{key}").status_code == 404
    assert client.post(f"/newsletter/{key}x/stop").status_code == 404


def test_others_change_nothing_of_what_a_reader_chose(
    app: Flask, client: FlaskClient, reading: Unit
) -> None:
    join(app, client, reading, area="oulu")
    client.post("/newsletter", data={"email": ADDRESS, "language": "sv", "area": "lakeus"})
    with reading():
        row = db.session.scalars(select(Subscriber)).one()
        assert row.areas == [snapshot().area_by_slug["oulu"].id]
        assert row.language == "fi"


def test_a_newsletter_needs_a_subject_and_readers(app: Flask, client: FlaskClient) -> None:
    office, _ = signed_in(app, "administrator")
    answer = office.post("/admin/newsletter/new", data={"text_fi": "Hei kaikki!"})
    assert answer.status_code == 422
    assert "Hei kaikki!" in answer.text
    office, number = written(app)
    assert office.post(f"/admin/newsletter/{number}/send", data={"seen": "1"}).status_code == 422


def test_what_is_read_after_one_newsletter_stands_in_the_next(writing: Unit) -> None:
    day, sent = timedelta(days=1), NOON
    with clock.frozen_at(sent - day), writing():
        number = idea(person("staff"))
    with clock.frozen_at(sent + day), writing():
        publish_idea(person("moderator"), visible_idea(System("t"), number))
        told = [queries.told_since(*one) for one in ((None, sent), (sent, sent + 2 * day))]
        later = queries.told_since(sent + 2 * day, sent + 3 * day)
    assert [[one.id for one in ideas] for ideas in (*told, later)] == [[], [number], []]


def test_what_is_answered_after_a_newsletter_was_sent_changes_it_no_more(writing: Unit) -> None:
    day, sent = timedelta(days=1), NOON
    with clock.frozen_at(sent - day), writing():
        facts = {"published_at": sent - day, "answered_at": sent + day}
        number = idea(indexable=True, **facts)
        (old,) = queries.told_since(sent - 2 * day, sent)
        (new,) = queries.told_since(sent, sent + 2 * day)
    assert (old.id, old.answered) == (number, False)
    assert (new.id, new.answered) == (number, True)


def asked(reading: Unit) -> list[str]:
    with reading():
        return [mail.body for mail in outbox(kind="newsletter")]


def test_who_has_confirmed_is_not_told_that_the_address_is_forgotten(
    app: Flask, client: FlaskClient, reading: Unit
) -> None:
    key = join(app, client, reading)
    with clock.frozen_at(NOON + timedelta(days=1)):
        client.post("/newsletter", data={"email": ADDRESS, "language": "fi"})
    first, second = asked(reading)
    assert "kahden päivän" in first
    assert "kahden päivän" not in second
    assert key in second


def test_who_asks_again_gets_a_link_that_lives_and_the_language_chosen_last(
    app: Flask, client: FlaskClient, reading: Unit, writing: Unit
) -> None:
    client.post("/newsletter", data={"email": ADDRESS, "language": "fi"})
    with clock.frozen_at(NOON + timedelta(hours=47)):
        client.post("/newsletter", data={"email": ADDRESS, "language": "sv"})
    with clock.frozen_at(NOON + timedelta(hours=49)):
        with writing():
            actions.forget_unconfirmed(System("t"))
        path = re.findall(r"/newsletter/\S+", asked(reading)[-1])[0]
        assert client.get(path).status_code == 200
    with reading():
        assert db.session.scalars(select(Subscriber.language)).one() == "sv"


def test_no_link_leaves_for_an_address_that_was_forgotten(
    app: Flask, client: FlaskClient, reading: Unit, writing: Unit
) -> None:
    client.post("/newsletter", data={"email": ADDRESS, "language": "fi"})
    with writing():
        db.session.execute(delete(Subscriber))
    work(app)
    assert asked(reading) == []
