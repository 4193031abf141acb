"""Administrators keep the ready reasons; what a programme ships never overwrites their work."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from werkzeug.test import TestResponse

from innovation.core.permissions import System
from innovation.programme.loading import load_preset
from innovation.programme.presets import PRESETS, read_preset
from innovation.programme.queries import snapshot
from innovation.reasons.actions import ReasonDraft, add_reason, edit_reason
from innovation.reasons.queries import Ready, all_reasons, reasons_for
from innovation.reasons.texts import USE_LABELS
from tests.conftest import Unit
from tests.real.forms import fields_of
from tests.real.people import signed_in

Send = Callable[..., TestResponse]


@pytest.fixture
def admin(app: Flask, database: Connection) -> FlaskClient:
    return signed_in(app, "administrator")[0]


@pytest.fixture
def send(admin: FlaskClient) -> Send:
    """Open a page, change some of its fields and send its form."""

    def sent(address: str, /, **changes: str) -> TestResponse:
        fields = fields_of(admin.get(address).get_data(as_text=True)) | changes
        return admin.post(address.partition("?")[0], data=fields)

    return sent


def ready(reading: Unit, use: str) -> tuple[Ready, ...]:
    with reading():
        return reasons_for(use)


def test_a_new_installation_has_reasons_for_every_use_in_three_languages(
    database: Connection, reading: Unit
) -> None:
    for use in USE_LABELS:
        shipped = ready(reading, use)
        assert shipped, use
        assert all(set(one.texts) == {"fi", "sv", "en"} for one in shipped)


def test_loading_the_preset_again_leaves_what_administrators_wrote(
    database: Connection, writing: Unit, reading: Unit
) -> None:
    first = ready(reading, "ask")[0]
    preset = read_preset(PRESETS / "popsote.toml")
    with writing():
        version = fresh_version()
        changed = ReasonDraft("ask", {"fi": "Kertoisitko vielä, missä?"})
        edit_reason(System("test"), first.id, changed, version)
        before = all_reasons()
        load_preset(System("test"), preset)
        assert all_reasons() == before
    assert ready(reading, "ask")[0].texts == {"fi": "Kertoisitko vielä, missä?"}


def fresh_version() -> int:
    return snapshot().version


@pytest.mark.parametrize("role", ["staff", "moderator"])
def test_nobody_else_keeps_the_reasons(app: Flask, database: Connection, role: str) -> None:
    client = signed_in(app, role)[0]
    assert client.get("/admin/reasons").status_code == 403
    assert client.post("/admin/reasons/new", data={}).status_code == 403


def test_a_reason_is_written_changed_and_taken_out_of_use(
    admin: FlaskClient, send: Send, reading: Unit
) -> None:
    text = "Kiitos, {title} on hyvä alku."
    made = send("/admin/reasons/new?use=merge", texts_fi=text, texts_sv="Tack.")
    assert made.status_code == 303
    last = ready(reading, "merge")[-1]
    assert last.texts == {"fi": text, "sv": "Tack."}
    address = f"/admin/reasons/{last.id}"
    assert send(address, texts_en="Thank you.", use="ask").status_code == 303
    assert ready(reading, "ask")[-1].texts["en"] == "Thank you."
    admin.post(f"{address}/move", data={"where": "earlier"})
    assert ready(reading, "ask")[-2].id == last.id
    admin.post(f"{address}/switch", data={"active": "0"})
    assert last.id not in {one.id for one in ready(reading, "ask")}
    assert "Out of use" in admin.get("/admin/reasons?lang=en").get_data(as_text=True)
    admin.post(f"{address}/switch", data={"active": "1"})
    assert last.id in {one.id for one in ready(reading, "ask")}


@pytest.mark.parametrize("wrong", ["{nimi}", "{title", "title}", "{}", "{ title }", "{rule.name}"])
def test_a_placeholder_that_nobody_fills_is_refused_at_its_field(
    send: Send, reading: Unit, wrong: str
) -> None:
    before = ready(reading, "ask")
    answer = send("/admin/reasons/new?use=ask", texts_fi="Kiitos.", texts_sv=f"Tack {wrong} nu.")
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert 'id="texts_sv-error"' in page
    assert f"Tack {wrong} nu." in page
    assert ready(reading, "ask") == before


def test_a_reason_needs_finnish_and_a_use(send: Send) -> None:
    answer = send("/admin/reasons/new?use=ask", texts_sv="Tack.")
    assert 'id="texts_fi-error"' in answer.get_data(as_text=True)
    answer = send("/admin/reasons/new", texts_fi="Kiitos.", use="praise")
    assert 'id="use-error"' in answer.get_data(as_text=True)


def test_an_identity_code_is_refused_in_a_reason(send: Send) -> None:
    answer = send("/admin/reasons/new?use=ask", texts_fi="Soita 131052-308T.")
    assert answer.status_code == 422


def test_a_change_made_meanwhile_is_said_and_nothing_is_lost(
    admin: FlaskClient, reading: Unit, writing: Unit
) -> None:
    first = ready(reading, "hide")[0]
    address = f"/admin/reasons/{first.id}"
    fields = fields_of(admin.get(address).get_data(as_text=True))
    with writing():
        other = ReasonDraft("hide", {"fi": "Toinen ehti ensin."})
        edit_reason(System("test"), first.id, other, fresh_version())
    answer = admin.post(address, data=fields | {"texts_fi": "Minun tekstini."})
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "Minun tekstini." in page
    assert "Toinen ehti ensin." in page


def test_the_same_reason_sent_twice_stands_once(
    database: Connection, reading: Unit, writing: Unit
) -> None:
    draft = ReasonDraft("keep", {"fi": "Vain meille."})
    with writing():
        version = fresh_version()
        first = add_reason(System("test"), draft, version)
        assert add_reason(System("test"), draft, version) == first
