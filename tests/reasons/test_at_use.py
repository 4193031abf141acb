"""A ready reason at the desk: filled in, in the author's language, and nothing typed is lost."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from innovation.core.permissions import System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.queries import timeline_of, visible_idea
from innovation.programme.queries import snapshot
from innovation.reasons.actions import ReasonDraft, add_reason
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import signed_in

WAITING = Visibility.WAITING
TEXTS = {
    "fi": "Idea {title} ({reference}) rikkoo sääntöä {rule}.",
    "sv": "Idén {title} ({reference}) bryter mot regeln {rule}.",
    "en": "The idea {title} ({reference}) breaks the rule {rule}.",
}


@pytest.fixture
def moderator(app: Flask, database: Connection) -> FlaskClient:
    return signed_in(app, "moderator")[0]


def ready(use: str, texts: dict[str, str]) -> str:
    version = snapshot().version
    return str(add_reason(System("test"), ReasonDraft(use, texts), version))


def sent(client: FlaskClient, number: int, **fields: str) -> tuple[int, str]:
    """Decide on the idea by the form of its page; gives the status and the page."""
    address = f"/moderation/ideas/{number}"
    page = client.get(address).get_data(as_text=True)
    seen = re.search(r'name="seen"[^>]* value="(\d+)"', page)
    assert seen
    answer = client.post(f"{address}?lang=en", data={"seen": seen[1], **fields})
    return answer.status_code, unescape(answer.get_data(as_text=True))


def reason_of(reading: Unit, number: int) -> str:
    with reading():
        row = visible_idea(System("test"), number)
        return timeline_of(System("test"), row)[0].reason


def test_the_author_reads_the_language_of_the_idea_and_the_moderator_that_of_the_page(
    moderator: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        number = idea(visibility=WAITING, language="sv", title="Kön")
        chosen = ready("hide", TEXTS)
        reference = visible_idea(System("test"), number).reference
        rule = snapshot().rule_name("honour", "sv")
    page = unescape(moderator.get(f"/moderation/ideas/{number}?lang=en").get_data(as_text=True))
    assert f">The idea Kön ({reference}) breaks the rule {{rule}}.</option>" in page
    status, _ = sent(moderator, number, decision="hide", rule="honour", ready=chosen)
    assert status == 303
    assert reason_of(reading, number) == f"Idén Kön ({reference}) bryter mot regeln {rule}."


@pytest.mark.parametrize(
    ("text", "says"),
    [("Idea on nyt: {sub_project}.", "names the sub-project"), ("{rule}", "names the rule")],
)
def test_what_the_idea_has_not_is_said_and_nothing_is_lost(
    moderator: FlaskClient, writing: Unit, reading: Unit, text: str, says: str
) -> None:
    with writing():
        number = idea(visibility=WAITING)
        chosen = ready("return", {"fi": text})
    status, page = sent(moderator, number, decision="return", ready=chosen, reason="Kiitos, kun …")
    assert status == 422
    assert says in page
    assert 'id="reason-error"' in page
    assert "Kiitos, kun …" in page
    assert re.search(rf'<option[^>]* selected[^>]* value="{chosen}"', page)
    with reading():
        assert visible_idea(System("test"), number).visibility == WAITING


def test_a_title_with_braces_is_not_filled_again(
    moderator: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        number = idea(visibility=WAITING, title="{rule} vai {x}")
        chosen = ready("return", {"fi": "Otsikko {title} on epäselvä."})
    status, _ = sent(moderator, number, decision="return", ready=chosen)
    assert status == 303
    assert reason_of(reading, number) == "Otsikko {rule} vai {x} on epäselvä."
