"""Closed times: administrators add and remove them, and promised dates know them."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from innovation.programme import promises
from innovation.programme.queries import snapshot
from tests.conftest import Unit
from tests.real.people import signed_in

SUMMER = {"closed-first": "5.7.2027", "closed-last": "1.8.2027", "closed-names_fi": "Kesätauko"}


@pytest.fixture
def admin(app: Flask, database: Connection) -> FlaskClient:
    return signed_in(app, "administrator")[0]


def add(admin: FlaskClient, reading: Unit, **changes: str) -> tuple[int, str]:
    with reading():
        version = snapshot().version
    sent = {"closed-version": str(version)} | SUMMER | changes
    answer = admin.post("/admin/programme/closed", data=sent)
    return answer.status_code, answer.get_data(as_text=True)


def closed(reading: Unit) -> list[tuple[str, str]]:
    with reading():
        return [(str(first), str(last)) for first, last in promises.closed_periods()]


def test_a_closed_time_is_added_shown_and_removed(admin: FlaskClient, reading: Unit) -> None:
    assert add(admin, reading)[0] == 303
    assert add(admin, reading)[0] == 303  # the same again stays one
    assert closed(reading) == [("2027-07-05", "2027-08-01")]
    page = admin.get("/admin/programme").text
    assert "Kesätauko" in page
    assert "5.7.2027–1.8.2027" in page
    days = {"days": "2027-07-05 2027-08-01"}
    for _twice in range(2):
        assert admin.post("/admin/programme/closed/remove", data=days).status_code == 303
    assert closed(reading) == []


def test_times_can_follow_each_other(admin: FlaskClient, reading: Unit) -> None:
    add(admin, reading)
    later = {"closed-first": "2.8.2027", "closed-last": "2.8.2027"}
    assert add(admin, reading, **later)[0] == 303
    assert len(closed(reading)) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"closed-first": ""},
        {"closed-last": ""},
        {"closed-first": "tammikuussa"},
        {"closed-first": "2.8.2027"},
        {"closed-last": "6.7.2028"},
        {"closed-first": "5.7.2020", "closed-last": "1.8.2020"},
        {"closed-first": "1.8.2027", "closed-last": "9.8.2027"},
        {"closed-names_fi": "x" * 161},
        {"closed-names_fi": "Hetu 131052-308T"},
    ],
)
def test_what_is_wrong_is_said_and_kept(
    admin: FlaskClient, reading: Unit, changes: dict[str, str]
) -> None:
    add(admin, reading)
    known = closed(reading)
    status, page = add(admin, reading, **({"closed-names_fi": "Talvitauko"} | changes))
    assert status == 422
    assert "closed-first" in page
    assert ("Talvitauko" in page) == ("closed-names_fi" not in changes)
    assert closed(reading) == known


def test_an_old_page_adds_nothing_but_keeps_what_was_typed(
    admin: FlaskClient, reading: Unit
) -> None:
    status, page = add(admin, reading, **{"closed-version": "1"})
    assert (status, closed(reading)) == (409, [])
    assert "Kesätauko" in page


def test_only_administrators_close(app: Flask, database: Connection, reading: Unit) -> None:
    clerk = signed_in(app, "coordinator")[0]
    assert clerk.post("/admin/programme/closed", data=SUMMER).status_code == 403
    assert clerk.post("/admin/programme/closed/remove").status_code == 403
