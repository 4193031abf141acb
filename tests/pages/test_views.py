"""The front page, the pages about the service, and every error page."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import System
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.moves import move_handling
from innovation.ideas.queries import visible_idea
from innovation.pages.queries import figures
from innovation.programme.actions import touch
from innovation.programme.models import Programme
from innovation.programme.queries import snapshot
from innovation.routing.actions import route_idea
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import signed_in


def test_everybody_can_read_how_texts_are_checked(client: FlaskClient, writing: Unit) -> None:
    page = client.get("/tekstin-tarkistus?lang=en").text
    assert "Names of other people" in page
    assert 'href="/tekstin-tarkistus"' in client.get("/ideas/new").text.split("<footer")[0]
    assert 'href="/tekstin-tarkistus"' in client.get("/").text.split("<footer")[1]
    with writing():
        db.session.get_one(Programme, 1).watch = {"left_out": ["address"]}
        touch()
    page = client.get("/tekstin-tarkistus?lang=en").text
    assert "Names of other people" in page
    assert "Home addresses" not in page, "the programme does not look for them"


def test_the_front_page_asks_first(client: FlaskClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert re.search(r'<form[^>]*action="/ideas/new"', answer.text)
    assert re.search(r'<textarea[^>]*name="text"', answer.text)
    for area in ("oulu", "koillismaa", "rannikko"):
        assert f'href="/areas/{area}"' in answer.text


def test_the_front_page_tells_what_was_answered(client: FlaskClient, writing: Unit) -> None:
    system = System("test")
    with writing():
        number = idea(title="Kyltti rappuun kolme", indexable=True)
        row = visible_idea(system, number)
        route_idea(system, row, snapshot().sub_projects[0].id, [])
        move_handling(
            system, row, Handling.UNDER_EVALUATION, reason="Mittaamme oven ensi viikolla."
        )
    page = client.get("/").text
    assert "Kyltti rappuun kolme" in page
    assert "Mittaamme oven ensi viikolla." in page


def test_the_front_page_leaves_out_what_no_moderator_has_read(
    client: FlaskClient, writing: Unit
) -> None:
    system = System("test")
    with writing():
        row = visible_idea(system, idea(title="Lukematon kyltti", indexable=False))
        route_idea(system, row, snapshot().sub_projects[0].id, [])
        move_handling(system, row, Handling.UNDER_EVALUATION, reason="Katsomme tätä.")
    assert "Lukematon kyltti" not in client.get("/").text


def test_the_year_of_the_figures_begins_at_local_midnight(writing: Unit) -> None:
    with writing(), clock.frozen_at(datetime(2026, 3, 2, 9, tzinfo=UTC)):
        idea(answered_at=datetime(2025, 12, 31, 21, 59, tzinfo=UTC))
        idea(answered_at=datetime(2025, 12, 31, 22, 1, tzinfo=UTC))
        assert figures().answered_this_year == 1


def test_what_is_kept_of_the_front_page_goes_with_the_next_answer(
    client: FlaskClient, writing: Unit
) -> None:
    system, numbers = System("test"), []
    for title in ("Kyltti rappuun kolme", "Penkki odotustilaan"):
        with writing():
            numbers.append(idea(title=title, indexable=True))
        assert title not in client.get("/").text
        with writing():
            row = visible_idea(system, numbers[-1])
            route_idea(system, row, snapshot().sub_projects[0].id, [])
            move_handling(system, row, Handling.UNDER_EVALUATION, reason=f"Tutkimme: {title}.")
        assert f"Tutkimme: {title}." in client.get("/").text
    with writing():
        move_handling(
            system, visible_idea(system, numbers[0]), Handling.GOING_FORWARD, reason="Teemme sen."
        )
    page = client.get("/").text
    assert page.index("Teemme sen.") < page.index("Tutkimme: Penkki odotustilaan.")
    assert "Tutkimme: Kyltti rappuun kolme." not in page


@pytest.mark.parametrize(
    "path",
    """/how /rules /contact /privacy /cookies /accessibility /terms /help /security
    /accessibility/feedback /accessibility/feedback/thanks""".split(),
)
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_pages_about_the_service_speak_every_language(
    client: FlaskClient, path: str, language: str
) -> None:
    answer = client.get(f"{path}?lang={language}")
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text


def test_the_language_is_remembered(client: FlaskClient) -> None:
    client.get("/?lang=sv")
    assert '<html lang="sv"' in client.get("/how").text


def test_a_lost_visitor_is_told_the_way(client: FlaskClient) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert 'href="/ideas"' in answer.text


def test_a_page_for_others_is_closed_kindly(app: Flask, database: object) -> None:
    resident, _who = signed_in(app)
    assert resident.get("/moderation").status_code == 403


def test_a_form_too_large_is_refused_with_a_page(client: FlaskClient) -> None:
    answer = client.post("/ideas", data={"text": "a" * 1_200_000})
    assert answer.status_code == 413
    assert "<h1>" in answer.text


def test_the_text_of_a_form_that_came_from_elsewhere_is_kept(client: FlaskClient) -> None:
    answer = client.post(
        "/ideas",
        data={"text": "Pyörätuoli ei mahdu ovesta sisään."},
        headers={"Origin": "https://elsewhere.example"},
    )
    assert answer.status_code == 403
    assert "Pyörätuoli ei mahdu ovesta sisään." in answer.text


def test_an_unexpected_error_shows_a_code_and_no_details(app: Flask, client: FlaskClient) -> None:
    # A statement that cannot be understood stands for a database that is broken.
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.view_functions, "pages.how", _breaks)
        answer = client.get("/how")
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] in answer.text
    assert "no such thing" not in answer.text


def _breaks() -> str:
    raise RuntimeError("no such thing")


_breaks.access_rule = "public"  # type: ignore[attr-defined]


def test_a_second_look_costs_nothing(app: Flask, database: object) -> None:
    client = FlaskClient(app)  # the checking client reads no compressed answers
    first = client.get("/how", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    again = client.get("/how", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_the_policy_allows_no_inline_script(client: FlaskClient) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy


TEXTS = {"text": "Jonotus", "title": "Jono", "what_helps": "Numerolappu", "name": "Aulalainen"}
CHOICES = {"area": "lakeus", "capacity": "laheinen", "language": "und", "signed_in": "Tunnus"}


def test_single_words_survive_a_refusal_and_choices_are_left_out(client: FlaskClient) -> None:
    answer = client.post(
        "/ideas", data={**TEXTS, **CHOICES}, headers={"Origin": "https://elsewhere.example"}
    )
    assert answer.status_code == 403
    kept = re.findall(r"<textarea[^>]*>([^<]*)</textarea>", answer.text)
    assert kept == list(TEXTS.values())


def test_the_skip_link_leads_to_the_question(client: FlaskClient) -> None:
    page = client.get("/").text
    main = page.split('<main id="main"')[1].split("</main>")[0]
    for part in ("<h1", 'name="text"', 'name="q"'):
        assert part in main
    assert "maxlength" not in main.split('name="text"')[1].split(">")[0]


def test_what_is_known_of_the_contact_is_shown_and_nothing_is_promised(
    client: FlaskClient, writing: Unit
) -> None:
    promise = "Contact details will be added before the service opens."
    for path, times in (("/", 1), ("/ideas/new", 2), ("/nowhere", 2)):
        assert client.get(f"{path}?lang=en").text.count(promise) == times
    with writing():
        programme = db.session.get_one(Programme, 1)
        hours = {"en": "weekdays from nine"}
        programme.contact = {**programme.contact, "address": "Aulakatu 1", "hours": hours}
        touch()
    for path, times in (("/", 1), ("/ideas/new", 2), ("/nowhere", 2)):
        page = client.get(f"{path}?lang=en").text
        assert promise not in page
        assert page.count("Aulakatu 1") == times
        assert page.count("weekdays from nine") == times


def test_the_footer_leads_to_the_pages_of_trust(client: FlaskClient) -> None:
    footer = client.get("/?lang=en").text.split("<footer")[-1]
    assert "<h2>Your rights and languages</h2>" in footer
    for path in ("/privacy", "/cookies", "/accessibility", "/terms", "/rules", "/help"):
        assert f'href="{path}"' in footer


@pytest.mark.parametrize(
    ("role", "asks"), [("", True), ("staff", True), ("moderator", False), ("administrator", False)]
)
def test_those_who_decide_have_no_main_button(
    app: Flask, database: object, role: str, asks: bool
) -> None:
    own, _who = signed_in(app, *([role] if role else []))
    page = own.get("/how").text
    assert ('class="button button-main"' in page) == asks


@pytest.mark.parametrize(
    ("came_from", "led"),
    [
        ("http://localhost/moderation/ideas/{number}", True),
        ("https://elsewhere.example/moderation/ideas/{number}", False),
        ("http://localhost//elsewhere.example/moderation/ideas/{number}", False),
    ],
)
def test_who_was_slower_is_led_back_to_the_case(
    app: Flask, writing: Unit, came_from: str, led: bool
) -> None:
    moderator, _who = signed_in(app, "moderator")
    with writing():
        number = idea(visibility=Visibility.WAITING)
    page = came_from.format(number=number)
    answer = moderator.post(
        f"/moderation/ideas/{number}?lang=en",
        data={"decision": "publish"},
        headers={"Referer": page},
    )
    assert answer.status_code == 409
    assert (f'href="/moderation/ideas/{number}"' in answer.text) == led
    assert 'href="//' not in answer.text
