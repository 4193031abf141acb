"""What the search page says beside its rows: the words it looked for, why, order, filters."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from innovation.core import clock, transaction
from innovation.core.events import record
from innovation.ideas.events import IdeaChanged
from innovation.ideas.filters import IdeaFilter
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.search import lexicon, queries
from innovation.search.documents import every_document
from innovation.search.engine import Engine, SearchUnavailableError
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.search.test_views import Indexed, found


@pytest.fixture
def learnt(app: Flask, indexed: Indexed) -> Callable[[], None]:
    """`learnt()` indexes, and then knows the words of everything that is public."""

    def learn() -> None:
        indexed()
        with app.app_context():
            with transaction.reading():
                documents = list(every_document())
            lexicon.relearn(documents)

    return learn


def page_of(client: FlaskClient, words: str, **more: object) -> str:
    return client.get("/search", query_string={"q": words, "lang": "en", **more}).text


def test_a_row_tells_which_words_it_lacks(
    client: FlaskClient, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        both = idea(text="Sampo ei löydä purjelautaa.")
        one = idea(text="Sampo myöhästyi aamulla.")
    indexed()
    for order in ("", "newest"):
        page = page_of(client, "sampo purjelauta", sort=order)
        lacking = page[page.index(f'href="/ideas/{one}"') :]
        assert "Not mentioned: purjelauta" in lacking
        assert page.count("Not mentioned") == 1
        assert f"/ideas/{both}" in page
    assert "Not mentioned" not in page_of(client, "sampo")


def test_those_with_every_word_come_first_in_the_order_of_relevance(
    client: FlaskClient, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        whole = {idea(text=f"Sampo {turn} ei löydä purjelautaa.") for turn in range(3)}
        for turn in range(30):
            idea(text=f"Sampo {turn} myöhästyi aamulla.")
    indexed()
    assert set(found(client, "sampo purjelauta")[:3]) == whole


def test_a_typing_error_is_corrected_and_can_be_searched_as_written(
    client: FlaskClient, writing: Unit, learnt: Callable[[], None]
) -> None:
    with writing():
        number = idea(text="Hammaslääkäri perui ajan samana aamuna.")
    learnt()
    page = page_of(client, "hammaslääkri perui", group="new")
    assert "Showing results for: <b>hammaslääkäri perui</b>" in page
    assert "q=hammasl%C3%A4%C3%A4kri+perui&amp;exact=1&amp;group=new" in page
    assert f"/ideas/{number}" in page
    assert "spelling corrected" in page
    exact = page_of(client, "hammaslääkri", exact="1")
    assert f"/ideas/{number}" not in exact
    assert 'name="exact"' not in exact.partition("</form>")[0]


def test_exact_is_kept_by_filters_and_orders(reading: Unit) -> None:
    with reading():
        wanted = IdeaFilter.read({"q": ["taksi"], "exact": ["1"], "sort": ["newest"]})
        assert wanted.toggled("year", "2026").address("/search") == (
            "/search?q=taksi&exact=1&year=2026&sort=newest"
        )
        assert ("exact", "1") in wanted.pairs("page", "sort")


def test_a_part_of_a_word_is_explained(
    client: FlaskClient, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        idea(text="Etäkuntoutus jäi kesken, kun kuva katkesi.")
    indexed()
    page = page_of(client, "kuntoutus")
    assert "<mark>etäkuntoutus</mark>" in page
    assert "kuntoutus (part of the word)" in page


def test_a_related_word_is_explained(client: FlaskClient, writing: Unit, indexed: Indexed) -> None:
    with writing():
        idea(text="Hampaat särkevät, eikä aikaa saa.")
    indexed()
    page = page_of(client, "hammaslääkäri")
    assert "<mark>Hampaat</mark>" in page
    why = page.partition('<p class="why">')[2].partition("</p>")[0]
    assert "hammaslääkäri (" in why


def test_a_word_far_down_in_the_text_is_shown_in_its_place(
    client: FlaskClient, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        idea(text="Jono on pitkä. " + "Odotus venyy taas. " * 30 + "Lopulta sampo jauhoi suolaa.")
    indexed()
    assert "Lopulta <mark>sampo</mark> jauhoi" in page_of(client, "sampo")


def test_the_answer_stands_in_the_row(client: FlaskClient, writing: Unit, indexed: Indexed) -> None:
    with writing():
        idea(text="Taksi ei löydä ovea.", handling=Handling.UNDER_EVALUATION)
    indexed()
    assert 'class="says"' not in page_of(client, "taksi")


def test_answered_and_year_narrow_and_are_counted(
    client: FlaskClient, writing: Unit, indexed: Indexed
) -> None:
    old = datetime(2020, 12, 31, 21, 30, tzinfo=clock.now().tzinfo)
    newer = datetime(2020, 12, 31, 22, 30, tzinfo=clock.now().tzinfo)
    with writing():
        first = idea(text="Taksi on myöhässä.", published_at=old, answered_at=clock.now())
        second = idea(text="Taksi on kallis.", published_at=newer)
    indexed()
    assert found(client, "taksi", answered="yes") == [first]
    assert found(client, "taksi", answered="no") == [second]
    # The year is that of Finland, where the second came after midnight.
    assert found(client, "taksi", year="2020") == [first]
    assert found(client, "taksi", year="2021") == [second]
    page = page_of(client, "taksi", answered="yes")
    assert 'value="2020">2020 <span class="count">1<' in page
    assert 'value="2021"' not in page
    assert 'Not answered yet <span class="count">1<' in page


@pytest.mark.parametrize("typed", ["KA-77", "ka-77", " KA-77 "])
def test_the_reference_of_an_idea_brought_along_leads_to_it(
    client: FlaskClient, writing: Unit, typed: str
) -> None:
    with writing():
        number = idea(external_reference="KA-77")
    answer = client.get("/search", query_string={"q": typed})
    assert answer.headers["Location"] == f"/ideas/{number}"


@pytest.mark.parametrize("reference", ["112", "taksi"])
def test_a_word_or_a_number_is_searched_for_whatever_references_there_are(
    client: FlaskClient, writing: Unit, reference: str
) -> None:
    with writing():
        idea(external_reference=reference)
        hidden = idea(external_reference="KA-78", visibility=Visibility.WAITING)
    for words in (reference, "KA-78"):
        answer = client.get("/search", query_string={"q": words})
        assert answer.status_code == 200
        assert f"/ideas/{hidden}" not in answer.text


def test_a_sentence_that_nobody_wrote_finds_what_is_close(
    client: FlaskClient, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        number = idea(text="Kotihoidon hoitaja vaihtuu joka päivä.")
    indexed()
    page = page_of(
        client, '"äidin kotihoidon hoitajan" "jatkuva vaihtuminen" "sampo jauhoi" "vanha väinö"'
    )
    assert ("These ideas may tell of the same thing" in page) == (f"/ideas/{number}" in page)


def test_an_empty_page_tells_its_words_by_script_alone(
    client: FlaskClient, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        idea(text="Taksi ei löydä ovea.")
    indexed()
    assert 'action="/search/missed" data-missed hidden' in page_of(client, "sampo")
    for words, more in (("taksi", {}), ("taksi", {"group": "done"}), ("", {})):
        assert "data-missed" not in page_of(client, words, **more)


@pytest.mark.parametrize("typed", ["äiti", "ÄITI", "Äiti", "hyvä", "100 %", "öljy_"])
def test_without_the_index_words_are_found_in_capitals_and_small_letters(
    client: FlaskClient,
    writing: Unit,
    reading: Unit,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
) -> None:
    with writing():
        made = {
            idea(text="ÄITI ei saa HYVÄÄ aikaa."),
            idea(text="Äiti ei saa Hyvää aikaa."),
            idea(text="äiti ei saa hyvää aikaa."),
        }

    def broken(*_given: object, **_more: object) -> object:
        raise SearchUnavailableError

    monkeypatch.setattr(queries.retrieval, "look_up", broken)
    assert set(found(client, typed)) == (made if typed.lower() in {"äiti", "hyvä"} else set())
    assert "Search is limited" in page_of(client, typed)


def test_finnish_words_under_another_language_are_found_and_shown(
    client: FlaskClient, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        number = idea(
            text="Пандус у входа скользкий зимой.",
            language="ru",
            in_brief="Sisäänkäynnin luiska on talvella liukas.",
        )
        record(IdeaChanged(number))
    indexed()
    page = page_of(client, "liukkaat luiskat")
    assert f'href="/ideas/{number}"' in page
    assert "<mark>luiska</mark> on talvella <mark>liukas</mark>" in page
    assert "In the discussion" not in page
