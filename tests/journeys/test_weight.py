"""What a phone has to fetch: a whole first page in 25 KB, the next one in 8."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.journeys.windows import PHONE
from tests.real.server import LiveServer, serving

FIRST_LOAD = 25_000
NEXT_PAGE = 8_000
PAGES = ("/", "/ideas", "/ideas/new", "/search?q=hoidon", "/sub-projects", "/how", "/sign-in")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """An installation with the demo: lists are as long as they get."""
    with serving(tmp_path_factory.mktemp("full"), "full") as server:
        server.flask("demo", "load")
        yield server


@pytest.fixture
def phone(browser: Browser, full: LiveServer) -> Iterator[BrowserContext]:
    """A phone that was never here."""
    context = browser.new_context(base_url=full.url, viewport=PHONE, locale="fi-FI")  # type: ignore[arg-type]
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
@pytest.mark.parametrize("path", PAGES)
def test_the_first_page_and_the_next_are_light(path: str, phone: BrowserContext) -> None:
    page = phone.new_page()
    first, parts = weight_of(page, path)
    assert 1_000 < first <= FIRST_LOAD, parts
    for other in ("/ideas?page=2", "/ideas/1", "/ideas/new"):
        following, parts = weight_of(page, other)
        assert following <= NEXT_PAGE, (other, parts)
