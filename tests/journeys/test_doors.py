"""Coming in with a mailed code, by its link on another device, and on a device that others use."""

import re

from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.windows import Street
from tests.real.server import LiveServer

DRAFT = "Tämä jäi kesken kirjaston koneelle."
UNTIL_WARNED = 9 * 60 * 1000 + 41 * 1000


def ask_for_code(anywhere: Street, email: str) -> steps.Window:
    window = anywhere.window()
    window.go("/sign-in?next=/profile")
    window.look("sign-in")
    window.page.fill("input[name=email]", email)
    window.page.click("form[action^='/sign-in'] button.button-main")
    return window


def test_a_code_makes_the_account_and_later_opens_it(
    anywhere: Street, live_server: LiveServer
) -> None:
    email = f"ovi{anywhere.javascript}@posti.example".lower()
    newcomer = ask_for_code(anywhere, email)
    steps.type_code(newcomer, email, live_server.folder)
    page = newcomer.page
    newcomer.look("details of a new account")
    newcomer.answers.add(422)
    page.click("form[action^='/register'] button.button-main")
    expect(page.locator("#grown-error")).to_be_visible()
    page.fill("input[name=name]", "Ovesta tullut")
    page.check("input[name=grown]")
    page.click("form[action^='/register'] button.button-main")
    expect(page.locator("#details + dl")).to_contain_text(email)
    steps.sign_out(newcomer)

    page.goto("/sign-in?next=/profile/devices")
    page.fill("input[name=email]", email)
    page.press("input[name=email]", "Enter")
    expect(page.locator("input[name=code]")).to_be_visible()
    mail = steps.newest_mail(live_server.folder, email, known=1)
    page.fill("input[name=code]", "1111 1111")
    page.press("input[name=code]", "Enter")
    expect(page.locator("#code-error")).to_be_visible()
    newcomer.look("a code that does not work")
    page.fill("input[name=code]", steps.code_in(mail))
    page.press("input[name=code]", "Enter")
    expect(page.locator(".matter-rows li")).to_have_count(1)
    newcomer.look("devices")


def test_a_link_opens_the_door_on_another_device(
    with_script: Street, live_server: LiveServer
) -> None:
    email = "linkki@posti.example"
    first, other = with_script.window(), with_script.window()
    steps.register(first, email, "Linkistä tullut", live_server.folder)
    first.go("/profile/address")
    first.look("changing the address")
    steps.sign_out(first)
    first.go("/sign-in?next=/profile/devices")
    first.page.fill("input[name=email]", email)
    first.page.click("button[value=code]")
    expect(first.page.locator("input[name=code]")).to_be_visible()
    other.go(steps.link_in(steps.newest_mail(live_server.folder, email, known=1)))
    other.look("a mailed link")
    other.page.click("form[action^='/sign-in/link'] button.button-main")
    expect(other.page).to_have_url(re.compile("/profile/devices$"))
    other.go("/profile")
    expect(other.page.locator("#details + dl")).to_contain_text(email)


def test_a_shared_device_warns_and_then_forgets(
    with_script: Street, live_server: LiveServer
) -> None:
    email = "kirjasto@posti.example"
    steps.register(with_script.window(), email, "Kirjastossa", live_server.folder)
    window = with_script.window()
    page = window.page
    page.clock.install()
    window.go("/sign-in?next=/ideas/new")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", steps.PASSWORD)
    page.check("input[name=shared]")
    page.click("form[action^='/sign-in'] button.button-main")
    page.fill("textarea[name=text]", DRAFT)
    dialog = page.locator("dialog")
    expect(dialog).to_be_hidden()
    page.clock.fast_forward(UNTIL_WARNED)
    expect(dialog).to_be_visible()
    window.look("a warning on a shared device")
    dialog.locator("button").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("textarea[name=text]")).to_have_value(DRAFT)

    page.clock.fast_forward(UNTIL_WARNED)
    expect(dialog).to_be_visible()
    page.clock.fast_forward(20_000)
    expect(page).to_have_url(with_script.url + "/")
    expect(page.locator("main a[href='/profile']")).to_have_count(0)
    assert page.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]
    window.go("/ideas/new")
    expect(page.locator("textarea[name=text]")).to_have_value("")


def test_signing_out_leaves_no_draft_behind(with_script: Street, account_of_resident: str) -> None:
    window = with_script.window()
    steps.sign_in(window, account_of_resident)
    window.go("/ideas/new")
    window.page.fill("textarea[name=text]", DRAFT)
    steps.sign_out(window)
    window.go("/ideas/new")
    expect(window.page.locator("textarea[name=text]")).to_have_value("")
