"""The devices on which one is signed in: seeing them, and signing out from elsewhere."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, func, select

from innovation.accounts.devices import device_of
from innovation.accounts.models import Session
from innovation.core import clock
from innovation.core.db import db
from tests.accounts.letters import body_of_newest, code_in
from tests.conftest import Unit
from tests.real.counting import questions
from tests.real.people import PASSWORD, person, sign_in, signed_in

PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.6478.71 Mobile Safari/537.36"
)


@pytest.mark.once
@pytest.mark.parametrize(
    ("told", "device"),
    [
        (PHONE, "Chrome, Android"),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Firefox, Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_device_is_named_as_its_owner_would(told: str, device: str) -> None:
    assert device_of(told) == device


def test_the_list_tells_devices_apart_and_nothing_finer(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        who = person(email="aino@posti.example")
    typed = {"email": "aino@posti.example", "password": PASSWORD, "shared": "y"}
    client.post("/sign-in", data=typed, headers={"User-Agent": PHONE})
    sign_in(app, app.test_client(), who)
    page = client.get("/profile/devices").text
    assert page.index("Chrome, Android") < page.index("/end")
    assert "Pixel" not in page
    assert "126.0" not in page
    assert page.count('class="matter-title"') == 2


def test_one_device_is_signed_out(app: Flask, client: FlaskClient, reading: Unit) -> None:
    own, who = signed_in(app)
    other = sign_in(app, app.test_client(), who)
    with reading():
        number = db.session.scalar(select(func.max(Session.id)))
    for _ in "ab":
        answer = own.post(f"/profile/devices/{number}/end")
        assert answer.location == "/profile/devices"
    assert other.get("/profile").status_code == 303
    assert own.get("/profile").status_code == 200


def test_nobody_signs_out_somebody_else(app: Flask, client: FlaskClient, reading: Unit) -> None:
    own, _ = signed_in(app)
    with reading():
        number = db.session.scalar(select(func.max(Session.id)))
    stranger, _ = signed_in(app)
    stranger.post(f"/profile/devices/{number}/end")
    stranger.post("/profile/devices/end")
    assert own.get("/profile").status_code == 200


def test_signing_out_everywhere_ends_every_session(app: Flask, client: FlaskClient) -> None:
    own, who = signed_in(app)
    other = sign_in(app, app.test_client(), who)
    answer = own.post("/profile/devices/end")
    assert answer.location == "/"
    assert "Clear-Site-Data" in answer.headers
    assert own.get("/profile").status_code == 303
    assert other.get("/profile").status_code == 303


def test_many_devices_cost_as_little_as_few(app: Flask, database: Connection) -> None:
    own, who = signed_in(app)
    sign_in(app, app.test_client(), who)
    few = questions(database, lambda: own.get("/profile/devices"))
    for _ in range(15):
        sign_in(app, app.test_client(), who)
    assert questions(database, lambda: own.get("/profile/devices")) == few


LATER = timedelta(hours=4, minutes=1)


def test_whoever_came_in_hours_ago_shows_anew_that_it_is_they(
    app: Flask, client: FlaskClient, reading: Unit
) -> None:
    own, who = signed_in(app)
    other = sign_in(app, app.test_client(), who)
    with reading():
        number = db.session.scalar(select(func.max(Session.id)))
    with clock.frozen_at(clock.now() + LATER):
        page = own.get("/profile/devices").text
        assert "/profile/confirm?next=/profile/devices" in page
        assert "/second-factor?next=/profile/devices" in page
        assert "matter-title" not in page
        for path in (f"/profile/devices/{number}/end", "/profile/devices/end"):
            assert own.post(path).location == "/profile/devices"
        assert other.get("/profile").status_code == 200
        asked = own.post("/profile/confirm?next=/profile/devices").location
        code = code_in(body_of_newest(app, "code"))
        assert own.post(asked, data={"code": code}).location == "/profile/devices"
        assert own.get("/profile/devices").text.count('class="matter-title"') == 2
        own.post(f"/profile/devices/{number}/end")
        assert other.get("/profile").status_code == 303


def test_a_lost_device_is_ended_at_once_from_where_one_has_just_come_in(
    app: Flask, client: FlaskClient, reading: Unit
) -> None:
    lost, who = signed_in(app)
    with reading():
        number = db.session.scalar(select(func.max(Session.id)))
    with clock.frozen_at(clock.now() + timedelta(hours=8)):
        own = sign_in(app, app.test_client(), who)
        own.post(f"/profile/devices/{number}/end")
        assert lost.get("/profile").status_code == 303


def test_a_code_for_another_account_proves_nothing_about_this_one(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    own, _who = signed_in(app)
    with writing():
        person(email="aino@posti.example")
    with clock.frozen_at(clock.now() + LATER):
        own.post("/sign-in", data={"email": "aino@posti.example"})
        own.post("/sign-in/code", data={"code": "12345678"})
        assert "matter-title" not in own.get("/profile/devices").text
