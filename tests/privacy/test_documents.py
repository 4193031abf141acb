"""A document request is prepared, and what left the house is told."""

import io
import re
import zipfile
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, delete, event, select, update

from innovation.core import clock
from innovation.core.audit import AuditRow
from innovation.core.db import db
from innovation.core.permissions import Nobody, Role, System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.ideas.moves import move_visibility
from innovation.ideas.queries import visible_idea
from innovation.ideas.timeline import Kind
from innovation.moderation.models import Note
from innovation.moderation.passing import pass_on
from innovation.newsletter.models import Issue, Subscriber
from innovation.notifications.actions import queue_mail
from innovation.notifications.models import Mail, Notice
from innovation.privacy import retention
from innovation.privacy.actions import note_own_data
from innovation.privacy.archive import archive
from innovation.privacy.documents import note_prepared
from innovation.privacy.models import ArchivedIdea
from innovation.privacy.senders import REASONS, look_up_senders
from innovation.redactions.models import Redaction
from innovation.subscriptions.actions import give_address
from innovation.subscriptions.models import Subscription
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person, signed_in

SYSTEM = System("test")


def test_every_text_is_there_and_what_may_be_secret_is_marked(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        text = "Soittakaa minulle numeroon 040 123 4567, niin kerron lisää."
        number = idea(visibility=Visibility.HIDDEN, text=text)
        reference = db.session.get_one(Idea, number).reference
        taken = Redaction(idea_id=number, place="ideas", row_id=number, field="title")
        taken.original, taken.at = "Ennen poistoa", clock.now()
        taken.until = clock.now() + timedelta(days=30)
        note = Note(idea_id=number, text="Tarkista <tämä>", at=clock.now())
        db.session.add_all([taken, note])
    own, who = signed_in(app, Role.MODERATOR)
    assert own.get("/documents").status_code == 200
    answer = own.post("/documents", data={"reference": reference.lower()})
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as package:
        page = package.read(f"{reference}.html").decode()
    assert "[040 123 4567]</mark>" in page
    assert "[Ennen poistoa]</mark>" in page
    assert "Tarkista &lt;tämä&gt;" in page
    assert "julkisuuslaki 24 §" in page or "julkisuuslaki 5 §" in page
    with app.app_context():
        rows = select(AuditRow.action).where(
            AuditRow.actor_id == who.id, AuditRow.subject_id == number
        )
        assert db.session.scalars(rows).all() == ["documents:prepare"]


@pytest.mark.parametrize("role", [Role.STAFF, Role.COORDINATOR])
def test_only_moderators_prepare_documents(app: Flask, client: FlaskClient, role: str) -> None:
    assert signed_in(app, role)[0].get("/documents").status_code == 403
    assert signed_in(app)[0].post("/documents", data={"reference": "x"}).status_code == 403


def test_an_unknown_reference_is_said_so(app: Flask, client: FlaskClient) -> None:
    own, _ = signed_in(app, Role.ADMINISTRATOR)
    answer = own.post("/documents", data={"reference": "PS-1900-0001"})
    assert answer.status_code == 422
    assert 'id="reference-error"' in answer.text


def test_exposure_tells_what_was_public_and_mailed(app: Flask, writing: Unit) -> None:
    with writing():
        who = person(email="kirjoittaja@posti.example")
        number = idea(who)
        reference = db.session.get_one(Idea, number).reference
        queue_mail(
            "published",
            "p 1",
            "kirjoittaja@posti.example",
            f"Ideasi {reference} on julkaistu",
            "Hei",
            "fi",
            who.id,
        )
    run = app.test_cli_runner()
    told = run.invoke(args=["privacy", "exposure", reference])
    assert told.exit_code == 0, told.output
    assert f"public: {reference}" in told.output
    assert "mail waits: mail “published”" in told.output
    same = run.invoke(args=["privacy", "exposure", "Kirjoittaja@posti.example"])
    assert f"public: {reference}" in same.output
    with writing():
        deeds = select(AuditRow.subject, AuditRow.subject_id).where(
            AuditRow.action == "exposure:tell"
        )
        asked = db.session.execute(deeds.order_by(AuditRow.id)).all()
        assert asked == [("idea", number), ("person", who.id)]
    for unknown in ("PS-1900-0001", "nobody@posti.example"):
        assert run.invoke(args=["privacy", "exposure", unknown]).exit_code == 1


def test_texts_are_inspected_before_anything_is_locked(
    app: Flask, database: Connection, writing: Unit
) -> None:
    with writing():
        reference = db.session.get_one(Idea, idea()).reference
    own, _ = signed_in(app, Role.MODERATOR)
    asked: list[str] = []
    event.listen(database, "before_cursor_execute", lambda *told: asked.append(told[2][:6]))
    event.listen(database, "rollback_savepoint", lambda *_told: asked.append("let go"))
    assert own.post("/documents", data={"reference": reference}).status_code == 200
    assert "INSERT" in asked
    last = max(place for place, word in enumerate(asked) if word == "let go")
    assert "INSERT" not in asked[:last]
    assert "SELECT" not in asked[last:]


def test_exposure_tells_every_way_out_with_its_moment(
    app: Flask, writing: Unit, tmp_path: Path
) -> None:
    began = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)

    def day(number: int) -> AbstractContextManager[datetime]:
        return clock.frozen_at(began + timedelta(days=number))

    with writing():
        who, chief = person(email="kirjoittaja@posti.example"), person(Role.ADMINISTRATOR)
        with day(0):
            number = idea(who, visibility=Visibility.WAITING)
        row = visible_idea(SYSTEM, number)
        with day(1):
            move_visibility(SYSTEM, row, Visibility.PUBLIC, Kind.PUBLISHED)
        with day(2):
            look_up_senders(chief, row, next(iter(REASONS)))
        with day(3):
            move_visibility(SYSTEM, row, Visibility.HIDDEN, Kind.HIDDEN)
        with day(4):
            note_own_data(who)
        with day(5):
            note_prepared(chief, number)
        with day(6):
            archive(tmp_path, [number])
        reference, package = row.reference, db.session.get_one(ArchivedIdea, number).package
    told = exposure(app, reference)
    assert [line for line in told if "  open to whoever" not in line] == [
        f"2027-03-01 09:30 UTC  not shown (waiting): {reference}",
        f"2027-03-02 09:30 UTC  public: {reference}",
        f"2027-03-03 09:30 UTC  looked up: name:see by person {chief.id}",
        f"2027-03-04 09:30 UTC  no longer shown (hidden): {reference}",
        f"2027-03-06 09:30 UTC  exported: documents:prepare by person {chief.id}",
        f"2027-03-07 09:30 UTC  archived: {reference} in {package}",
    ]
    own = exposure(app, "kirjoittaja@posti.example")
    assert f"2027-03-05 09:30 UTC  exported: data:take by person {who.id}" in own


def test_what_old_mails_told_of_is_found_when_they_are_forgotten(
    app: Flask, writing: Unit, tmp_path: Path
) -> None:
    reader, subscriber = "seuraaja@posti.example", "tilaaja@posti.example"
    with writing():
        who, now = person(), clock.now()
        row = visible_idea(SYSTEM, idea())
        number, reference = row.id, row.reference
        give_address(Nobody(), row, reader, ["follows"], "fi")
        db.session.scalars(select(Subscription)).one().follows = now
        pass_on(SYSTEM, row, "Kunta", "Asia on kunnan.")
        notice = {"person_id": who.id, "idea_id": number, "kind": "followed", "what": "answer"}
        notice |= {"why": "follower", "shown_from": now, "created_at": now}
        db.session.add(Notice(unique_key="bundled", digest_key="digest 2027-W01 1", **notice))
        queue_mail("digest", "digest 2027-W01 1", "a@posti.example", "Viikko", "Hei", "fi", who.id)
        issue = Issue(subjects={}, texts={}, created_at=now, sent_at=now, since=None)
        to = Subscriber(email=subscriber, language="fi", areas=[], sub_projects=[])
        to.created_at = to.confirmed_at = now
        db.session.add_all([issue, to])
        db.session.flush()
        row.published_at = now - timedelta(days=1)
        queue_mail("newsletter", f"newsletter {issue.id} {to.id}", subscriber, "A", "B", "fi")
        db.session.execute(update(Mail).values(sent_at=now, state="sent"))
        issue_id = issue.id
    with app.app_context(), clock.frozen_at(now + timedelta(days=31)):
        retention.run(tmp_path, "a secret")
    with writing():
        assert set(db.session.execute(select(Mail.recipient, Mail.body))) == {("", "")}
    perhaps = f"{reference} in newsletter {issue_id} (mails: 1; each tells of its own areas)"
    told = {
        reference: ["by-mail", "by-mail", "digest", perhaps],
        reader: ["by-mail", "by-mail"],
        subscriber: ["newsletter"],
    }
    for named, expected in told.items():
        lines = [line for line in exposure(app, named) if "mailed" in line]
        what = [re.split("mailed: (?:mail )?", line)[1].strip("“”") for line in lines]
        assert sorted(what) == sorted(expected)
    # Nothing leads to an address that was forgotten, and that is said.
    with writing():
        db.session.execute(delete(Subscription))
    gone = app.test_cli_runner().invoke(args=["privacy", "exposure", reader])
    assert gone.exit_code == 1
    assert "Mails sent more than 30 days ago: text and address are forgotten." in gone.output
    assert "the log is forgotten" in gone.output


def exposure(app: Flask, named: str) -> list[str]:
    """Give the lines that the command tells of something, without what it says of itself."""
    told = app.test_cli_runner().invoke(args=["privacy", "exposure", named])
    assert told.exit_code == 0, told.output
    lines, limits = told.output.split("\nWhat cannot be told here:\n")
    assert "Mails sent more than 30 days ago" in limits
    assert "posti.example" not in told.output
    return lines.splitlines()
