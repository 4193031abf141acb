"""Pages of operating models: reading, writing, two writers, phases; nothing typed is lost."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Role
from innovation.experiments.actions import plan_experiment
from innovation.experiments.models import Experiment
from innovation.ideas.lifecycle import Handling
from innovation.operating_models.drafts import UseDraft
from innovation.operating_models.models import ModelPhase, OperatingModel
from innovation.operating_models.parts import add_use
from tests.conftest import Unit
from tests.operating_models.writing import SYSTEM, contents, model
from tests.real.counting import questions
from tests.real.experiments import home, plan, routed
from tests.real.ideas import idea
from tests.real.people import signed_in


def place_of(writing: Unit) -> int:
    with writing():
        return home()


def written(writing: Unit, **changes: str) -> dict[str, str]:
    """Give a whole form as a browser sends it."""
    with writing():
        return {**contents(), **changes}


def test_the_way_from_an_idea_to_a_published_model(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    desk, _who = signed_in(app, leads=(place_of(writing),))
    facts = {"primary_sub_project_id": place_of(writing), "handling": Handling.IN_USE}
    with writing():
        number = idea(**facts)
    assert f"/operating-models/new?idea={number}" in desk.get(f"/ideas/{number}").text
    page = desk.get(f"/operating-models/new?idea={number}").text
    assert "Ratkaisun perusidea" in page
    assert "Ajanvaraus ei kerro" in page
    made = desk.post("/operating-models", data=written(writing, idea=str(number)))
    assert made.status_code == 303
    address = made.headers["Location"]
    assert client.get(address).status_code == 404
    assert desk.get(address).status_code == 200
    answer = {f"tell_{number}": "y", f"idea_{number}": "Kuvasimme tämän toimintamalliksi."}
    assert "Ajanvaraus" in desk.get(f"{address}/publish").text
    assert desk.post(f"{address}/publish", data={**answer, f"idea_{number}": ""}).status_code == 422
    assert client.get(address).status_code == 404
    assert desk.post(f"{address}/publish", data=answer).status_code == 303
    shown = client.get(address).text
    assert "Hoitaja painaa puhelimessa yhtä nappia." in shown
    assert f"/ideas/{number}" in shown
    back = client.get(f"/ideas/{number}").text
    assert f'href="{address}"' in back
    assert "Kuvasimme tämän toimintamalliksi." in back
    for page in ("", "/path", "/print"):
        assert client.get(f"{address}{page}").status_code == 200
    assert address in client.get("/operating-models?q=hoitajan").text
    empty = client.get("/operating-models?q=hammas")
    assert empty.status_code == 200
    assert address not in empty.text


def test_an_empty_library_has_nothing_to_narrow(client: FlaskClient, writing: Unit) -> None:
    assert 'id="filters"' not in client.get("/operating-models").text
    assert 'id="filters"' in client.get("/operating-models?q=hoitaja").text
    with writing():
        model(published=True)
    assert 'id="filters"' in client.get("/operating-models").text


def test_the_way_from_an_experiment_brings_its_idea_along(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        row = routed()
        number = plan_experiment(SYSTEM, plan(ideas=(row.id,))).id
        made = db.session.get_one(Experiment, number)
        made.state, made.decision, made.lesson = "ended", "spread", "Kellonaika riittää."
        idea_number, place = row.id, home()
    desk, _who = signed_in(app, leads=(place,))
    page = desk.get(f"/experiments/{number}").text
    assert f"/operating-models/new?experiment={number}" in page
    for way in (f"experiment={number}", f"idea={idea_number}"):
        form = desk.get(f"/operating-models/new?{way}").text
        assert "Kellonaika riittää." in form
        assert "Ajanvaraus ei kerro" in form
    sent = written(writing, experiment=str(number))
    address = desk.post("/operating-models", data=sent).headers["Location"]
    shown = desk.get(address).text
    assert f'"/experiments/{number}"' in shown
    assert f'"/ideas/{idea_number}"' in shown
    assert address in desk.get(f"/experiments/{number}").text
    assert address not in client.get(f"/experiments/{number}").text  # it is a draft
    kept = client.get(f"{address}/export.json")
    assert kept.status_code == 404
    exported = desk.get(f"{address}/export.json").get_json()
    assert {one["kind"] for one in exported["sources"]} == {"idea", "experiment"}


def test_two_writers_see_both_texts_and_nothing_is_lost(app: Flask, writing: Unit) -> None:
    one, who = signed_in(app, leads=(place_of(writing),))
    other, _who = signed_in(app, leads=(place_of(writing),))
    with writing():
        address = f"/operating-models/{model(who).id}/edit"
    mine = written(writing, name="Toisen nimi", results="Toisen tulos", version="1")
    first = one.post(address, data=written(writing, name="Yhden nimi", tips="Vinkki", version="1"))
    assert first.status_code == 303
    late = other.post(address, data=mine)
    assert late.status_code == 409
    for words in ("Yhden nimi", "Toisen nimi", "Toisen tulos", "Vinkki"):
        assert words in late.text
    with writing():
        assert db.session.scalar(select(OperatingModel.name)) == "Yhden nimi"
    assert other.post(address, data={**mine, "tips": "Vinkki", "version": "2"}).status_code == 303
    with writing():
        assert db.session.scalar(select(OperatingModel.name)) == "Toisen nimi"
    versions = other.get(address.replace("edit", "versions"))
    assert "versions/3" in versions.text
    compared = other.get(address.replace("edit", "versions/3")).text
    assert "Yhden nimi" in compared
    assert "Toisen nimi" in compared
    assert other.get(address.replace("edit", "versions/9")).status_code == 404


def test_a_text_too_long_is_kept_and_said(app: Flask, writing: Unit) -> None:
    desk, who = signed_in(app, leads=(place_of(writing),))
    with writing():
        address = f"/operating-models/{model(who).id}/edit"
    long = "Pitkä lause tästä mallista. " * 10_000
    sent = written(writing, solution=long, version="1")
    answer = desk.post(address, data=sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert long.strip() in answer.text
    assert "liian pitkä" in answer.text or "too long" in answer.text
    whole = dict.fromkeys(("solution", "environment", "users", "tips", "results"), "ä" * 9999)
    assert desk.post(address, data=written(writing, version="1", **whole)).status_code == 303


def test_where_it_is_used_is_shown_and_wrong_days_are_kept(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    desk, who = signed_in(app, leads=(place_of(writing),))
    with writing():
        address = f"/operating-models/{model(who, published=True).id}"
    given = {"unit": "Kotihoito, Ii", "area": "oulunkaari", "contact": "kotihoito@posti.example"}
    for wrong in ("", "eilen", "31.12.2999", "1.1.1066"):
        answer = desk.post(f"{address}/uses", data={**given, "since": wrong})
        assert answer.status_code == 422
        assert "Kotihoito, Ii" in answer.text
    assert desk.post(f"{address}/uses", data={**given, "since": "1.9.2021"}).status_code == 303
    shown = client.get(address).text
    assert "mailto:kotihoito@posti.example" in shown
    assert "1.9.2021" in shown


def test_archiving_leaves_the_page_but_not_the_library(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    desk, who = signed_in(app, leads=(place_of(writing),))
    with writing():
        address = f"/operating-models/{model(who, published=True).id}"
    assert desk.post(f"{address}/archive").status_code == 303
    assert client.get(address).status_code == 200
    library = client.get("/operating-models")
    assert library.status_code == 200
    assert address not in library.text
    assert address in desk.get("/operating-models?state=archived").text


def test_others_do_not_write(app: Flask, client: FlaskClient, writing: Unit) -> None:
    with writing():
        number = model(SYSTEM, published=True).id
        draft = model(SYSTEM).id
    stranger, _who = signed_in(app)
    foreign, _other = signed_in(app, Role.STAFF)
    for page in ("edit", "uses", "publish", "versions"):
        for who in (stranger, foreign):
            assert who.get(f"/operating-models/{number}/{page}").status_code == 403
        assert client.get(f"/operating-models/{number}/{page}").status_code == 303
    assert stranger.get(f"/operating-models/{draft}").status_code == 404
    assert client.get("/operating-models?state=draft").status_code == 403
    assert stranger.get("/admin/phases").status_code == 403


def test_the_library_asks_no_more_for_many_models(
    client: FlaskClient, database: Connection, writing: Unit
) -> None:
    def read() -> None:
        assert client.get("/operating-models").text.count("model-row") == shown[-1]

    shown: list[int] = [0]

    def filled(count: int) -> int:
        shown.append(shown[-1] + count)
        with writing():
            for _each in range(count):
                made = model(SYSTEM, published=True)
                add_use(SYSTEM, made, UseDraft("Ii", "oulunkaari", clock.today()))
        return questions(database, read)

    assert filled(2) == filled(15)


def test_administrators_keep_the_phases(app: Flask, writing: Unit) -> None:
    desk, _who = signed_in(app, Role.ADMINISTRATOR)
    with writing():
        first = db.session.scalars(select(ModelPhase.id)).one()
    assert "Kehitteillä" in desk.get("/admin/phases").text
    assert desk.post("/admin/phases", data={"phase-0-names_sv": "Klar"}).status_code == 422
    named = {"phase-0-names_fi": "Valmis", "phase-0-names_sv": "Klar"}
    assert desk.post("/admin/phases", data=named).status_code == 303
    renamed = {f"phase-{first}-names_fi": "Valmis"}
    answer = desk.post(f"/admin/phases/{first}", data=renamed)
    assert answer.status_code == 422
    assert desk.post("/admin/phases/999", data={"phase-999-names_fi": "X y"}).status_code == 404
    off = {f"phase-{first}-names_fi": "Kehitteillä"}
    assert desk.post(f"/admin/phases/{first}", data=off).status_code == 303
    form = desk.get("/operating-models/new").text
    assert ">Valmis<" in form
    assert ">Kehitteillä<" not in form
