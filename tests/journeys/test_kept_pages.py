"""Pages that no journey meets, with the demo: of answers, experiments, models and notices."""

from collections.abc import Sequence

import pytest
from playwright.sync_api import Browser

from innovation.demo.people import DOMAIN, PASSWORD
from tests.journeys import steps
from tests.journeys.windows import Window, street
from tests.real.server import LiveServer

TRIAL = ".trial-row h2 a"
MODEL = "main h2 a[href^='/operating-models/']"
OWN_MODELS = "/operating-models?sub_project=ikaihmiset"

# By whose page it is: where the way begins, the link that is followed, what is put after it.
WAYS: dict[str, Sequence[tuple[str, str, str]]] = {
    "": (
        ("/promises", "", ""),
        ("/promises/late", "", ""),
        ("/experiments", "", ""),
        ("/experiments?state=planned", TRIAL, ""),
        ("/experiments?state=running", TRIAL, ""),
        ("/experiments?state=stopped", TRIAL, ""),
        ("/operating-models", "", ""),
        ("/operating-models", MODEL, ""),
        ("/operating-models", MODEL, "/path"),
        ("/operating-models", MODEL, "/print"),
        ("/newsletter", "", ""),
    ),
    "vastuu": (
        ("/answers", "", ""),
        ("/answers/many", "", ""),
        ("/answers", "main h3 a[href^='/ideas/']", "/answer"),
        ("/answers", "main h3 a[href^='/ideas/']", "/postpone"),
        ("/answers/absences", "", ""),
        (OWN_MODELS, MODEL, "/uses"),
        (OWN_MODELS, MODEL, "/versions"),
        (OWN_MODELS, MODEL, "/versions/1"),
    ),
    "yllapito": (
        ("/answers/statutory", "", ""),
        ("/answers/dates", "", ""),
        ("/admin/phases", "", ""),
        ("/admin/mail", "", ""),
        ("/admin/jobs", "", ""),
        ("/admin/newsletter", "", ""),
        ("/admin/newsletter", ".matter-title a", ""),
        ("/admin/groups", "", ""),
        ("/admin/groups", ".people a", ""),
    ),
    "asukas": (
        ("/profile/effect", "", ""),
        ("/notices", "", ""),
        ("/profile/notices", "", ""),
        ("/profile/alerts", "", ""),
        ("/ideas/new", "", ""),
    ),
}


def go(window: Window, start: str, link: str, rest: str) -> None:
    """Open the address, or what the first such link of it leads to."""
    window.go(start)
    if link:
        href = window.page.locator(link).first.get_attribute("href") or ""
        window.go(href.partition("#")[0] + rest)


@pytest.mark.parametrize("mailbox", WAYS, ids=lambda mailbox: mailbox or "visitor")
def test_every_page_reads_and_fits(mailbox: str, demo_server: LiveServer, browser: Browser) -> None:
    with street(browser, demo_server.url) as opened:
        window = opened.window()
        if mailbox:
            steps.sign_in(window, f"{mailbox}@{DOMAIN}", PASSWORD)
        for start, link, rest in WAYS[mailbox]:
            go(window, start, link, rest)
            window.glance(f"{start} {rest}")
