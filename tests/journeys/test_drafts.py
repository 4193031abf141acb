"""What is being written stays in the tab: on the front page, in the form, beside another text."""

from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.windows import Street

BOX = "textarea[name=text]"
FIRST = "Rollaattori ei mahdu hissiin."
SECOND = "Silmälääkärin aika siirtyi taas."


def test_the_front_page_keeps_what_was_written_there_or_in_the_form(with_script: Street) -> None:
    who = with_script.window()
    page = who.page
    who.go("/")
    page.fill(BOX, FIRST)
    who.go("/how")
    who.go("/ideas/new")
    expect(page.locator(BOX)).to_have_value(FIRST)
    steps.unfold(who, "textarea[name=what_helps]")
    page.fill("textarea[name=what_helps]", "Isompi hissi")
    who.go("/")
    expect(page.locator(BOX)).to_have_value(FIRST)
    page.click("form[action='/ideas/new'] button")
    expect(page.locator("textarea[name=what_helps]")).to_have_value("Isompi hissi")


def test_another_text_does_not_silently_take_the_place_of_a_draft(with_script: Street) -> None:
    who = with_script.window()
    page, offer = who.page, who.page.locator("[data-draft-other]")
    who.go("/ideas/new")
    expect(offer).to_be_hidden()
    page.fill(BOX, FIRST)
    for _time in range(2):  # the second time the page is loaded anew
        page.goto(f"/ideas/new?text={SECOND}")
        expect(page.locator(BOX)).to_have_value(SECOND)
        expect(offer).to_be_visible()
    who.look("idea form, another text in progress")
    offer.locator("button").click()
    expect(page.locator(BOX)).to_have_value(FIRST)
    offer.locator("button").click()
    expect(page.locator(BOX)).to_have_value(SECOND)
    page.click(steps.SEND)
    expect(page.locator(".reference")).to_be_visible()
    who.go("/ideas/new")
    expect(page.locator(BOX)).to_have_value("")
    offer.locator("button").click()
    expect(page.locator(BOX)).to_have_value(FIRST)
    expect(offer).to_be_hidden()


def test_following_happens_in_place(
    with_script: Street, account_of_resident: str, public_idea: int
) -> None:
    who = with_script.window()
    steps.sign_in(who, account_of_resident)
    who.go(f"/ideas/{public_idea}")
    who.page.evaluate("window.stayed = true")
    button = who.page.locator("form.follow button")
    before = button.inner_text()
    button.click()
    expect(button).not_to_have_text(before)
    expect(button).to_be_focused()
    assert who.page.evaluate("window.stayed")
