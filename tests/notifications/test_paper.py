"""The mail as it travels: two parts, nothing from elsewhere, why it came and how it stops."""

import email
import email.policy
import re
from datetime import timedelta
from email.message import EmailMessage

import html5lib
import pytest
from flask import Flask

from innovation.core import clock
from innovation.core.config import Settings, SettingsError
from innovation.core.mail_server import read_mail_server
from innovation.core.permissions import Person
from innovation.moderation import actions
from innovation.moderation.passing import pass_on
from innovation.notifications.actions import queue_mail
from innovation.notifications.kinds import OWN
from innovation.notifications.queries import reader_of_key
from tests.conftest import Unit
from tests.notifications.posting import NOON, said, work
from tests.notifications.test_actions import forget_files, written
from tests.notifications.test_decisions import made, reached
from tests.real.people import person


def sent(app: Flask) -> list[EmailMessage]:
    policy = email.policy.default
    return [email.message_from_bytes(path.read_bytes(), policy=policy) for path in written(app)]


@pytest.fixture
def moderator(writing: Unit) -> Person:
    with writing():
        return person("moderator")


def test_a_mail_that_can_be_stopped_says_how_in_head_and_foot(
    app: Flask, writing: Unit, reading: Unit, moderator: Person
) -> None:
    forget_files(app)
    with clock.frozen_at(NOON):
        with writing():
            author = reached("en")
            actions.publish_idea(moderator, made(author))
        work(app, timedelta(minutes=11))
    (message,) = sent(app)
    stop = message["List-Unsubscribe"].strip("<>")
    # One line as it is: an encoded one is not understood.
    assert f"List-Unsubscribe: <{stop}>\r\n".encode() in written(app)[0].read_bytes()
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    with reading():
        secret = app.extensions["settings"].secret_key
        reader, kind = reader_of_key(secret, stop.rpartition("/")[2].partition("?")[0])
        assert stop.endswith("?lang=en")
    assert (reader.person_id, kind) == (author.id, OWN)
    for part in (said(message), said(message, "html")):
        assert stop in part
        assert "http://localhost/profile/notices" in part
        assert "You get this because you wrote the idea." in part


def test_what_cannot_be_stopped_has_no_such_address_and_says_so(
    app: Flask, writing: Unit, moderator: Person
) -> None:
    forget_files(app)
    with clock.frozen_at(NOON):
        with writing():
            pass_on(moderator, made(reached("en")), "Oulun kaupunki", "It is the city's street.")
            queue_mail("code", "code", "a@posti.example", "Code", "1234\n", "en")
            queue_mail("t", "out", "b@posti.example", "News", "Hello\n", "en", stop_path="/stop/x")
        work(app, timedelta(minutes=11))
    decision, code, news = sorted(sent(app), key=lambda one: len(said(one)), reverse=True)
    assert decision["List-Unsubscribe"] is None
    assert "Mails of this kind always come" in said(decision)
    assert code["List-Unsubscribe"] is None
    assert "belongs to the use of the service" in said(code)
    assert news["List-Unsubscribe"] == "<http://localhost/stop/x>"


@pytest.mark.parametrize("path", ["/stop/\r\nBcc: x@evil.example", "/stop/> , <http://x", "/ä"])
def test_no_path_can_begin_another_header(writing: Unit, path: str) -> None:
    with writing(), pytest.raises(ValueError, match="header"):
        queue_mail("t", "out", "b@posti.example", "News", "Hello\n", "en", stop_path=path)


def test_nothing_that_people_wrote_is_code_or_a_link_in_a_mail(app: Flask, writing: Unit) -> None:
    forget_files(app)
    text = (
        'Hei <script>alert("1")</script> & <img src="https://evil.example/x.png">\n\n'
        "https://evil.example/login http://localhost.evil.example/ http://localhost/ideas/1\n\n"
        "- yksi\n  http://localhost/a\n- kaksi\n"
    )
    with writing():
        queue_mail("t", "x", "a@posti.example", "<b>Otsikko</b>", text, "fi")
    work(app)
    (message,) = sent(app)
    html = said(message, "html")
    root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    found = [one for one in root.iter() if isinstance(one.tag, str)]
    names = {one.tag for one in found}
    assert not names & {"script", "img", "b", "link", "iframe", "form"}
    links = [one.attrib["href"] for one in found if one.tag == "a"]
    assert links == ["http://localhost/ideas/1", "http://localhost/a"]
    assert '<li><a href="http://localhost/a">yksi</a></li>' in html
    assert "url(" not in html
    assert sum(one.tag == "li" for one in found) == 2
    assert root.attrib["lang"] == "fi"


def test_links_are_words_and_only_to_this_service(app: Flask, writing: Unit) -> None:
    forget_files(app)
    text = (
        "http://localhost/ideas/1\n\nhttps://evil.example/x\n\n"
        "Lopeta: http://localhost/stop/1\nLue: https://evil.example/y\n\n"
        "- otsikko\n  http://localhost.evil.example/z\n"
    )
    with writing():
        queue_mail("t", "x", "a@posti.example", "Otsikko", text, "en")
    work(app)
    html = said(sent(app)[0], "html")
    assert re.findall(r"<a [^>]*href=\"([^\"]*)\"[^>]*>([^<]*)</a>", html) == [
        ("http://localhost/ideas/1", "Open in the service"),
        ("http://localhost/stop/1", "Lopeta"),
    ]
    assert "prefers-color-scheme:dark" in html
    assert "overflow-wrap:anywhere" in html


@pytest.mark.parametrize(
    ("address", "host", "port", "security", "user"),
    [
        ("smtp://mail.example", "mail.example", 587, "starttls", ""),
        ("smtp://a%40b:c%2Fd@mail.example:25", "mail.example", 25, "starttls", "a@b"),
        ("smtps://u:p@mail.example", "mail.example", 465, "tls", "u"),
        ("smtp://mail.example:25?starttls=never", "mail.example", 25, "none", ""),
        ("smtp://u:p@127.0.0.1:25?starttls=never", "127.0.0.1", 25, "none", "u"),
    ],
)
def test_the_mail_server_is_read_from_its_address(
    address: str, host: str, port: int, security: str, user: str
) -> None:
    server = read_mail_server(address)
    assert (server.host, server.port, server.security, server.user) == (host, port, security, user)
    assert "password" not in repr(server)


@pytest.mark.parametrize(
    "address",
    [
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://mail.example:99999",
        "smtp://mail.example/path",
        "smtp://mail.example?starttls=maybe",
        "smtp://mail.example?other=1",
        "smtps://mail.example?starttls=never",
        "smtp://salainen:sana@mail.example?starttls=never",
        "smtp://salainen@mail.example",
        "smtp://a%0d%0a:salainen@mail.example",
    ],
)
def test_an_address_of_no_use_stops_the_start_and_tells_no_secret(
    address: str, tmp_path: object
) -> None:
    with pytest.raises(SettingsError, match="INNOVATION_MAIL_URL") as told:
        Settings.from_environment(
            {"INNOVATION_INSTANCE": str(tmp_path), "INNOVATION_MAIL_URL": address}
        )
    assert "salainen" not in str(told.value)
    assert told.value.__cause__ is None
