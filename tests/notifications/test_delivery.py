"""Mails through a real mail server: each once, refused, put off or unclear, and never doubled."""

import email.utils
import itertools
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from innovation.accounts.models import Account
from innovation.core import clock, transaction
from innovation.core.db import db
from innovation.notifications import outbox as moves
from innovation.notifications.actions import queue_mail
from innovation.notifications.carriers import ServerCarrier
from innovation.notifications.delivery import look_for_mails
from innovation.notifications.models import Mail
from innovation.notifications.queries import unreachable_since, waiting_mail
from tests.conftest import Unit
from tests.notifications.posting import NOON, outbox, posted_to, said, work
from tests.real import smtp
from tests.real.people import person
from tests.real.smtp import MailServer


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    """A mail server for the tests of this file."""
    with smtp.running(tmp_path_factory.mktemp("smtp") / "box") as server:
        yield server


@pytest.fixture
def server(app: Flask, database: object, machine: MailServer) -> Iterator[MailServer]:
    """The application sends there; it is noon."""
    with posted_to(app, machine), clock.frozen_at(NOON):
        yield machine


def queue(key: str, recipient: str, **more: object) -> None:
    queue_mail("reset", key, recipient, "Hei", "Terve.\n\n.\n", "fi", **more)  # type: ignore[arg-type]


def test_a_mail_arrives_once_with_both_parts_and_its_secret_is_forgotten(
    app: Flask, writing: Unit, reading: Unit, server: MailServer
) -> None:
    with writing():
        for _ in "ab":
            queue("one", "aino@posti.example")
    work(app)
    work(app)
    (message,) = server.taken()
    assert message["To"] == "aino@posti.example"
    assert said(message).startswith("Terve.\n\n.\n")
    assert '<html lang="fi">' in said(message, "html")
    assert email.utils.parsedate_to_datetime(message["Date"]) == NOON.replace(microsecond=0)
    with reading():
        (mail,) = outbox()
        assert (mail.state, mail.attempts, mail.body) == ("sent", 1, "")
        assert mail.sent_at is not None


def test_what_the_server_says_decides_and_one_mail_does_not_stop_the_others(
    app: Flask, writing: Unit, reading: Unit, server: MailServer
) -> None:
    with writing():
        for name in ("kielto", "odota", "teksti", "poikki", "aino", "kielto2", "väinö"):
            queue(name, f"{name}@posti.example")
    work(app)
    with reading():
        found = {mail.unique_key: mail for mail in outbox()}
    assert {key: mail.state for key, mail in found.items()} == {
        "kielto": "bounced",
        "odota": "waiting",
        "teksti": "bounced",
        "poikki": "unclear",
        "aino": "sent",
        "kielto2": "bounced",
        "väinö": "bounced",
    }
    assert found["kielto"].last_error == "refused with 550 5.1.1"
    assert found["odota"].last_error == "451 4.7.1 to the address"
    assert found["odota"].not_before > NOON
    assert all("posti.example" not in mail.last_error for mail in found.values())
    assert sorted(message["To"].partition("@")[0] for message in server.taken()) == [
        "aino",
        "poikki",
    ]
    work(app, timedelta(hours=1))
    assert len(server.taken()) == 2


def test_pauses_grow_up_to_a_day_and_after_five_days_later_means_no(
    app: Flask, writing: Unit, reading: Unit, server: MailServer
) -> None:
    with writing():
        queue("odota", "odota@posti.example")
    pauses, now = [], NOON
    for _ in range(60):
        with clock.frozen_at(now):
            work(app)
            with reading():
                (mail,) = outbox()
            if mail.state != "waiting":
                break
            pauses.append((mail.not_before - now) / timedelta(seconds=1))
            now = mail.not_before + timedelta(seconds=1)
    assert mail.state == "bounced"
    assert now - NOON > timedelta(days=5)
    assert pauses[0] < 6
    assert all(later > sooner for sooner, later in itertools.pairwise(pauses[:12]))
    assert 17 * 3600 < max(pauses) < 30 * 3600


def test_nothing_is_lost_while_the_server_is_down(
    app: Flask, writing: Unit, reading: Unit, machine: MailServer, database: object
) -> None:
    with writing():
        for name in ("a", "b", "c"):
            queue(name, f"{name}@posti.example")
    gone = f"smtp://127.0.0.1:{MailServer(machine.folder).port}?starttls=never"
    with posted_to(app, machine, gone), clock.frozen_at(NOON):
        work(app)
        with reading():
            assert {mail.state for mail in outbox()} == {"waiting"}
            assert all("ConnectionRefusedError" in mail.last_error for mail in outbox())
    with posted_to(app, machine), clock.frozen_at(NOON + timedelta(minutes=1)):
        work(app)
        assert len(machine.taken()) == 3


def test_a_mail_whose_worker_died_is_unclear_until_somebody_sends_it_again(
    app: Flask, writing: Unit, reading: Unit, server: MailServer
) -> None:
    settings = app.extensions["settings"]
    dead = moves.me(settings).rpartition(" ")[0] + " another process"
    with writing():
        queue("died", "aino@posti.example")
        (mail,) = outbox()
        assert moves.begin(mail.id, dead, mail.subject, mail.body)
        assert not moves.begin(mail.id, dead, mail.subject, mail.body)
        assert waiting_mail(mail.id) is None
    work(app)
    work(app, timedelta(days=2))
    assert server.taken() == []
    with reading():
        (mail,) = outbox()
    assert mail.state == "unclear"


def test_a_worker_of_another_host_has_time_to_finish(
    app: Flask, writing: Unit, reading: Unit, server: MailServer
) -> None:
    with writing():
        queue("elsewhere", "aino@posti.example")
        (mail,) = outbox()
        assert moves.begin(mail.id, "other /folder process", mail.subject, mail.body)
    work(app)
    with reading():
        assert [mail.state for mail in outbox()] == ["sending"]
    with clock.frozen_at(NOON + moves.LEASE + timedelta(seconds=1)):
        with app.app_context():
            look_for_mails()
        work(app)
    with reading():
        assert [mail.state for mail in outbox()] == ["unclear"]
    assert server.taken() == []


def test_a_mail_without_a_job_is_found(
    app: Flask, writing: Unit, server: MailServer, database: object
) -> None:
    with writing():
        queue("lost", "aino@posti.example")
        db.session.execute(db.text("DELETE FROM jobs"))
    work(app)
    assert server.taken() == []
    with app.app_context():
        look_for_mails()
        look_for_mails()
    work(app)
    assert len(server.taken()) == 1


def test_what_is_of_no_use_any_more_does_not_leave(
    app: Flask, writing: Unit, reading: Unit, server: MailServer
) -> None:
    with writing():
        queue("code", "aino@posti.example", not_after=NOON + timedelta(minutes=15))
    work(app, timedelta(minutes=16))
    assert server.taken() == []
    with reading():
        assert outbox() == []


def test_three_refusals_in_a_row_make_an_address_unreachable_and_one_success_mends_it(
    app: Flask, writing: Unit, reading: Unit, server: MailServer
) -> None:
    with writing():
        who = person(email="kielto@posti.example")
    for number in range(3):
        with reading():
            assert unreachable_since(who.id) is None
        with writing():
            queue(f"no {number}", "kielto@posti.example", person_id=who.id)
        work(app)
    with reading():
        assert unreachable_since(who.id) is not None
    with writing():
        db.session.execute(
            update(Account).where(Account.id == who.id).values(email="aino@posti.example")
        )
        queue("yes", "aino@posti.example", person_id=who.id)
    work(app)
    with reading():
        assert unreachable_since(who.id) is None


def test_a_refused_text_is_no_fault_of_the_address(
    app: Flask, writing: Unit, reading: Unit, server: MailServer
) -> None:
    with writing():
        who = person(email="teksti@posti.example")
        for number in range(4):
            queue(f"no {number}", "teksti@posti.example", person_id=who.id)
    work(app)
    with reading():
        assert unreachable_since(who.id) is None


def test_a_mail_taken_at_another_address_does_not_mend_the_present_one(
    app: Flask, writing: Unit, reading: Unit, server: MailServer
) -> None:
    with writing():
        who = person(email="kielto@posti.example")
        bad = update(Account).where(Account.id == who.id)
        db.session.execute(bad.values(bounces=3, unreachable_at=NOON))
        queue("yes", "aino@posti.example", person_id=who.id)
    work(app)
    with reading():
        assert [mail.state for mail in outbox()] == ["sent"]
        assert unreachable_since(who.id) == NOON


def test_nothing_goes_to_an_address_that_stands_for_none(writing: Unit, reading: Unit) -> None:
    with writing():
        queue("nowhere", "0123456789abcdef@employer.invalid")
    with reading():
        assert outbox() == []


def test_a_mail_that_cannot_be_written_waits_and_the_others_leave(
    app: Flask, writing: Unit, reading: Unit, server: MailServer
) -> None:
    with writing():
        # Of a decision that is gone.
        queue_mail("by-mail", "decision 99999 follower address-1", "b@posti.example", "", "", "fi")
        queue_mail("decision", "decision 99999 author 1", "c@posti.example", "", "", "fi",
            person().id)  # fmt: skip
        queue("good", "aino@posti.example")
    work(app)
    assert [message["To"] for message in server.taken()] == ["aino@posti.example"]
    with reading():
        (broken,) = outbox(kind="decision")
    assert (broken.state, broken.attempts, broken.last_error) == ("waiting", 1, "NoResultFound")
    assert broken.not_before > NOON


def test_tls_and_a_password_are_used_and_a_wrong_certificate_is_refused(
    app: Flask,
    database: object,
    writing: Unit,
    reading: Unit,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    certificate = smtp.certificate(tmp_path)
    with writing():
        queue("tls", "aino@posti.example")
    with smtp.running(tmp_path / "box", str(certificate)) as secured:
        url = f"smtp://alusta:{smtp.QUOTED}@localhost:{secured.port}"
        with posted_to(app, secured, url), clock.frozen_at(NOON):
            work(app)
            with reading():
                (mail,) = outbox()
            assert "SSLCertVerificationError" in mail.last_error
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
            with posted_to(app, secured, url.replace(smtp.QUOTED, "wrong")):
                work(app, timedelta(minutes=1))
                with reading():
                    (mail,) = outbox()
                assert mail.last_error.endswith("SMTPAuthenticationError 535")
                assert mail.state == "waiting"
            work(app, timedelta(minutes=5))
            assert len(secured.taken()) == 1


def test_a_mail_is_marked_before_its_text_is_given_away(
    app: Flask, writing: Unit, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks while the text travels sees that it is being sent, and by whom."""
    seen: list[str] = []
    true_way = ServerCarrier.hand_over

    def look(self: ServerCarrier, name: str, message: bytes) -> None:
        with transaction.reading():
            seen.extend(db.session.scalars(db.select(Mail.state)))
        true_way(self, name, message)

    with writing():
        queue("seen", "aino@posti.example")
    monkeypatch.setattr(ServerCarrier, "hand_over", look)
    work(app)
    assert seen == ["sending"]
