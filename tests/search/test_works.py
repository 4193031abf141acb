"""Experiments, operating models and answers are found by the same box as ideas."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, delete, select

from innovation.answers.actions import give_answer
from innovation.core.db import db
from innovation.experiments.actions import edit_experiment, end_experiment
from innovation.experiments.models import Experiment, ExperimentIdea
from innovation.experiments.parts import write_diary
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_idea
from innovation.moderation.models import Decision
from innovation.moderation.undo import undo_decision
from innovation.operating_models.actions import archive_model, edit_model
from innovation.operating_models.drafts import ModelDraft
from innovation.operating_models.models import OperatingModel
from innovation.operating_models.queries import everything_of
from innovation.search import retrieval, works
from innovation.search.engine import SearchUnavailableError
from tests.answers.test_answers import given, lead
from tests.conftest import Unit
from tests.operating_models.writing import model
from tests.real.counting import questions
from tests.real.experiments import SYSTEM, ending, plan, planned, routed, running
from tests.real.ideas import idea
from tests.search.test_views import Indexed, found

PARTIAL = {"X-Partial": "1"}


@pytest.fixture(autouse=True)
def unread() -> Iterator[None]:
    """Rows of other tests have had the same numbers."""
    works._kept.clear()
    yield
    works._kept.clear()


def page_of(client: FlaskClient, words: str, **more: object) -> str:
    return client.get("/search", query_string={"q": words, "lang": "en", **more}).text


def works_in(page: str) -> list[str]:
    """Give the addresses of experiments and models on a page, in order."""
    main = page[page.index("<h1") : page.index("</main>")]
    return re.findall(r'href="(/(?:experiments|operating-models)/\d+)"', main)


def counted(page: str) -> dict[str, str]:
    """Give what stands beside each kind."""
    row = page.split('aria-label="What is shown"')[1].split("</nav>")[0]
    return dict(re.findall(r">([\w ]+) <span class=\"count\">([\d\s]+)</span>", row))


def test_one_box_finds_all_three_and_says_why(
    client: FlaskClient, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        one = idea(text="Läheinen odottaa tekstiviestiä tehdystä käynnistä.")
        trial = running().id
        known = model(published=True, summary="Läheiselle tulee tekstiviesti käynnistä.").id
    indexed()
    page = page_of(client, "tekstiviestin")
    assert works_in(page) == [f"/experiments/{trial}", f"/operating-models/{known}"]
    assert found(client, "tekstiviestin") == [one]
    assert "Experiments (1)" in page
    assert "Operating models (1)" in page
    assert counted(page) == {"Ideas": "1", "Experiments": "1", "Operating models": "1"}
    assert "<mark>Tekstiviesti</mark> tehdystä käynnistä" in page
    assert page.count("</span> tekstiviestin") == 3
    assert "Under way" in page
    assert "css/work.css" in page


def test_each_kind_stands_alone_in_an_address_that_keeps_it(
    client: FlaskClient, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        one = idea(text="Hoitaja soittaa ovikelloa.")
        trials = {planned(title=f"Ovikello {turn} soi").id for turn in range(22)}
        known = model(published=True, name="Ovikellon valo").id
    indexed()
    page = page_of(client, "ovikello")
    assert len(works_in(page)) == 3
    assert "Show all 22" in page
    alone = page_of(client, "ovikello", kind="experiments")
    shown = works_in(alone) + works_in(page_of(client, "ovikello", kind="experiments", page=2))
    assert {int(address.rsplit("/")[-1]) for address in shown} == trials
    assert len(works_in(alone)) == 20
    assert f"/ideas/{one}" not in alone
    assert "kind=experiments&amp;page=2" in alone
    assert works_in(page_of(client, "ovikello", kind="models")) == [f"/operating-models/{known}"]
    ideas = page_of(client, "ovikello", kind="ideas")
    assert works_in(ideas) == []
    assert f"/ideas/{one}" in ideas
    assert 'name="kind" value="ideas"' in ideas
    assert "Nothing with these words here" in page_of(client, "parkki", kind="models")
    # Nonsense narrows nothing.
    assert len(works_in(page_of(client, "ovikello", kind="nonsense"))) == 3


def test_what_not_everybody_may_read_is_not_found(
    client: FlaskClient, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        model(name="Unisukka luonnoksena")
        archived = model(name="Unisukka arkistossa", published=True).id
        inside = routed().id
        trial = running(title="Unisukka kokeilussa", ideas=(inside,)).id
    indexed()
    assert len(works_in(page_of(client, "unisukka"))) == 2
    with writing():
        archive_model(SYSTEM, db.session.get_one(OperatingModel, archived))
    assert works_in(page_of(client, "unisukka")) == [f"/experiments/{trial}"]
    with writing():
        db.session.get_one(Idea, inside).visibility = Visibility.STAFF_ONLY
    assert works_in(page_of(client, "unisukka")) == []


def test_a_change_is_found_at_once_and_what_was_there_no_more(
    client: FlaskClient, writing: Unit, engine: object
) -> None:
    with writing():
        number = planned(title="Kellotaulu eteiseen").id
        known = model(published=True, name="Ruokalista ovessa").id
    assert works_in(page_of(client, "kellotaulu ruokalista")) == []
    assert works_in(page_of(client, "kellotaulut")) == [f"/experiments/{number}"]
    assert works_in(page_of(client, "ruokalistat")) == [f"/operating-models/{known}"]
    with writing():
        row = db.session.get_one(Experiment, number)
        edit_experiment(SYSTEM, row, plan(title="Herätyskello eteiseen"))
        described = db.session.get_one(OperatingModel, known)
        written = {**everything_of(described), "name": "Menu ovessa"}
        edit_model(SYSTEM, described, ModelDraft(written), described.version)
    assert works_in(page_of(client, "kellotaulut")) == []
    assert works_in(page_of(client, "herätyskellot")) == [f"/experiments/{number}"]
    assert works_in(page_of(client, "ruokalistat")) == []
    assert works_in(page_of(client, "menu")) == [f"/operating-models/{known}"]
    with writing():
        end_experiment(SYSTEM, running(title="Sadetutka"), ending("stop"))
    assert "Kellonaika riittää." in page_of(client, "sadetutka")


@pytest.mark.parametrize(
    ("words", "met"),
    [
        ("lippalakki", True),
        ('"sininen lippalakki"', True),
        ('"lippalakki sininen"', False),
        ("lippalakki -sininen", False),
        ("lippalakki OR kaulaliina", True),
        ("lippalakki sininen kaulaliina", True),
        ("lippalakki kaulaliina", False),
        ("lakki", True),
        ('"""', False),
        ("-", False),
    ],
)
def test_words_are_read_as_for_ideas(
    client: FlaskClient, writing: Unit, engine: object, words: str, met: bool
) -> None:
    with writing():
        planned(title="Sininen lippalakki hoitajalle")
    assert bool(works_in(page_of(client, words))) == met


def test_sub_project_and_area_narrow_them_too(
    client: FlaskClient, writing: Unit, engine: object
) -> None:
    with writing():
        planned(title="Kynttilä ikkunalle")
        model(published=True, name="Kynttilä pöydälle", area="oulu", sub_project="hoitotakuu")
    assert len(works_in(page_of(client, "kynttilä"))) == 2
    for narrowed, kind in (
        ({"sub_project": "ikaihmiset"}, "/experiments/"),
        ({"area": "oulu"}, "/operating-models/"),
    ):
        (address,) = works_in(page_of(client, "kynttilä", **narrowed))
        assert address.startswith(kind)
    # What only ideas have leaves ideas alone, unless another kind is asked for.
    assert works_in(page_of(client, "kynttilä", answered="yes")) == []
    assert len(works_in(page_of(client, "kynttilä", answered="yes", kind="models"))) == 1


def test_where_no_idea_has_the_words_nobody_says_that_there_is_nothing(
    client: FlaskClient, writing: Unit, engine: object
) -> None:
    with writing():
        known = model(published=True, name="Pesukarhu odotushuoneessa").id
    page = page_of(client, "pesukarhu")
    assert works_in(page) == [f"/operating-models/{known}"]
    assert "Nobody has written an idea with these words yet." in page
    assert "Nobody has written about this yet" not in page
    assert "data-missed" not in page
    assert "Post as a new idea" in page


def test_they_are_found_while_there_is_no_index(
    client: FlaskClient, writing: Unit, engine: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing():
        known = model(published=True, name="Pesukarhu odotushuoneessa").id

    def broken(*_given: object, **_more: object) -> object:
        raise SearchUnavailableError

    monkeypatch.setattr(retrieval, "look_up", broken)
    assert works_in(page_of(client, "pesukarhut")) == [f"/operating-models/{known}"]


def test_the_number_of_queries_does_not_grow_with_them(
    client: FlaskClient, database: Connection, writing: Unit, engine: object
) -> None:
    counts = []
    for more in (2, 15):
        with writing():
            for turn in range(more):
                planned(title=f"Pesukarhu {turn}")
                model(published=True, name=f"Pesukarhu {turn}")
        client.get("/search?q=pesukarhu")
        counts.append(questions(database, lambda: client.get("/search?q=pesukarhu")))
    assert counts[0] == counts[1]


def test_an_answer_is_found_and_shown_as_one(
    app: Flask, client: FlaskClient, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        number = routed().id
        other = idea(text="Toinen asia.")
    indexed()
    assert found(client, "majakka") == []
    with writing():
        who = lead()
        row = visible_idea(who, number)
        give_answer(who, row, given(text="Sovimme, että majakan valo näkyy satamaan."))
    indexed()
    assert found(client, "majakat") == [number]
    assert "In the answer: “Sovimme, että <mark>majakan</mark> valo" in page_of(client, "majakat")
    assert other not in found(client, "majakat")
    with writing():
        decision = db.session.scalars(select(Decision).order_by(Decision.id.desc())).first()
        assert decision is not None
        undo_decision(who, decision)
    indexed()
    assert found(client, "majakat") == []


def test_index_and_database_agree_on_answers(
    client: FlaskClient, writing: Unit, indexed: Indexed, same: Callable[[], bool]
) -> None:
    with writing():
        who, row = lead(), routed()
        number = row.id
        give_answer(who, row, given(text="Majakka."))
        give_answer(who, row, given(text="Majakka ja perävaunu.", handling=Handling.IN_USE))
    indexed()
    assert same()
    assert found(client, "perävaunu") == [number]


TEXT = "Vapaat vuodepaikat kysytään osastoilta joka aamu erikseen, eikä kukaan tiedä niistä."
BOARD: dict[str, Any] = {
    "name": "Vapaat vuodepaikat yhdeltä ruudulta",
    "summary": "Osastot merkitsevät vapaat vuodepaikat taululle, eikä kenenkään tarvitse soittaa.",
    "solution": "Jokainen vuodeosasto merkitsee vapaat paikat aamulla samalle taululle.",
}


def test_who_writes_sees_that_there_is_a_model_for_it(
    client: FlaskClient, writing: Unit, engine: object
) -> None:
    with writing():
        known = model(published=True, **BOARD).id
        model(published=True)
        model(**BOARD)
    told = "There is already an operating model for this"
    piece = client.post("/search/similar?lang=en", data={"text": TEXT}, headers=PARTIAL).text
    assert re.findall(r'href="(/operating-models/\d+)"', piece)[0] == f"/operating-models/{known}"
    assert piece.count(BOARD["name"]) == 1
    assert f'data-told="{told}"' in piece
    assert told in client.post("/search/similar?lang=en", data={"text": TEXT}).text
    other = client.post("/search/similar?lang=en", data={"text": "Ruoka on kylmää."}).text
    assert told not in other


def test_the_diary_and_what_earlier_rounds_taught_are_found_where_everybody_reads_them(
    client: FlaskClient, writing: Unit, engine: object
) -> None:
    with writing():
        inside = routed().id
        trial = running(ideas=(inside,))
        first = trial.id
        assert works_in(page_of(client, "ovisilmä")) == []
        write_diary(SYSTEM, trial, "Asensimme ovisilmän jokaiseen huoneeseen.")
    assert works_in(page_of(client, "ovisilmät")) == [f"/experiments/{first}"]
    assert "<mark>ovisilmän</mark> jokaiseen" in page_of(client, "ovisilmät")
    with writing():
        write_diary(SYSTEM, db.session.get_one(Experiment, first), "Vaihdoimme paristot.")
    assert works_in(page_of(client, "paristo")) == [f"/experiments/{first}"]
    with writing():
        row = db.session.get_one(Experiment, first)
        taught = ending("change", lesson="Summeri on parempi kuin valo.")
        made = end_experiment(SYSTEM, row, taught)
        assert made
        second = made.id
    for words in ("ovisilmät", "paristo", "summerit"):
        assert works_in(page_of(client, words)) == [f"/experiments/{second}"]
    with writing():
        write_diary(SYSTEM, db.session.get_one(Experiment, first), "Lopuksi imuroimme.")
    assert works_in(page_of(client, "imuroida")) == [f"/experiments/{second}"]
    with writing():
        # What the first round grew from is for the staff now, and the second does without it.
        db.session.execute(delete(ExperimentIdea).where(ExperimentIdea.experiment_id == second))
        db.session.get_one(Idea, inside).visibility = Visibility.STAFF_ONLY
    assert works_in(page_of(client, "summerit")) == []
    assert works_in(page_of(client, "ovisilmät")) == []
    assert works_in(page_of(client, "tekstiviesti")) == [f"/experiments/{second}"]
