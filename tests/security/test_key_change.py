"""The installation gets another key: everything made before still works, and only with the old."""

import re
import secrets
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select

from innovation.accounts.links import SIGN_IN
from innovation.accounts.models import Account, MailedLink
from innovation.core import audit, transaction
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.core.permissions import System
from innovation.core.sealing import WAY
from innovation.notifications.stopping import stop_key
from innovation.privacy import audit_chain
from innovation.privacy.audit_chain import Trouble
from innovation.second_factors.models import AuthenticatorApp
from innovation.web.application import create_app
from tests.accounts.letters import body_of_newest, code_in, path_in
from tests.conftest import Unit
from tests.real.factors import add_app, add_passkey, code_of, halfway, is_in, options_on
from tests.real.forms import fields_of
from tests.real.ideas import idea
from tests.real.installation import SECRET_KEY, let_go
from tests.real.passkeys import SoftKey
from tests.real.people import signed_in

NEW_KEY = secrets.token_hex(32)
ADDRESS = "aino@posti.example"
Start = Callable[..., Flask]


@pytest.fixture
def start(app: Flask, database: Connection) -> Iterator[Start]:
    """Start the same installation anew with other keys, on the same database."""
    started = []

    def begin(key: str = NEW_KEY, previous: str = SECRET_KEY) -> Flask:
        known: Settings = app.extensions["settings"]
        given = {
            "INNOVATION_INSTANCE": str(known.instance),
            "INNOVATION_DATABASE_URL": known.database_url,
            "INNOVATION_ORIGIN": known.origin,
            "INNOVATION_SECRET_KEY": key,
            "INNOVATION_SECRET_KEY_PREVIOUS": previous,
        }
        again = create_app(Settings.from_environment(given))
        again.testing = True
        with again.app_context():
            engines = db.engines
        started.append((again, engines, engines[None]))
        engines[None] = database  # type: ignore[assignment]
        return again

    yield begin
    for again, engines, engine in started:
        engines[None] = engine
        let_go(again)


def moved(client: FlaskClient, to: Flask) -> FlaskClient:
    """Give the same browser, whose requests the other application answers."""
    other = to.test_client()
    other._cookies = client._cookies
    other.environ_base.update(client.environ_base)
    return other


def test_who_is_signed_in_stays_so_and_sends_the_form_that_was_open(
    app: Flask, start: Start
) -> None:
    own, _ = signed_in(app)
    form = fields_of(own.get("/profile/edit").text)
    own = moved(own, start())
    own.environ_base.pop("HTTP_X_CSRF_TOKEN")
    assert is_in(own)
    sent = own.post("/profile/edit", data={**form, "name": "Aino Aalto"})
    assert sent.status_code == 303
    assert own.post("/profile/edit", data={**form, "csrf_token": "0" * 64}).status_code == 403


def test_a_tracking_key_opens_its_page_and_a_form_sent_twice_leads_there(
    app: Flask, client: FlaskClient, start: Start
) -> None:
    form = {**fields_of(client.get("/ideas/new").text), "text": "Ovet auki jo seitsemältä."}
    first = client.post("/ideas", data=form)
    later = moved(client, start())
    assert later.get(first.location).status_code == 200
    assert later.post("/ideas", data=form).location == first.location
    other = later.post("/ideas", data={**fields_of(later.get("/ideas/new").text), "text": "Toinen"})
    assert other.location != first.location
    assert later.get(other.location).status_code == 200


def test_a_code_and_a_link_on_their_way_let_their_owner_in(
    app: Flask, client: FlaskClient, start: Start
) -> None:
    client.post("/sign-in", data={"email": ADDRESS})
    body = body_of_newest(app, "code")
    later = moved(client, start())
    assert later.get(path_in(body)).status_code == 200
    answer = later.post("/sign-in/code", data={"code": code_in(body)})
    assert answer.status_code == 303
    assert answer.location.partition("?")[0] == path_in(body)
    assert later.get(answer.location).status_code == 200


def test_an_app_goes_on_and_its_secret_is_sealed_anew_when_it_is_used(
    app: Flask, start: Start, reading: Unit
) -> None:
    own, who = signed_in(app)
    secret = add_app(own)
    with reading():
        before = db.session.scalars(select(AuthenticatorApp.secret)).one()
    waiting = moved(halfway(app, who), start())
    assert waiting.post("/second-factor", data={"code": code_of(secret)}).status_code == 303
    with reading():
        after = db.session.scalars(select(AuthenticatorApp.secret)).one()
    assert after != before
    assert after.startswith(f"{WAY}.")
    assert is_in(waiting)


def test_a_command_seals_every_secret_so_that_the_old_key_can_go(app: Flask, start: Start) -> None:
    own, who = signed_in(app)
    secret = add_app(own)
    lost = start(previous="").test_cli_runner().invoke(args=["second-factors", "reseal"])
    assert lost.exit_code == 1
    assert "No known key opens 1" in lost.output
    runner = start().test_cli_runner()
    assert "Sealed anew: 1." in runner.invoke(args=["second-factors", "reseal"]).output
    assert "Sealed anew: 0." in runner.invoke(args=["second-factors", "reseal"]).output
    alone = start(previous="")
    waiting = halfway(alone, who)
    assert waiting.post("/second-factor", data={"code": code_of(secret)}).status_code == 303
    assert is_in(waiting)


def test_a_passkey_works_under_any_later_key(app: Flask, start: Start) -> None:
    own, who = signed_in(app)
    key = SoftKey("http://localhost")
    assert add_passkey(own, key).status_code == 303
    for later in (start(), start(previous="")):
        waiting = halfway(later, who)
        answer = key.show(options_on(waiting.get("/second-factor").text))
        shown = waiting.post("/second-factor/passkey", data={"credential": answer})
        assert shown.status_code == 303
        assert is_in(waiting)


def test_a_question_to_a_passkey_from_before_is_answered_after(app: Flask, start: Start) -> None:
    own, who = signed_in(app)
    key = SoftKey("http://localhost")
    add_passkey(own, key)
    waiting = halfway(app, who)
    answer = key.show(options_on(waiting.get("/second-factor").text))
    later = moved(waiting, start())
    shown = later.post("/second-factor/passkey", data={"credential": answer})
    assert shown.status_code == 303
    assert is_in(later)


def test_links_of_old_mails_still_stop_them(app: Flask, client: FlaskClient, start: Start) -> None:
    _own, who = signed_in(app)
    with app.app_context(), transaction.writing():
        number = idea()
    client.post(f"/ideas/{number}/by-mail", data={"email": ADDRESS, "follows": "y"})
    by_mail = path_in(body_of_newest(app, "by-mail"))
    client.post("/newsletter", data={"email": ADDRESS, "language": "fi", "area": ""})
    letter = path_in(body_of_newest(app, "newsletter"))
    with app.app_context(), transaction.reading():
        email = db.session.scalars(select(Account.email).where(Account.id == who.id)).one()
    stop = f"/unsubscribe/{stop_key(SECRET_KEY, who.id, 'comment', email)}"
    later = moved(client, start())
    for path in (by_mail, letter, stop):
        assert later.get(path).status_code == 200, path
        assert start(previous="").test_client().get(path).status_code == 404, path
    assert later.post(by_mail).status_code == 303
    assert later.post(f"{by_mail}/stop").status_code == 200


def test_the_chain_of_the_audit_log_goes_on_under_the_new_key(app: Flask, start: Start) -> None:
    def sealed(secret: str) -> None:
        with app.app_context(), transaction.writing():
            audit.note(System("test"), "person:see", "person", 1)
            db.session.flush()
            audit_chain.seal(secret)

    sealed(SECRET_KEY)
    later = start().extensions["settings"].secret_key
    sealed(later)
    with app.app_context(), transaction.reading():
        assert audit_chain.check(later).trouble is None
        assert audit_chain.check(NEW_KEY).trouble == Trouble.CHANGED
    assert "intact" in start().test_cli_runner().invoke(args=["audit", "check"]).output
    # Whoever has found an old key cannot go on with it.
    sealed(SECRET_KEY)
    with app.app_context(), transaction.reading():
        assert audit_chain.check(later).trouble == Trouble.CHANGED


def test_a_link_is_found_by_its_own_key_alone(
    app: Flask, client: FlaskClient, start: Start
) -> None:
    client.post("/sign-in", data={"email": ADDRESS})
    body = body_of_newest(app, "code")
    with app.app_context(), transaction.reading():
        links = db.session.scalars(select(MailedLink).where(MailedLink.purpose == SIGN_IN)).all()
    assert len(links) == 1
    assert client.get(path_in(body)).status_code == 200
    later = start().test_client()
    assert later.get(re.sub(r"\w{4}$", "0000", path_in(body))).status_code == 404
