"""Sessions: how long they last, what keeps them alive, what ends them."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from innovation.accounts.models import Account, Session
from innovation.accounts.queries import SHARED_IDLE
from innovation.accounts.sessions import open_session
from innovation.core import clock, transaction
from innovation.core.db import db
from innovation.web import worker
from tests.conftest import Unit
from tests.real.people import PASSWORD, carrying, person, sign_in, signed_in

DETAILS = {"name": "Nimi", "language": "fi", "capacity": "", "area": ""}


def test_a_session_ends_after_twelve_idle_hours(app: Flask, client: FlaskClient) -> None:
    own, _ = signed_in(app)
    now = clock.now()
    with clock.frozen_at(now + timedelta(hours=11, minutes=59)):
        assert own.get("/profile").status_code == 200
    with clock.frozen_at(now + timedelta(hours=12, minutes=1)):
        assert own.get("/profile").status_code == 303


def test_acting_keeps_a_session_alive_but_reading_does_not(
    app: Flask, client: FlaskClient, reading: Unit
) -> None:
    own, _ = signed_in(app)
    begin = clock.now()
    with reading():
        first = db.session.scalar(select(Session.last_seen_at))
    with clock.frozen_at(begin + timedelta(hours=6)):
        own.get("/profile")
        with reading():
            assert db.session.scalar(select(Session.last_seen_at)) == first
        assert own.post("/profile/edit", data=DETAILS).status_code == 303
    with clock.frozen_at(begin + timedelta(hours=17)):
        assert own.get("/profile").status_code == 200


def test_presence_is_written_at_most_every_five_minutes(
    app: Flask, client: FlaskClient, reading: Unit
) -> None:
    own, _ = signed_in(app)
    with reading():
        first = db.session.scalar(select(Session.last_seen_at))
    with clock.frozen_at(clock.now() + timedelta(minutes=4)):
        own.post("/profile/edit", data=DETAILS)
    with reading():
        assert db.session.scalar(select(Session.last_seen_at)) == first


def test_a_session_ends_after_thirty_days_however_busy(app: Flask, client: FlaskClient) -> None:
    own, _ = signed_in(app)
    begin = clock.now()
    for turn in range(1, 70):
        with clock.frozen_at(begin + timedelta(hours=11) * turn):
            answer = own.post("/profile/edit", data=DETAILS)
            if answer.status_code != 303:
                break
    assert answer.status_code in {401, 403}
    assert timedelta(hours=11) * turn > timedelta(days=30)


def test_signing_in_gives_a_key_that_nobody_could_have_planted(
    client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        person(email="aino@posti.example")
    client.set_cookie("session", "planted")
    client.post("/sign-in", data={"email": "aino@posti.example", "password": PASSWORD})
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert cookie.value != "planted"
    assert len(cookie.value) > 40


def test_signing_in_again_ends_the_browser_s_earlier_session(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        who = person(email="aino@posti.example")
    sign_in(app, client, who)
    client.post("/sign-in", data={"email": "aino@posti.example", "password": PASSWORD})
    with reading():
        assert db.session.scalar(select(func.count()).select_from(Session)) == 1


def test_signing_out_ends_this_session_only(
    app: Flask, client: FlaskClient, visitor: Callable[[], FlaskClient]
) -> None:
    own, who = signed_in(app)
    other = sign_in(app, visitor(), who)
    assert own.post("/sign-out").status_code == 303
    assert own.get("/profile").status_code == 303
    assert other.get("/profile").status_code == 200


def test_the_worker_deletes_sessions_that_are_over(
    app: Flask, client: FlaskClient, reading: Unit
) -> None:
    signed_in(app)
    with clock.frozen_at(clock.now() + timedelta(hours=13)):
        worker.do_duties(app)
    with reading():
        assert db.session.scalar(select(func.count()).select_from(Session)) == 0


def test_a_stranger_s_remember_cookie_means_nothing(client: FlaskClient) -> None:
    client.set_cookie("remember_token", "1|abc")
    assert client.get("/profile").status_code == 303


def test_a_shared_device_is_signed_out_after_ten_idle_minutes(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        person(email="aino@posti.example")
    typed = {"email": "aino@posti.example", "password": PASSWORD, "shared": "y"}
    cookie = client.post("/sign-in", data=typed).headers["Set-Cookie"]
    assert "Expires" not in cookie
    assert "Max-Age" not in cookie
    now = clock.now()
    with clock.frozen_at(now + timedelta(minutes=9)):
        page = client.get("/profile")
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
        idle = int(SHARED_IDLE.total_seconds())
        assert f'data-shared="{idle}"' in page.text
        assert "/js/shared.js" in page.text
    with clock.frozen_at(now + timedelta(minutes=11)):
        assert client.get("/profile").status_code == 303


def test_who_acts_on_a_shared_device_stays(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), transaction.writing():
        who = person()
        open_session(who.id, "shared key", shared=True)
    own = carrying(app, client, "shared key")
    begin = clock.now()
    for minutes in (5, 14, 20):
        with clock.frozen_at(begin + timedelta(minutes=minutes)):
            assert own.post("/profile/stay").status_code == 204
    with clock.frozen_at(begin + timedelta(minutes=31)):
        assert own.post("/profile/stay").status_code in {401, 403}


def test_one_s_own_device_knows_nothing_of_the_shared_one(app: Flask, client: FlaskClient) -> None:
    own, _ = signed_in(app)
    page = own.get("/profile")
    assert "data-shared" not in page.text
    assert "shared.js" not in page.text


def test_an_account_remembers_the_last_day_on_which_it_was_used(
    app: Flask, client: FlaskClient, reading: Unit
) -> None:
    own, _ = signed_in(app)
    begin = clock.now()
    with reading():
        assert db.session.scalar(select(Account.seen_on)) == clock.today()
    for hours in (11, 22, 33):
        with clock.frozen_at(begin + timedelta(hours=hours)):
            own.post("/profile/edit", data=DETAILS)
            day = clock.today()
    with reading():
        assert db.session.scalar(select(Account.seen_on)) == day
