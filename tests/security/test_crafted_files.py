"""What somebody writes stays text in what leaves the service: mails, Word files, JSON."""

import io
import json
import zipfile
from email import message_from_bytes
from email.policy import default
from xml.etree import ElementTree

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from innovation.core.config import Settings
from innovation.core.db import db
from innovation.notifications.actions import queue_mail
from innovation.notifications.models import Mail
from innovation.notifications.paper import as_message
from innovation.notifications.queries import waiting_mail
from tests.conftest import Unit
from tests.operating_models.writing import model

ATTACK = "Ovi \"'><xss-probe data-xss='1'><script>alert(1)</script> {{7919*104729}} &lt;b&gt;"


@pytest.mark.parametrize(
    "subject", [ATTACK, "Aihe\r\nBcc: c@d.example", "Aihe\nX-Bad: 1\n\nruumis"]
)
def test_a_mail_holds_what_was_written_as_text(app: Flask, writing: Unit, subject: str) -> None:
    settings: Settings = app.extensions["settings"]
    body = f"{ATTACK}\n\n- javascript:alert(1)\n- https://evil.example/\n\n.\nRCPT TO:<c@d.example>"
    with writing():
        queue_mail("test", "key", "a@b.example", subject, body, "fi")
        row = waiting_mail(db.session.scalars(select(Mail.id)).one())
        assert row is not None
        mail = message_from_bytes(as_message(row, "", settings), policy=default)
    assert "Bcc" not in mail
    assert "X-Bad" not in mail
    assert mail["To"] == "a@b.example"
    plain = mail.get_body(("plain",))
    shown = mail.get_body(("html",))
    assert plain is not None
    assert ATTACK in plain.get_content()
    assert shown is not None
    parsed = html5lib.parse(shown.get_content(), namespaceHTMLElements=False)
    names = {one.tag for one in parsed.iter() if isinstance(one.tag, str)}
    assert not names & {"xss-probe", "script", "img", "b"}
    assert str(7919 * 104729) not in shown.get_content()
    for link in parsed.iter("a"):
        assert link.attrib["href"].startswith(settings.origin)


def test_a_file_of_a_model_holds_what_was_written_as_text(
    client: FlaskClient, writing: Unit
) -> None:
    with writing():
        number = model(published=True, name=ATTACK, summary=ATTACK, solution=ATTACK).id
    word = client.get(f"/operating-models/{number}/export.docx")
    assert word.status_code == 200
    name = word.headers["Content-Disposition"].partition('filename="')[2]
    assert set(name.rstrip('"')) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    with zipfile.ZipFile(io.BytesIO(word.data)) as packed:
        text = packed.read("word/document.xml")
    root = ElementTree.fromstring(text)
    assert not any("xss" in str(one.tag) or "script" in str(one.tag) for one in root.iter())
    assert ATTACK in "".join(root.itertext())
    plain = client.get(f"/operating-models/{number}/export.json")
    assert plain.mimetype == "application/json"
    assert ATTACK in json.dumps(json.loads(plain.data), ensure_ascii=False).replace('\\"', '"')
