"""The discussion over HTTP: writing, answering, correcting, deleting, reporting."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from innovation.comments.actions import CommentDraft, post_comment, publish_comment
from innovation.comments.queries import open_reports, visible_comment
from innovation.core.permissions import Person, Role
from innovation.ideas.queries import visible_idea
from innovation.moderation.queries import queue
from tests.conftest import Unit
from tests.real.ideas import idea, ripe_once
from tests.real.people import person, sign_in, signed_in

TEXT = "Meillä Utajärvellä on sama tarve."


@pytest.fixture
def number(writing: Unit) -> int:
    with writing():
        return idea()


@pytest.fixture
def writer(writing: Unit) -> Person:
    with writing():
        return person(Role.MODERATOR)


def said(writing: Unit, number: int, text: str = TEXT) -> int:
    """Make a public comment; gives its number."""
    with writing():
        who = person(Role.MODERATOR)
        return post_comment(who, visible_idea(who, number), CommentDraft(text)).id


def test_a_moderators_comment_is_on_the_page_at_once(
    app: Flask, client: FlaskClient, number: int, writer: Person
) -> None:
    sign_in(app, client, writer)
    data = {"text": TEXT, "once": ripe_once(app)}
    answer = client.post(f"/ideas/{number}/comments", data=data)
    assert answer.status_code == 303
    assert answer.location.startswith(f"/ideas/{number}#comment-")
    again = client.post(f"/ideas/{number}/comments", data=data)
    assert again.location == answer.location
    page = client.get(answer.location).text
    assert page.count(TEXT) == 1
    assert f'data-draft-done="comment-{number}"' in page
    assert "data-draft-done" not in client.get(answer.location).text


def test_a_residents_comment_is_shown_to_its_writer_with_a_note(
    app: Flask, client: FlaskClient, number: int
) -> None:
    writer, _ = signed_in(app)
    writer.post(f"/ideas/{number}/comments", data={"text": TEXT, "once": ripe_once(app)})
    page = writer.get(f"/ideas/{number}?lang=en").text
    assert TEXT in page
    assert "Others will see this once a moderator has read it." in page
    assert TEXT not in client.get(f"/ideas/{number}").text


def test_without_the_forms_key_even_a_moderators_comment_waits(
    app: Flask, client: FlaskClient, number: int, writer: Person, reading: Unit
) -> None:
    sign_in(app, client, writer).post(f"/ideas/{number}/comments", data={"text": TEXT})
    with reading():
        assert [one.title for one in queue("comment").items] == [TEXT]


@pytest.mark.parametrize("text", ["", "🙂🙂", "y" * 2_010, "Hänen tunnuksensa on 131052-308T."])
def test_a_text_that_cannot_be_taken_is_kept_with_the_error_at_its_field(
    app: Flask, client: FlaskClient, number: int, writer: Person, text: str
) -> None:
    sign_in(app, client, writer)
    answer = client.post(f"/ideas/{number}/comments", data={"text": text, "once": ripe_once(app)})
    assert answer.status_code == 422
    assert 'id="comment-text-error"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert text in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_looks_like_html_is_shown_as_it_was_written(
    app: Flask, client: FlaskClient, number: int, writer: Person
) -> None:
    sign_in(app, client, writer)
    text = "<script>alert(1)</script> ja \u202eväärin päin\x07 <b>näkyy</b>"
    client.post(f"/ideas/{number}/comments", data={"text": text, "once": ripe_once(app)})
    page = client.get(f"/ideas/{number}").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; ja väärin päin &lt;b&gt;" in page


def test_a_visitors_post_keeps_the_text(client: FlaskClient, number: int) -> None:
    answer = client.post(f"/ideas/{number}/comments", data={"text": TEXT})
    assert answer.status_code == 401
    assert TEXT in answer.text


def test_a_visitor_sees_the_way_to_sign_in_instead_of_the_box(
    client: FlaskClient, number: int
) -> None:
    page = client.get(f"/ideas/{number}").text
    assert f"/sign-in?next=/ideas/{number}%23comments" in page
    assert "<textarea" not in page


def test_an_answer_stands_in_its_thread(
    app: Flask, client: FlaskClient, number: int, writer: Person, writing: Unit
) -> None:
    first = said(writing, number)
    sign_in(app, client, writer)
    assert TEXT in client.get(f"/comments/{first}/reply").text
    data = {"text": "Niin on meilläkin.", "once": ripe_once(app)}
    answer = client.post(f"/comments/{first}/reply", data=data)
    assert answer.status_code == 303
    assert client.post(f"/comments/{first}/reply", data={"text": ""}).status_code == 422
    page = client.get(f"/ideas/{number}").text
    assert page.index(TEXT) < page.index("Niin on meilläkin.")


def test_one_corrects_and_deletes_ones_own_comment(
    app: Flask, client: FlaskClient, number: int, writer: Person, writing: Unit
) -> None:
    with writing():
        own = post_comment(writer, visible_idea(writer, number), CommentDraft(TEXT)).id
    sign_in(app, client, writer)
    assert TEXT in client.get(f"/comments/{own}/edit").text
    assert client.post(f"/comments/{own}/edit", data={"text": "!"}).status_code == 422
    changed = client.post(f"/comments/{own}/edit", data={"text": "Toisin sanottuna."})
    assert changed.location == f"/ideas/{number}#comment-{own}"
    assert "Toisin sanottuna." in client.get(f"/comments/{own}/delete").text
    assert client.post(f"/comments/{own}/delete").status_code == 303
    page = client.get(f"/ideas/{number}").text
    assert "Toisin sanottuna." not in page
    assert f'id="comment-{own}"' in page
    assert client.get(f"/comments/{own}/edit").status_code == 404


def test_others_comments_are_not_corrected_or_deleted(
    app: Flask, client: FlaskClient, number: int, writer: Person, writing: Unit
) -> None:
    first = said(writing, number)
    sign_in(app, client, writer)
    assert client.post(f"/comments/{first}/edit", data={"text": "Muuta."}).status_code == 403
    assert client.post(f"/comments/{first}/delete").status_code == 403


def test_a_nameless_reader_reports_and_is_thanked(
    client: FlaskClient, number: int, writing: Unit, reading: Unit
) -> None:
    first = said(writing, number)
    for address in (f"/comments/{first}/report", f"/ideas/{number}/report"):
        assert f'action="{address}"' in client.get(address).text
        assert client.post(address, data={"text": "Nimi näkyy."}).status_code == 422
        for _ in range(2):
            answer = client.post(address, data={"rule": "privacy", "text": "Nimi näkyy."})
            assert answer.status_code == 303
        assert "notice-good" in client.get(answer.location).text
    with reading():
        assert [one.comment_id for one in open_reports()] == [first, None]


def test_who_reports_without_end_is_asked_to_wait(client: FlaskClient, number: int) -> None:
    codes = {
        client.post(f"/ideas/{number}/report", data={"rule": "privacy"}).status_code
        for _ in range(31)
    }
    assert codes == {303, 429}


def test_what_one_may_not_read_is_neither_answered_nor_reported(
    app: Flask, client: FlaskClient, number: int, writing: Unit
) -> None:
    with writing():
        writer = person()
        waiting = post_comment(writer, visible_idea(writer, number), CommentDraft(TEXT)).id
    other, _ = signed_in(app)
    for address in ("reply", "edit", "delete", "report"):
        assert other.get(f"/comments/{waiting}/{address}").status_code == 404
        assert other.get(f"/comments/999999/{address}").status_code == 404
    assert client.get(f"/comments/{waiting}/report").status_code == 404
    with writing():
        moderator = person(Role.MODERATOR)
        publish_comment(moderator, visible_comment(moderator, waiting))
    assert client.get(f"/comments/{waiting}/report").status_code == 200


def test_the_command_compares_counters_with_comments(app: Flask, number: int) -> None:
    runner = app.test_cli_runner()
    result = runner.invoke(args=["comments", "check"])
    assert (result.exit_code, result.output) == (0, "0 wrong counters\n")
    assert runner.invoke(args=["comments", "check", "--repair"]).exit_code == 0


def test_a_comment_for_an_idea_that_was_merged_meanwhile_is_not_lost(
    app: Flask, number: int, writing: Unit, database: object
) -> None:
    with writing():
        merged = idea(merged_into_id=number)
    writer, _ = signed_in(app)
    answer = writer.post(f"/ideas/{merged}/comments", data={"text": TEXT})
    assert answer.status_code == 409
    assert TEXT in answer.text
    assert f'href="/ideas/{number}"' in answer.text
