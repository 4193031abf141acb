"""Taking one's own data, seeing what goes and what stays, and leaving; with script and not."""

import json
import zipfile

from playwright.sync_api import expect

from innovation.core import transaction
from innovation.core.config import Settings
from innovation.web.application import create_app
from tests.journeys import steps
from tests.journeys.windows import Street
from tests.real import installation
from tests.real.ideas import idea
from tests.real.people import person
from tests.real.server import LiveServer

TEXT = "Portaikon valot sammuvat kesken matkan."


def test_own_data_and_leaving(anywhere: Street, live_server: LiveServer) -> None:
    email, number = _somebody(anywhere, live_server)
    window = anywhere.window()
    page = window.page
    steps.sign_in(window, email)
    window.go("/profile")
    page.click("a[href='/profile/data']")
    window.look("own data")
    with page.expect_download() as begun:
        page.click("form[action='/profile/data'] button")
    with zipfile.ZipFile(begun.value.path()) as package:
        told = json.loads(package.read("data.json"))
        assert TEXT in package.read("data.html").decode()
    assert told["data"]["people"][0]["email"] == email

    page.click("a[href='/profile/delete']")
    expect(page.locator(".sheet")).to_contain_text(TEXT.rstrip("."))
    window.look("leaving")
    window.answers.add(422)
    page.click("form[action='/profile/delete'] button.button-main")
    expect(page.locator("#sure-error")).to_be_visible()
    window.look("leaving without having chosen")
    page.check("input[name=way][value=delete]")
    page.check("input[name=sure]")
    page.click("form[action='/profile/delete'] button.button-main")
    expect(page).to_have_url(f"{anywhere.url}/")
    expect(page.locator("a[href^='/sign-in']").first).to_be_attached()
    window.answers |= {404, 410}
    window.go(f"/ideas/{number}")
    expect(page.locator("main")).not_to_contain_text(TEXT)
    assert "@" not in steps.newest_mail(live_server.folder, email)


def test_a_nameless_author_takes_their_data(with_script: Street) -> None:
    author = with_script.window()
    receipt = steps.tell(author, "Ilmoitustaulun lukitus on rikki ja laput putoavat lattialle.")
    author.go(f"/seuraa/{receipt.key}")
    author.page.click("a[href$='/data']")
    author.look("own data of a nameless author")
    with author.page.expect_download() as begun:
        author.page.click("form[action$='/data'] button")
    with zipfile.ZipFile(begun.value.path()) as package:
        assert "Ilmoitustaulun lukitus" in package.read("data.html").decode()


def _somebody(street: Street, server: LiveServer) -> tuple[str, int]:
    """Make somebody with an idea that nobody has built on; gives their address and its number."""
    email = f"lahtija{street.javascript}@posti.example".lower()
    app = create_app(Settings.from_environment(server.variables))
    try:
        with app.app_context(), transaction.writing():
            return email, idea(person(email=email, name="Lähtevä"), text=TEXT)
    finally:
        installation.let_go(app)
