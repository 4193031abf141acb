"""The promise kept: one idea from routed to an operating model, by way of a changed course."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

from playwright.sync_api import expect

from innovation.core import clock
from tests.journeys import steps
from tests.journeys.windows import Street, Window

TITLES = {
    True: "Kotikuntoutuksen käynnit alkavat vasta viikkojen päästä",
    False: "Rollaattorin saa vasta, kun on jo ehtinyt kaatua",
}
TRIALS = {True: "Kuntouttaja mukaan kotiinpaluun päivänä", False: "Rollaattori mukaan osastolta"}
TEXT = "{title}. Isä makasi sillä aikaa sohvalla, ja jalat ehtivät unohtaa portaat."
LESSON = "Puhelinaika ei riitä. Asiasta on sovittava osastolla ennen kotiinlähtöä."


def day(after: int) -> str:
    """Give a day as it is written in forms."""
    when = clock.today() + timedelta(days=after)
    return f"{when.day}.{when.month}.{when.year}"


def save(who: Window, state: str, name: str = "") -> None:
    """Look at the filled form and send it with its main button."""
    who.look(state)
    who.page.click("main form .button-main" + (f":has-text('{name}')" if name else ""))
    expect(who.page.locator(".notices")).to_be_visible()


def tell_next(who: Window, text: str, after: int) -> None:
    """Fill what the authors are told, what happens next and by when."""
    who.page.fill("textarea[name=text]", text)
    who.page.fill("input[name=step]", "Kerromme tulokset tällä sivulla.")
    who.page.fill("input[name=step_on]", day(after))


def answer(who: Window, idea: str, handling: str, text: str) -> None:
    """Answer the idea on its own page for it."""
    who.go(f"{idea}/answer")
    who.page.check(f"input[name=handling][value={handling}]")
    if handling == "in_use":
        who.page.fill("textarea[name=text]", text)
    else:
        tell_next(who, text, 20)
    save(who, f"answer form, {handling}")


def plan(who: Window, idea: str, title: str) -> str:
    """Plan an experiment for the idea; gives its address."""
    page = who.page
    who.go(f"/experiments/new?idea={idea.rpartition('/')[2]}")
    page.fill("input[name=title]", title)
    page.fill("textarea[name=hypothesis]", "Kun kuntoutus alkaa heti, kaatumisia on vähemmän.")
    page.fill("input[name=place]", "Haukiputaan kotihoito")
    page.fill("input[name=group]", "24 asiakasta ja 11 läheistä")
    page.fill("input[name=starts_on]", day(0))
    page.fill("input[name=ends_on]", day(60))
    steps.unfold(who, "input[name=measure_1_name]")
    page.fill("input[name=measure_1_name]", "Päiviä ensimmäiseen käyntiin")
    page.fill("input[name=measure_1_unit]", "päivää")
    page.fill("input[name=measure_1_baseline]", "21,5")
    page.fill("input[name=measure_1_target]", "3")
    save(who, "plan of an experiment")
    return who.path


def run_round(who: Window, trial: str, value: str, decision: str) -> None:
    """Start a round, write a reading and end it with a decision and a lesson."""
    who.go(f"{trial}/start")
    tell_next(who, "Kokeilu on alkanut.", 30)
    save(who, "starting an experiment")
    who.go(f"{trial}/readings")
    who.page.fill("input[name=on]", day(0))
    who.page.fill("input[name=value]", value)
    save(who, "readings of an experiment")
    who.go(f"{trial}/diary")
    who.page.fill("textarea[name=text]", "Ensimmäinen viikko on takana, ja kahvia on kulunut.")
    save(who, "diary of an experiment")
    who.go(f"{trial}/end")
    who.page.check(f"input[name=decision][value={decision}]")
    who.page.fill("textarea[name=lesson]", LESSON)
    tell_next(who, f"Päätimme näin: {decision}.", 40)
    save(who, f"ending an experiment, {decision}")


def describe(who: Window, idea: str, trial: str) -> str:
    """Write the operating model from what is known, and publish it; gives its address."""
    who.go(
        f"/operating-models/new?idea={idea.rpartition('/')[2]}&experiment={trial.rpartition('/')[2]}"
    )
    expect(who.page.locator("main")).to_contain_text("Ratkaisun perusidea")
    save(who, "operating model, the form")
    model = who.path
    who.go(f"{model}/publish")
    save(who, "publishing an operating model")
    return model


def test_an_idea_becomes_an_operating_model(
    anywhere: Street, account: Callable[[str], str]
) -> None:
    title, trial_title = TITLES[anywhere.javascript], TRIALS[anywhere.javascript]
    author, moderator, lead = (anywhere.window() for _ in range(3))
    receipt = steps.tell(author, TEXT.format(title=title))
    steps.sign_in(moderator, account("moderator"))
    steps.publish_and_route(moderator, title, "Ikäihmiset")

    steps.sign_in(lead, account("coordinator"))
    lead.go(f"/search?q={receipt.reference}")
    idea = lead.path
    answer(lead, idea, "under_evaluation", "Selvitämme, onnistuuko tämä Haukiputaalla.")

    first = plan(lead, idea, trial_title)
    run_round(lead, first, "9,5", "change")
    lead.go(first)
    lead.look("experiment that changed its course")
    second = lead.page.locator("main a[href^='/experiments/']", has_text=re.compile("2")).first
    address = (second.get_attribute("href") or "").partition("#")[0]
    lead.go(f"{address}/edit")
    lead.page.fill("input[name=starts_on]", day(0))
    lead.page.fill("input[name=ends_on]", day(30))
    save(lead, "plan of a second round")
    run_round(lead, address, "2,5", "spread")
    lead.go(address)
    expect(lead.page.locator("main")).to_contain_text(LESSON)
    lead.look("experiment that ended well")
    answer(lead, idea, "in_use", "Tämä on nyt käytössä koko Haukiputaalla.")
    model = describe(lead, idea, address)
    lead.go(model)
    expect(lead.page.locator("main h1")).to_be_visible()
    lead.look("operating model")

    steps.follow_by_key(author, receipt.key)
    expect(author.page.locator("main")).to_contain_text("Kuvattu toimintamalliksi")
    author.look("tracking page of an idea that is finished")
    author.page.click("#effect button[value=yes]")
    expect(author.page.locator(".notices")).to_be_visible()
    expect(author.page.locator("#effect")).to_contain_text("Vastasit: kyllä.", ignore_case=True)
    exported(author, model, trial_title)


def exported(who: Window, model: str, said: str) -> None:
    """Check that the files of the model are what they claim to be."""
    request = who.context.request
    whole = json.loads(request.get(f"{model}/export.json").text())
    assert said in json.dumps(whole, ensure_ascii=False)
    word = request.get(f"{model}/export.docx")
    assert word.headers["content-type"].endswith("wordprocessingml.document")
    with ZipFile(BytesIO(word.body())) as file:
        assert "word/document.xml" in file.namelist()
