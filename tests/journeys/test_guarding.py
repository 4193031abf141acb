"""A writer is shown what the text check marks, with script and without, and danger comes first."""

from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.windows import Street

BOX = "textarea[name=text]"
NURSE = "Hoitaja Maija Virtanen antoi meille väärän lomakkeen."
NEUTRAL = "Hoitaja antoi meille väärän lomakkeen."
DANGER = "En jaksa enää, haluan kuolla."


def test_neutral_words_are_put_in_and_the_text_is_sent(anywhere: Street) -> None:
    who = anywhere.window()
    page = who.page
    who.answers.add(422)
    who.go("/ideas/new")
    page.fill(BOX, NURSE)
    if not who.javascript:
        page.click(steps.SEND)
    expect(page.locator("#advice mark")).to_have_text("Hoitaja Maija Virtanen")
    who.look("idea form, with marked places")
    page.click("#advice button[name=replace]")
    expect(page.locator(BOX)).to_have_value(NEUTRAL)
    expect(page.locator("#advice mark")).to_have_count(0)
    page.click(steps.SEND)
    expect(page.locator(".reference")).to_be_visible()


def test_whoever_has_seen_the_marks_needs_one_press_only(with_script: Street) -> None:
    who = with_script.window()
    who.go("/ideas/new")
    who.page.fill(BOX, NURSE)
    expect(who.page.locator("#advice mark")).to_be_visible()
    who.page.click(steps.SEND)
    expect(who.page.locator(".reference")).to_be_visible()


def test_danger_is_met_with_numbers_before_it_is_sent(anywhere: Street) -> None:
    who = anywhere.window()
    page, numbers = who.page, who.page.locator(".advice-urgent a[href='tel:112']")
    who.answers.add(422)
    who.go("/ideas/new")
    page.fill(BOX, DANGER)
    if who.javascript:
        expect(numbers).to_be_visible()
    page.click(steps.SEND)
    expect(page.locator(".advice-urgent")).to_be_focused()
    expect(numbers).to_be_visible()
    who.look("idea form, somebody in danger")
    page.locator(".advice-urgent").get_by_role("button").click()
    expect(page.locator(".reference")).to_be_visible()


def test_a_comment_is_checked_while_it_is_written(
    with_script: Street, account_of_resident: str, public_idea: int
) -> None:
    who = with_script.window()
    page = who.page
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url.rpartition("/")[2]))
    steps.sign_in(who, account_of_resident)
    who.go(f"/ideas/{public_idea}")
    page.wait_for_load_state("networkidle")
    assert not any("guard" in one or one == "check" for one in asked), "nobody writes yet"
    box, marks = page.locator(f"#comments {BOX}"), page.locator("#comments .advice mark")
    box.click()
    page.keyboard.type("Tunnus on 131052-308U. Sanoin sen hoitaja Maija Virtaselle.")
    expect(marks).to_have_text(["131052-308U", "hoitaja Maija Virtaselle"])
    expect(page.locator("#comments [data-guard-line]")).not_to_be_empty()
    who.look("idea with marked places in the comment box")
    offered = page.locator("#comments .advice button[name=replace]").nth(1)
    expect(offered).to_contain_text("hoitajalle")
    offered.focus()
    page.keyboard.press("Enter")
    expect(box).to_be_focused()
    expect(box).to_have_value("Tunnus on 131052-308U. Sanoin sen hoitajalle.")
    expect(marks).to_have_text(["131052-308U"])
    assert who.path == f"/ideas/{public_idea}", "nothing was sent"
