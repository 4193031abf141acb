"""A nameless author moves what they wrote into an account, starting from the receipt."""

import re

from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.windows import Street
from tests.real.server import LiveServer

EMAIL = "ottaja@posti.example"


def test_a_receipt_is_taken_into_a_new_account(
    with_script: Street, live_server: LiveServer
) -> None:
    author = with_script.window()
    page = author.page
    receipt = steps.tell(author, "Ulko-oven kynnys on niin korkea, ettei rollaattori nouse yli.")
    page.click("main a.button[href^='/seuraa/']:not([href*='#'])")
    expect(page.locator("#reach")).to_be_visible()
    expect(page.locator("form[action$='/claim']")).to_have_count(0)
    page.click("main a[href^='/sign-in?next=']")
    page.fill("input[name=email]", EMAIL)
    page.press("input[name=email]", "Enter")
    steps.type_code(author, EMAIL, live_server.folder)
    page.fill("input[name=name]", "Kynnyksen takaa")
    page.check("input[name=grown]")
    page.click("form[action^='/register'] button.button-main")

    expect(page).to_have_url(re.compile(f"/seuraa/{receipt.key}$"))
    author.glance("a tracking page, signed in")
    page.click("form[action$='/claim'] button")
    expect(page).to_have_url(re.compile("/profile$"))
    expect(page.locator(".matter-rows").first).to_contain_text(receipt.reference)
    author.glance("own matters after an idea was taken in")
    # The key works as before, and nobody else can take the idea now.
    other = with_script.window()
    other.go(f"/seuraa/{receipt.key}")
    expect(other.page.locator("h1")).to_contain_text("Ulko-oven kynnys")
