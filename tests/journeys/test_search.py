"""Finding at 390 pixels by other forms, parts, slips, Swedish, another name; and similar ideas."""

import json
import re
import time
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Locator, Request, Route, expect
from playwright.sync_api import Error as PlaywrightError

from tests.journeys.windows import Street, Window, street
from tests.real.server import LiveServer

LONGEST_INDEXING = 30.0
HOME_CARE = "Kotihoidossa vaihtuu hoitaja joka päivä"
REHABILITATION = "Etäkuntoutus jäi kesken, kun kuva katkesi"
TEETH = "Hammaslääkäri perui ajan samana aamuna"
MINDS = "Mielenterveyspalvelut ovat liian kaukana nuorista"
TEXTS = (HOME_CARE, REHABILITATION, TEETH, MINDS)
ROWS = [
    {
        "text": f"{text}.",
        "visibility": "public",
        "external_reference": f"haku-{number}",
        "area": "oulu" if text == HOME_CARE else "lakeus",
    }
    for number, text in enumerate(TEXTS)
]


@pytest.fixture(scope="session")
def found_ideas(live_server: LiveServer, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Public ideas that the worker puts into the index."""
    file = tmp_path_factory.mktemp("search") / "ideas.jsonl"
    file.write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    live_server.flask("ideas", "import", str(file))
    live_server.rebuild_search()


def search(who: Window, words: str, title: str) -> Locator:
    """Search by the box until the idea is found; gives its row."""
    end = time.monotonic() + LONGEST_INDEXING
    row = who.page.locator(".idea-row", has_text=title)
    while True:
        who.go("/search")
        who.page.fill("main input[name=q]", words)
        who.page.press("main input[name=q]", "Enter")
        expect(who.page.locator("main .tips")).to_be_attached()
        if row.count():
            return row
        assert time.monotonic() < end, f"{words} never found {title}"


@pytest.mark.usefixtures("found_ideas")
def test_an_idea_is_found_in_many_ways_and_the_page_says_why(anywhere: Street) -> None:
    who = anywhere.window()
    row = search(who, "kotihoitoon", HOME_CARE)
    expect(row.locator(".why")).to_contain_text(re.compile("kotihoidossa.*kotihoitoon"))
    expect(row.locator(".idea-title mark").first).to_have_text("Kotihoidossa")
    who.look("search, an inflected word")
    row = search(who, "kuntoutus", REHABILITATION)
    expect(row.locator(".why")).to_contain_text("etäkuntoutus")
    row = search(who, "hemvård", HOME_CARE)
    expect(row.locator(".why")).to_contain_text("hemvård")
    row = search(who, "mt-palvelut", MINDS)
    expect(row.locator(".why")).to_be_visible()


@pytest.mark.usefixtures("found_ideas")
def test_a_slip_is_forgiven_and_the_words_can_be_searched_as_written(anywhere: Street) -> None:
    who = anywhere.window()
    search(who, "hammaslääkri", TEETH)
    note = who.page.locator(".search-note")
    expect(note).to_contain_text("hammaslääkäri")
    who.look("search, a slip corrected")
    note.locator("a").click()
    expect(who.page).to_have_url(re.compile("exact=1"))
    expect(who.page.locator(".search-note a[href*='exact=1']")).to_have_count(0)


@pytest.mark.usefixtures("found_ideas")
def test_what_is_found_is_narrowed_by_chips_and_boxes(anywhere: Street) -> None:
    who = anywhere.window()
    search(who, "hoitaja TAI kuntoutus", REHABILITATION)
    who.page.click(".chips a[href*='answered=no']")
    expect(who.page.locator(".idea-row", has_text=REHABILITATION)).to_have_count(1)
    who.page.check("input[name=area][value=oulu]")
    who.page.click("#filters button[type=submit]")
    expect(who.page).to_have_url(re.compile("answered=no.*area=oulu|area=oulu.*answered=no"))
    expect(who.page.locator(".idea-row", has_text=REHABILITATION)).to_have_count(0)
    expect(who.page.locator(".idea-row", has_text=HOME_CARE)).to_have_count(1)
    who.look("search, narrowed")


@pytest.mark.usefixtures("found_ideas")
def test_how_the_search_works_and_an_empty_page(anywhere: Street) -> None:
    who = anywhere.window()
    who.go("/search?q=xyzzyqwx")
    expect(who.page.locator(".empty")).to_be_visible()
    who.page.click(".tips summary")
    who.look("search, nothing found")
    who.page.click(".empty a")
    expect(who.page.locator("textarea[name=text]")).to_have_value("xyzzyqwx")


TOLD = "Kotihoidossa vaihtuu hoitaja, ja äiti ei enää tiedä, kuka päivällä tulee"


@pytest.mark.usefixtures("found_ideas")
def test_similar_ideas_stand_beside_what_is_written(with_script: Street) -> None:
    who = with_script.window()
    search(who, "kotihoito", HOME_CARE)
    for path, state in (("/", "front page, similar ideas"), ("/ideas/new", "form, similar ideas")):
        who.go(path)
        who.page.fill("textarea[name=text]", TOLD)
        similar = who.page.locator("#similar a", has_text=HOME_CARE)
        expect(similar).to_be_visible()
        expect(who.page.locator("[data-similar-line] a")).to_be_visible()
        who.look(state)
        who.page.fill("textarea[name=text]", "Lyhyt")
        expect(similar).to_have_count(0)
        expect(who.page.locator("[data-similar-line]")).to_be_empty()
        who.page.fill("textarea[name=text]", "")
        # What is left there is the draft of the next page.
        who.page.wait_for_function(
            "told => !JSON.stringify({...sessionStorage}).includes(told)", arg="Lyhyt"
        )


@pytest.mark.usefixtures("found_ideas")
def test_an_older_answer_never_takes_the_place_of_a_newer_one(with_script: Street) -> None:
    who = with_script.window()
    search(who, "kotihoito", HOME_CARE)
    page, box = who.page, who.page.locator("textarea[name=text]")
    held: list[Route] = []
    ended: list[Request] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    def note(request: Request) -> None:
        ended.append(request)

    who.go("/")
    page.on("requestfinished", note)
    page.on("requestfailed", note)
    page.route("**/search/similar", hold_the_first)
    with page.expect_request("**/search/similar"):
        box.fill(TOLD)
    with page.expect_response("**/search/similar") as newer:
        box.fill("Röntgenin jono kiertää käytävän ja takaisin")
    # The page may have given the older one up.
    with suppress(PlaywrightError):
        held[0].continue_()
    end = time.monotonic() + LONGEST_INDEXING
    while held[0].request not in ended:
        assert time.monotonic() < end, "the older request never ended"
        page.evaluate("() => new Promise(requestAnimationFrame)")
    page.evaluate("() => new Promise(requestAnimationFrame)")
    expect(page.locator("#similar a", has_text=HOME_CARE)).to_have_count(0)
    assert all("?" not in one.url for one in (held[0].request, newer.value.request))


@pytest.mark.usefixtures("found_ideas")
def test_an_ideas_page_shows_similar_ones(anywhere: Street) -> None:
    who = anywhere.window()
    search(who, "etäkuntoutus", REHABILITATION).locator(".idea-title a").click()
    expect(who.page.locator("h1")).to_have_text(REHABILITATION)
    if anywhere.javascript:
        who.page.locator(".side .timeline").scroll_into_view_if_needed()
        expect(who.page.locator("a[data-similar-to]")).to_have_count(0)
    else:
        who.page.click("a[data-similar-to]")
        expect(who.page).to_have_url(re.compile("/search/similar/"))
        who.look("similar ideas of an idea")


@pytest.mark.usefixtures("found_ideas")
def test_without_script_one_looks_first_and_then_posts(
    browser: Browser, live_server: LiveServer
) -> None:
    with street(browser, live_server.url, javascript=False) as opened:
        who = opened.window()
        search(who, "kotihoito", HOME_CARE)
        who.go("/")
        who.page.fill("textarea[name=text]", TOLD)
        who.page.click("button[formaction]")
        expect(who.page.locator(".similar a", has_text=HOME_CARE)).to_be_visible()
        who.look("looked first, without script")
        who.page.click("form[action='/ideas/new'] button.button-main")
        expect(who.page.locator("form[action='/ideas'] textarea[name=text]")).to_have_value(TOLD)
