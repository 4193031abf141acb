"""Second factors in tests: adding them over HTTP, and coming half way in."""

import html
import json
import re
from typing import Any

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from innovation.accounts.entrance import begin_session
from innovation.core import clock, transaction
from innovation.core.permissions import Person
from tests.real.forms import fields_of
from tests.real.passkeys import SoftKey

ASKED = "/second-factor"


def fields(client: FlaskClient, path: str) -> dict[str, str]:
    return fields_of(client.get(path).get_data(as_text=True))


def secret_on(page: str) -> str:
    found = re.search(r"<code>([A-Z2-7 ]{32,})</code>", page)
    assert found is not None
    return found[1].replace(" ", "")


def options_on(page: str) -> dict[str, Any]:
    found = re.search(r'data-options="([^"]+)"', page)
    assert found is not None
    options: dict[str, Any] = json.loads(html.unescape(found[1]))
    return options


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).generate_otp(int(clock.now().timestamp()) // 30 + steps)


def add_app(client: FlaskClient, name: str = "Oma puhelin") -> str:
    """Add an app by the code before now; gives its secret."""
    page = client.get("/profile/security/app").get_data(as_text=True)
    secret = secret_on(page)
    # The half minute may end at any moment, and an older code than this one would be refused.
    with clock.frozen_at(clock.now()):
        sent = {**fields_of(page), "name": name, "code": code_of(secret, -1)}
        answer = client.post("/profile/security/app", data=sent)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return secret


def add_passkey(client: FlaskClient, key: SoftKey) -> TestResponse:
    options = options_on(client.get("/profile/security/passkey").get_data(as_text=True))
    sent = {"name": "Työkone", "credential": key.make(options)}
    return client.post("/profile/security/passkey", data=sent)


def take_spares(client: FlaskClient) -> list[str]:
    page = client.get("/profile/security/spare-codes").get_data(as_text=True)
    spares = re.findall(r"<li><code>([^<]+)</code>", page)
    assert client.post("/profile/security/spare-codes", data=fields_of(page)).status_code == 303
    return spares


def halfway(app: Flask, who: Person) -> FlaskClient:
    """Give a browser in which the first proof was just given."""
    with app.test_request_context("/sign-in?next=/profile"), transaction.writing():
        answer = begin_session(who.id, "fi")
    assert answer.location == ASKED
    client = app.test_client()
    name, _, rest = answer.headers["Set-Cookie"].partition("=")
    client.set_cookie(name, rest.partition(";")[0])
    return client


def is_in(client: FlaskClient) -> bool:
    return client.get("/profile").status_code == 200
