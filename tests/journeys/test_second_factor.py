"""Staff come in by the employer; a moderator adds a passkey and comes in by it alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from innovation.core import transaction
from innovation.core.config import Settings
from innovation.core.permissions import Role
from innovation.web.application import create_app
from tests.journeys import steps
from tests.journeys.windows import Street, Window, street
from tests.real import installation, people
from tests.real.provider import ProviderProcess, providing
from tests.real.server import LiveServer, serving

MODERATOR = "moderaattori@tyo.example"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def provider() -> Iterator[ProviderProcess]:
    with providing() as process:
        yield process


@pytest.fixture(scope="module")
def server(
    provider: ProviderProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """A service whose officials need a second factor, and which knows the employer."""
    told = {**provider.variables, "INNOVATION_SECOND_FACTOR": "officials"}
    folder: Path = tmp_path_factory.mktemp("factor")
    with serving(folder, "factor", "localhost", **told) as served:
        app = create_app(Settings.from_environment(served.variables))
        with app.app_context(), transaction.writing():
            people.person(Role.MODERATOR, email=MODERATOR, name="Moderaattori")
        installation.let_go(app)
        yield served


@pytest.fixture
def with_script(browser: Browser, server: LiveServer) -> Iterator[Street]:
    with street(browser, server.url) as opened:
        yield opened


def with_authenticator(window: Window) -> None:
    """Give the window a device that makes and keeps passkeys."""
    devices = window.context.new_cdp_session(window.page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def test_a_moderator_adds_a_passkey_and_comes_in_by_it_alone(with_script: Street) -> None:
    who = with_script.window()
    page = who.page
    with_authenticator(who)
    steps.sign_in(who, MODERATOR)
    who.go("/moderation")
    expect(page).to_have_url(re.compile("/profile/security"))
    who.look("an official without a second factor")
    page.click("a[href^='/profile/security/passkey']")
    who.look("a new passkey")
    page.fill("input[name=name]", "Työkone")
    page.click("form[data-passkey=new] button")
    expect(page).to_have_url(re.compile("/spare-codes"))
    who.look("spare codes")
    expect(page.locator("main ol code")).to_have_count(10)
    page.click("main form button.button-main")
    expect(page).to_have_url(re.compile("/moderation"))
    expect(page.locator(".desk-card")).to_be_visible()
    who.go("/profile/security")
    expect(page.locator(".matter-rows")).to_contain_text("Työkone")
    who.look("second factors")

    steps.sign_out(who)
    who.go("/sign-in?next=/moderation")
    page.click("main a[href^='/passkey']")
    who.look("the passkey as a door")
    page.click("form[data-passkey=show] button")
    expect(page).to_have_url(re.compile("/moderation"))
    expect(page.locator(".desk-card")).to_be_visible()

    steps.sign_out(who)
    steps.sign_in(who, MODERATOR)
    expect(page).to_have_url(re.compile("/second-factor$"))
    who.look("asked for the second factor")
    page.click("form[data-passkey=show] button")
    expect(page).not_to_have_url(re.compile("/second-factor"))
    who.go("/profile")
    expect(page.locator("#details")).to_be_visible()


def test_a_passkey_that_is_not_there_is_told_in_words(with_script: Street) -> None:
    who = with_script.window()
    with_authenticator(who)
    who.go("/passkey")
    who.page.click("form[data-passkey=show] button")
    expect(who.page.locator("form [role=status]")).not_to_be_empty()


@pytest.mark.parametrize("javascript", [True, False])
def test_staff_come_in_by_the_employer(
    browser: Browser, server: LiveServer, provider: ProviderProcess, javascript: bool
) -> None:
    with street(browser, server.url, javascript=javascript) as opened:
        who = opened.window()
        page = who.page
        who.go("/sign-in?next=/profile")
        who.look("sign-in with the employer's door")
        page.click("main a[href^='/federation/begin?']")
        expect(page).to_have_url(re.compile(re.escape(provider.issuer)))
        page.click("button")
        expect(page).to_have_url(f"{server.url}/profile")
        expect(page.locator("main dl")).to_contain_text("Maija Työntekijä")
        page.click("main form[action='/sign-out'] button")
        expect(page).to_have_url(re.compile("/federation/left$"))
        who.look("signed out here, and there as well")
        page.click("main a[href*='/logout']")
        expect(page).to_have_url(re.compile(re.escape(provider.issuer)))
        who.answers.add(422)
        who.go("/federation/return?state=x")
        who.look("a sign-in that did not work")
