"""Changing and withdrawing one's own idea: what is seen when, and by whom."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from innovation.core.db import db
from innovation.core.errors import ForbiddenError, RuleBrokenError
from innovation.core.permissions import Person, Role, System
from innovation.ideas.actions import Edited, IdeaDraft, apply_revision, edit_idea, withdraw_idea
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea, Revision
from innovation.ideas.moves import move_visibility
from innovation.ideas.queries import revisions_of, timeline_of, visible_idea
from innovation.ideas.timeline import Kind
from innovation.programme.actions import touch
from innovation.programme.models import Programme
from tests.conftest import Unit
from tests.real.ideas import idea, ripe_once
from tests.real.people import person, sign_in, signed_in

READER = Person(0, "")
NEW = "Odotusaulan numerotaulu ei näy ikkunapaikoille."


def states(number: int) -> list[str]:
    wanted = select(Revision.state).where(Revision.idea_id == number).order_by(Revision.number)
    return list(db.session.scalars(wanted))


def public_at_once() -> None:
    db.session.execute(update(Programme).values(publishing="known_authors"))
    touch()


def found(number: int) -> Idea:
    return db.session.get_one(Idea, number)


def test_a_waiting_idea_is_changed_without_a_public_trace(writing: Unit, reading: Unit) -> None:
    with writing():
        author = person()
        number = idea(author, Visibility.WAITING)
        assert edit_idea(author, visible_idea(author, number), IdeaDraft(NEW)) is Edited.SHOWN
        move_visibility(
            System("test"), visible_idea(author, number), Visibility.PUBLIC, Kind.PUBLISHED
        )
    with reading():
        assert [text.text for text in revisions_of(number)] == [NEW]
        assert "edited" not in [row.kind for row in timeline_of(READER, found(number))]


def test_employees_change_freely_until_another_person_takes_part(
    writing: Unit, reading: Unit
) -> None:
    with writing():
        public_at_once()
        author = person(Role.STAFF)
        number = idea(author)
        row = visible_idea(author, number)
        edit_idea(author, row, IdeaDraft(NEW), others_took_part=False)
        assert [text.text for text in revisions_of(number)] == [NEW]
        edit_idea(author, row, IdeaDraft(NEW + " Sama kerros 2."), others_took_part=True)
    with reading():
        assert len(revisions_of(number)) == 2
        assert timeline_of(READER, found(number))[0].kind == "edited"


def test_a_residents_change_of_a_public_idea_waits_and_a_newer_one_takes_its_place(
    writing: Unit, reading: Unit
) -> None:
    with writing():
        author = person()
        number = idea(author)
        row = visible_idea(author, number)
        old = row.text
        assert edit_idea(author, row, IdeaDraft(NEW)) is Edited.WAITS
        assert edit_idea(author, row, IdeaDraft(NEW + " Aina.")) is Edited.WAITS
        assert edit_idea(author, row, IdeaDraft(NEW + " Aina.")) is Edited.SAME
    with reading():
        assert found(number).text == old
        assert states(number) == ["accepted", "replaced", "waiting"]
        assert [text.text for text in revisions_of(number, ("waiting",))] == [NEW + " Aina."]
        assert "edit_waits" not in [row.kind for row in timeline_of(READER, found(number))]


def test_an_accepted_change_is_shown_and_leaves_the_old_text_only_when_others_took_part(
    writing: Unit,
) -> None:
    with writing():
        author = person()
        numbers = [idea(author), idea(author, support_count=1)]
        for number in numbers:
            row = visible_idea(author, number)
            edit_idea(author, row, IdeaDraft(NEW))
            waiting = db.session.scalars(
                select(Revision).where(Revision.idea_id == number, Revision.state == "waiting")
            ).one()
            apply_revision(row, waiting)
        db.session.flush()
        assert [len(revisions_of(number)) for number in numbers] == [1, 2]
        assert {found(number).text for number in numbers} == {NEW}


def test_a_returned_idea_goes_back_to_a_moderator_and_its_first_text_is_not_shown_again(
    writing: Unit,
) -> None:
    with writing():
        author = person()
        number = idea(author, comment_count=1)
        row = visible_idea(author, number)
        move_visibility(System("test"), row, Visibility.DRAFT, Kind.RETURNED, reason="Nimi pois.")
        row.asked_at = row.updated_at
        assert edit_idea(author, row, IdeaDraft(NEW)) is Edited.RESUBMITTED
        assert (row.visibility, row.asked_at) == ("waiting", None)
        assert [text.text for text in revisions_of(number)] == [NEW]


def test_a_public_name_can_be_taken_away_but_not_changed_by_whose_texts_wait(
    writing: Unit,
) -> None:
    with writing():
        author = person()
        row = visible_idea(author, idea(author))
        with pytest.raises(RuleBrokenError) as broken:
            edit_idea(author, row, IdeaDraft(row.text, name="Moderaattori"))
        assert broken.value.field == "name"
        assert edit_idea(author, row, IdeaDraft(row.text)) is Edited.SAME


def test_only_authors_change_and_withdraw(writing: Unit) -> None:
    with writing():
        author, other = person(), person(Role.MODERATOR)
        row = visible_idea(author, idea(author))
        with pytest.raises(ForbiddenError):
            edit_idea(other, row, IdeaDraft(NEW))
        with pytest.raises(ForbiddenError):
            withdraw_idea(other, row)


def test_what_was_withdrawn_leaves_a_stub_for_others_and_cannot_be_changed(
    client: FlaskClient, app: Flask, writing: Unit
) -> None:
    author, who = signed_in(app)
    with writing():
        number = idea(who)
    assert author.get(f"/ideas/{number}/withdraw").status_code == 200
    answer = author.post(f"/ideas/{number}/withdraw", data={"reason": "Asia korjattiin."})
    assert answer.status_code == 303
    assert client.get(f"/ideas/{number}").status_code == 410
    assert author.post(f"/ideas/{number}/withdraw", data={}).status_code == 303
    assert author.get(f"/ideas/{number}/edit").status_code == 403


def test_an_identity_code_in_the_reason_keeps_the_idea(app: Flask, writing: Unit) -> None:
    author, who = signed_in(app)
    with writing():
        number = idea(who)
    answer = author.post(f"/ideas/{number}/withdraw", data={"reason": "Olen 131052-308T."})
    assert answer.status_code == 422
    assert 'id="reason-error"' in answer.text


def test_the_pages_change_the_idea_of_their_author_alone(app: Flask, writing: Unit) -> None:
    author, who = signed_in(app)
    other, _ = signed_in(app)
    with writing():
        number = idea(who, Visibility.WAITING)
    assert other.get(f"/ideas/{number}/edit").status_code == 404
    page = author.get(f"/ideas/{number}/edit")
    assert "Ajanvaraus ei kerro" in page.text
    form = {"text": NEW, "language": "fi", "once": ripe_once(app)}
    assert other.post(f"/ideas/{number}/edit", data=form).status_code == 404
    empty = author.post(f"/ideas/{number}/edit", data={**form, "text": ""})
    assert empty.status_code == 422
    answer = author.post(f"/ideas/{number}/edit", data=form)
    assert answer.location == f"/ideas/{number}"
    assert NEW in author.get(f"/ideas/{number}/edit").text


def test_ones_own_support_does_not_count_as_another_person(app: Flask, writing: Unit) -> None:
    with writing():
        public_at_once()
        who = person(Role.STAFF)
        number = idea(who)
    author = sign_in(app, app.test_client(), who)
    assert author.post(f"/ideas/{number}/vote").status_code < 400
    form = {"text": NEW, "language": "fi", "once": ripe_once(app)}
    author.post(f"/ideas/{number}/edit", data=form)
    with writing():
        assert [text.text for text in revisions_of(number)] == [NEW]
