"""What holds for every address there is, those of later features too."""

from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from innovation.web import access
from tests.security.walking import Someone, rules, somebody

pytestmark = pytest.mark.once

EVIL = "//evil.example/"
# What applications call the address to go on to.
NAMES = """next back return return_to returnUrl url to target came_from redirect redirect_uri
continue goto destination going_to referrer post_logout_redirect_uri""".split()
GOING_ON = dict.fromkeys(NAMES, EVIL)


@pytest.fixture
def world(app: Flask, database: Connection) -> Someone:
    return somebody(app)


def test_no_form_can_be_sent_in_somebody_s_name_by_another_site(
    app: Flask, world: Someone, database: Connection
) -> None:
    own = world.client
    token = own.environ_base.pop("HTTP_X_CSRF_TOKEN")
    asked = 0
    for rule in rules(app, "POST"):
        address = world.address(rule)
        savepoint = database.begin_nested()
        without = own.post(address)
        foreign = own.post(address, headers={"X-CSRF-Token": token, "Sec-Fetch-Site": "cross-site"})
        savepoint.rollback()
        assert without.status_code == 403, f"{rule.rule} takes a form without its token"
        assert foreign.status_code == 403, f"{rule.rule} takes a form of another site"
        asked += 1
    assert asked > 100


def test_every_page_is_dressed_and_framed_nowhere(app: Flask, world: Someone) -> None:
    own = world.client
    for rule in rules(app, "GET"):
        answer = own.get(world.address(rule))
        headers, where = answer.headers, rule.rule
        assert answer.status_code < 500 or where == "/readyz", where
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], where
        assert "default-src 'none'" in headers["Content-Security-Policy"], where
        assert headers["X-Frame-Options"] == "DENY", where
        assert headers["X-Content-Type-Options"] == "nosniff", where
        assert headers["Referrer-Policy"] == "same-origin", where
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", where
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", where
        for name in ("camera", "microphone", "geolocation"):
            assert f"{name}=()" in headers["Permissions-Policy"].split(", "), where
        assert "Access-Control-Allow-Origin" not in headers, where
        if answer.mimetype.startswith("text/"):
            assert answer.mimetype_params.get("charset") == "utf-8", where
        if access.rule_of(app, rule.endpoint) != access.PUBLIC:
            assert headers["Cache-Control"] == "no-store", where


def test_nobody_is_led_to_another_site(
    app: Flask, world: Someone, client: FlaskClient, database: Connection
) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        address = world.address(rule)
        for who in (world.client, client):
            for method in sorted({"GET", "POST"} & (rule.methods or set())):
                savepoint = database.begin_nested()
                answer = who.open(
                    address,
                    method=method,
                    query_string=GOING_ON,
                    data=GOING_ON if method == "POST" else None,
                    headers={"Referer": "http://evil.example/ideas/1"},
                )
                savepoint.rollback()
                told = f"{method} {rule.rule}"
                assert urlsplit(answer.location or "").netloc in {"", "localhost"}, told
                if answer.mimetype == "text/html":
                    for sign in ('href="//evil', 'action="//evil', 'href="http://evil'):
                        assert sign not in answer.text, told


def test_no_page_repeats_the_host_that_was_asked_for(app: Flask, world: Someone) -> None:
    own = world.client
    for rule in rules(app, "GET"):
        headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
        answer = own.get(world.address(rule), headers=headers)
        assert "evil.example" not in answer.headers.get("Location", ""), rule.rule
        assert b"evil.example" not in answer.data, rule.rule


def test_what_a_page_takes_from_the_address_is_text(app: Flask, world: Someone) -> None:
    attack = "\"'><xss-probe data-xss=1>' OR 1=1 --%00"
    names = """q sort page area sub_project state status lang language kind since version search
    role person municipality capacity tag phase scope view filter from to number""".split()
    for rule in rules(app, "GET"):
        answer = world.client.get(world.address(rule), query_string=dict.fromkeys(names, attack))
        assert answer.status_code < 500 or rule.rule == "/readyz", rule.rule
        assert b"<xss-probe" not in answer.data, rule.rule
