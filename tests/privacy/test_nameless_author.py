"""A nameless author deletes what is theirs with the tracking key, and asks a person, over HTTP."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Text, cast, func, select

from innovation.answers.models import StatutoryClock
from innovation.comments.actions import CommentDraft, post_comment
from innovation.core import clock
from innovation.core.audit import AuditRow
from innovation.core.db import Base, db
from innovation.core.keys import hash_key, read_tracking_key
from innovation.core.permissions import Nobody, System
from innovation.ideas.actions import IdeaDraft, submit_idea
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Authorship, Idea, Receipt, Revision
from innovation.ideas.moves import move_visibility
from innovation.ideas.queries import receipt_by_hash, visible_idea
from innovation.ideas.timeline import Kind
from innovation.messages.models import AUTHOR, MODERATOR, Message
from innovation.notifications.actions import queue_mail
from innovation.notifications.models import Mail
from innovation.privacy.actions import Way
from innovation.privacy.register import tables
from innovation.subscriptions.models import Subscription
from innovation.votes.actions import cast_vote
from tests.conftest import Unit
from tests.real.counting import questions
from tests.real.people import person, signed_in

KEY = "KXR7-4MTP-9H2D"
PAGE = f"/seuraa/{KEY}/delete"
TEXT = "Ilmoitustaulun lukitus on rikki."
NAME = "Nimetön Lempinimi"
EMAIL = "nimeton@posti.example"
SURE = {"sure": "y"}
SYSTEM = System("test")


@pytest.fixture
def number(writing: Unit) -> int:
    """The idea of a nameless author, public, with a name and an address given."""
    with writing():
        draft = IdeaDraft(text=TEXT, name=NAME)
        number = submit_idea(Nobody(), draft, receipt_key=KEY).idea_id
        idea = visible_idea(SYSTEM, number)
        move_visibility(SYSTEM, idea, Visibility.PUBLIC, Kind.PUBLISHED)
        now = clock.now()
        given = Subscription(idea_id=number, email=EMAIL, language="fi", created_at=now)
        given.receipt_id, given.wrote = _receipt(), now
        said = Message(idea_id=number, side=AUTHOR, text="Alaovella.", at=now)
        db.session.add_all([given, Message(idea_id=number, side=MODERATOR, text="Missä?", at=now)])
        db.session.add(said)
        db.session.flush()
        told = f"decision 1 author address-{given.id}"
        queue_mail("by-mail", told, EMAIL, "Ideasi", "Hei", "fi")
        queue_mail("code", "somebody's code", EMAIL, "Koodi", "1234", "fi")
    return number


def _receipt() -> int:
    found = receipt_by_hash(hash_key(read_tracking_key(KEY)))
    assert found
    return found[0]


def _places(word: str) -> set[str]:
    """Give where in the whole database a word stands."""
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if db.session.execute(
            select(column).where(cast(column, Text).contains(word)).limit(1)
        ).first()
    }


def _ties(receipt: int) -> list[str]:
    """Give the tables in which a row leads to the receipt."""
    return [
        name
        for name, declared in tables().items()
        if (column := declared.given.get("receipt"))
        and db.session.execute(
            select(Base.metadata.tables[name].c[column])
            .where(Base.metadata.tables[name].c[column] == receipt)
            .limit(1)
        ).first()
    ]


def test_the_page_of_the_key_leads_to_a_preview_that_changes_nothing(
    client: FlaskClient, number: int, reading: Unit
) -> None:
    assert f'href="{PAGE}"' in client.get(f"/seuraa/{KEY}").text
    page = client.get(f"{PAGE}?lang=en")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    for said in ("the name that you gave", "the e-mail address", 'value="delete"', "nameless"):
        assert said in page.text
    with reading():
        assert db.session.get_one(Idea, number).text == TEXT
        assert _places(NAME)


def test_it_asks_for_both_answers(client: FlaskClient, number: int, reading: Unit) -> None:
    for sent in ({}, SURE, {"way": "delete"}, {"way": "later", **SURE}, {"way": "x", **SURE}):
        answer = client.post(PAGE, data=sent)
        assert answer.status_code == 422, sent
        assert answer.headers["Cache-Control"] == "no-store"
    with reading():
        assert db.session.get_one(Idea, number).visibility == "public"
        assert _receipt()


def test_what_nobody_built_on_goes_with_everything(
    client: FlaskClient, number: int, writing: Unit
) -> None:
    with writing():
        receipt = _receipt()
        assert set(_ties(receipt)) == {"receipts", "authorships", "subscriptions"}
    answer = client.post(PAGE, data={"way": "delete", **SURE})
    assert (answer.status_code, answer.location) == (303, "/")
    with writing():
        idea = db.session.get_one(Idea, number)
        assert (idea.visibility, idea.text, idea.title) == ("withdrawn", "", idea.reference)
        texts = select(Revision.text).where(Revision.idea_id == number)
        assert set(db.session.scalars(texts)) == {""}
        assert set(db.session.scalars(select(Message.text))) == {""}
        for word in (TEXT[:14], NAME, "Alaovella"):
            assert _places(word) == set()
        assert _ties(receipt) == []
        mails = db.session.scalars(select(Mail.kind).where(Mail.recipient == EMAIL)).all()
        assert mails == ["code"], "what the address got for another reason is not the key's"
        assert db.session.scalar(select(func.count()).select_from(Receipt)) == 0
    for page in (f"/seuraa/{KEY}", PAGE, f"/seuraa/{KEY}/data"):
        assert client.get(page).status_code == 404
    assert client.post(PAGE, data={"way": "delete", **SURE}).status_code == 404


def test_the_text_stays_without_the_author_when_they_wish(
    client: FlaskClient, number: int, reading: Unit
) -> None:
    assert NAME in client.get(f"/ideas/{number}").text
    assert client.post(PAGE, data={"way": "nameless", **SURE}).status_code == 303
    text = client.get(f"/ideas/{number}").text
    assert TEXT in text
    assert NAME not in text
    with reading():
        assert _places(NAME) == set()
        assert db.session.scalar(select(Authorship.receipt_id)) is None
    assert client.get(f"/seuraa/{KEY}").status_code == 404


@pytest.mark.parametrize("how", ["supported", "discussed"])
def test_what_others_have_built_on_stays_whatever_is_sent(
    client: FlaskClient, number: int, writing: Unit, how: str
) -> None:
    with writing():
        other = person()
        idea = visible_idea(other, number)
        if how == "supported":
            cast_vote(other, idea)
        else:
            post_comment(other, idea, CommentDraft(text="Totta, laput putoavat."))
    page = client.get(f"{PAGE}?lang=en").text
    assert "because others have built on it" in page
    assert 'name="way"' not in page
    assert client.post(PAGE, data={"way": "delete", **SURE}).status_code == 303
    with writing():
        idea = db.session.get_one(Idea, number)
        assert (idea.visibility, idea.text) == ("public", TEXT)
        assert _places(NAME) == set()
        assert _places(EMAIL) == {"outbox.recipient"}
    assert client.get(f"/seuraa/{KEY}").status_code == 404


def test_what_was_withdrawn_before_loses_its_text(
    client: FlaskClient, number: int, writing: Unit
) -> None:
    client.post(f"/seuraa/{KEY}/withdraw", data={})
    with writing():
        assert db.session.get_one(Idea, number).text == TEXT
    page = client.get(PAGE).text
    assert 'name="way"' not in page
    assert client.post(PAGE, data=SURE).status_code == 303
    with writing():
        assert db.session.get_one(Idea, number).text == ""
        assert _places(TEXT[:14]) == set()


def test_an_idea_in_an_account_belongs_to_its_owner(
    app: Flask, client: FlaskClient, number: int, writing: Unit
) -> None:
    own, who = signed_in(app)
    assert own.post(f"/seuraa/{KEY}/claim").status_code == 303
    assert "<form" not in client.get(PAGE).text.split("<main", 1)[1].split("</main", 1)[0]
    assert client.post(PAGE, data={"way": "delete", **SURE}).status_code == 422
    with writing():
        idea = db.session.get_one(Idea, number)
        assert (idea.visibility, idea.text) == ("public", TEXT)
        owner = select(Authorship.person_id).where(Authorship.idea_id == number)
        assert db.session.scalar(owner) == who.id


def test_it_is_logged_as_a_request_that_is_done(
    client: FlaskClient, number: int, reading: Unit
) -> None:
    client.post(PAGE, data={"way": "nameless", **SURE})
    with reading():
        matter = db.session.scalars(select(StatutoryClock)).one()
        reference = db.session.get_one(Idea, number).reference
        assert (matter.kind, matter.about) == ("data_request", reference)
        assert matter.done_on == clock.today()
        assert matter.due_on == clock.deadline_in_months(clock.today(), 1)
        row = db.session.scalars(select(AuditRow).where(AuditRow.action == "key:leave")).one()
        assert (row.actor, row.subject_id, row.details) == ("receipt", number, {"way": "nameless"})


def test_a_request_to_a_person_gets_its_month(
    client: FlaskClient, number: int, reading: Unit
) -> None:
    page = f"/seuraa/{KEY}/data"
    assert f'action="{page}/ask"' in client.get(page).text
    for sent in ({}, {"wish": "riches"}):
        answer = client.post(f"{page}/ask", data=sent)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (422, "no-store")
    for _ in "ab":
        assert client.post(f"{page}/ask", data={"wish": "object"}).status_code == 303
    with reading():
        matter = db.session.scalars(select(StatutoryClock)).one()
        assert matter.about == f"{db.session.get_one(Idea, number).reference}: object"
        assert (matter.done_on, matter.person_id) == (None, None)
        assert matter.due_on == clock.deadline_in_months(clock.today(), 1)
        asked = select(AuditRow.actor, AuditRow.subject_id).where(AuditRow.action == "data:ask")
        assert set(db.session.execute(asked).all()) == {("receipt", number)}


def test_another_key_opens_nothing_and_asking_often_is_stopped(
    client: FlaskClient, number: int
) -> None:
    wrong = "/seuraa/AAAA-BBBB-CCCC"
    assert client.get(f"{wrong}/delete").status_code == 404
    assert client.post(f"{wrong}/delete", data={"way": "delete", **SURE}).status_code == 404
    assert client.post(f"{wrong}/data/ask", data={"wish": "all"}).status_code == 404
    asks = [
        client.post(f"/seuraa/{KEY}/data/ask", data={"wish": "all"}).status_code for _ in range(12)
    ]
    assert (asks[0], asks[-1]) == (303, 429)
    tries = [client.post(PAGE, data={}).status_code for _ in range(22)]
    assert (tries[0], tries[-1]) == (422, 429)
    assert client.get(PAGE).status_code == 200


def test_the_preview_costs_the_same_whatever_there_is(
    client: FlaskClient, database: Connection, number: int, writing: Unit
) -> None:
    costs = [questions(database, lambda: client.get(PAGE))]
    with writing():
        for _ in range(15):
            who = person()
            post_comment(who, visible_idea(who, number), CommentDraft(text="Sama täällä."))
    costs.append(questions(database, lambda: client.get(PAGE)))
    assert costs[0] == costs[1]


def test_who_leaves_an_account_takes_what_was_withdrawn_along(
    app: Flask, client: FlaskClient, number: int, writing: Unit
) -> None:
    own, _who = signed_in(app)
    own.post(f"/seuraa/{KEY}/claim")
    own.post(f"/seuraa/{KEY}/withdraw", data={})
    assert own.post("/profile/delete", data={"way": Way.DELETE, **SURE}).status_code == 303
    with writing():
        assert db.session.get_one(Idea, number).text == ""
