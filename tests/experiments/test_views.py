"""Pages of experiments over HTTP: for everybody, for those who lead, for those who join."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select

from innovation.core import clock
from innovation.core.audit import AuditRow
from innovation.core.db import db
from innovation.core.permissions import Person
from innovation.experiments.actions import end_experiment
from innovation.experiments.drafts import OfferDraft, ReadingDraft
from innovation.experiments.parts import add_reading, offer_to_join
from innovation.experiments.sheets import rows_of
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.queries import visible_idea
from innovation.votes.actions import cast_vote
from tests.conftest import Unit
from tests.real.counting import questions
from tests.real.experiments import SYSTEM, ending, home, planned, routed, running
from tests.real.people import person, sign_in, signed_in

DAY = "%d.%m.%Y"


@pytest.fixture
def desk(app: Flask, database: Connection, writing: Unit) -> FlaskClient:
    """The lead of the sub-project that leads every experiment here."""
    with writing():
        number = home()
    return signed_in(app, leads=(number,))[0]


def hidden(page: str, name: str) -> str:
    """Give what a hidden field of the page holds."""
    before = page.split(f'name="{name}"', 1)[1].split(">", 1)[0]
    return before.split('value="', 1)[1].split('"', 1)[0]


def test_with_nothing_the_list_says_what_will_be_there(client: FlaskClient) -> None:
    assert "Nothing is being tried yet" in client.get("/experiments?lang=en").text
    assert "No experiment fits these" in client.get("/experiments?lang=en&state=ended").text
    assert client.get("/experiments/999").status_code == 404


def test_the_list_is_narrowed_by_its_address(client: FlaskClient, writing: Unit) -> None:
    with writing():
        running(title="Äänikello odotustilaan")
        planned(title="Yhteinen ajanvaraus", sub_project_id=home("hoitotakuu"))
        end_experiment(SYSTEM, running(title="Iltavastaanotto"), ending("stop"))
    titles = ("Äänikello odotustilaan", "Yhteinen ajanvaraus", "Iltavastaanotto")
    for query, found in (
        ("", (0, 1, 2)),
        ("state=running", (0,)),
        ("state=nonsense&sub_project=nowhere&area=x&page=-1", (0, 1, 2)),
        ("sub_project=hoitotakuu", (1,)),
        ("q=äänikello", (0,)),
        ("q=YHTEINEN+aja", (1,)),
        ("q=100%25_", ()),
        ("area=oulu", ()),
    ):
        page = client.get(f"/experiments?{query}").text
        shown = tuple(place for place, title in enumerate(titles) if title in page)
        assert shown == found, query
    assert "Kellonaika riittää." in client.get("/experiments?state=stopped").text


def test_lists_cost_the_same_for_two_and_for_seventeen(
    client: FlaskClient, writing: Unit, database: Connection
) -> None:
    counts = []
    for more in (2, 15):
        with writing():
            for _ in range(more):
                row = running(ideas=(routed().id,))
                number = rows_of([row])[0].measures[0].id
                add_reading(SYSTEM, row, ReadingDraft(number, clock.today(), "50"))
        client.get("/experiments")
        counts.append(questions(database, lambda: client.get("/experiments")))
    assert counts[0] == counts[1]


def test_one_experiment_tells_what_came_of_it(client: FlaskClient, writing: Unit) -> None:
    with writing():
        idea = routed()
        row = running(ideas=(idea.id,), owner_name="Sini Salainen", limits="Vain arkisin.")
        number = rows_of([row])[0].measures[0].id
        for days, value in ((9, "41,5"), (1, "27")):
            on = clock.today() - timedelta(days=days)
            add_reading(SYSTEM, row, ReadingDraft(number, on, value))
        second = end_experiment(SYSTEM, row, ending("change"))
        assert second
        first, following, told, reference = row.id, second.id, idea.id, idea.reference
    page = client.get(f"/experiments/{first}").text
    for words in ("41,5", "Vain arkisin.", "Kellonaika riittää.", "<polyline", reference):
        assert words in page
    for words in ("Sini Salainen", "/start", "/edit"):
        assert words not in page
    assert f"/experiments/{following}" in page
    shown = client.get(f"/ideas/{told}").text
    assert f'/experiments/{following}"' in shown
    assert "css/work.css" in shown
    assert f'/experiments/{first}"' not in shown


def test_an_experiment_of_a_staff_only_idea_is_for_the_staff(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        idea = routed()
        number = running(ideas=(idea.id,), title="Lukkojen uusi järjestys").id
        idea.visibility = Visibility.STAFF_ONLY
    assert client.get(f"/experiments/{number}").status_code == 404
    assert "Lukkojen" not in client.get("/experiments").text
    staff, _ = signed_in(app, "staff")
    assert staff.get(f"/experiments/{number}").status_code == 200


def test_a_lead_plans_starts_measures_and_ends(desk: FlaskClient, writing: Unit) -> None:
    with writing():
        idea = routed()
        number, reference = idea.id, idea.reference
    page = desk.get(f"/experiments/new?idea={number}").text
    assert reference in page
    today = clock.today()
    sent = {
        "title": "Tekstiviesti käynnistä",
        "sub_project": "ikaihmiset",
        "permit": "not_needed",
        "ideas": f"{reference.lower()}, PS-2020-9999",
        "starts_on": today.strftime(DAY),
        "ends_on": (today - timedelta(days=3)).strftime(DAY),
        "measure_1_name": "Puhelut",
        "measure_1_baseline": "64,5",
        "measure_1_target": "30",
        "measure_1_direction": "down",
    }
    wrong = desk.post("/experiments/new", data=sent)
    assert wrong.status_code == 422
    assert "PS-2020-9999" in wrong.text
    sent |= {"ideas": reference, "hypothesis": "Puhelut vähenevät."}
    assert desk.post("/experiments/new", data=sent).status_code == 422
    sent["ends_on"] = (today + timedelta(days=30)).strftime(DAY)
    made = desk.post("/experiments/new", data=sent)
    assert made.status_code == 303
    address = made.location
    assert "64,5" in desk.get(f"{address}/edit").text
    page = desk.get(f"{address}/start").text
    told = {name: hidden(page, name) for name in ("version", "ideas")}
    assert told["ideas"].startswith(f"{number}:")
    # A name is shown by its bearer's own choice, so the box is never ticked beforehand.
    assert not re.search(r'name="named"[^>]*checked|checked[^>]*name="named"', page)
    assert desk.post(f"{address}/start", data=told).status_code == 422
    told |= {"text": "Kokeilemme.", "step": "Kerromme tulokset."}
    told["step_on"] = (today + timedelta(days=40)).strftime(DAY)
    assert desk.post(f"{address}/start", data=told).status_code == 303
    assert "Kokeilemme." in desk.get(f"/ideas/{number}").text
    _measure_and_end(desk, address, told)
    assert "Opimme jotain." in desk.get(f"/ideas/{number}").text


@pytest.mark.parametrize("starts_on", ["2.2.2027", "32.2.2027"])
def test_everything_wrong_in_a_plan_is_told_at_once(desk: FlaskClient, starts_on: str) -> None:
    sent = {
        "title": "Viesti",
        "sub_project": "",
        "permit": "not_needed",
        "ideas": "PS-2020-9999",
        "starts_on": starts_on,
        "ends_on": "1.2.2099",
        "measure_1_name": "Puhelut",
        "measure_1_baseline": "noin sata",
        "measure_1_direction": "down",
    }
    page = desk.post("/experiments/new", data=sent)
    assert page.status_code == 422
    told = set(re.findall(r'<a href="#(\w+)"', page.text))
    wanted = {"hypothesis", "sub_project", "ideas", "ends_on", "measure_1_baseline"}
    assert wanted | ({"starts_on"} if starts_on.startswith("32") else set()) <= told
    assert "noin sata" in page.text


def _measure_and_end(desk: FlaskClient, address: str, told: dict[str, str]) -> None:
    page = desk.get(f"{address}/readings").text
    number = page.split('<option value="', 1)[1].split('"', 1)[0]
    reading = {"measure": number, "on": clock.today().strftime(DAY), "value": "viisi"}
    wrong = desk.post(f"{address}/readings", data=reading)
    assert (wrong.status_code, "viisi" in wrong.text) == (422, True)
    assert desk.post(f"{address}/readings", data=reading | {"value": "12,5"}).status_code == 303
    assert "12,5" in desk.get(address).text
    assert desk.post(f"{address}/diary", data={"text": ""}).status_code == 422
    assert desk.post(f"{address}/diary", data={"text": "Alku sujui."}).status_code == 303
    page = desk.get(f"{address}/end").text
    told |= {name: hidden(page, name) for name in ("version", "ideas")}
    sent = told | {"decision": "change", "lesson": "", "text": ""}
    wrong = desk.post(f"{address}/end", data=sent)
    assert (wrong.status_code, "Kerromme tulokset." in wrong.text) == (422, True)
    done = desk.post(f"{address}/end", data=sent | {"lesson": "Opimme jotain."})
    assert done.status_code == 303
    assert done.location.endswith("/edit")


def test_a_stale_plan_is_kept_and_says_what_is_saved_now(desk: FlaskClient, writing: Unit) -> None:
    with writing():
        number = planned().id
    address = f"/experiments/{number}/edit"
    page = desk.get(address).text
    sent = {
        "version": hidden(page, "version"),
        "measure_1_id": hidden(page, "measure_1_id"),
        "measure_1_name": "Puhelut toimistoon",
        "measure_1_direction": "down",
        "title": "Minun nimeni",
        "hypothesis": "Puhelut vähenevät.",
        "sub_project": "ikaihmiset",
        "permit": "not_needed",
    }
    assert desk.post(address, data=sent | {"title": "Toisen nimi"}).status_code == 303
    stale = desk.post(address, data=sent)
    assert stale.status_code == 409
    assert "Minun nimeni" in stale.text
    assert "Toisen nimi" in stale.text
    sent["version"] = hidden(stale.text, "version")
    assert desk.post(address, data=sent).status_code == 303
    assert "Minun nimeni" in desk.get(f"/experiments/{number}").text


def test_an_idea_withdrawn_meanwhile_stops_the_start_and_keeps_the_text(
    desk: FlaskClient, writing: Unit
) -> None:
    with writing():
        idea = routed()
        number = idea.id
        address = f"/experiments/{planned(ideas=(number,)).id}/start"
    page = desk.get(address).text
    sent = {name: hidden(page, name) for name in ("version", "ideas")}
    sent |= {"text": "Kokeilemme pian.", "step": "Kerromme.", "step_on": "1.1.2030"}
    with writing():
        visible_idea(SYSTEM, number).visibility = Visibility.WITHDRAWN
    stale = desk.post(address, data=sent)
    assert stale.status_code == 409
    sent |= {name: hidden(stale.text, name) for name in ("version", "ideas")}
    assert sent["ideas"] == ""
    assert desk.post(address, data=sent).status_code == 303


def test_others_do_not_lead_it(app: Flask, client: FlaskClient, writing: Unit) -> None:
    with writing():
        number, other = planned().id, home("hoitotakuu")
    stranger, _ = signed_in(app, leads=(other,))
    for name in ("edit", "start", "end", "readings", "diary"):
        assert stranger.get(f"/experiments/{number}/{name}").status_code == 403
        assert stranger.post(f"/experiments/{number}/{name}").status_code == 403
        assert client.get(f"/experiments/{number}/{name}").status_code == 303


def test_somebody_joins_and_only_the_lead_reads_who(
    app: Flask, client: FlaskClient, desk: FlaskClient, writing: Unit
) -> None:
    with writing():
        idea = routed()
        number = idea.id
        address = f"/experiments/{running(ideas=(number,)).id}"
        who: Person = person(name="Kokeilija Kolmonen")
    there = sign_in(app, app.test_client(), who)
    assert client.get(f"{address}/join").status_code == 303
    sent = {"unit": "Kotihoidon tiimi", "message": "Ke käy."}
    refused = there.post(f"{address}/join", data=sent)
    assert (refused.status_code, "Ke käy." in refused.text) == (422, True)
    with writing():
        cast_vote(who, visible_idea(SYSTEM, number))
    assert there.post(f"{address}/join", data={"unit": ""}).status_code == 422
    assert there.post(f"{address}/join", data=sent).status_code == 303
    assert "Kotihoidon tiimi" in there.get(address).text
    assert "Kotihoidon tiimi" not in client.get(address).text
    page = desk.get(address).text
    assert "Kokeilija Kolmonen" in page
    offers = page.split("/offers/", 1)[1].split('"', 1)[0]
    assert desk.post(f"{address}/offers/{offers}", data={}).status_code == 404
    accepted = desk.post(f"{address}/offers/{offers}", data={"decision": "accept"})
    assert accepted.status_code == 303
    with writing():
        row = db.session.scalars(select(AuditRow).where(AuditRow.action == "offer:decide")).one()
        assert (row.subject, row.subject_id) == ("person", who.id)
        assert row.details["way"] == "accepted"
    assert there.post(f"{address}/leave").status_code == 303
    assert "Kotihoidon tiimi" not in there.get(address).text


def test_a_wrong_reading_is_removed_and_never_one_of_another(
    desk: FlaskClient, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        row, other = running(), running()
        here, there = row.id, other.id
        add_reading(
            SYSTEM, row, ReadingDraft(rows_of([row])[0].measures[0].id, clock.today(), "9876")
        )
        reading = rows_of([row])[0].measures[0].readings[0].id
        offer_to_join(person("staff"), row, OfferDraft("Osasto 9"))
    shown = "9\u00a0876"
    assert desk.post(f"/experiments/{there}/readings/{reading}/remove").status_code == 404
    assert shown in client.get(f"/experiments/{here}").text
    assert desk.post(f"/experiments/{here}/readings/{reading}/remove").status_code == 303
    assert shown not in client.get(f"/experiments/{here}").text
