"""The page of an idea: its words, its journey, what is promised, what one can do."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from innovation.answers.actions import give_answer
from innovation.answers.drafts import AnswerDraft
from innovation.comments.models import Comment
from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import System
from innovation.ideas.actions import IdeaDraft, submit_idea
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.models import Revision
from innovation.ideas.moves import move_visibility
from innovation.ideas.queries import visible_idea
from innovation.ideas.timeline import Kind, add_entry
from innovation.programme.queries import snapshot
from innovation.votes.models import Vote
from tests.conftest import Unit
from tests.real.counting import questions
from tests.real.ideas import idea
from tests.real.people import person, sign_in, signed_in

SYSTEM = System("test")


def test_the_page_shows_the_person_s_words_in_paragraphs(
    client: FlaskClient, writing: Unit
) -> None:
    with writing():
        number = idea(
            title="Kerros näkyviin",
            what_helps="Kartta.\nKirjain.",
        )
        visible_idea(SYSTEM, number).text = "Ensin.\n\nSitten <b>tämä</b> & muu."
    page = client.get(f"/ideas/{number}?lang=en").text
    assert "<p>Ensin.</p><p>Sitten &lt;b&gt;tämä&lt;/b&gt; &amp; muu.</p>" in page
    assert "What would help" in page
    assert "Kartta.<br>Kirjain." in page
    assert ">Kerros näkyviin</h1>" in page


def test_the_language_of_the_idea_is_said_when_the_page_has_another(
    client: FlaskClient, writing: Unit
) -> None:
    with writing():
        number = idea(language="sv")
    assert '<h1 id="title" lang="sv">' in client.get(f"/ideas/{number}").text
    assert '<h1 id="title">' in client.get(f"/ideas/{number}?lang=sv").text


def test_the_next_step_and_the_missing_answer_are_told(client: FlaskClient, writing: Unit) -> None:
    with writing():
        number = idea()
    page = client.get(f"/ideas/{number}?lang=en").text
    assert "There is no answer yet. It is promised by" in page
    assert "Next step" in page
    assert "No comments yet" in page


def test_a_decision_with_its_reason_stands_as_the_answer(
    client: FlaskClient, writing: Unit
) -> None:
    with writing():
        number = idea(handling=Handling.ROUTED)
        draft = AnswerDraft(
            handling=Handling.UNDER_EVALUATION,
            text="Selvitämme hinnan.",
            step="Kysymme hinnan.",
            step_on=clock.today() + timedelta(days=20),
        )
        give_answer(SYSTEM, visible_idea(SYSTEM, number), draft)
    page = client.get(f"/ideas/{number}?lang=en").text
    assert "Answer</h2>" in page
    assert page.count("Selvitämme hinnan.") == 2  # in the answer and in the journey
    assert "Next step by" in page or "If the date moves, we tell why here." in page
    assert "The decision. If the date moves" not in page  # the step comes first
    assert "no answer yet" not in page


def test_the_journey_names_the_sub_project_and_who_did_it(
    client: FlaskClient, writing: Unit
) -> None:
    with writing():
        moderator = person("moderator")
        number = idea()
        target = snapshot().sub_project_by_slug["hyte"]
        add_entry(
            moderator,
            visible_idea(SYSTEM, number),
            Kind.ROUTED,
            sub_project_id=target.id,
            reason="Koskee liikkumista.",
        )
        name = target.name("en")
    page = client.get(f"/ideas/{number}?lang=en").text
    assert f"Routed to a sub-project: {name}" in page
    assert "moderator</p>" in page
    assert "Koskee liikkumista." in page


def test_support_is_told_by_role_without_small_groups(client: FlaskClient, writing: Unit) -> None:
    with writing():
        number = idea(support_count=9)
        for place in range(9):
            capacity = "henkilosto" if place < 6 else "laheinen"
            who = person()
            db.session.add(
                Vote(idea_id=number, person_id=who.id, capacity=capacity, created_at=clock.now())
            )
    page = client.get(f"/ideas/{number}?lang=en").text
    assert "Of the supporters 6 are staff." in page
    assert "relatives" not in page.split("Support is not a vote")[0].split("Of the supporters")[1]


def test_authors_can_edit_and_moderators_can_moderate(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        author = person()
        number = idea(author)
    own = sign_in(app, app.test_client(), author).get(f"/ideas/{number}").text
    moderator, _who = signed_in(app, "moderator")
    assert f'href="/ideas/{number}/edit"' in own
    assert f'href="/ideas/{number}/withdraw"' in own
    assert f"/moderation/ideas/{number}" not in own
    assert f'href="/moderation/ideas/{number}"' in moderator.get(f"/ideas/{number}").text
    assert "/edit" not in client.get(f"/ideas/{number}").text


def test_people_with_an_account_can_follow_and_all_can_tell_others(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        number = idea()
    resident, _who = signed_in(app)
    assert f'id="follow-{number}"' in resident.get(f"/ideas/{number}").text
    page = client.get(f"/ideas/{number}").text
    assert f'id="follow-{number}"' not in page
    assert f"<code>http://localhost/ideas/{number}</code>" in page


def test_earlier_texts_can_be_read_once_there_are_some(client: FlaskClient, writing: Unit) -> None:
    with writing():
        number = idea()
    assert client.get(f"/ideas/{number}/revisions").status_code == 404
    assert "/revisions" not in client.get(f"/ideas/{number}").text
    with writing():
        for place, state, public in ((2, "accepted", True), (3, "accepted", False)):
            db.session.add(
                Revision(
                    idea_id=number,
                    number=place,
                    title=f"Otsikko {place}",
                    text=f"Teksti {place}",
                    what_helps="",
                    state=state,
                    public=public,
                    created_at=clock.now(),
                )
            )
    assert f'href="/ideas/{number}/revisions"' in client.get(f"/ideas/{number}").text
    page = client.get(f"/ideas/{number}/revisions").text
    assert "Teksti 2" in page
    assert "Teksti 3" not in page


def test_the_number_of_queries_does_not_grow_with_the_talk(
    client: FlaskClient, writing: Unit, database: Connection
) -> None:
    with writing():
        number = idea()
    lengths = []
    for more in (1, 40):
        with writing():
            for place in range(more):
                db.session.add(
                    Comment(
                        idea_id=number,
                        name="Tuulikki",
                        text=f"Samaa mieltä {place}.",
                        language="fi",
                        visibility="public",
                        created_at=clock.now(),
                    )
                )
        lengths.append(questions(database, lambda: client.get(f"/ideas/{number}")))
    assert lengths[0] == lengths[1] <= 20


def test_the_author_s_nickname_is_shown_as_chosen(client: FlaskClient, writing: Unit) -> None:
    with writing():
        draft = IdeaDraft(text="Hyllyyn tarvitaan nimilaput.", name="Hyllyttäjä")
        number = submit_idea(person("staff"), draft).idea_id
        visible_idea(SYSTEM, number).visibility = Visibility.PUBLIC
    assert "<span>Hyllyttäjä</span>" in client.get(f"/ideas/{number}").text


def test_an_author_who_is_asked_for_more_reads_what_on_every_page(
    app: Flask, writing: Unit
) -> None:
    with writing():
        author, moderator = person(), person("moderator")
        number = idea(author, Visibility.WAITING)
        row = visible_idea(SYSTEM, number)
        move_visibility(SYSTEM, row, Visibility.DRAFT, Kind.RETURNED, reason="Missä kunnassa?")
        row.asked_at = clock.now()
    own = sign_in(app, app.test_client(), author)
    page = own.get(f"/ideas/{number}?lang=en").text
    assert "<span>Waiting for you</span>" in page
    box = page.split('<h2 id="asked">')[1].split("</section>")[0]
    assert "Missä kunnassa?" in box
    assert f'href="/ideas/{number}/edit"' in box
    form = own.get(f"/ideas/{number}/edit").text
    assert "Missä kunnassa?" in form.split('name="text"')[0]
    profile = own.get("/profile").text
    assert profile.count("<span>Waiting for you</span>") == 2
    assert "Waiting for more from the author" not in profile
    other = sign_in(app, app.test_client(), moderator).get(f"/ideas/{number}?lang=en").text
    assert "<span>Waiting for more from the author</span>" in other
    assert 'id="asked"' not in other
