"""Confirmed addresses hear what an account would hear, and no address hears what is not for it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from innovation.accounts.models import Account
from innovation.answers.actions import give_answer
from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Nobody, Person, ReceiptHolder, System
from innovation.ideas.actions import submit_idea
from innovation.ideas.drafts import IdeaDraft
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Authorship, Idea
from innovation.ideas.queries import visible_idea
from innovation.moderation.actions import hide_idea
from innovation.moderation.models import Decision
from innovation.moderation.undo import undo_decision
from innovation.notifications.actions import follow
from innovation.notifications.models import Mail
from innovation.privacy.forgetting import find_receipt_addresses
from innovation.programme.queries import snapshot
from innovation.routing.actions import route_idea
from innovation.subscriptions import actions
from innovation.subscriptions.models import Subscription
from innovation.subscriptions.queries import supporters_by_mail
from tests.answers.test_answers import given
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person

SYSTEM = System("test")
FOLLOWER, AUTHOR, DOUBTFUL = (
    "seuraaja@posti.example",
    "kirjoittaja@posti.example",
    "muu@posti.example",
)


@pytest.fixture
def moderator(writing: Unit) -> Person:
    with writing():
        return person("moderator")


def known_addresses() -> Idea:
    """Make a public idea of a nameless author with an address, a follower and one unconfirmed."""
    row = db.session.get_one(Idea, idea())
    route_idea(SYSTEM, row, snapshot().sub_project_by_slug["ikaihmiset"].id, [])
    actions.give_address(Nobody(), row, FOLLOWER, ["follows"], "en")
    actions.give_address(Nobody(), row, DOUBTFUL, ["follows"], "en")
    actions.give_address(Nobody(), row, AUTHOR, ["follows"], "en")
    for one in db.session.scalars(select(Subscription)):
        if one.email == FOLLOWER:
            one.follows = clock.now()
        if one.email == AUTHOR:
            one.wrote = clock.now()
    return row


def told(prefix: str = "decision ") -> dict[str, str]:
    rows = db.session.execute(
        select(Mail.recipient, Mail.body).where(
            Mail.unique_key.startswith(prefix), Mail.person_id.is_(None)
        )
    )
    return {row.recipient: row.body for row in rows}


def test_an_answer_reaches_author_and_follower_by_address(writing: Unit, moderator: Person) -> None:
    with writing():
        row = known_addresses()
        give_answer(moderator, row, given(text="Otamme tämän käyttöön Oulussa."))
        number = db.session.scalars(select(Decision.id).order_by(Decision.id.desc())).first()
        new, title = told(f"decision {number} "), row.title
    assert new.keys() == {FOLLOWER, AUTHOR}
    assert "/by-mail/" in new[FOLLOWER]
    assert "/seuraa" in new[AUTHOR]
    assert title not in new[FOLLOWER]


def test_what_is_hidden_is_told_to_the_author_alone(writing: Unit, moderator: Person) -> None:
    with writing():
        row = known_addresses()
        hide_idea(moderator, row, "privacy", "Nimi mainittu.")
        number = db.session.scalars(select(Decision.id).order_by(Decision.id.desc())).first()
        assert told(f"decision {number} ").keys() == {AUTHOR}
        assert row.visibility == Visibility.HIDDEN
        undo_decision(moderator, db.session.get_one(Decision, number))
        assert told(f"decision {number} ") == {}


def test_old_addresses_of_closed_matters_are_forgotten(writing: Unit) -> None:
    with writing():
        row = known_addresses()
        assert actions.forget_addresses_of_closed(SYSTEM, clock.now()) == 0
        row.decided_at = row.updated_at = clock.now() - timedelta(days=31)
        db.session.flush()
        before = clock.now() - timedelta(days=30)
        assert actions.forget_addresses_of_closed(SYSTEM, before) == 1
        left = set(db.session.scalars(select(Subscription.email)))
        assert left == {FOLLOWER, DOUBTFUL}


def test_the_count_does_not_fall_when_the_matter_of_an_author_is_closed(writing: Unit) -> None:
    with writing():
        row = known_addresses()
        author = db.session.scalars(select(Subscription).where(Subscription.email == AUTHOR)).one()
        author.supports = author.wrote
        row.decided_at = row.updated_at = clock.now() - timedelta(days=31)
        db.session.flush()
        before = supporters_by_mail(row.id)
        actions.forget_addresses_of_closed(SYSTEM, clock.now() - timedelta(days=30))
        assert supporters_by_mail(row.id) == before > 0
        assert AUTHOR not in set(db.session.scalars(select(Subscription.email)))


def test_unconfirmed_addresses_go_and_confirmed_stay(
    writing: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing():
        known_addresses()
        monkeypatch.setattr(actions, "UNCONFIRMED", -actions.UNCONFIRMED)
        actions.forget_unconfirmed(SYSTEM)
        assert set(db.session.scalars(select(Subscription.email))) == {FOLLOWER, AUTHOR}


def test_a_claimed_idea_counts_its_author_once(writing: Unit) -> None:
    with writing():
        made = submit_idea(
            Nobody(), IdeaDraft(text="Hississä ei ole tuolia."), receipt_key="k" * 12
        )
        row = visible_idea(SYSTEM, made.idea_id)
        wrote = db.session.scalars(select(Authorship).where(Authorship.idea_id == row.id)).one()
        assert wrote.receipt_id is not None
        who = person()
        holder = ReceiptHolder(wrote.receipt_id, row.id)
        row = visible_idea(holder, row.id)
        assert actions.claim_idea(who, holder, row) is True
        rows = db.session.scalars(select(Authorship).where(Authorship.idea_id == row.id)).all()
        assert [one.person_id for one in rows] == [who.id]


def told_of_answer(moderator: Person, row: Idea) -> list[str]:
    """Answer the idea; gives every address that hears of it, as often as it does."""
    give_answer(moderator, row, given(text="Otamme tämän käyttöön Oulussa."))
    number = db.session.scalars(select(Decision.id).order_by(Decision.id.desc())).first()
    mails = select(Mail.recipient).where(Mail.unique_key.startswith(f"decision {number} "))
    return sorted(db.session.scalars(mails))


@pytest.mark.parametrize("follows", [False, True])
def test_who_has_an_account_hears_once_by_the_address_or_as_a_person(
    writing: Unit, moderator: Person, follows: bool
) -> None:
    with writing():
        row, who = known_addresses(), person(email=FOLLOWER)
        db.session.get_one(Account, who.id).email_confirmed_at = clock.now()
        if follows:
            follow(who, row)
        assert told_of_answer(moderator, row) == [AUTHOR, FOLLOWER]
        assert told().keys() == ({AUTHOR} if follows else {AUTHOR, FOLLOWER})


def test_nobody_hears_by_address_of_what_they_decided(writing: Unit) -> None:
    with writing():
        row, decides = known_addresses(), person("moderator", email=FOLLOWER)
        assert told_of_answer(decides, row) == [AUTHOR]


def test_an_address_of_a_merged_matter_is_forgotten_with_the_one_it_belongs_to(
    writing: Unit,
) -> None:
    with writing():
        row, head = known_addresses(), db.session.get_one(Idea, idea())
        old = clock.now() - timedelta(days=31)
        row.merged_into_id, row.updated_at = head.id, old
        db.session.flush()
        before = clock.now() - timedelta(days=30)
        assert actions.forget_addresses_of_closed(SYSTEM, before) == 0
        head.decided_at = head.updated_at = old
        db.session.flush()
        assert find_receipt_addresses(before, None) != []
        assert actions.forget_addresses_of_closed(SYSTEM, before) == 1
        assert AUTHOR not in set(db.session.scalars(select(Subscription.email)))


def asking(row: Idea, email: str) -> str:
    actions.give_address(Nobody(), row, email, ["supports"], "en")
    wanted = select(Mail.body).where(Mail.recipient == email).order_by(Mail.id.desc())
    return db.session.scalars(wanted).first() or ""


def test_only_what_nobody_confirmed_is_said_to_be_forgotten_and_is_renewed(writing: Unit) -> None:
    with writing():
        row = known_addresses()
        number = row.id
        assert "forgotten in two days" not in asking(row, FOLLOWER)
        assert "forgotten in two days" in asking(row, DOUBTFUL)
    with clock.frozen_at(clock.now() + timedelta(hours=47)), writing():
        row = db.session.get_one(Idea, number)
        asking(row, DOUBTFUL)
        asking(row, FOLLOWER)
        ages = {
            one.email: clock.now() - one.created_at
            for one in db.session.scalars(select(Subscription))
        }
        assert ages[DOUBTFUL] < timedelta(hours=1) < ages[FOLLOWER]
