"""A service break: told of beforehand on every page, and one clear page while it is shut."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from innovation.core import clock
from innovation.core.errors import RuleBrokenError
from innovation.core.permissions import Role, System
from innovation.operation import shutting
from innovation.operation.actions import BreakDraft, take_back_break, tell_break
from innovation.programme.queries import snapshot
from tests.conftest import Unit
from tests.real.client import check_html
from tests.real.people import signed_in

PAGE = "/admin/service-break"
WHO = System("test")


@pytest.fixture
def administrator(app: Flask, database: object) -> FlaskClient:
    with clock.frozen_at(at(20, 8)):
        return signed_in(app, Role.ADMINISTRATOR)[0]


@pytest.fixture
def shut_again(app: Flask) -> Iterator[None]:
    yield
    shutting.open_again(app.extensions["settings"].instance)


def filled(**other: str) -> dict[str, str]:
    told = {
        "first": "21.12.2026",
        "first_time": "18.00",
        "last": "21.12.2026",
        "last_time": "20:30",
    }
    return {**told, **other}


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 12, day, hour, tzinfo=UTC)


def version(reading: Unit) -> int:
    with reading():
        return snapshot().version


def test_every_page_tells_of_a_break_until_it_is_over(
    client: FlaskClient, administrator: FlaskClient, reading: Unit
) -> None:
    with clock.frozen_at(at(20, 9)):
        form = filled(version=str(version(reading)), texts_sv="Vi byter maskin.")
        assert administrator.post(PAGE, data=form).status_code == 303
        for path in ("/", "/how", "/nowhere", "/sign-in"):
            page = client.get(f"{path}?lang=en").text
            assert "service break from 21 Dec 2026 18:00 to 21 Dec 2026 20:30" in page, path
        assert "Vi byter maskin." in client.get("/how?lang=sv").text
        again = administrator.get(PAGE).text
        assert 'value="18.00"' in again
        assert 'value="20.30"' in again
    with clock.frozen_at(at(21, 17)):
        assert "is going on until 21 Dec 2026 20:30" in client.get("/how?lang=en").text
    with clock.frozen_at(at(21, 19)):
        assert "break" not in client.get("/how?lang=en").text


def test_a_ready_sentence_stands_where_nobody_wrote_one(
    client: FlaskClient, administrator: FlaskClient, reading: Unit
) -> None:
    with clock.frozen_at(at(20, 9)):
        administrator.post(PAGE, data=filled(version=str(version(reading))))
        assert "Please send what you are writing before it" in client.get("/how?lang=en").text
        assert administrator.post(f"{PAGE}/remove").status_code == 303
        assert administrator.post(f"{PAGE}/remove").status_code == 303
        assert "service break" not in client.get("/how?lang=en").text


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"last_time": "17.00"}, "The break ends before it begins."),
        ({"first_time": "iltaisin"}, "Write the time as hours and minutes."),
        ({"first": ""}, "Write when the break begins."),
        ({"last": "31.12.2026"}, "A break can last a week at most."),
        ({"texts_fi": "a" * 2_000}, "texts_fi"),
    ],
)
def test_what_is_no_break_is_told_at_its_field(
    administrator: FlaskClient, reading: Unit, other: dict[str, str], words: str
) -> None:
    with clock.frozen_at(at(20, 9)):
        form = filled(version=str(version(reading)), **other)
        answer = administrator.post(f"{PAGE}?lang=en", data=form)
    assert answer.status_code == 422
    assert words in answer.text


def test_a_break_that_is_over_is_not_told_of(writing: Unit) -> None:
    with clock.frozen_at(at(22, 9)), writing(), pytest.raises(RuleBrokenError):
        tell_break(WHO, BreakDraft(at(20, 9), at(21, 9), {}), snapshot().version)
    with writing():
        take_back_break(WHO)


def test_whoever_was_slower_sees_what_was_told(administrator: FlaskClient, reading: Unit) -> None:
    with clock.frozen_at(at(20, 9)):
        old = str(version(reading))
        administrator.post(PAGE, data=filled(version=old))
        answer = administrator.post(PAGE, data=filled(version=old, last_time="21.00"))
        assert answer.status_code == 409
        assert administrator.post(PAGE, data=filled(version=old)).status_code == 303


def test_a_shut_service_shows_one_clear_page(
    app: Flask, client: FlaskClient, shut_again: None
) -> None:
    run = app.test_cli_runner()
    assert run.invoke(args=["break", "begin", "--minutes", "30"]).exit_code == 0
    for answer in (client.get("/"), client.get("/ideas?q=x"), client.post("/ideas", data={})):
        assert answer.status_code == 503
        assert 1_700 < int(answer.headers["Retry-After"]) <= 1_801
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        check_html(answer.text, "/")
        for code in ("fi", "sv", "en"):
            assert f'<section lang="{code}">' in answer.text
    style = client.get("/").text.partition('href="')[2].partition('"')[0]
    assert client.get(style).status_code == 200
    assert client.get("/healthz").status_code == 200
    assert client.get("/metrics").status_code == 200
    assert "The service is open again." in run.invoke(args=["break", "end"]).output
    assert "was not shut" in run.invoke(args=["break", "end"]).output
    assert client.get("/how").status_code == 200


@pytest.mark.once
def test_the_sign_holds_whatever_stands_in_it(
    app: Flask, client: FlaskClient, shut_again: None
) -> None:
    folder = app.extensions["settings"].instance
    shutting.shut(folder, clock.now() - timedelta(hours=1))
    assert client.get("/").headers["Retry-After"] == "300"
    for spoilt in ("", "[]", "{", '{"until": 7}'):
        (folder / shutting.SIGN).write_text(spoilt)
        answer = client.get("/", headers={"Host": "ä", "Cookie": "language=xx"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "300")
