"""Administrators keep the programme in pages; nobody else can, and nothing typed is lost."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from werkzeug.test import TestResponse

from innovation.core.db import db
from innovation.programme.actions import touch
from innovation.programme.models import Contact, Programme, SubProject
from innovation.programme.queries import contacts, snapshot
from tests.conftest import Unit
from tests.real.forms import fields_of
from tests.real.people import person, signed_in

PAGES = (
    "/admin/programme",
    "/admin/sub-projects",
    "/admin/sub-projects/new",
    "/admin/sub-projects/hyte",
    "/admin/municipalities",
    "/admin/municipalities/new",
    "/admin/municipalities/kalajoki",
    "/admin/contacts",
    "/admin/contacts/new?sub_project=hyte",
)
CODE = "131052-308T"
SOFT_HYPHEN = "\u00ad"


@pytest.fixture
def admin(app: Flask, database: Connection) -> FlaskClient:
    return signed_in(app, "administrator")[0]


Send = Callable[..., TestResponse]


@pytest.fixture
def send(admin: FlaskClient) -> Send:
    """Open a page, change some of its fields and send its form."""

    def sent(address: str, /, **changes: str | None) -> TestResponse:
        fields = fields_of(admin.get(address).get_data(as_text=True)) | changes
        typed = {name: value for name, value in fields.items() if value is not None}
        return admin.post(address.partition("?")[0], data=typed)

    return sent


@pytest.mark.parametrize("address", PAGES)
def test_an_administrator_finds_every_page(admin: FlaskClient, address: str) -> None:
    assert admin.get(address).status_code == 200


@pytest.mark.parametrize("role", ["resident", "staff", "lead", "moderator"])
def test_nobody_else_keeps_the_programme(app: Flask, database: Connection, role: str) -> None:
    leads = (1,) if role == "lead" else ()
    client = signed_in(app, *([role] if role in {"staff", "moderator"} else []), leads=leads)[0]
    for address in PAGES:
        assert client.get(address).status_code == 403, address
    for address in ("/admin/programme", "/admin/sub-projects/hyte", "/admin/contacts/new"):
        assert client.post(address, data={"names_fi": "Oma"}).status_code == 403
    for deed in ("close", "reopen", "move"):
        assert client.post(f"/admin/sub-projects/hyte/{deed}").status_code == 403


def test_a_visitor_is_asked_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/admin/programme")
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?")
    assert client.post("/admin/programme").status_code == 401


def test_the_programme_is_changed_and_shown_at_once(
    send: Send, client: FlaskClient, reading: Unit
) -> None:
    answer = send(
        "/admin/programme",
        names_fi="Savon innovaatioalusta",
        phone="08 123 4567",
        email="Alusta@Posti.example",
        hours_fi="ma-pe 9-15",
        decision_days="60",
        publishing="known_authors",
        reading_hours_fi="Luemme arkisin.",
    )
    assert answer.status_code == 303
    page = client.get("/").get_data(as_text=True)
    assert "08 123 4567" in page
    assert "ma-pe 9-15" in page
    with reading():
        known = snapshot()
        assert known.names["fi"] == "Savon innovaatioalusta"
        assert known.names["sv"] == "POPsotes innovationsplattform"
        assert known.contact["email"] == "alusta@posti.example"
        assert known.promises["decision_days"] == 60
        assert known.publishing == "known_authors"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("names_fi", " "),
        ("names_sv", "x" * 161),
        ("phone", "soita meille"),
        ("email", "posti.example"),
        ("place_fi", f"Kirjasto {CODE}"),
        ("address", CODE),
        ("decision_days", "0"),
        ("decision_days", "yhdeksän"),
        ("first_answer_days", "-1"),
        ("first_answer_days", "²"),
        ("publishing", "whatever"),
        ("publishing", None),
        ("licence_en", f"Ask {CODE}"),
    ],
)
def test_what_cannot_be_right_is_said_at_its_field(
    send: Send, reading: Unit, field: str, typed: str | None
) -> None:
    answer = send("/admin/programme", names_en="Kept as typed", **{field: typed})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page or f'aria-describedby="{field}-hint {field}-error"' in page
    assert "Kept as typed" in page
    with reading():
        assert snapshot().names["en"] == "POPsote innovation platform"


def test_a_sub_project_is_renamed_and_keeps_its_address(
    send: Send, client: FlaskClient, reading: Unit
) -> None:
    long_name = f"Etä{SOFT_HYPHEN}kuntoutuksen kehit{SOFT_HYPHEN}täminen"
    answer = send(
        "/admin/sub-projects/hyte",
        short_names_fi=f" {SOFT_HYPHEN}{long_name}{SOFT_HYPHEN} ",
        official_names_fi=f"TKIO: {long_name}",
        aliases="Kuntoutus\n\n kuntoutus \nEtä-apu",
        valid_from="1.2.2020",
        valid_to="2021-12-31",
        confirmed=None,
    )
    assert answer.status_code == 303
    assert client.get("/sub-projects/hyte").status_code == 200
    with reading():
        fact = snapshot().sub_project_by_slug["hyte"]
        row = db.session.get_one(SubProject, fact.id)
        assert fact.short_names["fi"] == long_name
        assert fact.official_names["fi"] == f"TKIO: {long_name}"
        assert fact.aliases == ["Kuntoutus", "Etä-apu"]
        assert not fact.confirmed
        assert not fact.closed
        assert (str(row.valid_from), str(row.valid_to)) == ("2020-02-01", "2021-12-31")


def test_saving_a_page_unchanged_changes_nothing(send: Send, reading: Unit) -> None:
    with reading():
        before = snapshot()
    for address in ("/admin/programme", "/admin/sub-projects/sote-ict", "/admin/municipalities/ii"):
        assert send(address).status_code == 303
    with reading():
        assert snapshot() == before


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("short_names_fi", ""),
        ("purposes_sv", f"Fråga {CODE}"),
        ("aliases", f"Yksi\n{CODE}"),
        ("aliases", "\n".join(map(str, range(41)))),
        ("valid_to", "31.2.2021"),
        ("valid_to", "eilen"),
        ("valid_to", "1.1.2020"),
        ("successor", "hyte"),
        ("successor", "ei-ole"),
        ("parent", "ei-ole"),
    ],
)
def test_a_sub_project_is_refused_at_the_wrong_field(send: Send, field: str, typed: str) -> None:
    changes = {"valid_from": "1.1.2021", field: typed}
    answer = send("/admin/sub-projects/hyte", **changes)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)


def test_successors_cannot_run_in_a_circle(send: Send) -> None:
    assert send("/admin/sub-projects/hyte", successor="sote-ict").status_code == 303
    assert send("/admin/sub-projects/sote-ict", successor="ot-keskus").status_code == 303
    answer = send("/admin/sub-projects/ot-keskus", successor="hyte")
    assert answer.status_code == 422
    assert 'id="successor-error"' in answer.get_data(as_text=True)


def test_a_closed_sub_project_takes_no_new_ideas_and_opens_again(
    admin: FlaskClient, reading: Unit
) -> None:
    page = admin.get("/admin/sub-projects/hyte").get_data(as_text=True)
    version = fields_of(page)["version"]
    for _ in range(2):  # pressed twice
        answer = admin.post("/admin/sub-projects/hyte/close", data={"version": version})
        assert answer.status_code == 303
    with reading():
        assert "hyte" not in {fact.slug for fact in snapshot().open_sub_projects}
        version = str(snapshot().version)
    admin.post("/admin/sub-projects/hyte/reopen", data={"version": version})
    with reading():
        assert "hyte" in {fact.slug for fact in snapshot().open_sub_projects}


def test_a_sub_project_is_added_once_and_moved(
    send: Send, admin: FlaskClient, reading: Unit
) -> None:
    texts = {
        "short_names_fi": "Etäpalvelut",
        "official_names_fi": "Etäpalvelujen kehittäminen",
        "purposes_fi": "Kehittää etäpalveluja.",
    }
    fields = fields_of(admin.get("/admin/sub-projects/new").get_data(as_text=True)) | texts
    for _ in range(2):  # sent twice
        assert admin.post("/admin/sub-projects/new", data=fields).status_code == 303
    admin.post("/admin/sub-projects/etapalvelut/move", data={"where": "earlier"})
    with reading():
        order = [fact.slug for fact in snapshot().sub_projects]
        siblings = [
            fact.slug
            for fact in snapshot().sub_projects
            if fact.parent_id == snapshot().sub_project_by_slug["etapalvelut"].parent_id
        ]
    assert order.count("etapalvelut") == 1
    assert siblings[-2] == "etapalvelut"
    again = send("/admin/sub-projects/new", **texts, purposes_sv="Annat.")
    assert again.status_code == 422


def test_a_stale_page_keeps_what_was_typed_and_can_be_sent_again(
    admin: FlaskClient, send: Send, reading: Unit
) -> None:
    old = fields_of(admin.get("/admin/sub-projects/hyte").get_data(as_text=True))
    assert send("/admin/municipalities/kalajoki", area="rannikko").status_code == 303
    answer = admin.post("/admin/sub-projects/hyte", data=old | {"short_names_fi": "Terveys"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    fields = fields_of(page)
    assert fields["short_names_fi"] == "Terveys"
    assert 'id="short_names_fi-error"' in page  # says what is saved now
    assert 'id="short_names_sv-error"' not in page
    assert admin.post("/admin/sub-projects/hyte", data=fields).status_code == 303
    with reading():
        assert snapshot().sub_project_by_slug["hyte"].short_names["fi"] == "Terveys"


def test_two_administrators_see_where_their_texts_differ(admin: FlaskClient, send: Send) -> None:
    old = fields_of(admin.get("/admin/programme").get_data(as_text=True))
    assert send("/admin/programme", phone="08 123 4567").status_code == 303
    page = admin.post("/admin/programme", data=old | {"address": "Torikatu 1"})
    failed = page.get_data(as_text=True).count('aria-invalid="true"')
    assert page.status_code == 409
    assert "08 123 4567</span>" in page.get_data(as_text=True)
    assert failed == 2


@pytest.mark.parametrize("version", ["", "abc", "-1", "99999999999999999999"])
def test_a_form_without_its_version_changes_nothing(send: Send, version: str) -> None:
    answer = send("/admin/sub-projects/hyte", version=version, short_names_fi="Terveys")
    assert answer.status_code == 409


def test_a_municipality_changes_its_area(send: Send, reading: Unit) -> None:
    changes = {"area": "rannikko", "confirmed": "y", "source": "Kunnan ilmoitus"}
    assert send("/admin/municipalities/kalajoki", **changes).status_code == 303
    assert send("/admin/municipalities/kalajoki", area="kuu").status_code == 422
    assert send("/admin/municipalities/kalajoki", source=CODE).status_code == 422
    added = {"names_fi": "Simo", "area": "muu"}
    assert send("/admin/municipalities/new", **added).status_code == 303
    with reading():
        places, areas = snapshot().municipality_by_slug, snapshot().area_by_slug
        assert places["kalajoki"].area_id == areas["rannikko"].id
        assert places["simo"].area_id == areas["muu"].id


def test_a_contact_is_named_changed_and_removed(
    send: Send, admin: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        somebody = person(email="vastuu@posti.example")
    answer = send(
        "/admin/contacts/new?sub_project=hyte",
        name="Hyvinvoinnin tiimi",
        task="Vastuutiimi",
        area="lakeus",
        email="Hyte@posti.example",
        phone="08 123 4567",
        account="VASTUU@posti.example",
    )
    assert answer.location.startswith("/admin/sub-projects/hyte")
    with reading():
        (made,) = contacts(sub_project_id=snapshot().sub_project_by_slug["hyte"].id)
        assert made.person_id == somebody.id
        assert made.email == "hyte@posti.example"
    address = f"/admin/contacts/{made.id}"
    assert send(address, area="", account="").status_code == 303
    with reading():
        (changed,) = contacts(sub_project_id=made.sub_project_id)
        assert (changed.id, changed.area_id, changed.person_id) == (made.id, None, None)
    for _ in range(2):
        assert admin.post(f"{address}/remove").status_code == 303
    assert admin.get(address).status_code == 404


def test_a_contact_sent_twice_is_one(admin: FlaskClient, reading: Unit) -> None:
    page = admin.get("/admin/contacts/new?area=lakeus").get_data(as_text=True)
    fields = fields_of(page) | {"name": "Lakeuden tiimi"}
    for _ in range(2):
        assert admin.post("/admin/contacts/new", data=fields).status_code == 303
    with reading():
        assert len(list(db.session.scalars(select(Contact)))) == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", CODE),
        ("task", f"Vastaa {CODE}"),
        ("email", "tiimi"),
        ("phone", "tiimi"),
        ("sub_project", ""),
        ("area", "kuu"),
        ("account", "kukaan@posti.example"),
        ("account", "kukaan"),
    ],
)
def test_a_contact_is_refused_at_the_wrong_field(send: Send, field: str, typed: str) -> None:
    changes = {"name": "Tiimi", "task": "Tehtävä säilyy", field: typed}
    answer = send("/admin/contacts/new?sub_project=hyte", **changes)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert field == "task" or "Tehtävä säilyy" in page


@pytest.mark.parametrize("address", ["sub-projects/ei", "municipalities/ei", "contacts/999999"])
def test_what_is_not_there_is_a_plain_page(admin: FlaskClient, address: str) -> None:
    assert admin.get(f"/admin/{address}").status_code == 404
    assert admin.post(f"/admin/{address}", data={}).status_code == 404


def test_a_change_that_was_rolled_back_is_not_remembered(writing: Unit, reading: Unit) -> None:
    def rename(name: str) -> None:
        programme = db.session.get_one(Programme, 1)
        programme.names = {"fi": name}
        touch()
        assert snapshot().names["fi"] == name

    with pytest.raises(LookupError), writing():
        rename("Lost")
        raise LookupError
    with writing():
        rename("Kept")
    with reading():
        assert snapshot().names["fi"] == "Kept"
