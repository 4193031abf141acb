"""The search page: what is found, by whom, why, and what is never found."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event

from innovation.comments.actions import CommentDraft, hide_comment, post_comment
from innovation.comments.queries import visible_comment
from innovation.core.permissions import Role, System
from innovation.ideas.actions import edit_idea, withdraw_idea
from innovation.ideas.drafts import draft_of
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.moves import move_visibility
from innovation.ideas.queries import visible_idea
from innovation.ideas.timeline import Kind
from innovation.programme.queries import snapshot
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person, signed_in

SYSTEM = System("test")
Indexed = Callable[[], None]


def found(client: FlaskClient, words: str, **more: object) -> list[int]:
    """Give the numbers of the ideas on the page, in its order."""
    html = client.get("/search", query_string={"q": words, **more}).get_data(as_text=True)
    return [int(piece.partition('"')[0]) for piece in html.split('id="support-')[1:]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Äidin kotihoito alkoi vasta viikon päästä.", "kotihoidon"),
        ("Kotihoidossa vaihtuu hoitaja joka päivä.", "kotihoito"),
        ("Kotihoidossa vaihtuu hoitaja joka päivä.", "HOITAJIEN vaihtuminen kotihoidossa"),
        ("Etäkuntoutus jäi kesken, kun kuva katkesi.", "kuntoutus"),
        ("Omaolossa kysytään sama asia kahdesti.", "Omaolo"),
    ],
)
def test_inflected_words_and_parts_are_found(
    client: FlaskClient, writing: Unit, indexed: Indexed, text: str, words: str
) -> None:
    with writing():
        number = idea(text=text)
        idea(text="Neuvolan ovi on raskas rattaille.")
    indexed()
    assert found(client, words) == [number]


def test_the_page_says_which_words_matched_and_marks_them(
    client: FlaskClient, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        idea(text="Kotihoidossa <b>vaihtuu</b> hoitaja & purjelauta joka päivä.")
    indexed()
    page = client.get("/search?q=kotihoito+purjelauta&lang=en").text
    assert "<mark>Kotihoidossa</mark> &lt;b&gt;vaihtuu&lt;/b&gt;" in page
    assert "&amp; <mark>purjelauta</mark>" in page
    why = page.partition('<p class="why">')[2].partition("</p>")[0]
    assert '<mark>kotihoidossa</mark> <span aria-hidden="true">←</span>' in why
    assert (
        '<span class="hide">for the word you typed:</span> kotihoito, <mark>purjelauta</mark>'
        in why
    )


def test_a_comment_finds_its_idea_and_is_quoted(
    client: FlaskClient, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        number = idea()
        writer = person(Role.MODERATOR)
        post_comment(
            writer,
            visible_idea(writer, number),
            CommentDraft("Meillä kahviautomaatti hurisee usein."),
        )
    indexed()
    assert found(client, "kahviautomaatin") == [number]
    assert (
        "Meillä <mark>kahviautomaatti</mark> hurisee"
        in client.get("/search?q=kahviautomaatin").text
    )


def test_a_hidden_comment_finds_nothing_even_before_the_worker_comes(
    client: FlaskClient, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        number = idea()
        writer = person(Role.MODERATOR)
        comment = post_comment(
            writer,
            visible_idea(writer, number),
            CommentDraft("Meillä kahviautomaatti hurisee usein."),
        ).id
    indexed()
    with writing():
        hide_comment(SYSTEM, visible_comment(SYSTEM, comment), "other_health")
    assert found(client, "kahviautomaatin") == []
    indexed()
    assert found(client, "kahviautomaatin") == []


@pytest.mark.parametrize("how", ["hidden", "withdrawn", "staff only"])
def test_what_is_no_longer_public_vanishes_at_once(
    client: FlaskClient, writing: Unit, indexed: Indexed, how: str
) -> None:
    with writing():
        number = idea(text="Röntgenin jono kiertää käytävän.")
    indexed()
    assert found(client, "röntgen") == [number]
    with writing():
        row = visible_idea(SYSTEM, number)
        if how == "withdrawn":
            withdraw_idea(SYSTEM, row)
        else:
            target = Visibility.HIDDEN if how == "hidden" else Visibility.STAFF_ONLY
            move_visibility(SYSTEM, row, target, Kind.HIDDEN)
    assert found(client, "röntgen") == []


def test_what_never_was_public_is_not_found_by_anybody(
    app: Flask, client: FlaskClient, writing: Unit, indexed: Indexed
) -> None:
    moderator, _ = signed_in(app, Role.MODERATOR)
    with writing():
        idea(text="Röntgenin jono kiertää käytävän.", visibility=Visibility.WAITING)
        idea(text="Röntgenin ovi on lukossa.", visibility=Visibility.STAFF_ONLY)
    indexed()
    assert found(client, "röntgen") == found(moderator, "röntgen") == []


def test_a_change_is_found_by_its_new_words_only(
    client: FlaskClient, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        author = person(Role.MODERATOR)
        number = idea(author, text="Röntgenin jono kiertää käytävän.")
    indexed()
    with writing():
        row = visible_idea(author, number)
        draft = draft_of(row)
        edit_idea(author, row, type(draft)(text="Purjelauta kiertää käytävän."))
    assert found(client, "röntgen") == []  # even before the worker comes
    indexed()
    assert found(client, "röntgen") == []
    assert found(client, "purjelaudan") == [number]


def test_all_words_are_wanted_and_then_most(
    client: FlaskClient, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        both = idea(text="Taksi ei löydä sairaalan ovea.")
        one = idea(text="Taksi myöhästyi aamulla.")
    indexed()
    assert found(client, "taksi sairaala") == [both]
    assert found(client, "taksi sairaala laiva") == [both]
    page = client.get("/search?q=taksi+sairaala+laiva&lang=en").text
    assert "No idea has all of these words." in page
    assert set(found(client, "taksi laiva")) == {both, one}


def test_words_and_filters_combine_with_counts(
    client: FlaskClient, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        areas = {area.slug: area.id for area in snapshot().areas}
        oulu = idea(text="Taksi ei löydä ovea.", area_id=areas["oulu"], capacity="laheinen")
        lakeus = idea(
            text="Taksin numero puuttuu.", area_id=areas["lakeus"], handling=Handling.ROUTED
        )
        idea(text="Ovi on raskas.", area_id=areas["oulu"])
    indexed()
    assert set(found(client, "taksi")) == {oulu, lakeus}
    assert found(client, "taksi", area="oulu") == [oulu]
    assert found(client, "taksi", area="lakeus", capacity="laheinen") == []
    assert found(client, "taksi", group="in_progress") == [lakeus]
    page = client.get("/search?q=taksi&area=oulu").text
    for area, count in (("oulu", 1), ("lakeus", 1), ("koillismaa", 0)):
        assert f'value="{area}"' in page
        row = page.partition(f'name="area" value="{area}"')[2].partition("</label>")[0]
        assert f'class="count">{count}<' in row


def test_the_order_can_be_chosen(client: FlaskClient, writing: Unit, indexed: Indexed) -> None:
    with writing():
        few = idea(text="Taksi, taksi ja vielä taksi.", support_count=1)
        many = idea(text="Odotin tunnin ja sitten tuli viimein se taksi.", support_count=9)
    indexed()
    assert found(client, "taksi") == [few, many]
    assert found(client, "taksi", sort="supported") == [many, few]
    assert found(client, "taksi", sort="newest") == [many, few]


@pytest.mark.parametrize("change", [str.upper, str.lower, lambda text: text.replace("-", " ")])
def test_a_reference_leads_straight_to_its_idea(
    client: FlaskClient, writing: Unit, change: Callable[[str], str]
) -> None:
    with writing():
        number = idea()
        reference = visible_idea(SYSTEM, number).reference
    answer = client.get("/search", query_string={"q": f" {change(reference)} "})
    assert answer.headers["Location"] == f"/ideas/{number}"


def test_a_reference_does_not_tell_of_an_idea_that_waits(
    client: FlaskClient, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        reference = visible_idea(SYSTEM, idea(visibility=Visibility.WAITING)).reference
    assert client.get("/search", query_string={"q": reference}).status_code == 200


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", '"', '"kotihoito', "***", "-", "-kotihoito", "koti*", "😀", "a", "AND OR NOT",
        "title:taksi", "(", "ei)", "[a TO b]", "~2", "^9", "\x00\x07", "\u202ehoito", "%", "_",
        "<script>alert(1)</script>", "ä" * 10_000, "hoito " * 2_000, "1", "3,5", "PS-2026-99999",
        "ps-0000-0", "'; drop table ideas", "ﬁ", "𝕙𝕠𝕚𝕥𝕠", "日本語", "\ud83d",
    ],
)  # fmt: skip
def test_anything_typed_gives_a_page(client: FlaskClient, indexed: Indexed, typed: str) -> None:
    query = {"q": typed.encode("utf-8", "surrogatepass").decode("utf-8", "replace")}
    for more in ({}, {"area": "kuu", "sort": "x", "page": "-1", "group": "y", "capacity": "9"}):
        answer = client.get("/search", query_string={**query, **more})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text


def test_broken_bytes_give_a_page(client: FlaskClient, indexed: Indexed) -> None:
    assert client.get("/search?q=%ff%fe%00&q=hoito&page=99999999999").status_code == 200


def test_the_words_go_along_to_the_form(
    client: FlaskClient, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        idea(text="Taksi ei löydä ovea.")
    indexed()
    for words in ("taksi", "purjelento"):
        assert f'href="/ideas/new?text={words}"' in client.get(f"/search?q={words}").text


def test_the_pages_of_a_long_list_follow_each_other(
    client: FlaskClient, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        made = {idea(text=f"Taksi {turn} ei löydä ovea.") for turn in range(25)}
    indexed()
    first, second = found(client, "taksi"), found(client, "taksi", page=2)
    assert (len(first), len(second)) == (20, 5)
    assert {*first, *second} == made
    assert found(client, "taksi", page=3) == []


def test_the_number_of_queries_does_not_grow_with_what_is_found(
    client: FlaskClient, database: Connection, writing: Unit, indexed: Indexed
) -> None:
    asked: list[str] = []
    event.listen(database, "before_cursor_execute", lambda *given: asked.append(given[2]))

    def queries(count: int) -> int:
        with writing():
            for _ in range(count):
                idea(text="Taksi ei löydä ovea.")
        indexed()
        asked.clear()
        assert client.get("/search?q=taksi").status_code == 200
        return len(asked)

    queries(1)
    assert queries(1) == queries(1)
    # From twenty on nothing else is looked for that might have been meant.
    queries(19)
    assert queries(1) == queries(15)


@pytest.mark.parametrize(("length", "in_address"), [(600, True), (601, False), (3000, False)])
def test_a_long_search_goes_whole_to_the_form_without_a_long_address(
    client: FlaskClient, length: int, in_address: bool
) -> None:
    words = ("hölynpöly " * 300)[: length - 1] + "ä"
    page = client.get("/search", query_string={"q": words}).text
    assert ("/ideas/new?text=" in page) == in_address
    if not in_address:
        form = page.split('id="tell"')[1].split("</form>")[0]
        carried = form.split('name="text" value="')[1].split('"')[0]
        assert carried == words
        assert 'form="tell"' in page
        assert carried in client.post("/ideas/new", data={"text": carried}).text
