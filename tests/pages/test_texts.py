"""The pages of trust, and how administrators write their texts."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from innovation.core import clock
from innovation.core.audit import AuditRow
from innovation.core.db import db
from innovation.core.permissions import Role
from innovation.pages.cookies import all_kept
from innovation.pages.models import PageText
from innovation.programme.actions import touch
from innovation.programme.models import Programme
from tests.conftest import Unit
from tests.real.people import signed_in

ROOT = Path(__file__).parents[2]
EDIT = "/admin/texts/terms/fi"


@pytest.fixture
def administrator(app: Flask, database: object) -> FlaskClient:
    return signed_in(app, Role.ADMINISTRATOR)[0]


def save(client: FlaskClient, text: str, version: int = 0, path: str = EDIT) -> int:
    return client.post(path, data={"text": text, "version": version}).status_code


def test_the_privacy_notice_tells_what_article_13_asks(client: FlaskClient) -> None:
    page = client.get("/privacy?lang=en").text
    for heading in (
        "Controller",
        "Data protection officer",
        "What data is used for, and on what basis",
        "Who sees data",
        "Is data transferred outside the EU",
        "How long data is kept",
        "Your rights",
        "Where data comes from",
        "If you are not content",
    ):
        assert f"<h2>{heading}</h2>" in page
    assert "Data Protection Ombudsman" in page
    assert "10 years" in page


def test_the_programme_s_own_times_stand_in_the_privacy_notice(
    client: FlaskClient, writing: Unit
) -> None:
    with writing():
        programme = db.session.get_one(Programme, 1)
        programme.retention = {**programme.retention, "sent_mail": 77}
        touch()
    assert "77 days" in client.get("/privacy?lang=en").text


def test_facts_stand_in_the_texts_and_what_is_missing_is_said(
    client: FlaskClient, administrator: FlaskClient
) -> None:
    missing = "(will be added before the service opens)"
    assert missing in client.get("/privacy?lang=en").text
    fact = "Kuvitelma <b>hyvinvointialue</b>, Aulakatu 1"
    assert save(administrator, fact, path="/admin/texts/controller/fi") == 303
    for language in ("fi", "sv", "en"):
        page = client.get(f"/privacy?lang={language}").text
        assert "Kuvitelma &lt;b&gt;hyvinvointialue&lt;/b&gt;, Aulakatu 1" in page


def test_every_cookie_is_listed_and_no_banner_asks(app: Flask, client: FlaskClient) -> None:
    page = client.get("/cookies?lang=en").text
    with app.test_request_context():
        for one in all_kept():
            assert one.name in page
    for path in ("/", "/ideas"):
        assert "cookie" not in client.get(f"{path}?lang=en").text.split("<footer")[0].lower()


def test_nothing_is_kept_in_the_browser_that_the_list_does_not_know(app: Flask) -> None:
    with app.test_request_context():
        known = {one.name for one in all_kept() if not one.cookie}
    assert known == {"draft", "desk-keys", "used"}
    storing = {
        path.name
        for path in (ROOT / "static/js").glob("*.js")
        if re.search(r"(local|session)Storage|indexedDB|document\.cookie", path.read_text("utf-8"))
    }
    assert storing == {"draft.js", "keys.js", "shared.js"}
    setting = {
        str(path.relative_to(ROOT / "innovation"))
        for path in (ROOT / "innovation").rglob("*.py")
        if "set_cookie(" in path.read_text(encoding="utf-8")
    }
    assert setting == {
        "accounts/entrance.py",
        "federation/entrance.py",
        "second_factors/asking_views.py",
        "second_factors/entrance.py",
        "web/locale.py",
    }, "pages/cookies.py lists what they set"


def test_the_accessibility_statement_has_the_model_s_headings(client: FlaskClient) -> None:
    page = client.get("/accessibility").text
    for heading in (
        "Kuinka saavutettava tämä digitaalinen palvelu on?",
        "Sisällöt, jotka eivät ole saavutettavia",
        "Sisällöt, jotka eivät kuulu lainsäädännön piiriin",
        "Saavutettavuuden arviointi",
        "Huomasitko puutteita saavutettavuudessa?",
        "Saavutettavuuden valvonta",
        "Saavutettavuusselosteen tiedot",
    ):
        assert f"<h2>{heading}</h2>" in page
    assert "saavutettavuus@traficom.fi" in page
    assert "22.11.2026" in page
    assert "Kukaan ihminen ei ole vielä kokeillut" in page
    assert 'href="/accessibility/feedback"' in page


@pytest.mark.parametrize(
    ("language", "untried"),
    [
        ("fi", "Kukaan ihminen ei ole vielä kokeillut palvelua ruudunlukijalla."),
        ("sv", "Ingen människa har ännu prövat tjänsten med skärmläsare."),
        ("en", "No person has tried the service with a screen reader yet."),
    ],
)
def test_the_statement_says_what_nobody_has_tried(
    client: FlaskClient, language: str, untried: str
) -> None:
    assert untried in client.get(f"/accessibility?lang={language}").text


def test_there_is_a_script_for_people_who_try_it_with_screen_readers() -> None:
    script = (ROOT / "docs/accessibility-test.md").read_text(encoding="utf-8")
    for reader in ("NVDA", "VoiceOver", "TalkBack"):
        assert f"| {reader}" in script
    assert len(re.findall(r"^## \d\.", script, re.MULTILINE)) >= 4


def test_security_txt_says_what_rfc_9116_asks(client: FlaskClient, writing: Unit) -> None:
    with writing():
        programme = db.session.get_one(Programme, 1)
        programme.contact = {**programme.contact, "email": "alusta@posti.example"}
        touch()
    with clock.frozen_at(datetime(2027, 1, 15, 9, tzinfo=UTC)):
        answer = client.get("/.well-known/security.txt", headers={"Host": "evil.example"})
    assert answer.content_type == "text/plain; charset=utf-8"
    fields = [line.split(": ", 1) for line in answer.text.splitlines()]
    assert [name for name, _value in fields].count("Expires") == 1
    known = dict(fields)
    assert ["Contact", "mailto:alusta@posti.example"] in fields
    assert known["Canonical"] == "http://localhost/.well-known/security.txt"
    assert known["Policy"] == "http://localhost/security"
    assert known["Preferred-Languages"] == "fi, sv, en"
    expires = datetime.fromisoformat(known["Expires"])
    assert datetime(2027, 1, 15, tzinfo=UTC) < expires < datetime(2028, 1, 15, tzinfo=UTC)


def test_what_an_administrator_writes_replaces_the_ready_text(
    client: FlaskClient, administrator: FlaskClient, writing: Unit
) -> None:
    assert save(administrator, "# Ehdot\nOma teksti palvelusta {service}.") == 303
    page = client.get("/terms").text
    assert "<h2>Ehdot</h2>" in page
    assert "Oma teksti palvelusta POPsoten" in page
    assert "Oma teksti" not in client.get("/terms?lang=sv").text, "each language by itself"
    assert save(administrator, "Toinen.", 1) == 303
    with writing():
        rows = db.session.scalars(select(PageText).order_by(PageText.version)).all()
        assert [(row.version, row.text[:7]) for row in rows] == [(1, "# Ehdot"), (2, "Toinen.")]
        noted = db.session.scalars(select(AuditRow).where(AuditRow.action == "text:change")).all()
        assert len(noted) == 2
    earlier = administrator.get(f"{EDIT}?version=1").text
    assert "Oma teksti palvelusta {service}." in earlier
    assert save(administrator, "", 2) == 303
    assert "Mihin palvelu on tarkoitettu" in client.get("/terms?lang=fi").text


def test_a_preview_saves_nothing(client: FlaskClient, administrator: FlaskClient) -> None:
    shown = administrator.post(
        f"{EDIT}/preview", data={"text": "# Maistiainen\n- rivi", "version": 0}
    )
    assert shown.status_code == 200
    assert "<h2>Maistiainen</h2>" in shown.text
    assert "# Maistiainen\n- rivi" in shown.text
    assert "Maistiainen" not in client.get("/terms").text


@pytest.mark.parametrize(
    "text", ["Hei {nobody}", "[a](javascript:x)", "Tunnus 131052-308T", "a" * 20_001]
)
def test_what_cannot_be_shown_is_refused_and_kept(administrator: FlaskClient, text: str) -> None:
    for path in (EDIT, f"{EDIT}/preview"):
        answer = administrator.post(path, data={"text": text, "version": 0})
        assert answer.status_code == 422
        assert text[:30] in answer.text


def test_who_was_slower_keeps_the_text(administrator: FlaskClient) -> None:
    assert save(administrator, "Ensimmäinen.") == 303
    answer = administrator.post(f"{EDIT}?lang=en", data={"text": "Hitaampi.", "version": 0})
    assert answer.status_code == 422
    assert "newer version meanwhile" in answer.text
    assert "Hitaampi." in answer.text
    assert save(administrator, "Hitaampi.", 1) == 303


def test_the_same_text_again_is_no_new_version(administrator: FlaskClient, writing: Unit) -> None:
    for _ in range(2):
        assert save(administrator, "Sama.") == 303
    with writing():
        assert len(db.session.scalars(select(PageText)).all()) == 1


@pytest.mark.parametrize("path", ["/admin/texts/nothing/fi", "/admin/texts/terms/de"])
def test_there_are_no_other_texts(administrator: FlaskClient, path: str) -> None:
    assert administrator.get(path).status_code == 404
    assert save(administrator, "Jotain.", path=path) == 404


def test_only_administrators_write_texts(app: Flask, database: object) -> None:
    for role in (Role.MODERATOR, Role.COORDINATOR, Role.STAFF):
        own, _who = signed_in(app, role)
        assert own.get("/admin/texts").status_code == 403
        assert save(own, "Jotain.") == 403


def test_an_old_statement_asks_to_be_looked_at(administrator: FlaskClient) -> None:
    asks = "at least once a year"
    assert asks in administrator.get("/admin/texts?lang=en").text
    path = "/admin/texts/accessibility/fi"
    assert save(administrator, "Tarkistettu.", path=path) == 303
    assert asks not in administrator.get("/admin/texts?lang=en").text
