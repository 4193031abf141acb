"""Deciding with keys alone, in a real browser as it is served."""

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from innovation.core import transaction
from innovation.core.config import Settings
from innovation.web.application import create_app
from tests.real import installation, people
from tests.real.server import LiveServer, serving

WIDE = {"width": 1280, "height": 900}
EMAIL = "nappaimilla@tyo.example"
TITLE = ".desk-card h1"

_numbers = count(1)


@pytest.fixture(scope="module")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A desk where nothing waits but what these tests bring: elsewhere danger would come first."""
    with serving(tmp_path_factory.mktemp("keys"), "keys") as server:
        yield server


@pytest.fixture(scope="module")
def account(live_server: LiveServer) -> str:
    """The e-mail address of a moderator."""
    app = create_app(Settings.from_environment(live_server.variables))
    with app.app_context(), transaction.writing():
        people.person("moderator", email=EMAIL, name="Näppäimillä")
    installation.let_go(app)
    return EMAIL


@pytest.fixture
def texts(live_server: LiveServer, tmp_path: Path) -> list[str]:
    """The texts of four ideas that wait, each with a title of its own."""
    number = next(_numbers)
    words = ("Ambulanssi", "Kotihoito", "Neuvola", "Hammashoito")
    texts = [f"{word} tulee myöhässä vuoroon {number}." for word in words]
    rows = [
        {"text": text, "visibility": "waiting", "external_reference": f"keys-{number}-{at}"}
        for at, text in enumerate(texts)
    ]
    file = tmp_path / "ideas.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    live_server.flask("ideas", "import", str(file))
    return texts


@pytest.fixture
def desk(
    browser: Browser, live_server: LiveServer, account: str, texts: list[str]
) -> Iterator[Page]:
    """The desk of a moderator who has never used keys."""
    context = browser.new_context(base_url=live_server.url, viewport=WIDE, locale="en-GB")
    context.set_default_timeout(20_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/sign-in?lang=en")
    page.fill("input[name=email]", account)
    page.fill("input[name=password]", people.PASSWORD)
    page.press("input[name=password]", "Enter")
    expect(page).not_to_have_url("/sign-in")
    page.goto("/moderation?kind=idea&lang=en")
    yield page
    context.close()
    assert complaints == []


def switch_on(page: Page) -> None:
    page.click("[data-keys]")
    page.check("[data-keys-on]")
    page.keyboard.press("Escape")
    expect(page.locator("body")).to_have_class("desk keys-on")


def goes_on(page: Page, title: str) -> None:
    """Wait for the page of another case, with its keys."""
    expect(page.locator(".notices")).to_be_visible()
    expect(page.locator(TITLE)).not_to_have_text(title)
    expect(page.locator("body")).to_have_class("desk keys-on")


def test_keys_are_off_until_switched_on_and_never_work_while_writing(desk: Page) -> None:
    title = desk.inner_text(TITLE)
    expect(desk.locator("[data-keys]")).to_be_visible()
    desk.keyboard.press("l")
    expect(desk.locator(TITLE)).to_have_text(title)
    expect(desk.locator("kbd.here")).to_have_count(0)
    switch_on(desk)
    expect(desk.locator("button[value=publish] kbd")).to_have_text("L")
    desk.keyboard.press("s")
    desk.locator("#decide textarea[name=reason]").focus()
    desk.keyboard.type("lphj")
    expect(desk.locator("#decide textarea[name=reason]")).to_have_value("lphj")
    expect(desk.locator(TITLE)).to_have_text(title)
    desk.keyboard.press("Escape")
    desk.keyboard.press("?")
    expect(desk.locator("#keys")).to_be_visible()
    expect(desk.locator("#keys dd").first).to_be_visible()


def test_publish_return_hide_and_undo_by_keys_alone(desk: Page) -> None:
    switch_on(desk)
    first = desk.inner_text(TITLE)
    desk.keyboard.press("l")
    goes_on(desk, first)
    expect(desk.locator(".notices")).to_contain_text(first.rstrip("."))

    second = desk.inner_text(TITLE)
    desk.keyboard.press("p")
    expect(desk.locator("#decide [name=ready]")).to_be_focused()
    desk.keyboard.press("2")
    expect(desk.locator("button[value=return]")).to_be_focused()
    desk.keyboard.press("Enter")
    goes_on(desk, second)

    third = desk.inner_text(TITLE)
    desk.keyboard.press("h")
    expect(desk.locator("#decide [name=rule]")).to_be_focused()
    desk.keyboard.press("4")
    expect(desk.locator("#decide [name=ready]")).to_be_focused()
    desk.keyboard.press("1")
    desk.keyboard.press("Enter")
    goes_on(desk, third)
    expect(desk.locator(".desk-undo")).to_contain_text(third.rstrip("."))

    fourth = desk.inner_text(TITLE)
    desk.keyboard.press("u")
    goes_on(desk, fourth)
    expect(desk.locator(TITLE)).to_have_text(third)
