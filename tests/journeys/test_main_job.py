"""The main job at 390 pixels: from a resident's words to the right sub-project, and back."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.windows import Street
from tests.real.server import LiveServer

TITLES = {
    True: "Kotihoidon käynneillä vaihtuu hoitaja joka kerta",
    False: "Kotihoito ei ehdi odottaa, että avain löytyy",
}
TEXT = "{title}. Äidin luona Haukiputaalla kävi viikossa yhdeksän eri ihmistä."
SUB_PROJECT = "Ikäihmiset"
INFLECTED = "kotihoitoon"


def test_an_idea_reaches_its_sub_project_and_its_author_sees_it(
    anywhere: Street, account: Callable[[str], str], live_server: LiveServer
) -> None:
    title = TITLES[anywhere.javascript]
    said = "Meillä kävi samoin Kiimingissä, ja avain oli naapurilla."
    author, moderator, resident = (anywhere.window() for _ in range(3))

    receipt = steps.tell(author, TEXT.format(title=title))
    assert receipt.reference.startswith("PS-")

    steps.sign_in(moderator, account("moderator"))
    steps.publish_and_route(moderator, title, SUB_PROJECT)

    email = f"naapuri{anywhere.javascript}@posti.example".lower()
    steps.register(resident, email, "Naapuri", live_server.folder)
    row = steps.find(resident, INFLECTED, title)
    resident.look("search results")
    steps.support(resident, row)
    row.locator(".idea-title a").click()
    expect(resident.page.locator("h1")).to_have_text(title)
    resident.look("idea, supported")
    steps.comment(resident, said)

    steps.publish_comment(moderator, said)

    steps.follow_by_key(author, receipt.key)
    home = author.page.locator("main a[href='/sub-projects/ikaihmiset']")
    expect(home.first).to_have_text(steps.soft(SUB_PROJECT))
    author.page.click("main a[href^='/ideas/']")
    expect(author.page.locator("#comments")).to_contain_text(said)
    author.look("idea with a comment, nameless reader")
    author.page.locator("main a[href='/sub-projects/ikaihmiset']").first.click()
    expect(author.page.locator("main")).to_contain_text(title)
    author.look("sub-project with an idea")
