"""Leaving: what goes, what stays, and that nothing leads back."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, func, select

from innovation.accounts.actions import Newcomer, register
from innovation.accounts.models import Account, Session
from innovation.answers.models import StatutoryClock
from innovation.comments.models import Comment
from innovation.core import clock, jobs
from innovation.core.audit import AuditRow
from innovation.core.db import db
from innovation.core.errors import ForbiddenError, RuleBrokenError
from innovation.core.permissions import Role, System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Authorship, Idea, Revision
from innovation.messages.models import Message
from innovation.notifications.models import Mail
from innovation.privacy.actions import Way, forget_name, leave
from innovation.privacy.queries import preview
from innovation.privacy.retention import days
from innovation.subscriptions.models import Subscription
from innovation.subscriptions.queries import supporters_by_mail
from innovation.votes.models import FormerVotes, Vote
from innovation.votes.queries import supporters_of, wrong_counters
from tests.conftest import Unit
from tests.privacy.living import EMAIL, NAME, Life, a_life, traces
from tests.real.counting import questions
from tests.real.ideas import idea
from tests.real.people import PASSWORD, person, sign_in, signed_in


@pytest.fixture
def life(writing: Unit) -> Life:
    """Somebody with a full life here."""
    with writing():
        return a_life()


@pytest.mark.parametrize("way", [Way.DELETE, Way.NAMELESS])
def test_nothing_leads_back_to_who_left(life: Life, writing: Unit, way: Way) -> None:
    with writing():
        assert traces(life.who) != []
        leave(life.who, life.who.id, way)
    with writing():
        assert traces(life.who) == []
        assert db.session.scalar(select(Mail.recipient).where(Mail.kind == "farewell")) == EMAIL


def test_what_nobody_built_on_goes_and_the_rest_stays_nameless(life: Life, writing: Unit) -> None:
    with writing():
        leave(life.who, life.who.id, Way.DELETE)
    with writing():
        alone, built_on, draft = (
            db.session.get_one(Idea, number) for number in (life.alone, life.built_on, life.draft)
        )
        for gone in (alone, draft):
            assert (gone.visibility, gone.text, gone.title) == ("withdrawn", "", gone.reference)
            texts = select(Revision.text).where(Revision.idea_id == gone.id)
            assert set(db.session.scalars(texts)) == {""}
        assert built_on.visibility == Visibility.PUBLIC
        assert built_on.text
        names = select(Authorship.name).where(Authorship.idea_id == built_on.id)
        assert db.session.scalars(names).all() == [""]
        assert db.session.get_one(Comment, life.quiet).text == ""
        answered = db.session.get_one(Comment, life.answered)
        assert (answered.visibility, answered.name, answered.person_id) == ("public", "", None)
        assert answered.text
        said = select(Message.text).where(Message.idea_id == built_on.id)
        assert set(db.session.scalars(said)) == {"Missä?", "Oulussa."}


def test_texts_stay_when_they_are_left_nameless(life: Life, writing: Unit) -> None:
    with writing():
        leave(life.who, life.who.id, Way.NAMELESS)
    with writing():
        assert db.session.get_one(Idea, life.alone).visibility == Visibility.PUBLIC
        assert db.session.get_one(Idea, life.draft).text == ""
        assert db.session.get_one(Comment, life.quiet).visibility == "public"


def test_the_name_stays_for_a_year_and_is_then_forgotten(life: Life, writing: Unit) -> None:
    with writing():
        leave(life.who, life.who.id, Way.LATER)
    with writing():
        account = db.session.get_one(Account, life.who.id)
        assert account.forgets_name_on is not None
        assert 364 <= (account.forgets_name_on - clock.today()).days <= 366
        assert account.closed_at is not None
        names = select(Authorship.name).where(Authorship.idea_id == life.alone)
        assert db.session.scalars(names).all() == [NAME]
        assert not [trace for trace in traces(life.who) if trace.endswith(EMAIL)]
        forget_name(System("test"), life.who.id)
    with writing():
        assert traces(life.who) == []


def test_supports_stay_as_numbers(life: Life, writing: Unit) -> None:
    with writing():
        before = db.session.get_one(Idea, life.supported).support_count
        leave(life.who, life.who.id, Way.DELETE)
    with writing():
        assert db.session.get_one(Idea, life.supported).support_count == before == 1
        assert supporters_of([life.supported]) == 1
        assert db.session.scalar(select(func.sum(FormerVotes.votes))) == 1
        assert db.session.scalar(select(func.count()).where(Vote.person_id == life.who.id)) == 0
        assert wrong_counters() == []


def test_supports_by_mail_stay_as_numbers_too(life: Life, writing: Unit) -> None:
    with writing():
        number, now = idea(), clock.now()
        row = Subscription(
            idea_id=number, email=EMAIL, language="fi", created_at=now, supports=now, follows=now
        )
        db.session.add(row)
        db.session.flush()
        assert supporters_by_mail(number) == 1
        leave(life.who, life.who.id, Way.DELETE)
    with writing():
        assert supporters_by_mail(number) == 1
        emails = select(Subscription.email).where(Subscription.idea_id == number)
        assert EMAIL not in db.session.scalars(emails).all()


def test_the_address_is_free_and_the_number_never_again(life: Life, writing: Unit) -> None:
    with writing():
        leave(life.who, life.who.id, Way.DELETE)
    with writing():
        again = register(Newcomer(EMAIL, "Uusi", None, "fi"))  # type: ignore[arg-type]
        assert again != life.who.id
        kept = db.session.get_one(Account, life.who.id)
        assert (kept.name, kept.password_hash, kept.email) == (
            "",
            None,
            f"deleted {life.who.id}",
        )


def test_it_is_logged_as_a_request_that_is_done(life: Life, writing: Unit) -> None:
    with writing():
        leave(life.who, life.who.id, Way.DELETE)
    with writing():
        matter = db.session.scalars(select(StatutoryClock)).one()
        assert (matter.kind, matter.done_on) == ("data_request", clock.today())
        assert matter.about == f"account {life.who.id}"
        deeds = select(AuditRow.action).where(AuditRow.subject_id == life.who.id)
        assert "person:leave" in db.session.scalars(deeds).all()


def test_only_oneself_and_never_the_last_administrator(writing: Unit) -> None:
    with writing():
        who, other = person(), person(Role.ADMINISTRATOR)
        with pytest.raises(ForbiddenError):
            leave(other, who.id, Way.DELETE)
        with pytest.raises(RuleBrokenError):
            leave(other, other.id, Way.DELETE)
        with pytest.raises(RuleBrokenError):
            leave(who, who.id, "somehow")
        person(Role.ADMINISTRATOR)
        leave(other, other.id, Way.NAMELESS)


def test_twice_is_once(life: Life, writing: Unit) -> None:
    with writing():
        leave(life.who, life.who.id, Way.DELETE)
        leave(life.who, life.who.id, Way.DELETE)
        farewells = select(func.count()).where(Mail.kind == "farewell")
        assert db.session.scalar(farewells) == 1


def test_the_preview_tells_what_goes_and_what_stays(life: Life, writing: Unit) -> None:
    with writing():
        there = preview(life.who)
        assert len(there.drafts) == len(there.alone) == len(there.built_on) == 1
        assert (there.comments, there.quiet_comments, there.supports) == (2, 1, 1)
        assert there.waiting_mails == 2
        assert not there.last_administrator


def test_the_page_asks_before_it_closes_the_account(app: Flask, client: FlaskClient) -> None:
    own, who = signed_in(app)
    text = own.get("/profile/delete").text
    assert "csrf_token" in text
    assert own.post("/profile/delete", data={}).status_code == 422
    assert own.post("/profile/delete", data={"way": "delete"}).status_code == 422
    assert own.post("/profile/delete", data={"way": "x", "sure": "y"}).status_code == 422
    answer = own.post("/profile/delete", data={"way": "delete", "sure": "y"})
    assert answer.status_code == 303
    assert "session=;" in answer.headers.get("Set-Cookie", "")
    assert own.get("/profile").status_code == 303
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(Session.person_id == who.id)) == 0


def test_an_old_session_shows_the_password_first(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        who = person()
    own = sign_in(app, client, who)
    with writing():
        session = db.session.scalars(select(Session).where(Session.person_id == who.id)).one()
        session.created_at = clock.now() - timedelta(hours=2)
    choice = {"way": "nameless", "sure": "y"}
    assert own.post("/profile/delete", data=choice).status_code == 422
    assert own.post("/profile/delete", data={**choice, "password": "väärä"}).status_code == 422
    answer = own.post("/profile/delete", data={**choice, "password": PASSWORD})
    assert answer.status_code == 303


def test_a_deleted_user_is_named_so_in_the_discussion(
    app: Flask, client: FlaskClient, life: Life, writing: Unit
) -> None:
    with writing():
        leave(life.who, life.who.id, Way.NAMELESS)
    text = client.get(f"/ideas/{life.supported}?lang=en").text
    assert "Deleted user" in text
    assert NAME not in text


def test_leaving_costs_the_same_for_two_ideas_and_for_seventeen(
    app: Flask, client: FlaskClient, database: Connection, writing: Unit
) -> None:
    own, who = signed_in(app)
    costs = []
    for many in (2, 15):
        with writing():
            for _ in range(many):
                idea(who)
        costs.append(questions(database, lambda: own.get("/profile/delete")))
    assert costs[0] == costs[1]


def test_nothing_is_noted_of_who_has_just_left(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    own, who = signed_in(app)
    choice = {"way": "delete", "sure": "y"}
    with clock.frozen_at(clock.now() + timedelta(minutes=30)):
        assert own.post("/profile/delete", data=choice).status_code == 303
    with writing():
        account = db.session.get_one(Account, who.id)
        assert (account.closed_at is not None, account.seen_on) == (True, None)


def test_what_waits_for_somebody_with_a_longer_address_stays(life: Life, writing: Unit) -> None:
    with writing():
        for email in (EMAIL, f"x{EMAIL}", f"{EMAIL}.fi"):
            jobs.enqueue("sign_in_code", email, {"email": email})
        leave(life.who, life.who.id, Way.DELETE)
    with writing():
        left = select(jobs.Job.unique_key).where(jobs.Job.kind == "sign_in_code")
        assert set(db.session.scalars(left)) == {f"x{EMAIL}", f"{EMAIL}.fi"}


def test_the_last_mail_tells_how_long_it_is_kept_and_names_no_account(
    life: Life, writing: Unit
) -> None:
    with writing():
        leave(life.who, life.who.id, Way.DELETE)
        mail = db.session.scalars(select(Mail).where(Mail.kind == "farewell")).one()
        assert str(life.who.id) not in mail.unique_key.split()
        assert mail.person_id is None
        assert str(days()["sent_mail"]) in mail.body
