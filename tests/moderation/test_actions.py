"""Decisions: each needs a right, a reason where it takes something away, and leaves an entry."""

from typing import Any

import pytest
from sqlalchemy import select

from innovation.comments.actions import CommentDraft, edit_comment, post_comment
from innovation.comments.models import Comment, Report
from innovation.comments.reports import report
from innovation.core.db import db
from innovation.core.errors import ConflictError, ForbiddenError, RuleBrokenError
from innovation.core.permissions import Nobody, Person, System
from innovation.ideas.actions import edit_idea
from innovation.ideas.drafts import draft_of
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea, Revision
from innovation.ideas.queries import timeline_of, visible_idea
from innovation.moderation import actions, parts
from innovation.moderation.cases import last_entry
from innovation.moderation.queries import queue
from innovation.moderation.waiting import REPORTED
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person

REASON = "Poista tekstistä nimet."


@pytest.fixture
def moderator(writing: Unit) -> Person:
    with writing():
        return person("moderator")


def waiting(author: Person | None = None) -> Idea:
    return visible_idea(_System, idea(author, Visibility.WAITING))


_System: Any = System("test")


def kinds(actor: Person, row: Idea) -> list[str]:
    return [entry.kind for entry in timeline_of(actor, row)]


def test_a_published_idea_is_public_and_may_be_found(writing: Unit, moderator: Person) -> None:
    with writing():
        row = waiting()
        actions.publish_idea(moderator, row)
        assert (row.visibility, row.indexable) == ("public", True)
        assert row.published_at
        assert row.topical > 0
        assert kinds(moderator, row)[0] == "published"


def test_publishing_twice_is_one_decision(writing: Unit, moderator: Person) -> None:
    with writing():
        row = waiting()
        seen = last_entry(row.id)
        actions.publish_idea(moderator, row, seen=seen)
        actions.publish_idea(moderator, row, seen=seen)
        assert kinds(moderator, row).count("published") == 1


def test_a_decision_that_comes_late_says_who_was_faster(writing: Unit, moderator: Person) -> None:
    with writing():
        row = waiting()
        seen = last_entry(row.id)
        actions.publish_idea(moderator, row, seen=seen)
        with pytest.raises(ConflictError):
            actions.hide_idea(person("administrator"), row, "commercial", REASON, seen=seen)
        with pytest.raises(ConflictError):
            actions.make_staff_only(moderator, row, REASON, seen=seen)
        assert row.visibility == "public"


def test_support_and_comments_do_not_make_a_decision_late(writing: Unit, moderator: Person) -> None:
    with writing():
        row = visible_idea(moderator, idea())
        seen = last_entry(row.id)
        post_comment(person("staff"), row, CommentDraft("Meillä on samoin."))
        actions.hide_idea(moderator, row, "privacy", REASON, seen=seen)
        assert row.visibility == "hidden"


def test_a_returned_idea_waits_for_its_author_who_reads_why(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author = person()
        row = waiting(author)
        with pytest.raises(RuleBrokenError) as refused:
            actions.return_idea(moderator, row, "")
        assert refused.value.field == "reason"
        actions.return_idea(moderator, row, REASON)
        assert row.visibility == "draft"
        assert row.asked_at
        assert timeline_of(author, visible_idea(author, row.id))[0].reason == REASON
        assert REASON not in [entry.reason for entry in timeline_of(Nobody(), row)]


def test_hiding_needs_a_rule_of_the_programme_and_a_reason(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        row = visible_idea(moderator, idea())
        for rule, reason, field in (
            ("", REASON, "rule"),
            ("x", REASON, "rule"),
            ("privacy", "", "reason"),
        ):
            with pytest.raises(RuleBrokenError) as refused:
                actions.hide_idea(moderator, row, rule, reason)
            assert refused.value.field == field
        actions.hide_idea(moderator, row, "privacy", REASON)
        entry = timeline_of(moderator, row)[0]
        assert (entry.rule, entry.reason, entry.public) == ("privacy", REASON, True)


@pytest.mark.parametrize("before", ["public", "staff_only", "waiting"])
def test_a_hidden_idea_comes_back_to_where_it_was(
    before: Visibility, writing: Unit, moderator: Person
) -> None:
    with writing():
        row = visible_idea(moderator, idea(visibility=Visibility(before)))
        actions.hide_idea(moderator, row, "honour", REASON)
        actions.restore_idea(moderator, row, "Piilotus oli virhe.")
        assert row.visibility == before


def test_only_moderators_decide(writing: Unit) -> None:
    with writing():
        row = waiting()
        for who in (person(), person("staff"), person(leads=(1,))):
            with pytest.raises(ForbiddenError):
                actions.publish_idea(who, row)
            with pytest.raises(ForbiddenError):
                actions.hide_idea(who, row, "privacy", REASON)


def test_an_idea_public_by_its_authors_right_is_read_once(writing: Unit, moderator: Person) -> None:
    with writing():
        number = idea(person("staff"))
        assert [item.id for item in queue("idea").items] == [number]
        row = visible_idea(moderator, number)
        actions.publish_idea(moderator, row)
        assert row.indexable
        assert queue().total == 0
        assert queue().unrouted == 1


def changed(author: Person) -> tuple[Idea, Revision]:
    row = visible_idea(author, idea(author, indexable=True, support_count=3))
    draft = draft_of(row)
    draft = type(draft)(**{**_fields(draft), "text": "Uusi teksti kertoo saman selvemmin."})
    edit_idea(author, row, draft)
    revision = db.session.scalars(select(Revision).where(Revision.state == "waiting")).one()
    return row, revision


def _fields(draft: Any) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in draft.__dataclass_fields__}


def test_an_accepted_change_is_the_text_that_is_shown(writing: Unit, moderator: Person) -> None:
    with writing():
        author = person()
        row, revision = changed(author)
        assert [item.key for item in queue().items] == [("edit", revision.id)]
        assert row.text.startswith("Ajanvaraus")
        parts.accept_revision(moderator, row, revision)
        assert row.text == "Uusi teksti kertoo saman selvemmin."
        assert kinds(moderator, row)[0] == "edited"
        assert queue().total == 0


def test_a_declined_change_leaves_the_text_and_tells_the_author(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author = person()
        row, revision = changed(author)
        parts.decline_revision(moderator, row, revision, REASON)
        assert row.text.startswith("Ajanvaraus")
        assert timeline_of(author, row)[0].reason == REASON
        with pytest.raises(ConflictError):
            parts.accept_revision(moderator, row, revision)


def test_a_comment_is_published_or_hidden_once(writing: Unit, moderator: Person) -> None:
    with writing():
        row = visible_idea(moderator, idea(indexable=True))
        comment = post_comment(person(), row, CommentDraft("Meillä on sama tarve."))
        assert [item.kind for item in queue().items] == ["comment"]
        parts.publish_comment(moderator, comment, seen="waiting")
        parts.publish_comment(moderator, comment, seen="waiting")
        assert comment.visibility == "public"
        with pytest.raises(ConflictError):
            parts.hide_comment(moderator, comment, "honour", REASON, seen="waiting")
        parts.hide_comment(moderator, comment, "honour", REASON, seen="public")
        assert comment.visibility == "hidden"
        with pytest.raises(ForbiddenError):
            parts.publish_comment(person("staff"), comment)


def test_reports_about_one_text_are_answered_together(writing: Unit, moderator: Person) -> None:
    with writing():
        row = visible_idea(moderator, idea(indexable=True))
        for reader in ("a", "b"):
            report(Nobody(), row, None, "commercial", "Mainos.", reader)
        assert [(item.kind, item.rank) for item in queue().items] == [("report", REPORTED)]
        parts.dismiss_report(moderator, row, None, "Teksti ei riko sääntöjä.")
        assert queue().total == 0
        assert row.visibility == "public"
        assert set(db.session.scalars(select(Report.resolution))) == {"dismissed"}
        assert "report_dismissed" not in [entry.kind for entry in timeline_of(Nobody(), row)]


def test_a_comment_that_waited_for_a_report_is_shown_again(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        row = visible_idea(moderator, idea(indexable=True))
        comment = post_comment(person("staff"), row, CommentDraft("Osastolla on hyvä tapa."))
        report(Nobody(), row, comment, "other_health", "", "a")
        assert db.session.get_one(Comment, comment.id).visibility == "waiting"
        assert [item.kind for item in queue().items] == ["report"]
        parts.dismiss_report(moderator, row, comment, "Kukaan ei ole tunnistettavissa.")
        assert comment.visibility == "public"


def held(before: Visibility = Visibility.PUBLIC, author: Person | None = None) -> Idea:
    row = visible_idea(_System, idea(author, before, indexable=True))
    report(_System, row, None, "other_health", "Naapuri tunnistaa.", "reader")
    assert row.visibility == "waiting"
    return row


@pytest.mark.parametrize("before", [Visibility.PUBLIC, Visibility.STAFF_ONLY])
def test_an_idea_that_a_report_held_is_shown_again_where_it_was(
    before: Visibility, writing: Unit, moderator: Person
) -> None:
    with writing():
        row = held(before)
        published = row.published_at
        assert [(item.kind, item.rank) for item in queue().items] == [("report", REPORTED)]
        parts.dismiss_report(moderator, row, None, "Kukaan ei ole tunnistettavissa.")
        parts.dismiss_report(moderator, row, None, "Kukaan ei ole tunnistettavissa.")
        assert (row.visibility, row.published_at) == (before, published)
        assert kinds(moderator, row)[:2] == ["restored", "held"]
        assert queue().total == 0


@pytest.mark.parametrize("before", [Visibility.PUBLIC, Visibility.STAFF_ONLY])
def test_a_report_that_is_right_hides_the_idea_with_the_rule(
    before: Visibility, writing: Unit, moderator: Person
) -> None:
    with writing():
        row = held(before)
        actions.hide_idea(moderator, row, "other_health", REASON)
        assert row.visibility == "hidden"
        assert timeline_of(Nobody(), row)[0].rule == "other_health"
        assert queue().total == 0
        actions.restore_idea(moderator, row, "Piilotus oli virhe.")
        assert row.visibility == before


def test_a_held_text_that_was_changed_meanwhile_is_not_shown_unread(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author = person()
        row = held(author=author)
        row = visible_idea(author, row.id)
        seen = last_entry(row.id)
        draft = type(draft_of(row))(**{**_fields(draft_of(row)), "text": "Aivan toinen teksti."})
        edit_idea(author, row, draft)
        with pytest.raises(ConflictError):
            parts.dismiss_report(moderator, row, None, "Kukaan ei ole tunnistettavissa.", seen=seen)
        assert row.visibility == "waiting"


def test_dismissing_never_shows_what_nobody_has_read(writing: Unit, moderator: Person) -> None:
    with writing():
        row = waiting()
        report(_System, row, None, "other_health", "", "a")
        parts.dismiss_report(moderator, row, None, "Kukaan ei ole tunnistettavissa.")
        assert row.visibility == "waiting"
        assert [item.kind for item in queue().items] == ["idea"]


def test_the_reported_come_first_then_the_suspicious_then_the_oldest(writing: Unit) -> None:
    with writing():
        first = idea(visibility=Visibility.WAITING)
        robot = idea(visibility=Visibility.WAITING, suspicious=True)
        shown = visible_idea(_System, idea(indexable=True))
        report(Nobody(), shown, None, "swearing", "", "a")
        last = idea(visibility=Visibility.WAITING)
        assert [item.idea_id for item in queue().items] == [shown.id, robot, first, last]


def test_a_comment_that_was_changed_meanwhile_is_read_again_first(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author = person()
        row = visible_idea(moderator, idea(indexable=True))
        comment = post_comment(author, row, CommentDraft("Meillä on sama tarve."))
        seen = parts.as_seen(comment)
        report(Nobody(), row, comment, "commercial", "Mainos.", "reader")
        edit_comment(author, comment, "Aivan toinen teksti.")
        for decide in (
            lambda: parts.publish_comment(moderator, comment, seen=seen),
            lambda: parts.dismiss_report(moderator, row, comment, REASON, seen=seen),
            lambda: parts.hide_comment(moderator, comment, "honour", REASON, seen=seen),
        ):
            with pytest.raises(ConflictError):
                decide()
        assert comment.visibility == "waiting"
        parts.publish_comment(moderator, comment, seen=parts.as_seen(comment))
        assert comment.visibility == "public"
