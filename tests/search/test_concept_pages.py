"""Administrators keep the concepts in pages; every process notices, and nothing typed is lost."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from werkzeug.test import TestResponse

from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import System
from innovation.programme import actions as programme_actions
from innovation.programme.models import Programme, SubProject
from innovation.search import actions, concepts
from innovation.search.models import MissedSearch, SearchConcept
from innovation.vocabulary import shipped
from tests.conftest import Unit
from tests.real.forms import fields_of
from tests.real.people import signed_in

CODE = "131052-308T"
LIST = "/admin/concepts"


@pytest.fixture
def key() -> str:
    """Some concept that comes with the product, one that is worth testing with."""
    return next(key for key, one in shipped().items() if len(one.everyday) > 2)


@pytest.fixture
def admin(app: Flask, database: Connection) -> FlaskClient:
    return signed_in(app, "administrator")[0]


Send = Callable[..., TestResponse]


@pytest.fixture
def send(admin: FlaskClient) -> Send:
    """Open a concept's page, change some of its lists and send the form."""

    def sent(address: str, /, **changes: str) -> TestResponse:
        fields = fields_of(admin.get(address).get_data(as_text=True)) | changes
        return admin.post(address.partition("?")[0], data=fields)

    return sent


@pytest.fixture
def at_noon() -> Iterator[datetime]:
    with clock.frozen_at(datetime(2026, 11, 21, 12, tzinfo=UTC)) as moment:
        yield moment


def labels(text: str) -> set[str]:
    """Give every word by which a query is met besides itself."""
    found = concepts.expansions(concepts.typed_words(text))
    return {way.label for one in found for way in one.ways}


def rows() -> dict[str, dict[str, list[str]]]:
    wanted = select(SearchConcept.key, SearchConcept.words)
    return {row.key: row.words for row in db.session.execute(wanted)}


def text_of(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("address", [LIST, f"{LIST}/new", f"{LIST}/missed", f"{LIST}?q=x&page=9"])
def test_an_administrator_finds_every_page(admin: FlaskClient, address: str) -> None:
    assert admin.get(address).status_code == 200


@pytest.mark.parametrize("role", ["resident", "staff", "moderator"])
def test_nobody_else_keeps_the_concepts(
    app: Flask, database: Connection, role: str, key: str
) -> None:
    client = signed_in(app, *([role] if role != "resident" else []))[0]
    for address in (LIST, f"{LIST}/new", f"{LIST}/missed", f"{LIST}/{key}"):
        assert client.get(address).status_code == 403, address
    for address in ("new", key, f"{key}/switch", f"{key}/take-back"):
        assert client.post(f"{LIST}/{address}", data={"fi": "oma"}).status_code == 403


def test_an_unknown_concept_is_not_found(admin: FlaskClient) -> None:
    assert admin.get(f"{LIST}/never-heard-of").status_code == 404
    for deed in ("", "/switch"):
        answer = admin.post(f"{LIST}/never-heard-of{deed}", data={"fi": "oma", "active": "0"})
        assert answer.status_code == 404


def test_a_concept_is_found_by_any_of_its_words(admin: FlaskClient, key: str) -> None:
    concept = shipped()[key]
    page = text_of(admin.get(LIST, query_string={"q": concept.everyday[-1].upper()}))
    assert f"{LIST}/{key}" in page
    assert f"{LIST}/{key}" not in text_of(admin.get(f"{LIST}?q=xyzzyx"))


def test_words_are_added_to_a_shipped_concept_and_only_they_are_kept(
    send: Send, reading: Unit, key: str
) -> None:
    concept = shipped()[key]
    everyday = "\n".join((*concept.everyday, "  Möksähdys ", "möksähdys"))
    assert send(f"{LIST}/{key}", everyday=everyday).status_code == 303
    with reading():
        assert rows() == {key: {"everyday": [*concept.everyday, "Möksähdys"]}}
        assert concept.name in labels("möksähdys")
        assert "Möksähdys" in labels(concept.name)


def test_a_concept_saved_unchanged_keeps_nothing(send: Send, reading: Unit, key: str) -> None:
    with reading():
        keys = list(concepts.known_concepts())
    for each in (key, "sub-project-lapset-nuoret-perheet", *keys[:30]):
        assert send(f"{LIST}/{each}").status_code == 303
    with reading():
        assert rows() == {}


def test_a_concept_is_switched_off_and_on(admin: FlaskClient, reading: Unit, key: str) -> None:
    name = shipped()[key].everyday[0]
    with reading():
        before = labels(name)
    assert shipped()[key].name in before
    assert admin.post(f"{LIST}/{key}/switch", data={"active": "0"}).status_code == 303
    with reading():
        assert not concepts.known_concepts()[key].active
        assert labels(name) != before
    admin.post(f"{LIST}/{key}/switch", data={"active": "1"})
    with reading():
        assert labels(name) == before
        assert rows() == {}


def test_changes_outlive_the_switch_and_are_taken_back(
    send: Send, admin: FlaskClient, reading: Unit, key: str
) -> None:
    send(f"{LIST}/{key}", near="möksähdys")
    admin.post(f"{LIST}/{key}/switch", data={"active": "0"})
    admin.post(f"{LIST}/{key}/switch", data={"active": "1"})
    with reading():
        assert rows() == {key: {"near": ["möksähdys"]}}
    for _twice in range(2):
        assert admin.post(f"{LIST}/{key}/take-back").status_code == 303
    with reading():
        assert rows() == {}
        assert concepts.known_concepts()[key].concept == shipped()[key]


def test_an_own_concept_is_made_once_and_removed(
    send: Send, admin: FlaskClient, reading: Unit
) -> None:
    words = {"fi": "möksähdyspalvelu\nmöksintä", "sv": "mökstjänst", "near": "möksä"}
    for _twice in range(2):
        answer = send(f"{LIST}/new", **words)
        assert answer.status_code == 303
        assert answer.location == f"{LIST}/moksahdyspalvelu"
    with reading():
        assert labels("möksintä") == {"möksähdyspalvelu", "mökstjänst", "möksä"}
    assert send(f"{LIST}/new", **words | {"near": "muu"}).status_code == 422
    assert admin.post(f"{LIST}/moksahdyspalvelu/take-back").location == LIST
    with reading():
        assert labels("möksintä") == set()
    assert admin.get(f"{LIST}/moksahdyspalvelu").status_code == 404


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("fi", " \n "),
        ("near", "x" * 61),
        ("everyday", f"soita {CODE}"),
        ("sv", "\n".join(f"ord{number}" for number in range(81))),
    ],
)
def test_what_cannot_be_right_is_said_at_its_list(
    send: Send, reading: Unit, key: str, name: str, typed: str
) -> None:
    answer = send(f"{LIST}/{key}", **{"en": "kept as typed", name: typed})
    assert answer.status_code == 422
    assert f'id="{name}-error"' in text_of(answer)
    assert "kept as typed" in text_of(answer)
    with reading():
        assert rows() == {}


def test_two_administrators_do_not_overwrite_each_other(
    send: Send, admin: FlaskClient, reading: Unit, key: str
) -> None:
    stale = fields_of(text_of(admin.get(f"{LIST}/{key}"))) | {"near": "hitaampi"}
    send(f"{LIST}/{key}", near="nopeampi")
    answer = admin.post(f"{LIST}/{key}", data=stale)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "hitaampi" in page
    assert "nopeampi" in page
    assert admin.post(f"{LIST}/{key}", data=fields_of(page)).status_code == 303
    with reading():
        assert rows()[key]["near"] == ["hitaampi"]


def test_a_query_can_be_tried(admin: FlaskClient, key: str) -> None:
    concept = shipped()[key]
    page = text_of(admin.get(LIST, query_string={"try": concept.everyday[0]}))
    assert f"{concept.everyday[0].lower()} →" in page
    assert concept.everyday[1] in page
    assert "→" not in text_of(admin.get(f"{LIST}?try=xyzzyx"))


def test_sub_projects_are_met_by_their_other_names(reading: Unit, writing: Unit) -> None:
    with reading():
        assert "Innovaatio-osaaminen" in labels("tkio")
        assert "HYTE" in labels("hyvinvoinnin ja terveyden edistäminen")
        known = concepts.known_concepts()["sub-project-hyte"]
        assert known.whose is concepts.Whose.PROGRAMME
        assert not any("\u00ad" in name for name in (*known.concept.fi, *known.concept.sv))
    with writing():
        row = db.session.scalars(select(SubProject).where(SubProject.slug == "hyte")).one()
        row.aliases = ["Möksähdys"]
        db.session.flush()
        programme_actions.touch()
    with reading():
        assert "HYTE" in labels("möksähdys")


def test_the_programme_s_words_are_read_from_the_preset(reading: Unit, writing: Unit) -> None:
    with reading():
        known = {word.lemma: word.stems for word in concepts.programme_words()}
        assert known["pohde"] == ("pohde", "pohtee")
        concepts.know_programme_words()
        concepts.know_programme_words()
    with writing():
        db.session.get_one(Programme, 1).words = [{"lemma": "möksä", "stems": ["möksä"]}]
        programme_actions.touch()
    with reading():
        assert [word.lemma for word in concepts.programme_words()] == ["möksä"]


def test_a_search_that_found_nothing_is_noted(
    client: FlaskClient, admin: FlaskClient, reading: Unit, at_noon: datetime
) -> None:
    for typed in ("Möksähdys  KYLÄLLÄ?", "möksähdys kylällä"):
        assert client.post("/search/missed", data={"q": typed}).status_code == 204
    assert client.post("/search/missed").status_code == 204
    with reading():
        assert concepts.missed_searches(5) == [
            concepts.MissedRow("möksähdys kylällä", 2, at_noon.date())
        ]
    page = text_of(admin.get(f"{LIST}/missed"))
    assert "möksähdys kylällä" in page
    address = f"{LIST}?word=m%C3%B6ks%C3%A4hdys+kyl%C3%A4ll%C3%A4"
    assert address in page
    assert "word=m" in text_of(admin.get(address))


def test_a_missed_word_is_written_into_the_form(admin: FlaskClient, key: str) -> None:
    for address, name in ((f"{LIST}/{key}", "everyday"), (f"{LIST}/new", "fi")):
        fields = fields_of(text_of(admin.get(address, query_string={"word": "möksähdys"})))
        assert fields[name].endswith("möksähdys")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Terkkarin  JONO!", "terkkarin jono"),
        ("ot-keskus 24/7", ""),
        ("hoitaja 24", "hoitaja 24"),
        ("soita 0401234567", ""),
        ("soita 04 012 345 67", ""),
        (f"tunnus {CODE}", ""),
        ("matti@posti.example", ""),
        ("yksi kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän", ""),
        ("a" * 61, ""),
        ("42", ""),
        ("???", ""),
        ("", ""),
    ],
)
def test_nothing_personal_is_noted(typed: str, kept: str) -> None:
    assert actions.missed_words(typed) == kept


def test_old_searches_are_forgotten(writing: Unit, reading: Unit, at_noon: datetime) -> None:
    today = at_noon.date()
    with writing():
        for days in (0, 364, 366):
            last = today - timedelta(days=days)
            db.session.add(MissedSearch(words=f"sana {days}", times=1, last_on=last))
    with writing():
        assert actions.forget_missed(System("search")) == 1
    with reading():
        assert [row.words for row in concepts.missed_searches(9)] == ["sana 0", "sana 364"]
