"""What somebody writes is shown as text wherever it stands: pages, attributes, files, mails."""

import io
import json
import zipfile
from datetime import timedelta
from email.message import EmailMessage
from xml.etree import ElementTree

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from werkzeug.test import TestResponse

from innovation.core import clock, transaction
from innovation.core.db import db
from innovation.moderation.actions import hide_idea
from innovation.notifications.models import Mail
from innovation.web import worker
from innovation.web.limits import limiter
from tests.conftest import Unit
from tests.notifications.posting import NOON, said, work
from tests.notifications.test_actions import forget_files
from tests.notifications.test_decisions import made, reached
from tests.notifications.test_paper import sent
from tests.real.ideas import idea
from tests.real.people import person
from tests.security.walking import FormSeen, Someone, forms_of, rules, somebody

pytestmark = pytest.mark.once

PROBE = "xss-probe"
# Out of an attribute with either quote, an element, a handler; and a template of ours.
ATTACK = f"Ovi \"'><{PROBE} data-xss='1' onclick=alert(1)></textarea><{PROBE}>{{{{7919*104729}}}}"
LEADING = ("href", "src", "action", "formaction")
# Pressing these ends what the walk needs.
LEFT_ALONE = (
    "sign-out",
    "delete",
    "remove",
    "revoke",
    "password",
    "withdraw",
    "archive",
    "sessions",
)


def check(answer: TestResponse, where: str) -> bool:
    """Fail when the attack became more than text; tell whether the answer shows it."""
    assert answer.status_code < 500 or where == "/readyz", where
    if answer.mimetype == "text/html":
        return check_page(answer.get_data(as_text=True), where)
    if answer.mimetype.endswith("json"):
        return PROBE in json.dumps(json.loads(answer.data))
    if answer.data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
            parts = {name: packed.read(name) for name in packed.namelist()}
        shown = [check_xml(text, where) for name, text in parts.items() if name.endswith(".xml")]
        shown += [
            check_page(text.decode(), f"{name} of {where}")
            for name, text in parts.items()
            if name.endswith(".html")
        ]
        return any(shown)
    if answer.mimetype.endswith("xml"):
        return check_xml(answer.data, where)
    return False


def check_page(page: str, where: str) -> bool:
    root = html5lib.parse(page, namespaceHTMLElements=False)
    for element in root.iter():
        assert element.tag != PROBE, where
        assert "data-xss" not in element.attrib, where
        for name in LEADING:
            target = element.attrib.get(name, "").strip().lower()
            assert not target.startswith(("javascript:", "data:", "vbscript:")), where
    assert str(7919 * 104729) not in page, where
    return PROBE in page


def check_mail(message: EmailMessage) -> bool:
    """Look at the HTML part of a mail as at a page."""
    page = said(message, "html")
    assert "</html>" in page
    return check_page(page, f"mail {message['Subject']}")


def check_xml(text: bytes, where: str) -> bool:
    root = ElementTree.fromstring(text)  # a text that became markup would not be well-formed
    assert all(PROBE not in str(element.tag) for element in root.iter()), where
    return PROBE.encode() in text


def pages(app: Flask, world: Someone) -> dict[str, TestResponse]:
    return {
        world.address(rule): world.client.get(world.address(rule)) for rule in rules(app, "GET")
    }


def filled(form: FormSeen) -> dict[str, str]:
    leads = {name: "javascript:alert(1)" for name in form.typed if "url" in name}
    days = {name: "1.12.2027" for name in form.typed if name in {"to", "day", "by", "next_by"}}
    kept = {name: value for name, value in form.kept.items() if name != "csrf_token"}
    return {**kept, **dict.fromkeys(form.typed, ATTACK), **leads, **days}


@pytest.fixture
def world(app: Flask, database: Connection) -> Someone:
    return somebody(app)


class Walk:
    """Sends every form of every page with the attack in it, and remembers where it was shown."""

    def __init__(self, app: Flask, world: Someone) -> None:
        self.app, self.world = app, world
        self.sent, self.written, self.shown = 0, 0, set[str]()
        self.known = set[tuple[str, ...]]()

    def look(self, who: FlaskClient, path: str, where: str) -> None:
        if check(who.get(path), where):
            self.shown.add(where)

    def look_at_all(self, who: FlaskClient) -> None:
        for rule in rules(self.app, "GET"):
            self.look(who, self.world.address(rule), rule.rule)

    def send_all(self) -> None:
        for path, page in pages(self.app, self.world).items():
            if page.mimetype == "text/html":
                for form in forms_of(page.text, path):
                    self.send(form, f"{form.action} from {path}")

    def send(self, form: FormSeen, where: str) -> None:
        same = (form.action, *form.typed)
        if same in self.known or any(word in form.action for word in LEFT_ALONE):
            return
        self.known.add(same)
        limiter.reset()
        self.world = self.world.again()
        answer = self.world.client.post(form.action, data=filled(form))
        self.sent += 1
        self.written += answer.status_code == 303
        if check(answer, where):
            self.shown.add(form.action)
        if answer.location:
            self.look(self.world.client, answer.location, where)


def test_no_form_and_no_page_lets_a_text_become_markup(
    app: Flask, world: Someone, client: FlaskClient
) -> None:
    forget_files(app)
    walk = Walk(app, world)
    walk.send_all()
    world = world.again()
    assert world.client.get("/admin").status_code == 200, "the walk lost its rights"
    assert walk.sent > 50
    assert walk.written > 20
    for who in (world.client, client):
        walk.look_at_all(who)
    assert len(walk.shown) > 25, sorted(walk.shown)
    # What is told waits until it can no longer be undone, and for the end of quiet hours.
    with clock.frozen_at(clock.now() + timedelta(days=2)):
        while worker.do_jobs(app):
            pass
    with app.app_context():
        for mail in db.session.scalars(select(Mail)):
            assert "\n" not in mail.subject
    for message in sent(app):
        check_mail(message)


def test_the_page_in_a_mail_shows_a_text_as_text(
    app: Flask, database: Connection, writing: Unit
) -> None:
    forget_files(app)
    with clock.frozen_at(NOON):
        with writing():
            hide_idea(person("moderator"), made(reached()), "privacy", ATTACK)
        work(app, timedelta(minutes=11))
    (message,) = sent(app)
    assert check_mail(message)


def test_the_page_in_the_file_of_one_s_own_data_shows_it_as_text(
    app: Flask, world: Someone
) -> None:
    with app.app_context(), transaction.writing():
        idea(world.who, text=ATTACK)
    answer = world.client.post("/profile/data")
    assert answer.data[:2] == b"PK"
    assert check(answer, "own data")


def test_a_text_of_everybody_s_is_shown_to_everybody_as_text(
    app: Flask, world: Someone, client: FlaskClient
) -> None:
    with app.app_context():
        answer = world.client.post("/ideas", data={"text": ATTACK, "title": ATTACK, "name": ATTACK})
    assert answer.status_code in {303, 422}
    for path in ("/", "/ideas", "/search?q=ovi", "/moderation", "/profile"):
        check(world.client.get(path), path)
