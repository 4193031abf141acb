"""Rate limits: they stop robots, tell when to come back, and lock nobody else out."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from innovation.web import limits
from tests.conftest import Unit
from tests.real import installation
from tests.real.people import PASSWORD, person

HERE = {"REMOTE_ADDR": "198.51.100.7"}
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}


def knock(client: FlaskClient, email: str, password: str, where: dict[str, str]) -> int:
    typed = {"email": email, "password": password}
    return client.post("/sign-in", data=typed, environ_overrides=where).status_code


def test_guessing_a_password_is_stopped_for_the_guesser_alone(
    client: FlaskClient, visitor: Callable[[], FlaskClient], writing: Unit
) -> None:
    with writing():
        person(email="aino@posti.example")
        person(email="eino@posti.example")
    for _ in range(10):
        assert knock(client, "aino@posti.example", "arvaus arvaus", HERE) == 422
    typed = {"email": " AINO@posti.example", "password": PASSWORD}
    refused = client.post("/sign-in", data=typed, environ_overrides=HERE)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 61
    assert knock(visitor(), "aino@posti.example", PASSWORD, ELSEWHERE) == 303
    assert knock(visitor(), "eino@posti.example", PASSWORD, HERE) == 303


def test_trying_many_accounts_from_one_place_is_stopped(client: FlaskClient) -> None:
    answers = {knock(client, f"a{n}@posti.example", "arvaus", HERE) for n in range(60)}
    assert answers == {422}
    assert knock(client, "b@posti.example", "arvaus", HERE) == 429
    assert knock(client, "b@posti.example", "arvaus", ELSEWHERE) == 422


def test_many_people_behind_one_address_sign_in(
    visitor: Callable[[], FlaskClient], writing: Unit
) -> None:
    with writing():
        person(email="aino@posti.example")
    for _ in range(15):
        assert knock(visitor(), "aino@posti.example", PASSWORD, HERE) == 303


def test_a_home_with_many_addresses_counts_as_one(app: Flask, client: FlaskClient) -> None:
    keys = set()
    for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1", "fe80::1%eth0"):
        with app.test_request_context(environ_overrides={"REMOTE_ADDR": address}):
            keys.add(limits.visitor_key())
    assert len(keys) == 3
    assert not any("2001" in key for key in keys)


def test_a_window_that_is_over_is_forgotten(app: Flask, client: FlaskClient) -> None:
    storage = limits.limiter.storage
    assert isinstance(storage, limits.FileStorage)
    assert storage.incr("short", 60) == 1
    assert storage.incr("short", 60) == 2
    storage.incr("over", -1)
    assert storage.get("over") == 0
    assert storage.incr("over", 60) == 1
    storage.incr("gone", -1)
    limits.forget_old()
    assert storage.get("short") == 2
    assert storage.check()


def test_beyond_tells_without_refusing(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context(environ_overrides=HERE):
        told = [limits.beyond("2/hour", "text") for _ in range(3)]
    assert told == [False, False, True]
    with app.test_request_context(environ_overrides=ELSEWHERE):
        assert not limits.beyond("2/hour", "text")


def test_asking_for_many_links_mails_few(client: FlaskClient, reading: Unit) -> None:
    for _ in range(8):
        answer = client.post("/reset", data={"email": "aino@posti.example"})
        assert answer.location == "/reset?sent=1"


@pytest.mark.parametrize("path", ["/register", "/reset"])
def test_forms_for_strangers_have_an_end(client: FlaskClient, path: str) -> None:
    codes = [client.post(path, data={"email": f"x{n}"}).status_code for n in range(61)]
    assert set(codes[:60]) == {422}
    assert codes[60] == 429


@pytest.mark.once
@pytest.mark.parametrize("broken", ["a folder", "rubbish"])
def test_what_is_sent_arrives_although_nothing_can_be_counted(tmp_path: Path, broken: str) -> None:
    app = installation.installed(installation.environment(tmp_path, "uncounted"))
    counts = tmp_path / "limits.sqlite3"
    for file in tmp_path.glob("limits.sqlite3*"):
        file.unlink()
    counts.mkdir() if broken == "a folder" else counts.write_bytes(b"rubbish" * 900)
    try:
        sent = app.test_client().post("/ideas", data={"text": "Ovi B on aamuisin lukossa."})
        assert sent.status_code == 303
    finally:
        counts.rmdir() if broken == "a folder" else counts.unlink()
        installation.let_go(app)
