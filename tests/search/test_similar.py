"""Ideas like a text: beside the box, on a page of their own, on the page of an idea."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from innovation.answers.actions import put_answer
from innovation.core import transaction
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.queries import visible_idea
from innovation.search import engines, queries, similar_views, similarity
from innovation.search.engine import Engine, SearchUnavailableError
from innovation.search.queries import SimilarRow
from tests.answers.test_answers import given
from tests.conftest import Unit
from tests.real import installation
from tests.real.ideas import idea
from tests.real.people import signed_in
from tests.search.test_views import SYSTEM, Indexed

TEXT = "Kotihoidossa vaihtuu hoitaja joka päivä, eikä äiti tiedä kuka tulee."
PARTIAL = {"X-Partial": "1"}


@pytest.fixture
def close(writing: Unit, indexed: Indexed) -> int:
    """The number of an idea that tells of the same thing as TEXT, among others."""
    with writing():
        number = idea(text="Kotihoidon hoitaja vaihtuu, äiti ei tiedä kuka tulee.")
        for turn in range(3):
            idea(text=f"Röntgenin jono {turn} kiertää käytävän.")
    indexed()
    return number


def test_a_text_finds_similar_ideas_with_their_status(client: FlaskClient, close: int) -> None:
    piece = client.post("/search/similar?lang=en", data={"text": TEXT}, headers=PARTIAL).text
    assert "<!DOCTYPE" not in piece
    assert f'href="/ideas/{close}"' in piece
    assert 'data-told="Found 1 similar idea"' in piece
    assert "Published" in piece
    assert "First answer by" in piece


@pytest.mark.parametrize(
    ("code", "need"),
    [
        ("fi", "työntekijä vaihtuu, tuttua ei ole"),
        ("sv", "personen byts ständigt ut"),
        ("en", "a new worker every time"),
    ],
)
def test_what_both_have_in_common_is_told(
    client: FlaskClient, close: int, code: str, need: str
) -> None:
    data = {"text": "Aina vieras hoitaja, vaihtuu joka kerta."}
    assert need in client.post(f"/search/similar?lang={code}", data=data, headers=PARTIAL).text


def alike(app: Flask, engine: Engine, text: str) -> list[SimilarRow]:
    with app.app_context(), transaction.reading():
        return queries.similar_ideas(engine, SYSTEM, text, "fi", least=0.0)


def test_the_same_need_comes_before_shared_words(
    app: Flask, engine: Engine, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        shares_words = idea(text="Äidin jääkaapissa ei ole ruokaa, vaikka lappu on ovessa.")
        same = idea(text="Kotihoidosta käy joka päivä eri ihminen, eikä isä tunne ketään heistä.")
        idea(text="Röntgenin jono kiertää käytävän.")
    indexed()
    text = "Äidin jääkaapissa on lappu: kuka sinä olet? Ovesta tulee aina uusi naama hoitamaan."
    rows = alike(app, engine, text)
    assert [row.number for row in rows][:2] == [same, shares_words]
    assert rows[0].shared[0] == "työntekijä vaihtuu, tuttua ei ole"


def test_what_says_it_in_the_same_words_is_among_the_first_three(
    app: Flask, engine: Engine, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        for where in ("Iissä", "Raahessa", "Muhoksella", "Kuusamossa"):
            idea(text=f"Puheluun ei vastata {where}, linja on aina varattu eikä takaisin soiteta.")
        same_words = idea(text="Jonotusnumero puuttuu: olenko kolmas vai kolmaskymmenes, en tiedä.")
    indexed()
    text = "Puhelin tuuttaa varattua. Jonotusnumero kertoisi, olenko kolmas vai kolmaskymmenes."
    assert same_words in [row.number for row in alike(app, engine, text)[:3]]


def test_the_very_same_text_comes_first(app: Flask, engine: Engine, close: int) -> None:
    rows = alike(app, engine, "Kotihoidon hoitaja vaihtuu, äiti ei tiedä kuka tulee.")
    assert rows[0].number == close
    assert rows[0].score > 1


def test_without_shared_words_or_needs_nothing_is_alike(
    app: Flask, engine: Engine, close: int
) -> None:
    assert alike(app, engine, "Xyzzy plugh.") == []


def test_without_script_it_is_a_page_and_the_text_goes_on_to_the_form(
    client: FlaskClient, close: int
) -> None:
    page = client.post("/search/similar?lang=en", data={"text": TEXT}).text
    assert f'href="/ideas/{close}"' in page
    form = page.partition('action="/ideas/new"')[2].partition("</form>")[0]
    assert f">{TEXT}</textarea>" in form
    assert "Post as a new idea" in form
    assert f"{TEXT}</textarea>" in client.post("/ideas/new", data={"text": TEXT}).text


def test_the_front_page_and_the_form_lead_there(client: FlaskClient) -> None:
    front = client.get("/?lang=en").text
    assert 'formaction="/search/similar"' in front
    for page in (front, client.get("/ideas/new").text):
        assert 'id="similar" data-similar="/search/similar"' in page
        assert 'role="status" data-similar-line' in page


@pytest.mark.parametrize("text", ["", " ", "a", "😀", "Ei.", "\x00", "ä" * 10_000, "hoito " * 2000])
def test_any_text_gives_an_answer(client: FlaskClient, close: int, text: str) -> None:
    for headers in ({}, PARTIAL):
        assert (
            client.post("/search/similar", data={"text": text}, headers=headers).status_code == 200
        )
    assert client.post("/search/similar").status_code == 200


def test_the_text_stands_in_no_address_and_is_not_kept(client: FlaskClient, close: int) -> None:
    answer = client.post("/search/similar", data={"text": TEXT})
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/search/similar").status_code in {404, 405}


def test_asking_only_reads_so_nobody_who_writes_waits_for_it(
    client: FlaskClient, close: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = []
    real = queries.similar_ideas

    def noting(*given: Any, **more: Any) -> list[SimilarRow]:
        modes.append(transaction._mode.get())
        return real(*given, **more)

    monkeypatch.setattr(queries, "similar_ideas", noting)
    answer = client.post("/search/similar", data={"text": TEXT}, headers=PARTIAL)
    assert f"/ideas/{close}" in answer.text
    assert modes == [transaction.Mode.READ]
    assert not installation.written


def test_an_answer_and_the_next_step_are_shown(
    client: FlaskClient, close: int, writing: Unit
) -> None:
    with writing():
        row = visible_idea(SYSTEM, close)
        row.handling = Handling.ROUTED
        put_answer(
            SYSTEM, row, given(handling="in_experiment", text="Kokeilemme omaa tiimiä Iissä.")
        )
    piece = client.post("/search/similar?lang=en", data={"text": TEXT}, headers=PARTIAL).text
    assert "<b>Answer:</b> Kokeilemme omaa tiimiä Iissä." in piece
    assert "Being tried" in piece


@pytest.mark.parametrize("visibility", [Visibility.WAITING, Visibility.HIDDEN])
def test_what_is_not_public_is_similar_to_nothing(
    client: FlaskClient, close: int, writing: Unit, visibility: Visibility
) -> None:
    with writing():
        visible_idea(SYSTEM, close).visibility = visibility
    piece = client.post("/search/similar", data={"text": TEXT}, headers=PARTIAL).text
    assert f"/ideas/{close}" not in piece


def test_an_idea_has_similar_ones_but_not_itself(
    client: FlaskClient, close: int, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        number = idea(text=TEXT)
    indexed()
    page = client.get(f"/ideas/{number}").text
    assert f'href="/search/similar/{number}"' in page
    assert "data-similar-to" in page
    piece = client.get(f"/search/similar/{number}", headers=PARTIAL)
    assert f"/ideas/{close}" in piece.text
    assert f"/ideas/{number}" not in piece.text
    assert "X-Partial" in ", ".join(piece.headers.getlist("Vary"))
    page = client.get(f"/search/similar/{number}").text
    assert f'href="/ideas/{close}"' in page
    assert f'href="/ideas/{number}"' in page


def test_of_an_idea_that_may_not_be_seen_nothing_is_told(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        waiting = idea(visibility=Visibility.WAITING)
        staff = idea(visibility=Visibility.STAFF_ONLY)
    for number in (waiting, staff, 999_999):
        assert client.get(f"/search/similar/{number}").status_code == 404


def test_somebody_signed_in_needs_the_token_of_the_session(app: Flask, close: int) -> None:
    own, _who = signed_in(app)
    assert own.post("/search/similar", data={"text": TEXT}).status_code == 200


def test_a_flood_is_counted(client: FlaskClient, close: int) -> None:
    answer = client.post("/search/similar", data={"text": TEXT}, headers=PARTIAL)
    assert similar_views.PACE.startswith(answer.headers["X-RateLimit-Limit"])


def to(app: Flask, number: int) -> list[SimilarRow]:
    """What the desk asks."""
    with app.app_context(), transaction.reading():
        return queries.similar_to(SYSTEM, visible_idea(SYSTEM, number))


def test_the_desk_sees_what_is_like_an_idea_that_waits(
    app: Flask, close: int, writing: Unit
) -> None:
    with writing():
        number = idea(text=TEXT, visibility=Visibility.WAITING)
    [row] = to(app, number)
    assert row.number == close
    assert row.text.startswith("Kotihoidon hoitaja vaihtuu")
    assert row.reference
    assert row.shared[0] == "ei tiedä milloin hoitaja tulee"


def test_an_idea_is_not_like_itself_nor_like_what_is_merged_or_hidden(
    app: Flask, close: int, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        merged = idea(text=TEXT, merged_into_id=close)
        hidden = idea(text=TEXT)
    indexed()
    assert [row.number for row in to(app, close)] == [hidden]
    with writing():
        visible_idea(SYSTEM, hidden).visibility = Visibility.HIDDEN
    assert to(app, close) == []
    assert [row.number for row in to(app, merged)] == [close]


def test_before_anybody_asked_the_index_the_desk_sees_nothing_similar(
    app: Flask, close: int, writing: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing():
        number = idea(text=TEXT, visibility=Visibility.WAITING)
    assert to(app, number)
    monkeypatch.setattr(engines, "_BESIDE", {})
    assert to(app, number) == []


def test_a_broken_index_gives_nothing_similar(
    app: Flask, close: int, writing: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing():
        number = idea(text=TEXT, visibility=Visibility.WAITING)
    assert to(app, number)

    def broken(*_given: object) -> None:
        raise SearchUnavailableError("broken")

    monkeypatch.setattr(similarity, "similar", broken)
    assert to(app, number) == []
