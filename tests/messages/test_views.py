"""Answering on the idea's page: the banner, its box, and what comes back with an error."""

from flask import Flask

from innovation.core.permissions import System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.queries import visible_idea
from innovation.moderation.asking import ask_author
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person, sign_in, signed_in

QUESTION = "Missä yksikössä näin käy?"


def ask(writing: Unit, number: int, *, consent: bool = False) -> None:
    with writing():
        row = visible_idea(System("test"), number)
        ask_author(person("moderator"), row, QUESTION, consent=consent)


def test_the_author_answers_on_the_page_and_others_see_only_that_it_waits(
    app: Flask, writing: Unit
) -> None:
    client, author = signed_in(app)
    with writing():
        number = idea(author)
    ask(writing, number)
    own = client.get(f"/ideas/{number}?lang=en").text
    assert "A moderator asks you" in own
    assert QUESTION in own
    assert "Waiting for you" in own
    others = app.test_client().get(f"/ideas/{number}?lang=en").text
    assert QUESTION not in others
    assert "Waiting for more from the author" in others
    sent = client.post(f"/ideas/{number}/reply", data={"reply-text": "Osastolla 3."})
    assert (sent.status_code, sent.location) == (303, f"/ideas/{number}")
    after = client.get(sent.location).text
    assert "Osastolla 3." in after
    assert "reply-text" not in after


def test_an_answer_with_an_error_keeps_the_text(app: Flask, writing: Unit) -> None:
    client, author = signed_in(app)
    with writing():
        number = idea(author)
    ask(writing, number)
    form = {"reply-text": "Tunnukseni on 131052-308T, soita."}
    answer = client.post(f"/ideas/{number}/reply", data=form)
    assert answer.status_code == 422
    assert "soita." in answer.text
    late = client.post(f"/ideas/{number}/reply", data={"reply-text": "Osastolla 3."})
    assert late.status_code == 303
    again = client.post(f"/ideas/{number}/reply", data={"reply-text": "Tai osastolla 4."})
    assert again.status_code == 409
    assert "Tai osastolla 4." in again.text


def test_consent_is_asked_with_two_buttons(app: Flask, writing: Unit) -> None:
    client, author = signed_in(app)
    with writing():
        number = idea(author, Visibility.WAITING)
    ask(writing, number, consent=True)
    page = client.get(f"/ideas/{number}").text
    assert 'value="yes"' in page
    assert 'value="no"' in page
    answer = client.post(f"/ideas/{number}/reply", data={"reply-text": "", "agrees": "yes"})
    assert answer.status_code == 303


def test_others_open_no_box(app: Flask, writing: Unit) -> None:
    with writing():
        author, other = person(), person()
        number = idea(author)
    ask(writing, number)
    stranger = sign_in(app, app.test_client(), other)
    assert stranger.get(f"/ideas/{number}/reply").status_code == 403
    assert stranger.post(f"/ideas/{number}/reply", data={}).status_code == 403


def test_the_list_of_ones_own_ideas_says_that_one_waits(app: Flask, writing: Unit) -> None:
    client, author = signed_in(app)
    with writing():
        number = idea(author)
    ask(writing, number)
    assert "Waiting for you" in client.get("/profile?lang=en").text
