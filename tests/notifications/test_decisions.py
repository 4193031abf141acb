"""Mails about decisions: to whom, when, what stands in them, and what never leaves the house."""

from typing import Any
from unittest.mock import ANY

import pytest
from sqlalchemy import select

from innovation.accounts.models import Account
from innovation.comments.actions import CommentDraft, post_comment
from innovation.comments.reports import report
from innovation.core import clock
from innovation.core.db import db
from innovation.core.events import record
from innovation.core.permissions import Person, System
from innovation.ideas.events import IdeaRedacted, UrgentReceived
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_idea
from innovation.messages.actions import reply
from innovation.moderation import actions, appeals, parts
from innovation.moderation.asking import ask_author
from innovation.moderation.models import Decision
from innovation.moderation.passing import pass_on
from innovation.moderation.undo import undo_decision
from innovation.notifications.actions import follow, unfollow
from innovation.notifications.models import Mail
from innovation.notifications.texts import LETTERS
from innovation.programme.queries import snapshot
from innovation.votes.actions import cast_vote
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person

REASON = "Poista nimet."
SECRET = "Äitini sairastaa diabetesta."


@pytest.fixture
def moderator(writing: Unit) -> Person:
    with writing():
        return person("moderator")


def reached(language: str = "fi") -> Person:
    """Make somebody whose address is confirmed."""
    who = person(language=language)
    db.session.get_one(Account, who.id).email_confirmed_at = clock.now()
    return who


def made(author: Person, visibility: Visibility = Visibility.WAITING) -> Idea:
    return visible_idea(
        System("test"), idea(author, visibility, f"Jono on pitkä. {SECRET}", title="Jono on pitkä")
    )


def mails(**wanted: Any) -> list[Mail]:
    return list(db.session.scalars(select(Mail).filter_by(**wanted).order_by(Mail.id)))


def test_the_author_is_told_what_why_and_where_after_ten_minutes(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author = reached("en")
        row = made(author, Visibility.PUBLIC)
        pass_on(moderator, row, "Oulun kaupunki", "It is the city's street.")
        (mail,) = mails(person_id=author.id)
        decision = db.session.scalars(select(Decision)).one()
        assert mail.not_before == decision.until
        assert (mail.language, mail.sent_at) == ("en", None)
        assert row.reference in mail.subject
        for part in ("Oulun kaupunki", "It is the city's street.", f"/ideas/{row.id}", row.title):
            assert part in mail.body
        assert "You get this because you wrote the idea." in mail.body
        assert SECRET not in mail.body


def test_nobody_is_told_at_an_address_that_is_not_theirs_for_sure(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        actions.publish_idea(moderator, made(person()))
        assert mails(kind="decision") == []


def test_who_decides_on_their_own_idea_is_not_told(writing: Unit) -> None:
    with writing():
        who = person("moderator")
        db.session.get_one(Account, who.id).email_confirmed_at = clock.now()
        row = visible_idea(who, idea(person(), Visibility.WAITING))
        actions.publish_idea(who, row)
        assert mails(person_id=who.id) == []


def test_an_undone_decision_is_never_told(writing: Unit, moderator: Person) -> None:
    with writing():
        row = made(reached())
        actions.hide_idea(moderator, row, "commercial", REASON)
        assert len(mails(kind="decision")) == 1
        undo_decision(moderator, db.session.scalars(select(Decision)).one())
        assert mails(kind="decision") == []


def test_every_kind_of_decision_on_an_idea_is_told_once_or_not_at_all(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author = reached()
        row = made(author)
        home = snapshot().sub_projects[0]
        ask_author(moderator, row, "Missä?")
        actions.publish_and_route(moderator, row, home.id, [], "")
        actions.make_staff_only(moderator, row, REASON)
        actions.hide_idea(moderator, row, "commercial", REASON)
        actions.restore_idea(moderator, row, REASON)
        actions.return_idea(moderator, row, REASON)
        told = mails(person_id=author.id)
        assert len(told) == 6
        assert home.name("fi") in told[1].body
        assert all(mail.body.count(REASON) == 1 for mail in told[2:])
        assert "Missä?" in told[0].body
        assert f"/ideas/{row.id}/reply" in told[0].body
        assert f"/ideas/{row.id}/edit" in told[5].body
        assert row.title not in told[5].body


def test_who_stopped_following_hears_only_what_takes_something_away(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author = reached()
        row = made(author)
        unfollow(author, row.id)
        actions.publish_idea(moderator, row)
        assert mails(person_id=author.id) == []
        actions.hide_idea(moderator, row, "commercial", REASON)
        assert len(mails(person_id=author.id)) == 1


def test_a_merge_tells_authors_followers_and_supporters_once_each(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author, follower, supporter, stopped = (reached() for _ in range(4))
        row, target = made(author, Visibility.PUBLIC), made(person(), Visibility.PUBLIC)
        follow(follower, row)
        for one in (follower, supporter, stopped):
            cast_vote(one, row)
        unfollow(stopped, row.id)
        actions.merge_idea(moderator, row, target)
        told = {mail.person_id: mail for mail in mails(kind="decision")}
        assert set(told) == {author.id, follower.id, supporter.id}
        assert len(mails(kind="decision")) == 3
        assert all(f"/ideas/{target.id}" in mail.body for mail in told.values())


def test_the_writer_of_a_hidden_comment_is_told(writing: Unit, moderator: Person) -> None:
    with writing():
        writer = reached()
        row = made(reached(), Visibility.PUBLIC)
        said = post_comment(writer, row, CommentDraft("Osta autoni."))
        parts.hide_comment(moderator, said, "commercial", REASON)
        (mail,) = mails(kind="decision")
        assert mail.person_id == writer.id
        assert REASON in mail.body
        assert "Osta autoni." not in mail.body


def test_the_writer_is_told_when_a_comment_that_waited_is_shown(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        writer = reached("en")
        row = made(reached(), Visibility.PUBLIC)
        said = post_comment(writer, row, CommentDraft("Soita 040 123 4567."))
        assert said.visibility == "waiting"
        parts.publish_comment(moderator, said)
        (mail,) = mails(kind="decision")
        decision = db.session.scalars(select(Decision)).one()
        assert (mail.person_id, mail.not_before) == (writer.id, decision.until)
        assert f"Your comment on the idea {row.reference} is shown" in mail.subject
        assert "040" not in mail.body
        undo_decision(moderator, decision)
        assert mails(kind="decision") == []


def test_a_report_that_changes_nothing_is_not_told_to_the_writer(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        writer = reached()
        row = made(reached(), Visibility.PUBLIC)
        said = post_comment(writer, row, CommentDraft("Niin meilläkin."))
        parts.publish_comment(moderator, said)
        for mail in mails(kind="decision"):
            db.session.delete(mail)
        report(person(), row, said, "honour", "Loukkaa.", "reader")
        parts.publish_comment(moderator, said)
        made_now = db.session.scalars(select(Decision).order_by(Decision.id.desc())).first()
        assert made_now
        assert made_now.changes == {"rows": [ANY]}
        assert mails(kind="decision") == []


def test_what_was_taken_out_does_not_leave_in_a_mail_that_waits(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author = reached()
        row = made(author, Visibility.PUBLIC)
        row.title = "Maija Virtanen jonotti"
        pass_on(moderator, row, "Oulun kaupunki", "Katu kuuluu kaupungille.")
        assert "Maija" in mails(kind="decision")[0].body
        row.title = "[nimi poistettu] jonotti"
        db.session.flush()
        record(IdeaRedacted(row.id))
        db.session.expire_all()
        (mail,) = mails(kind="decision")
        assert "Maija" not in mail.body
        assert "[nimi poistettu] jonotti" in mail.body


def test_a_sent_mail_stays_as_it_was(writing: Unit, moderator: Person) -> None:
    with writing():
        row = made(reached(), Visibility.PUBLIC)
        pass_on(moderator, row, "Oulun kaupunki", "Katu kuuluu kaupungille.")
        (mail,) = mails(kind="decision")
        mail.sent_at, said = clock.now(), mail.body
        row.title = "Aivan muuta"
        db.session.flush()
        record(IdeaRedacted(row.id))
        db.session.expire_all()
        assert mails(kind="decision")[0].body == said


def test_moderators_are_called_at_once_with_a_link_alone(writing: Unit, moderator: Person) -> None:
    with writing():
        row = made(person())
        record(UrgentReceived(row.id))
        record(UrgentReceived(row.id))
        (mail,) = mails(person_id=moderator.id)
        assert mail.not_before <= clock.now()
        assert f"/moderation/ideas/{row.id}" in mail.body
        assert row.title not in mail.subject + mail.body


@pytest.mark.parametrize("kind", sorted(LETTERS))
def test_every_letter_can_be_filled_in(kind: str) -> None:
    letter = LETTERS[kind]
    assert "%(" not in str(letter.subject) % {"reference": "PS-2026-0042"}
    assert "%" not in str(letter.text)


def test_the_answer_to_an_appeal_says_what_became_of_it(writing: Unit, moderator: Person) -> None:
    with writing():
        writer = reached("en")
        row = made(reached(), Visibility.PUBLIC)
        said = post_comment(writer, row, CommentDraft("Osta autoni."))
        parts.publish_comment(moderator, said)
        parts.hide_comment(moderator, said, "commercial", REASON)
        decision = db.session.scalars(select(Decision).order_by(Decision.id.desc())).first()
        assert decision
        asked = appeals.appeal(writer, decision, "Auto oli vertaus.")
        other = person("moderator")
        appeals.decide_appeal(other, asked, "upheld", "Luin tekstin, ja sääntö pitää.")
        mail = mails(person_id=writer.id)[-1]
        assert f"/comments/{said.id}/appeal" in mail.body
        assert "The decision stays." in mail.body
        assert "Luin tekstin, ja sääntö pitää." in mail.body


def test_a_question_that_was_answered_is_not_mailed_any_more(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author = reached()
        row = made(author)
        ask_author(moderator, row, "Missä?")
        actions.publish_idea(moderator, row)
        assert len(mails(person_id=author.id)) == 2
        reply(author, row, "Osastolla 3.")
        (mail,) = mails(person_id=author.id)
        assert "Missä?" not in mail.body


def test_the_title_of_what_only_the_staff_read_stands_in_no_mail(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author, supporter = reached(), reached()
        row = made(author, Visibility.PUBLIC)
        cast_vote(supporter, row)
        inside = visible_idea(
            System("test"), idea(None, Visibility.STAFF_ONLY, title="Varaston koodi vuotaa")
        )
        actions.make_staff_only(moderator, row, REASON)
        actions.merge_idea(moderator, row, inside)
        sent = mails(person_id=author.id) + mails(person_id=supporter.id)
        assert len(sent) == 3
        assert not [mail for mail in sent if inside.title in mail.body]
