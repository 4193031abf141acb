"""What holds for every kind of notice and every duty of the worker, whichever comes later."""

import html
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import func, select

from innovation.accounts.queries import profile_of
from innovation.core import clock, jobs, transaction
from innovation.core.db import Base, db
from innovation.core.events import record
from innovation.core.i18n import LANGUAGES
from innovation.core.permissions import Person
from innovation.ideas.events import IdeaRedacted
from innovation.moderation import actions
from innovation.notifications import wishes
from innovation.notifications.choices import Choice
from innovation.notifications.inbox import NoticeRow, inbox
from innovation.notifications.kinds import ALERTS, COMMENTS, KINDS, WORK
from innovation.notifications.wording import brief_text, weekly_text, work_text
from innovation.programme.queries import snapshot
from innovation.web import worker
from tests.conftest import Unit
from tests.newsletter import test_newsletter as newsletter
from tests.notifications.posting import NOON, outbox, said, work
from tests.notifications.test_actions import forget_files, written
from tests.notifications.test_decisions import made, reached
from tests.notifications.test_digests import MONDAY, digests
from tests.notifications.test_paper import sent
from tests.real.people import PASSWORD, person, signed_in

LATER = timedelta(minutes=11)


@pytest.fixture(autouse=True)
def noon(database: object) -> Iterator[None]:
    with clock.frozen_at(NOON):
        yield


@pytest.fixture
def moderator(writing: Unit) -> Person:
    with writing():
        who = person("moderator")
        wishes.choose(who, Choice(ways={WORK: "never"}))
        return who


def row(kind: str, what: str) -> NoticeRow:
    at = clock.now()
    return NoticeRow(1, kind, what, "author", 1, 1, "PS-2026-0001", "Jono", "fi", at, True, False)


def test_every_kind_stands_on_the_page_of_choices_once(app: Flask) -> None:
    own, _who = signed_in(app, "moderator")
    page = html.unescape(own.get("/profile/notices").text)
    resident = html.unescape(signed_in(app)[0].get("/profile/notices").text)
    with app.app_context(), force_locale("fi"):
        for kind in KINDS.values():
            place = f"<li>{kind.label}:" if kind.fixed else f'for="way_{kind.key}"'
            assert page.count(place) == 1, kind.key
            assert (place in resident) == (kind.audience == "everybody"), kind.key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notice_and_a_digest_say_why_they_came(app: Flask, writing: Unit, language: str) -> None:
    with writing(), force_locale(language):
        lead = person("moderator", language=language)
        for kind, what in ((COMMENTS, "comment"), (COMMENTS, "reply"), (ALERTS, "alert")):
            _subject, body = brief_text(row(kind, what), language, "http://localhost")
            assert str(KINDS[kind].why) in body
        weekly = weekly_text([row(COMMENTS, "comment")], language, "http://localhost")
        assert "http://localhost/ideas/1#comment-1" in weekly[1]
        told = work_text(lead, [row(COMMENTS, "comment")], language, "http://localhost")
        assert told is not None
        assert str(KINDS[WORK].why) in told[1]


@pytest.mark.parametrize(
    ("language", "why"),
    [
        ("fi", "Saat tämän, koska kirjoitit idean."),
        ("sv", "Du får det här för att du skrev idén."),
        ("en", "You get this because you wrote the idea."),
    ],
)
def test_both_parts_speak_the_language_of_their_reader(
    app: Flask, writing: Unit, moderator: Person, language: str, why: str
) -> None:
    forget_files(app)
    with writing():
        actions.publish_idea(moderator, made(reached(language)))
    work(app, LATER)
    (message,) = sent(app)
    assert message["Content-Language"] == language
    assert f'<html lang="{language}">' in said(message, "html")
    for part in (said(message), html.unescape(said(message, "html"))):
        assert why in part, part


def test_inbox_and_digest_begin_with_the_newest(
    app: Flask, writing: Unit, reading: Unit, moderator: Person
) -> None:
    with writing():
        author = reached()
        wishes.choose(author, Choice(ways={"own": "digest"}))
    numbers = []
    for hour in range(3):
        with clock.frozen_at(NOON + timedelta(hours=hour)):
            with writing():
                idea = made(author)
                actions.publish_idea(moderator, idea)
                numbers.append(idea.id)
            work(app, LATER)
    digests(app, MONDAY)
    with clock.frozen_at(MONDAY), reading():
        assert [one.idea_id for one in inbox(author, 1).items] == numbers[::-1]
        (mail,) = outbox(person_id=author.id, kind="digest")
        places = [mail.body.index(f"/ideas/{number}\n") for number in numbers]
    assert places == sorted(places, reverse=True)


def counts() -> dict[str, int]:
    """Count the rows of every table."""
    with transaction.reading():
        return {
            table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def test_every_duty_of_the_worker_is_safe_to_repeat(app: Flask, database: object) -> None:
    with clock.frozen_at(MONDAY + timedelta(hours=1)), app.app_context():
        worker.do_duties(app)
        work(app)
        before = counts()
        for _period, duty in jobs.duties.values():
            with app.app_context():
                duty()
        work(app)
        after = counts()
    # Each seal of the log stands for a minute of its own.
    assert {name for name in after if after[name] != before[name]} <= {"audit_seals"}


def twice(kind: str, done: set[str]) -> jobs.Trade:
    """Give the trade whose every batch is done a second time, as when its worker died too late."""
    trade = jobs.trades[kind]

    def handler(due: list[jobs.Due]) -> None:
        trade.handler(due)
        before, papers = counts(), len(written(current_app))
        trade.handler(due)
        assert counts() == before, kind
        assert len(written(current_app)) == papers, kind
        done.add(kind)

    return jobs.Trade(handler, trade.batch)


def test_every_queued_job_is_safe_to_repeat(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: set[str] = set()
    for kind in list(jobs.trades):
        monkeypatch.setitem(jobs.trades, kind, twice(kind, done))
    own, who = signed_in(app)
    with reading():
        known = profile_of(who.id).email
    moved = {"email": "uusi@posti.example", "current_password": PASSWORD}
    assert own.post("/profile/address", data=moved).status_code == 303
    for path in ("/reset", "/sign-in"):
        assert client.post(path, data={"email": known}).status_code == 303
    newsletter.join(app, client, reading)
    office, number = newsletter.written(app)
    office.post(f"/admin/newsletter/{number}/send", data={"seen": "1"})
    with writing():
        moderator, row = person("moderator"), made(who)
        actions.publish_and_route(moderator, row, snapshot().sub_projects[0].id, [], "")
        record(IdeaRedacted(row.id))
    for _ in range(4):
        work(app, LATER)
    assert done == set(jobs.trades)
    with reading():
        failed = select(jobs.Job.kind).where(jobs.Job.last_error != "")
        assert db.session.scalars(failed).all() == []


def test_administrators_see_when_each_duty_was_done_and_what_failed(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise LookupError("no luck")

    office, _who = signed_in(app, "administrator")
    assert office.get("/admin/jobs").text.count("<tr") > len(jobs.duties)
    monkeypatch.setitem(jobs.duties, "make_digests", (timedelta(minutes=10), fails))
    worker.do_duties(app)
    page = office.get("/admin/jobs").text
    # When last, when next, how often it failed and with what: of every duty.
    assert page.count("25.11.2026") >= 2 * len(jobs.duties) - 5
    assert "1 (LookupError)" in page
