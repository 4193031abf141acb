"""What the card of a case shows to whoever decides on it."""

import re
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from innovation.comments.actions import CommentDraft, post_comment
from innovation.comments.reports import report
from innovation.core.permissions import Nobody
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.queries import visible_idea
from innovation.moderation.marks import read
from innovation.routing.model_file import NAME
from innovation.routing.suggestions import adviser_in
from innovation.search import upkeep
from innovation.search.engines import engine_for
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person, signed_in

WAITING = Visibility.WAITING
AMBULANCE = "Ambulanssin tulo kesti tunnin ja ensihoitaja oli yksin. Ensihoito tarvitsee lisää."


@pytest.fixture
def moderator(app: Flask, database: Connection) -> FlaskClient:
    return signed_in(app, "moderator")[0]


@pytest.fixture
def folder(app: Flask) -> Path:
    path = app.extensions["settings"].instance
    assert isinstance(path, Path)
    return path


def card(moderator: FlaskClient, number: int, kind: str = "ideas") -> str:
    answer = moderator.get(f"/moderation/{kind}/{number}?lang=en")
    assert answer.status_code == 200
    return " ".join(unescape(answer.text).split())


def waiting(writing: Unit, text: str, **facts: object) -> int:
    with writing():
        return idea(visibility=WAITING, text=text, **facts)


def test_each_mark_says_its_kind_and_what_to_say_instead(
    moderator: FlaskClient, writing: Unit
) -> None:
    number = waiting(
        writing, "Hoitaja Maija Virtanen ei vastannut. Soita 040 123 4567, niin kerron lisää."
    )
    page = card(moderator, number)
    mark = re.search(r'Maija Virtanen</mark><span class="doubt">.*?name.*?<i lang="fi">(\w+)', page)
    assert mark
    assert mark[1] == "hoitaja"
    assert re.search(r'4567</mark><span class="doubt">.*?phone number', page)
    assert 'Names or contact details<span class="hide">: the text check marked' in page
    assert 'Nobody\'s health details<span class="hide">: the text check found nothing' in page


def test_a_mark_within_a_mark_keeps_both_kinds() -> None:
    text = "Äitini Aino Koskinen sairastaa muistisairautta, ja hoitaja käy kerran päivässä."
    reading = read(text, language="fi")
    assert "".join(piece.text for piece in reading.texts[0]) == text
    assert {str(kind) for piece in reading.marks for kind in piece.kinds} >= {
        "name",
        "somebody's care",
    }


def test_what_the_guard_cannot_read_is_left_to_the_eye(
    moderator: FlaskClient, writing: Unit
) -> None:
    number = waiting(writing, "Il n'y a pas de chaises.", language="fr")
    assert 'Nobody\'s health details<span class="hide">: look yourself' in card(moderator, number)


def test_a_long_text_without_doubts_is_whole(moderator: FlaskClient, writing: Unit) -> None:
    text = "Neuvolan odotustilaan mahtuu vain kaksi tuolia. " * 100
    page = card(moderator, waiting(writing, text.strip()))
    assert page.count("Neuvolan odotustilaan mahtuu vain kaksi tuolia.") >= 100
    assert 'class="doubt"' not in page


def test_the_card_says_why_it_is_here(moderator: FlaskClient, writing: Unit) -> None:
    number = waiting(writing, "Odotustilaan tuoleja.", suspicious=True, risk=3)
    page = card(moderator, number)
    for words in ("New: nobody has read it yet", "Somebody's health or safety", "Perhaps a robot"):
        assert words in page


def test_five_reports_stand_on_the_card(moderator: FlaskClient, writing: Unit) -> None:
    with writing():
        number = idea(indexable=True)
        row = visible_idea(person("moderator"), number)
        for turn in range(5):
            report(Nobody(), row, None, "honour", f"Sana numero {turn}.", f"reader {turn}")
    page = texts_of_report(moderator)
    assert "5 reports" in page
    assert all(f"Sana numero {turn}." in page for turn in range(5))


def texts_of_report(moderator: FlaskClient) -> str:
    return " ".join(unescape(moderator.get("/moderation?lang=en").text).split())


def test_a_likely_suggestion_is_chosen_so_that_one_press_is_enough(
    app: Flask, moderator: FlaskClient, writing: Unit, reading: Unit, folder: Path
) -> None:
    with reading():
        adviser_in(folder)
    page = card(moderator, waiting(writing, AMBULANCE))
    first = page.partition('id="suggested"')[2].partition("</li>")[0]
    assert "checked" in first
    assert 'data-key="1"' in first
    chosen = re.findall(r'<input[^>]*name="primary"[^>]*>', page)
    assert sum("checked" in one for one in chosen) == 1


def test_a_routed_idea_keeps_its_sub_project_chosen(
    moderator: FlaskClient, writing: Unit, reading: Unit, folder: Path
) -> None:
    with reading():
        adviser_in(folder)
    number = waiting(writing, AMBULANCE)
    page = card(moderator, number)
    other = re.search(r'id="elsewhere".*?<input[^>]* value="(\d+)"', page)
    assert other
    seen = re.search(r'name="seen"[^>]* value="(\d+)"', page)
    assert seen
    data = {"seen": seen[1], "primary": other[1], "decision": "publish_and_route"}
    moderator.post(f"/moderation/ideas/{number}", data=data)
    chosen = re.findall(r'<input[^>]*name="primary"[^>]*>', card(moderator, number))
    assert [one for one in chosen if "checked" in one and f'value="{other[1]}"' in one]
    assert sum("checked" in one for one in chosen) == 1


def test_a_damaged_model_file_leaves_the_queue_working(
    moderator: FlaskClient, writing: Unit, reading: Unit, folder: Path
) -> None:
    number = waiting(writing, AMBULANCE)
    (folder / NAME).write_bytes(b"routing model 1\nnonsense\n{}")
    try:
        with reading():
            assert adviser_in(folder) is None
        page = card(moderator, number)
        assert "Suggestions are not available now." in page
        assert "Publish and route" in page
        seen = re.search(r'name="seen"[^>]* value="(\d+)"', page)
        assert seen
        data = {"seen": seen[1], "decision": "publish"}
        assert moderator.post(f"/moderation/ideas/{number}", data=data).status_code == 303
    finally:
        (folder / NAME).unlink()
        with reading():
            assert adviser_in(folder)


def test_ideas_with_the_same_need_stand_beside_with_the_reason(
    app: Flask, moderator: FlaskClient, writing: Unit
) -> None:
    text = "Kotihoidossa vaihtuu hoitaja joka päivä, eikä äiti tiedä kuka tulee."
    with writing():
        same = idea(text=text, indexable=True)
        merged = idea(text=text, merged_into_id=same, indexable=True)
        hidden = idea(text=text, visibility=Visibility.HIDDEN)
        staff = idea(text=text, visibility=Visibility.STAFF_ONLY)
        reference = visible_idea(person("moderator"), same).reference
    with app.app_context():
        upkeep.rebuild(engine_for(app.extensions["settings"]))
    number = waiting(writing, text)
    page = card(moderator, number)
    beside = page.partition('id="twins"')[2].partition("</section>")[0]
    assert "In common:" in beside
    for other in (merged, hidden, staff):
        assert f'/moderation/ideas/{other}"' not in beside
    form = re.search(r"<form[^>]*>(.*?)</form>", beside)
    assert form
    data = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[1]))
    assert data["target"] == reference
    answer = moderator.post(f"/moderation/ideas/{number}", data=data)
    assert answer.status_code == 303
    assert "This idea was merged into another one." in card(moderator, number)


def test_a_comment_says_what_became_of_others_of_its_author(
    moderator: FlaskClient, writing: Unit
) -> None:
    with writing():
        author = person()
        row = visible_idea(author, idea(indexable=True))
        first = post_comment(author, row, CommentDraft("Soita minulle 040 123 4567."))
        first.visibility = "hidden"
        second = post_comment(author, row, CommentDraft("Meillä on sama tarve.")).id
    page = card(moderator, second, "comments")
    assert "1 hidden" in page
    assert "Checklist" in page
