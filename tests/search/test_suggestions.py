"""What is offered while typing: words and ideas that everybody may read, however it is chosen."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Locator, Page, Route, expect

from innovation.comments.actions import CommentDraft, hide_comment, post_comment
from innovation.comments.queries import visible_comment
from innovation.core.config import Settings
from innovation.core.permissions import Role, System
from innovation.ideas.actions import edit_idea, withdraw_idea
from innovation.ideas.drafts import draft_of
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.moves import move_visibility
from innovation.ideas.queries import visible_idea
from innovation.ideas.timeline import Kind
from innovation.search import lexicon, suggestions
from innovation.search.documents import every_document
from innovation.search.engine import Engine
from innovation.web.application import create_app
from tests.conftest import Unit
from tests.journeys.windows import Street, Window, street
from tests.real import installation
from tests.real.ideas import idea
from tests.real.people import person, signed_in
from tests.real.server import LiveServer

SYSTEM = System("test")
Caught = Callable[[], None]


@pytest.fixture
def caught_up(app: Flask, indexed: Callable[[], None]) -> Caught:
    """`caught_up()` brings index and words up to date."""

    def catch_up() -> None:
        indexed()
        with app.app_context():
            lexicon.relearn(every_document())

    return catch_up


def offered(client: FlaskClient, typed: str) -> tuple[list[str], list[int]]:
    """Give the words and the numbers of the ideas that are offered."""
    html = client.get("/search/suggest", query_string={"q": typed}).text
    return (
        re.findall(r'data-text="([^"]*)"', html),
        [int(number) for number in re.findall(r'data-href="/ideas/(\d+)"', html)],
    )


def words(client: FlaskClient, typed: str) -> list[str]:
    return offered(client, typed)[0]


def test_words_and_ideas_are_offered(client: FlaskClient, writing: Unit, caught_up: Caught) -> None:
    with writing():
        first = idea(text="Röntgenkuva katosi matkalla.")
        second = idea(text="Röntgenkuvan jono on pitkä.")
        idea(text="Taksi ei löydä ovea.")
    caught_up()
    assert offered(client, "röntgenk") == (["röntgenkuva"], [first, second])
    assert offered(client, "RÖNTGENK") == (["RÖNTGENKuva"], [first, second])
    assert offered(client, "taksi  röntgenk")[0] == ["taksi röntgenkuva"]
    assert offered(client, "röntgenkuva ") == ([], [first, second])
    page = client.get("/search/suggest?q=röntgenk&lang=en").text
    assert "röntgenk<b>uva</b>" in page
    assert 'data-say="3 suggestions"' in page


def test_the_base_form_stands_for_its_forms(
    client: FlaskClient, writing: Unit, caught_up: Caught
) -> None:
    with writing():
        for form in ("kotihoidon", "kotihoidossa", "kotihoidosta"):
            idea(text=f"Asia {form} on selvä.")
    caught_up()
    assert words(client, "kotih") == ["kotihoito"]
    assert words(client, "kotihoidos") in (["kotihoidossa"], ["kotihoidosta"])


def test_what_more_ideas_have_comes_first_and_five_are_enough(
    client: FlaskClient, writing: Unit, caught_up: Caught
) -> None:
    with writing():
        for word in ("taksi", "talo", "tabletti", "taulu", "tasku", "takka", "taksi", "talo"):
            idea(text=f"Iso {word}.")
        idea(text="Pieni taksi.")
    caught_up()
    found = words(client, "ta")
    assert found[:2] == ["taksi", "talo"]
    assert len(found) == 5


def test_a_misspelt_word_is_offered_right(
    client: FlaskClient, writing: Unit, caught_up: Caught
) -> None:
    with writing():
        idea(text="Hammaslääkäri ehtii keväällä.")
    caught_up()
    assert words(client, "uusi hammaslääkräi") == ["uusi hammaslääkäri"]


@pytest.mark.parametrize("typed", ["", "t", " ", "1", "t ", "-", "%", "__", "xyzzyq", "ta" * 200])
def test_nothing_is_offered_for_too_little_and_for_too_much(
    client: FlaskClient, writing: Unit, caught_up: Caught, typed: str
) -> None:
    with writing():
        idea(text="Taksi ei löydä ovea.")
    caught_up()
    assert client.get("/search/suggest", query_string={"q": typed}).text == ""


@pytest.mark.parametrize(
    "typed",
    ['"ta', "-ta", "OR ta", "😀 ta", "<b>ta", "ta\x00", "ta\ud83d", "\u202eta", "' or 1=1 ta"],
)
def test_anything_typed_gives_an_answer(
    client: FlaskClient, writing: Unit, caught_up: Caught, typed: str
) -> None:
    with writing():
        idea(text="Taksi ei löydä ovea.")
    caught_up()
    query = {"q": typed.encode("utf-8", "surrogatepass").decode("utf-8", "replace")}
    answer = client.get("/search/suggest", query_string=query)
    assert answer.status_code == 200
    assert "<b>ta" not in answer.text.replace("</b>", "")


@pytest.mark.parametrize(
    "visibility",
    [Visibility.DRAFT, Visibility.WAITING, Visibility.STAFF_ONLY, Visibility.HIDDEN],
)
def test_what_never_was_public_is_offered_to_nobody(
    app: Flask, client: FlaskClient, writing: Unit, caught_up: Caught, visibility: Visibility
) -> None:
    moderator, _ = signed_in(app, Role.MODERATOR)
    with writing():
        idea(text="Röntgenkuva katosi.", visibility=visibility)
    caught_up()
    assert offered(client, "röntgen") == offered(moderator, "röntgen") == ([], [])


@pytest.mark.parametrize("way", ["hidden", "withdrawn", "merged", "edited"])
def test_a_word_is_gone_at_once_with_what_it_stood_in(
    client: FlaskClient, writing: Unit, caught_up: Caught, way: str
) -> None:
    with writing():
        author = person(Role.MODERATOR)
        number = idea(author, text="Röntgenkuva katosi.")
        other = idea(text="Taksi ei löydä ovea.")
    caught_up()
    assert offered(client, "röntgenk") == (["röntgenkuva"], [number])
    with writing():
        row = visible_idea(author, number)
        if way == "hidden":
            move_visibility(SYSTEM, row, Visibility.HIDDEN, Kind.HIDDEN)
        elif way == "withdrawn":
            withdraw_idea(author, row)
        elif way == "merged":
            row.merged_into_id = other
        else:
            edit_idea(author, row, type(draft_of(row))(text="Kuva katosi."))
    assert words(client, "röntgenk") == []  # neither index nor words know of it yet
    assert words(client, "röntgenkuvva") == []


def test_a_word_of_a_hidden_comment_is_gone_at_once(
    client: FlaskClient, writing: Unit, caught_up: Caught
) -> None:
    with writing():
        row = visible_idea(SYSTEM, idea(text="Taksi ei löydä ovea."))
        moderator = person(Role.MODERATOR)
        said = post_comment(moderator, row, CommentDraft("Röntgenkuvassakin näkyi.")).id
    caught_up()
    assert words(client, "röntgenkuvas") == ["röntgenkuvassakin"]
    with writing():
        hide_comment(moderator, visible_comment(SYSTEM, said), "swearing")
    assert words(client, "röntgenkuvas") == []


def test_the_same_word_elsewhere_goes_on_being_offered(
    client: FlaskClient, writing: Unit, caught_up: Caught
) -> None:
    with writing():
        kept, gone = idea(text="Röntgenkuva katosi."), idea(text="Röntgenkuva hukkui.")
    caught_up()
    assert words(client, "röntgenk") == ["röntgenkuva"]
    with writing():
        move_visibility(SYSTEM, visible_idea(SYSTEM, gone), Visibility.HIDDEN, Kind.HIDDEN)
    assert offered(client, "röntgenk") == (["röntgenkuva"], [kept])


def test_nothing_is_kept_by_anybody(client: FlaskClient, writing: Unit, caught_up: Caught) -> None:
    with writing():
        idea(text="Taksi ei löydä ovea.")
    caught_up()
    answer = client.get("/search/suggest?q=tak")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "taksi" in answer.text


def test_another_word_is_offered_when_it_finds_much_more(
    engine: Engine, writing: Unit, reading: Unit, caught_up: Caught
) -> None:
    with writing():
        for _ in range(12):
            idea(text="Kuulo on heikko.")
        idea(text="Kuula putosi varpaille.")
        hidden = [idea(text="Salin ovi on raskas.") for _ in range(12)]
        idea(text="Malin ei ehtinyt paikalle.")
    caught_up()
    with writing():
        for number in hidden:
            move_visibility(SYSTEM, visible_idea(SYSTEM, number), Visibility.HIDDEN, Kind.HIDDEN)
    with reading():
        assert suggestions.alternative(engine, "Kuula", "fi") == "kuulo"
        assert suggestions.alternative(engine, "heikko kuula", "fi") == "heikko kuulo"
        assert suggestions.alternative(engine, "kuulo", "fi") == ""
        assert suggestions.alternative(engine, "malin", "fi") == ""
        assert suggestions.alternative(engine, "", "fi") == ""


@pytest.fixture(scope="module")
def furnished(live_server: LiveServer, tmp_path_factory: pytest.TempPathFactory) -> LiveServer:
    """The served installation with ideas to be offered."""
    texts = ("Röntgenkuva katosi matkalla.", "Röntgenhoitaja ehtii vasta illalla.")
    rows = [
        {"text": text, "visibility": "public", "external_reference": f"suggest-{number}"}
        for number, text in enumerate(texts)
    ]
    file = tmp_path_factory.mktemp("import") / "ideas.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    live_server.flask("ideas", "import", str(file))
    live_server.rebuild_search()
    app = create_app(Settings.from_environment(live_server.variables))
    with app.app_context():
        lexicon.relearn(every_document())
    installation.let_go(app)
    return live_server


@pytest.fixture
def visitors(browser: Browser, furnished: LiveServer) -> Iterator[Street]:
    with street(browser, furnished.url) as opened:
        yield opened


def options(page: Page) -> list[str]:
    return page.locator("#suggestions [role=option]").all_inner_texts()


def test_the_list_is_used_by_keyboard(visitors: Street) -> None:
    visitor = visitors.window()
    page, box = begin(visitor, "röntgen")
    expect(page.locator("#say")).to_have_text(re.compile("^4 "))
    visitor.look("search box with suggestions")
    assert [text.split("\n")[0] for text in options(page)][:2] == ["röntgenhoitaja", "röntgenkuva"]
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(box).to_have_attribute("aria-controls", "suggestions")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "suggestion-word-1")
    page.keyboard.press("ArrowUp")
    expect(box).to_have_attribute("aria-activedescendant", "suggestion-idea-2")
    expect(page.locator("[aria-selected=true]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#suggestions")).to_have_count(0)
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("röntgen")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#suggestions")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=r%C3%B6ntgenkuva$"))


def test_an_idea_is_reached_by_pointer_and_leaving_closes_the_list(visitors: Street) -> None:
    visitor = visitors.window()
    page, box = begin(visitor, "röntgen")
    page.locator("h1").click()
    expect(page.locator("#suggestions")).to_have_count(0)
    box.focus()
    page.keyboard.type("k")
    page.locator("#suggestion-idea-1").click()
    expect(page).to_have_url(re.compile(r"/ideas/\d+$"))


def test_an_older_answer_never_takes_the_place_of_a_newer_one(visitors: Street) -> None:
    visitor = visitors.window()
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.url.endswith("q=r%C3%B6"):
            held.append(route)
        else:
            route.continue_()

    visitor.page.route("**/search/suggest*", hold)
    visitor.go("/ideas")
    page, box = visitor.page, visitor.page.locator("[name=q]")
    with page.expect_request(lambda request: request.url.endswith("q=r%C3%B6")):
        box.press_sequentially("rö")
    box.press_sequentially("ntgenk")
    expect(page.locator("#suggestions [data-text]")).to_have_count(1)
    held[0].continue_()
    page.wait_for_load_state("networkidle")
    assert options(page)[0] == "röntgenkuva"


def begin(visitor: Window, typed: str) -> tuple[Page, Locator]:
    visitor.go("/ideas")
    box = visitor.page.get_by_role("combobox", name="Hae ideoista")
    box.press_sequentially(typed)
    expect(visitor.page.locator("#suggestions")).to_be_visible()
    return visitor.page, box
