"""Signing out asks the provider where its own log-out is, and holds nothing meanwhile."""

from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import event

from innovation.accounts.sessions import open_session
from innovation.core import clock, transaction
from innovation.core.db import db
from innovation.core.keys import new_key
from innovation.federation import providers
from innovation.federation.models import Identity
from innovation.federation.queries import METHOD
from tests.real import installation
from tests.real.people import carrying, person


@pytest.fixture
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An installation of its own, with connections that begin and end by themselves."""
    app = installation.installed(
        installation.environment(tmp_path_factory.mktemp("leaving"), "leaving")
    )
    providers.forget()
    yield app
    providers.forget()
    installation.let_go(app)


def test_no_transaction_is_open_while_the_provider_is_asked(served: Flask) -> None:
    units: list[str] = []
    seen: list[list[str]] = []

    class Provider(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append([*units])
            self.send_error(404)

        def log_message(self, *_words: object) -> None:
            pass

    with served.app_context():
        engine = db.engine
    with ThreadingHTTPServer(("localhost", 0), Provider) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        issuer = f"http://localhost:{server.server_port}"
        served.extensions["settings"] = replace(served.extensions["settings"], oidc_issuer=issuer)
        key = new_key()
        with served.app_context(), transaction.writing():
            who, now = person(), clock.now()
            known = Identity(person_id=who.id, issuer=issuer, subject="m", unit="", sid="")
            known.created_at = known.last_at = now
            db.session.add(known)
            open_session(who.id, key, method=METHOD)
        client = carrying(served, served.test_client(), key)
        event.listen(engine, "begin", lambda _one: units.append("open"))
        for end in ("commit", "rollback"):
            event.listen(engine, end, lambda _one: units.pop())
        assert client.post("/sign-out").status_code == 303
        server.shutdown()
    assert seen == [[]]
