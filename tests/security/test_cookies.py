"""Cookies over TLS, whose address counts, and methods that nobody needs."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from innovation.core.config import Settings
from innovation.core.permissions import Role
from innovation.web.application import create_app
from tests.real import installation
from tests.real.people import signed_in

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def over_tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    variables = {
        "INNOVATION_INSTANCE": str(tmp_path_factory.mktemp("tls")),
        "INNOVATION_SECRET_KEY": installation.SECRET_KEY,
        "INNOVATION_ORIGIN": "https://ideat.example.fi",
    }
    app = create_app(Settings.from_environment(variables))
    assert app.test_cli_runner().invoke(args=["init"]).exit_code == 0
    yield app
    installation.let_go(app)


def test_over_tls_every_cookie_is_bound_to_the_host(over_tls: Flask) -> None:
    client, given = over_tls.test_client(), []
    for path in ("/?lang=sv", "/sign-in", "/passkey", "/sign-in/passkey"):
        given += client.get(path, base_url="https://ideat.example.fi").headers.getlist("Set-Cookie")
    typed = {"email": "aino@posti.example"}
    for path in ("/sign-in/code", "/sign-in", "/sign-out", "/reset"):
        answer = client.post(path, data=typed, base_url="https://ideat.example.fi")
        given += answer.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in given} >= {"__Host-language", "__Host-session"}
    for cookie in given:
        assert cookie.startswith("__Host-"), cookie
        for word in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
            assert word in cookie, cookie
        assert "Domain" not in cookie


def test_the_language_is_remembered_over_tls_too(over_tls: Flask) -> None:
    client = over_tls.test_client()
    client.get("/?lang=sv", base_url="https://ideat.example.fi")
    assert '<html lang="sv"' in client.get("/how", base_url="https://ideat.example.fi").text


def test_without_tls_nobody_chooses_their_address(app: Flask, client: FlaskClient) -> None:
    """Without a proxy in front the field is a visitor's own, so it counts for nothing."""
    codes = [
        client.post(
            "/accessibility/feedback",
            data={"text": f"Kerta {number}"},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        ).status_code
        for number in range(21)
    ]
    assert codes[-1] == 429


def test_behind_the_proxy_only_its_own_entry_counts(over_tls: Flask) -> None:
    """What stands before the proxy's own entry is the visitor's word."""
    codes = [
        over_tls.test_client()
        .post(
            "/accessibility/feedback",
            data={"text": f"Kerta {number}"},
            base_url="https://ideat.example.fi",
            headers={"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.7"},
        )
        .status_code
        for number in range(21)
    ]
    assert codes == [303] * 20 + [429]


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT"])
def test_trace_is_not_answered(client: FlaskClient, method: str) -> None:
    answer = client.open("/", method=method, headers={"X-Secret": "kultainen avain"})
    assert answer.status_code == 405
    assert "kultainen" not in answer.text


def test_what_came_without_tls_is_led_to_it_or_refused(over_tls: Flask) -> None:
    client, plain = over_tls.test_client(), {"X-Forwarded-Proto": "http"}
    answer = client.get("/ideas?q=ovi", headers=plain)
    assert answer.status_code == 308
    assert answer.location == "https://ideat.example.fi/ideas?q=ovi"
    assert client.get("//evil.example/", headers=plain).location.startswith(
        "https://ideat.example.fi/"
    )
    sent = client.post("/sign-in", data={"email": "aino@posti.example"}, headers=plain)
    assert sent.status_code == 403
    assert "Set-Cookie" not in sent.headers
    assert client.get("/healthz").status_code == 200


def test_what_is_for_building_and_trying_is_not_on_a_public_address(over_tls: Flask) -> None:
    client, _who = signed_in(over_tls, Role.ADMINISTRATOR)
    session = client.get_cookie("session")
    assert session is not None
    client.set_cookie("__Host-session", session.value, domain="ideat.example.fi", secure=True)
    https = {"base_url": "https://ideat.example.fi"}
    assert client.get("/admin", **https).status_code == 200
    assert "/admin/styleguide" not in client.get("/admin", **https).text
    assert client.get("/admin/styleguide", **https).status_code == 404
    refused = over_tls.test_cli_runner().invoke(args=["demo", "load"])
    assert refused.exit_code == 1
    assert "--anyway" in refused.output
