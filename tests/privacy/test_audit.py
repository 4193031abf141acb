"""The audit log: it only grows, it is sealed, it can be read, and a look-up stands in it."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from innovation.admin.listeners import seal_audit_log
from innovation.core import audit, clock, jobs
from innovation.core.audit import AuditRow, AuditSeal
from innovation.core.db import db
from innovation.core.errors import ForbiddenError, RuleBrokenError
from innovation.core.permissions import Nobody, Person, ReceiptHolder, Role, System
from innovation.ideas.actions import IdeaDraft, submit_idea
from innovation.ideas.queries import visible_idea
from innovation.privacy.audit_chain import Trouble, check, forget_before, seal
from innovation.privacy.audit_log import ACTION_LABELS, LogFilter, log
from innovation.privacy.senders import look_up_senders
from tests.conftest import Unit
from tests.real.counting import questions
from tests.real.ideas import idea
from tests.real.people import person, signed_in

SECRET = "a secret of the tests"
SYSTEM = System("test")
CODE = Path(__file__).parents[2] / "innovation"


def deeds(many: int, action: str = "grant:give") -> None:
    for number in range(many):
        audit.note(SYSTEM, action, "person", number + 1, role="staff", step=number)
    db.session.flush()


def tampered(statement: object) -> None:
    """Change the log as somebody would who can take the triggers away."""
    sqlite = db.session.get_bind().dialect.name == "sqlite"
    triggers = (
        ("audit_rows_unchanged", "audit_rows"),
        ("audit_rows_kept", "audit_rows"),
        ("audit_seals_unchanged", "audit_seals"),
        ("audit_seals_kept", "audit_seals"),
    )
    for name, table in triggers:
        db.session.execute(text(f"DROP TRIGGER {name}" + ("" if sqlite else f" ON {table}")))
    db.session.execute(statement.execution_options(synchronize_session=False))  # type: ignore[attr-defined]
    db.session.expire_all()


def first_row() -> int:
    return db.session.scalars(select(func.min(AuditRow.id))).one()


def test_a_log_that_was_left_alone_is_intact(writing: Unit) -> None:
    with writing():
        assert check(SECRET).trouble is None
        assert seal(SECRET) == ""
        deeds(3)
        first = seal(SECRET)
        assert seal(SECRET) == ""
        deeds(2)
        second = seal(SECRET)
        deeds(1)
        found = check(SECRET, first)
        assert (found.seals, found.rows, found.unsealed) == (2, 5, 1)
        assert (found.trouble, found.digest) == (None, second)
        assert first != second


@pytest.mark.parametrize(
    "change",
    [
        lambda row: update(AuditRow).where(AuditRow.id == row).values(action="grant:take"),
        lambda row: update(AuditRow).where(AuditRow.id == row).values(details={"role": "lead"}),
        lambda row: (
            update(AuditRow)
            .where(AuditRow.id == row)
            .values(at=clock.now() + timedelta(microseconds=1))
        ),
        lambda row: delete(AuditRow).where(AuditRow.id == row),
        lambda row: delete(AuditSeal),
        lambda row: insert(AuditRow).values(
            id=row - 1,
            at=clock.now(),
            actor="system",
            action="grant:give",
            subject="person",
            details={},
        ),
    ],
)
def test_every_change_of_what_was_sealed_shows(
    writing: Unit, change: Callable[[int], object]
) -> None:
    with writing() as unit:
        db.session.execute(
            insert(AuditRow).values(
                id=(db.session.scalar(select(func.max(AuditRow.id))) or 0) + 10,
                at=clock.now(),
                actor="system",
                action="grant:give",
                subject="person",
                details={},
            )
        )
        row = db.session.scalars(select(func.max(AuditRow.id))).one()
        known = seal(SECRET)
        tampered(change(row))
        assert check(SECRET, known).trouble is not None
        unit.give_up()


def test_whoever_lacks_the_secret_makes_no_seal_that_fits(writing: Unit) -> None:
    with writing():
        deeds(2)
        seal("another secret")
        assert check(SECRET).trouble is Trouble.CHANGED


def test_an_end_that_was_cut_off_shows_to_who_kept_a_seal(writing: Unit) -> None:
    with writing() as unit:
        deeds(2)
        seal(SECRET)
        last = db.session.scalars(select(func.max(AuditRow.id))).one()
        deeds(2)
        known = seal(SECRET)
        tampered(delete(AuditSeal).where(AuditSeal.last_row_id > last))
        db.session.execute(delete(AuditRow).where(AuditRow.id > last))
        assert check(SECRET).trouble is None
        assert check(SECRET, known).trouble is Trouble.CUT_OFF
        unit.give_up()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_rows SET action = 'other'",
        "DELETE FROM audit_rows",
        "UPDATE audit_seals SET digest = 'other'",
        "DELETE FROM audit_seals",
        "UPDATE audit_seals SET anchor = 'x', last_row_id = last_row_id + 1",
    ],
)
def test_the_database_itself_refuses_to_change_the_log(writing: Unit, statement: str) -> None:
    with writing() as unit:
        deeds(2)
        seal(SECRET)
        db.session.flush()
        with pytest.raises(DBAPIError, match="only grows"), db.session.begin_nested():
            db.session.execute(text(statement))
        unit.give_up()


def test_retention_takes_whole_stretches_and_the_rest_can_still_be_checked(writing: Unit) -> None:
    with writing():
        began = clock.now()
        for days in (0, 1, 2):
            with clock.frozen_at(began + timedelta(days=days)):
                deeds(3)
                seal(SECRET)
        deeds(1)
        start = first_row()
        with pytest.raises(ForbiddenError):
            forget_before(person(Role.ADMINISTRATOR), SECRET, began)
        assert forget_before(SYSTEM, SECRET, began) == 0
        assert forget_before(SYSTEM, SECRET, began + timedelta(days=1, hours=1)) == 6
        assert first_row() == start + 6
        found = check(SECRET)
        assert (found.trouble, found.seals, found.rows) == (None, 2, 3)
        # The newest seal stays with its rows, however old they are.
        assert forget_before(SYSTEM, SECRET, began + timedelta(days=900)) == 0
        seal(SECRET)
        assert forget_before(SYSTEM, SECRET, began + timedelta(days=900)) == 3
        assert check(SECRET).trouble is None


def test_a_beginning_that_retention_did_not_delete_is_missed(writing: Unit) -> None:
    with writing() as unit:
        deeds(2)
        seal(SECRET)
        gone = db.session.scalars(select(func.max(AuditRow.id))).one()
        deeds(2)
        seal(SECRET)
        tampered(delete(AuditRow).where(AuditRow.id <= gone))
        assert check(SECRET).trouble in {Trouble.NO_ANCHOR, Trouble.CHANGED}
        false = update(AuditSeal).where(AuditSeal.last_row_id == gone).values(anchor="f" * 64)
        db.session.execute(false.execution_options(synchronize_session=False))
        db.session.expire_all()
        assert check(SECRET).trouble is Trouble.FORGED_ANCHOR
        unit.give_up()


def test_the_worker_seals_by_the_clock_and_the_command_checks(
    app: Flask, writing: Unit, reading: Unit
) -> None:
    assert jobs.duties["seal_audit_log"][0] == timedelta(minutes=1)
    assert [name for name in jobs.duties if "audit" in name] == ["seal_audit_log"]
    with writing():
        deeds(2)
    with app.app_context():
        seal_audit_log()
    run = app.test_cli_runner().invoke
    with app.app_context():
        told = run(args=["audit", "check"])
    assert told.exit_code == 0
    assert "intact: 1 seals over 2 rows" in told.output
    with app.app_context():
        told = run(args=["audit", "check", "--seal", "0" * 64])
    assert told.exit_code == 1
    assert "not in the chain" in told.output


def test_the_page_tells_who_did_what_and_can_be_narrowed(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    own, who = signed_in(app, Role.ADMINISTRATOR)
    with writing():
        other, whose = person(name="Toinen Ylläpitäjä"), person(name="Kohde Henkilö")
        number = idea()
        audit.note(other, "grant:give", "person", whose.id, role="moderator")
        audit.note(who, "name:see", "idea", number, reason="danger")
        audit.note(who, "somebody:new", "thing", 7, text="<b>x</b>")
        reference = visible_idea(SYSTEM, number).reference
    page = "/admin/audit?lang=en"
    rows = own.get(page).text.split("<tbody")[1]
    for word in ("Toinen Ylläpitäjä", "Right given: Kohde Henkilö, Moderator", "somebody:new"):
        assert word in rows
    assert f"Looked up who wrote: {reference}, Somebody may be in danger" in rows
    assert "<b>x</b>" not in rows
    for narrowed, found, missed in (
        ("&who=toinen", "Right given", "Looked up"),
        ("&whom=kohde", "Right given", "Looked up"),
        (f"&whom={reference}", "Looked up", "Right given"),
        ("&action=name:see", "Looked up", "Right given"),
    ):
        rows = own.get(page + narrowed).text.split("<tbody")[1]
        assert found in rows
        assert missed not in rows
    assert "<tbody" not in own.get(f"{page}&last=2020-01-01").text
    assert "<tbody" in own.get(f"{page}&first=2020-01-01&last=nonsense&page=99999x").text
    assert own.get(page).headers["Cache-Control"] == "no-store"


def test_the_page_asks_as_often_for_two_rows_as_for_seventeen(
    database: Connection, writing: Unit, reading: Unit
) -> None:
    with writing():
        administrator = person(Role.ADMINISTRATOR)
        deeds(2)
    asked = []
    for more in (0, 15):
        with writing():
            deeds(more)
        with reading():
            asked.append(questions(database, lambda: log(administrator, LogFilter())))
    assert asked[0] == asked[1] > 0


def test_only_administrators_read_the_log(app: Flask, client: FlaskClient) -> None:
    for role in set(Role) - {Role.ADMINISTRATOR, Role.RESIDENT, Role.LEAD}:
        assert signed_in(app, role)[0].get("/admin/audit").status_code == 403
    assert client.get("/admin/audit").status_code == 303


def test_the_log_keeps_who_acted_whoever_it_was(writing: Unit) -> None:
    with writing():
        who = person()
        for actor in (who, ReceiptHolder(4, 5), Nobody(), SYSTEM):
            audit.note(actor, "data:take", "idea", 5)
        rows = db.session.execute(
            select(AuditRow.actor, AuditRow.actor_id)
            .where(AuditRow.action == "data:take")
            .order_by(AuditRow.id)
        )
        found = [tuple(row) for row in rows]
        assert found == [("person", who.id), ("receipt", 4), ("nobody", None), ("system", None)]


def test_who_wrote_without_a_name_is_told_once_with_a_reason(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        author = person(Role.STAFF, name="Oma Nimi", email="oma@posti.example")
        number = submit_idea(author, IdeaDraft("Uhkaava tilanne yövuorossa.")).idea_id
        signed = submit_idea(author, IdeaDraft("Nimellä kerrottu asia.", name="Oma Nimi")).idea_id
    own, who = signed_in(app, Role.MODERATOR)
    card = own.get(f"/moderation/ideas/{number}").text
    page = f"/moderation/ideas/{number}/sender"
    assert page in card
    for shown in (card, own.get(page).text, own.get(f"/ideas/{number}").text):
        assert "Oma Nimi" not in shown
        assert "oma@posti.example" not in shown
    # What was signed is not offered as another idea of the same author.
    assert "desk-earlier" not in card
    assert "desk-earlier" not in own.get(f"/moderation/ideas/{signed}").text
    for reason in ("", "uteliaisuus"):
        assert own.post(page, data={"reason": reason}).status_code == 422
    with reading():
        assert not db.session.scalars(
            select(AuditRow.id).where(AuditRow.action == "name:see")
        ).all()
    told = own.post(page, data={"reason": "threat"})
    assert told.status_code == 200
    assert "Oma Nimi" in told.text
    assert "oma@posti.example" in told.text
    assert told.headers["Cache-Control"] == "no-store"
    with reading():
        row = db.session.scalars(select(AuditRow).where(AuditRow.action == "name:see")).one()
        assert (row.actor_id, row.subject, row.subject_id) == (who.id, "idea", number)
        assert row.details == {"reason": "threat"}
    for role in (Role.STAFF, Role.COORDINATOR, Role.ANALYST):
        assert signed_in(app, role)[0].post(page, data={"reason": "threat"}).status_code == 403


def test_nobody_is_looked_up_who_wrote_with_a_key(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        made = submit_idea(Nobody(), IdeaDraft("Rannassa ei ole penkkiä."), receipt_key="a-b-c")
    own, _ = signed_in(app, Role.MODERATOR)
    assert own.get(f"/moderation/ideas/{made.idea_id}/sender").status_code == 404
    assert "/sender" not in own.get(f"/moderation/ideas/{made.idea_id}").text


def test_a_look_up_needs_the_right_and_a_known_reason(writing: Unit) -> None:
    with writing():
        there = visible_idea(SYSTEM, idea())
        with pytest.raises(ForbiddenError):
            look_up_senders(Person(1, "x"), there, "danger")
        with pytest.raises(RuleBrokenError):
            look_up_senders(person(Role.MODERATOR), there, "other")


def test_every_deed_that_the_code_writes_down_has_its_words() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in CODE.rglob("*.py"))
    noted = set(re.findall(r"audit\.note\(\s*\w[\w.()]*,\s*\"([a-z_]+:[a-z_]+)\"", code))
    assert len(noted) > 15
    assert noted - ACTION_LABELS.keys() == set()
