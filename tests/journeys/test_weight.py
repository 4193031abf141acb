"""What a phone has to fetch: a whole first page in 25 KB, the next one in 8."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.journeys.windows import PHONE
from tests.real.server import LiveServer

FIRST_LOAD = 25 * 1024
NEXT_PAGE = 8 * 1024
FIRST = ("/", "/ideas", "/ideas/new", "/search?q=hoidon")
NEXT = ("/", "/ideas?page=2", "/ideas/180", "/ideas/new", "/sub-projects", "/how")


@pytest.fixture
def phone(browser: Browser, demo_server: LiveServer) -> Iterator[BrowserContext]:
    """A phone that was never here."""
    context = browser.new_context(base_url=demo_server.url, viewport=PHONE, locale="fi-FI")
    yield context
    context.close()


def weight_of(page: Page, path: str) -> tuple[int, dict[str, int]]:
    """Open the address; gives the bytes that came over the wire, headers too, and of what."""
    session = page.context.new_cdp_session(page)
    addresses: dict[str, str] = {}
    sizes: dict[str, int] = {}

    def note(event: dict[str, object]) -> None:
        sizes[addresses.get(str(event["requestId"]), "?")] = int(str(event["encodedDataLength"]))

    session.on(
        "Network.requestWillBeSent",
        lambda event: addresses.update({event["requestId"]: event["request"]["url"]}),
    )
    session.on("Network.loadingFinished", lambda event: note(event))
    session.send("Network.enable")
    page.goto(path, wait_until="networkidle")
    session.detach()
    shown = {re.sub(r"^https?://[^/]+", "", url): size for url, size in sizes.items()}
    return sum(shown.values()), shown


@pytest.mark.once
@pytest.mark.parametrize("path", FIRST)
def test_a_first_page_is_light(path: str, phone: BrowserContext) -> None:
    size, parts = weight_of(phone.new_page(), path)
    assert 1_000 < size <= FIRST_LOAD, parts


@pytest.mark.once
def test_the_pages_after_the_first_are_lighter(phone: BrowserContext) -> None:
    page = phone.new_page()
    weight_of(page, "/ideas")
    for path in NEXT:
        size, parts = weight_of(page, path)
        assert 300 < size <= NEXT_PAGE, parts
