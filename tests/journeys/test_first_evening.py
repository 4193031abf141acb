"""The first evening of an installation: from the invitation to a moderator who can begin."""

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.journeys import steps
from tests.journeys.windows import street
from tests.real.people import PASSWORD
from tests.real.server import serving

NEWCOMER = "uusi.moderaattori@posti.example"


def test_an_empty_installation_gets_its_administrator_and_its_moderator(
    browser: Browser, tmp_path: Path
) -> None:
    with serving(tmp_path, "evening") as server, street(browser, server.url) as opened:
        first, newcomer = opened.window(), opened.window()
        page = first.page

        link = server.flask("admin", "invite").strip().splitlines()[-1]
        first.go(link)
        first.look("welcome")
        steps.fill_account(first, "yllapito@posti.example", "Ylläpitäjä")
        page.click("form[action^='/welcome/'] button.button-main")
        expect(page).to_have_url(re.compile("/admin$"))
        expect(page.locator(".checklist li")).not_to_have_count(0)
        first.look("checklist")

        first.answers.add(404)
        first.go(link)
        expect(page.locator("main form")).to_have_count(0)
        first.look("a link that was used")

        newcomer.go("/ideas")
        newcomer.look("list without ideas")
        steps.register(newcomer, NEWCOMER, "Uusi", server.folder)
        newcomer.answers.add(403)
        newcomer.go("/moderation")
        newcomer.look("not allowed")

        first.go("/admin/people")
        first.look("people")
        page.fill("main input[name=q]", NEWCOMER)
        page.click("main form[role=search] button")
        page.locator(".people a").click()
        first.look("a person's rights")
        page.select_option("select[name=role]", "moderator")
        page.fill("input[name=reason]", "Vuorossa arkisin")
        page.click("form[action^='/admin/people/'] button.button-main")
        expect(page.locator(".grants .valid")).to_have_count(1)
        first.look("a person with a right")

        newcomer.go("/moderation")
        expect(newcomer.page.locator(".desk-card")).to_be_visible()
        newcomer.look("an empty queue")
        newcomer.go("/profile")
        newcomer.look("a new person's own page")
        steps.sign_out(newcomer)
        newcomer.look("front page, signed out")
        steps.sign_in(newcomer, NEWCOMER, PASSWORD)
