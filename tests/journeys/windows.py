"""Windows of people, and what every page in them must stand: axe-core, reflow, a quiet console."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route

from tests.real import installation
from tests.real.browser import PATIENCE_MS

PHONE = {"width": 390, "height": 844}
WIDTHS = (320, 390, 1280)
NARROW = 390
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
EVERY_RULE = {
    "resultTypes": ["violations"],
    "preload": False,
    "iframes": False,
    "runOnly": {"type": "tag", "values": TAGS},
}
COLOURS = {**EVERY_RULE, "runOnly": {"type": "rule", "values": ["color-contrast"]}}
# What depends on where things stand: the narrowest phone shows the same elements as another.
PLACES = {
    **EVERY_RULE,
    "runOnly": {
        "type": "rule",
        "values": ["color-contrast", "target-size", "scrollable-region-focusable"],
    },
}
FOUND = """options => axe.run(options).then(results => results.violations.map(violation =>
    `${violation.id}: ${violation.nodes.length} × ${violation.nodes[0].target} ` +
    violation.nodes[0].failureSummary))"""
TOO_WIDE = """() => document.documentElement.scrollWidth > document.documentElement.clientWidth
    ? [...document.querySelectorAll("body *")]
        .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
        .slice(0, 5).map(one => one.outerHTML.slice(0, 120)) : null"""
TEXT_SIZE = "size => { document.documentElement.style.fontSize = size }"

# What was looked at in this run: a page in a state is looked at once, however often it is met.
_seen: set[str] = set()


class Window:
    """One person's window. `answers` are the statuses of refusals that the story expects."""

    def __init__(self, context: BrowserContext, *, javascript: bool) -> None:
        """Open an empty page and listen to everything it complains about."""
        self.context, self.javascript = context, javascript
        self.page: Page = context.new_page()
        self.answers: set[int] = set()
        self.complaints: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))

    def _note(self, message: ConsoleMessage) -> None:
        expected = any(f"status of {status}" in message.text for status in self.answers)
        if message.type in {"error", "warning"} and not expected:
            self.complaints.append(f"{message.type}: {message.text} at {self.page.url}")

    def go(self, path: str) -> None:
        """Open an address of the service."""
        self.page.goto(path)

    @property
    def path(self) -> str:
        """The path of the address that is open."""
        return urlsplit(self.page.url).path

    def look(self, state: str) -> None:
        """Note what keeps the page, which is in this state, from reading and fitting well."""
        if state in _seen or installation.on_postgresql():
            return
        _seen.add(state)
        wrong = _examined(self.page) if self.javascript else self._copy_examined()
        self.complaints += [f"{state}, {self.page.url}: {one}" for one in wrong]

    def glance(self, state: str) -> None:
        """Note what is wrong on a phone, where whole journeys would take too long to look."""
        if state in _seen or installation.on_postgresql():
            return
        _seen.add(state)
        wrong = _glanced(self.page)
        self.complaints += [f"{state}, {self.page.url}: {one}" for one in wrong]

    def _copy_examined(self) -> list[str]:
        """Examine the page's markup where scripts may run, though none of its own does."""
        html, url = self.page.content(), self.page.url

        def answer(route: Route) -> None:
            kind = route.request.resource_type
            if kind == "document":
                route.fulfill(body=html, content_type="text/html; charset=utf-8")
            elif kind == "script":
                route.fulfill(body="", content_type="text/javascript")
            else:
                route.continue_()

        browser = self.context.browser
        assert browser is not None
        copy = browser.new_context(viewport=PHONE, locale="fi-FI")
        page = copy.new_page()
        page.route("**", answer)
        page.goto(url)
        wrong = _examined(page)
        copy.close()
        return wrong


def _glanced(page: Page) -> list[str]:
    """Examine at one width: every rule in light, in dark what depends on colours, and reflow."""
    page.evaluate(_axe())
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": NARROW, "height": max(tall, PHONE["height"])})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    wrong = [f"light: {one}" for one in page.evaluate(FOUND, EVERY_RULE)]
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    wrong += [f"dark: {one}" for one in page.evaluate(FOUND, COLOURS)]
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    return wrong + _reflowed(page)


def _reflowed(page: Page) -> list[str]:
    wrong = []
    for width, size in ((WIDTHS[0], ""), (NARROW, "200%")):
        page.set_viewport_size({"width": width, "height": PHONE["height"]})
        page.evaluate(TEXT_SIZE, size)
        if (beyond := page.evaluate(TOO_WIDE)) is not None:
            wrong.append(f"{width} px, text {size or '100%'}: scrolls sideways: {beyond}")
    page.evaluate(TEXT_SIZE, "")
    return wrong


def _examined(page: Page) -> list[str]:
    page.evaluate(_axe())
    wrong: list[str] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": PHONE["height"]})
        # As tall as the page is, so that no bar that stays in reach lies over what it would judge.
        tall = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": max(tall, PHONE["height"])})
        if width <= NARROW and (beyond := page.evaluate(TOO_WIDE)) is not None:
            wrong.append(f"{width} px: scrolls sideways: {beyond}")
        rules = EVERY_RULE if width >= NARROW else PLACES
        for scheme, asked in (("light", rules), ("dark", COLOURS)):
            # Reduced motion: a colour that is still on its way would be judged too early.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            wrong += [f"{width} px {scheme}: {one}" for one in page.evaluate(FOUND, asked)]
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    page.evaluate(TEXT_SIZE, "200%")
    if (beyond := page.evaluate(TOO_WIDE)) is not None:
        wrong.append(f"with text at 200 %: scrolls sideways: {beyond}")
    page.evaluate(TEXT_SIZE, "")
    return wrong


@cache
def _axe() -> str:
    return str(Axe().axe_script)


class Street:
    """Where people come from: opens windows of people who do not know each other."""

    def __init__(self, browser: Browser, url: str, *, javascript: bool = True) -> None:
        """Remember the service's address and whether scripts run."""
        self.browser, self.url, self.javascript = browser, url, javascript
        self.windows: list[Window] = []

    def window(self) -> Window:
        """Open a window without any history, on a phone that speaks Finnish."""
        context = self.browser.new_context(
            base_url=self.url, viewport=PHONE, locale="fi-FI", java_script_enabled=self.javascript
        )
        context.set_default_timeout(PATIENCE_MS)
        self.windows.append(Window(context, javascript=self.javascript))
        return self.windows[-1]


@contextmanager
def street(browser: Browser, url: str, *, javascript: bool = True) -> Iterator[Street]:
    """Give a street for as long as the block runs; then no window may have complained."""
    opened = Street(browser, url, javascript=javascript)
    try:
        yield opened
    finally:
        complaints = [one for window in opened.windows for one in window.complaints]
        for window in opened.windows:
            window.context.close()
        print(*complaints, sep="\n")
    assert not complaints, "\n".join(complaints)
