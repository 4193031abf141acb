"""Pages of administrators over HTTP."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from innovation.accounts import queries
from innovation.accounts.grants import grants_of
from innovation.admin.labels import WORK
from innovation.core import jobs
from innovation.core.audit import AuditRow
from innovation.core.db import db
from innovation.core.permissions import Role
from innovation.notifications.actions import queue_mail
from innovation.notifications.models import Mail
from innovation.programme.queries import snapshot
from tests.conftest import Unit
from tests.real.people import person, signed_in

PAGES = ("/admin", "/admin/people", "/admin/mail", "/admin/jobs", "/admin/styleguide")


@pytest.mark.parametrize("path", PAGES)
def test_only_administrators_see_the_pages(app: Flask, client: FlaskClient, path: str) -> None:
    for role in (Role.STAFF, Role.MODERATOR):
        assert signed_in(app, role)[0].get(path).status_code == 403
    assert signed_in(app)[0].get(path).status_code == 403
    assert signed_in(app, leads=(1,))[0].get(path).status_code == 403
    assert client.get(path).status_code == 303
    assert signed_in(app, Role.ADMINISTRATOR)[0].get(path).status_code == 200


def test_people_are_found_by_a_part_of_name_or_address(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        person(name="Äidin tuki", email="tuki@posti.example")
        person(name="Sata%prosenttia", email="sata@posti.example")
    own, _ = signed_in(app, Role.ADMINISTRATOR)
    for words in ("äidin", "tuki@", "TUKI äidin"):
        text = own.get("/admin/people", query_string={"q": words}).text
        assert "Äidin tuki" in text
        assert "Sata%" not in text
    assert "Äidin tuki" not in own.get("/admin/people", query_string={"q": "%"}).text
    assert own.get("/admin/people?q=eiketään&page=99999999999").status_code == 200


def test_a_right_is_given_with_a_reason_and_taken_back(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        who = person()
        sub_project = snapshot().open_sub_projects[2].id
    own, admin = signed_in(app, Role.ADMINISTRATOR)
    page = f"/admin/people/{who.id}"
    draft = {"role": "lead", "sub_project": str(sub_project), "area": "", "until": ""}
    draft |= {"reason": "vastaa kehittämisestä"}
    assert own.post(page, data={**draft, "reason": ""}).status_code == 422
    assert own.post(page, data={**draft, "sub_project": ""}).status_code == 422
    assert own.post(page, data={**draft, "sub_project": "99999"}).status_code == 422
    assert own.post(page, data={**draft, "role": "kuningas"}).status_code == 422
    for _ in "ab":
        assert own.post(page, data=draft).status_code == 303
    with reading():
        led = queries.person_by_id(who.id)
        assert led is not None
        assert led.leads(sub_project)
        (grant,) = grants_of(who.id)
    assert "vastaa kehittämisestä" in own.get(page).text
    take = f"{page}/grants/{grant.id}"
    assert own.get(take).status_code == 200
    assert own.post(take, data={"reason": ""}).status_code == 422
    for _ in "ab":
        assert own.post(take, data={"reason": "tehtävä päättyi"}).status_code == 303
    with reading():
        led = queries.person_by_id(who.id)
        assert led is not None
        assert not led.leads(sub_project)
        (grant,) = grants_of(who.id)
        assert grant.revoke_reason == "tehtävä päättyi"
        taken = select(AuditRow.actor_id, AuditRow.subject_id).where(
            AuditRow.action == "grant:take"
        )
        assert db.session.execute(taken).all() == [(admin.id, who.id)]
    assert "tehtävä päättyi" in own.get(page).text
    assert own.get(take).status_code == 404


def test_the_last_administrator_stays(app: Flask, client: FlaskClient, reading: Unit) -> None:
    own, who = signed_in(app, Role.ADMINISTRATOR)
    with reading():
        (grant,) = grants_of(who.id)
    take = f"/admin/people/{who.id}/grants/{grant.id}"
    answer = own.post(take, data={"reason": "lähden"})
    assert answer.status_code == 422
    assert 'id="reason-error"' in answer.text
    signed_in(app, Role.ADMINISTRATOR)
    assert own.post(take, data={"reason": "lähden"}).status_code == 303
    assert own.get("/admin").status_code == 403


def test_a_closed_or_missing_person_is_not_found(app: Flask, client: FlaskClient) -> None:
    own, _ = signed_in(app, Role.ADMINISTRATOR)
    assert own.get("/admin/people/999999").status_code == 404
    draft = {"role": "staff", "sub_project": "", "area": "", "until": "", "reason": "syy"}
    assert own.post("/admin/people/999999", data=draft).status_code == 404
    assert own.get("/admin/people/1/grants/999999").status_code == 404


def test_a_mail_opens_as_text_is_kept_nowhere_and_is_written_down(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        queue_mail("t", "html", "a@posti.example", "<b>Hei</b>", "<script>go()</script>\n", "fi")
        number = db.session.scalars(select(Mail.id)).one()
    own, who = signed_in(app, Role.ADMINISTRATOR)
    listed = own.get("/admin/mail")
    assert "&lt;b&gt;Hei" in listed.text
    assert "a@posti.example" not in listed.text
    assert "go()" not in listed.text
    answer = own.post(f"/admin/mail/{number}")
    assert "&lt;script&gt;go()" in answer.text
    assert "a@posti.example" in answer.text
    for page in (listed, answer):
        assert page.headers["Cache-Control"] == "no-store"
    assert own.post("/admin/mail/999999").status_code == 404
    with reading():
        row = db.session.scalars(select(AuditRow).where(AuditRow.action == "mail:see")).one()
        assert (row.actor_id, row.subject, row.subject_id) == (who.id, "mail", number)


def test_an_address_opens_by_a_press_that_is_written_down(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        whose = person(email="salainen@posti.example")
    own, who = signed_in(app, Role.ADMINISTRATOR)
    page = f"/admin/people/{whose.id}"
    for address in (page, "/admin/people?q=salainen"):
        assert "salainen@posti.example" not in own.get(address).text
    with reading():
        assert (
            db.session.scalars(select(AuditRow.id).where(AuditRow.action == "person:see")).all()
            == []
        )
    opened = own.post(f"{page}/contact")
    assert "salainen@posti.example" in opened.text
    assert opened.headers["Cache-Control"] == "no-store"
    with reading():
        row = db.session.scalars(select(AuditRow).where(AuditRow.action == "person:see")).one()
        assert (row.actor_id, row.subject_id) == (who.id, whose.id)


def test_jobs_tell_what_waits_and_what_failed(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        jobs.enqueue("sample", "one that fails")
        jobs.postpone(jobs.take("sample", 1), LookupError("no luck"))
    own, _ = signed_in(app, Role.ADMINISTRATOR)
    text = own.get("/admin/jobs").text
    assert "LookupError" in text
    assert "one that fails" in text
    assert "Vanhojen istuntojen" in text


def test_what_notices_need_is_open_until_it_is_written(app: Flask, client: FlaskClient) -> None:
    own, _ = signed_in(app, Role.ADMINISTRATOR)
    path = "/admin/texts/controller/fi"
    before = own.get("/admin").text
    assert f'href="{path}"' in before
    for name in ("data_protection_officer", "hosting", "accessibility_contact", "privacy", "terms"):
        assert f'href="/admin/texts/{name}/fi"' in before
    assert own.post(path, data={"text": "Pohde", "version": "0"}).status_code == 303
    after = own.get("/admin").text
    assert after.count('class="done"') == before.count('class="done"') + 1


def test_the_checklist_follows_what_is_done(app: Flask, client: FlaskClient) -> None:
    own, _ = signed_in(app, Role.ADMINISTRATOR)
    before = own.get("/admin").text.count('class="done"')
    for _ in "ab":
        signed_in(app, Role.MODERATOR)
    assert own.get("/admin").text.count('class="done"') == before + 1


def test_everything_that_the_worker_does_has_a_name_in_words() -> None:
    assert {*jobs.trades, *jobs.duties} - {*WORK} <= {"sample", "sweep"}
