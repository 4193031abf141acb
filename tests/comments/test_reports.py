"""Reports by readers: counted once, answered by a decision, urgent ones at once."""

import pytest

from innovation.comments import queries
from innovation.comments.actions import (
    CommentDraft,
    delete_comment,
    hide_comment,
    post_comment,
    publish_comment,
)
from innovation.comments.models import Comment
from innovation.comments.reports import DISMISSED, report, resolve_reports
from innovation.core.errors import ForbiddenError, RuleBrokenError
from innovation.core.permissions import Nobody, Role
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.ideas.moves import move_visibility
from innovation.ideas.queries import timeline_of, visible_idea
from innovation.ideas.timeline import Kind
from innovation.moderation.parts import dismiss_report
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person


def talk() -> tuple[Idea, Comment]:
    who = person(Role.MODERATOR)
    shown = visible_idea(who, idea())
    return shown, post_comment(who, shown, CommentDraft("Meillä on sama tarve."))


def test_the_same_readers_report_counts_once_until_it_is_answered(writing: Unit) -> None:
    with writing():
        shown, comment = talk()
        told = [report(Nobody(), shown, comment, "swearing", "", "a") for _ in range(2)]
        assert told == [True, False]
        assert report(Nobody(), shown, comment, "privacy", "Nimi näkyy.", "b")
        assert report(Nobody(), shown, None, "privacy", "", "a")
        assert [one.comment_id for one in queries.open_reports()] == [comment.id] * 2 + [None]
        publish_comment(person(Role.MODERATOR), comment)
        assert [one.comment_id for one in queries.open_reports()] == [None]
        assert report(Nobody(), shown, comment, "swearing", "", "a")


def test_hiding_answers_the_reports(writing: Unit) -> None:
    with writing():
        shown, comment = talk()
        report(Nobody(), shown, comment, "swearing", "", "a")
        hide_comment(person(Role.MODERATOR), comment, "swearing")
        assert queries.open_reports() == []


def test_what_its_writer_deleted_needs_no_decision(writing: Unit) -> None:
    with writing():
        who = person(Role.MODERATOR)
        shown = visible_idea(who, idea())
        comment = post_comment(who, shown, CommentDraft("Meillä on sama tarve."))
        report(Nobody(), shown, comment, "swearing", "", "a")
        delete_comment(who, comment)
        assert queries.open_reports() == []


def test_reports_about_an_idea_are_answered_by_moderators(writing: Unit) -> None:
    with writing():
        shown, _ = talk()
        report(Nobody(), shown, None, "off_topic", "", "a")
        with pytest.raises(ForbiddenError):
            resolve_reports(person(Role.STAFF), shown.id, None, DISMISSED)
        assert resolve_reports(person(Role.MODERATOR), shown.id, None, DISMISSED) == 1
        assert queries.open_reports() == []


def test_a_comment_with_anothers_health_details_waits_until_it_is_read(writing: Unit) -> None:
    with writing():
        moderator = person(Role.MODERATOR)
        shown, comment = talk()
        report(Nobody(), shown, comment, "other_health", "", "a")
        assert (comment.visibility, shown.comment_count) == ("waiting", 0)
        publish_comment(moderator, comment)
        report(Nobody(), shown, comment, "other_health", "", "b")
        assert (comment.visibility, shown.comment_count) == ("public", 1)


@pytest.mark.parametrize("shown", [Visibility.PUBLIC, Visibility.STAFF_ONLY])
def test_an_idea_with_anothers_health_details_waits_until_it_is_read(
    writing: Unit, shown: Visibility
) -> None:
    with writing():
        moderator = person(Role.MODERATOR)
        row = visible_idea(moderator, idea(visibility=shown))
        report(moderator, row, None, "other_health", "", "a")
        assert row.visibility == "waiting"
        told = [(one.kind, one.actor_role) for one in timeline_of(Nobody(), row)]
        assert told[0] == ("held", "system")
        dismiss_report(moderator, row, None, "Kukaan ei ole tunnistettavissa.")
        report(moderator, row, None, "other_health", "", "b")
        assert row.visibility == shown


def test_an_idea_reported_for_something_else_stays(writing: Unit) -> None:
    with writing():
        shown, comment = talk()
        report(Nobody(), shown, None, "privacy", "", "a")
        report(Nobody(), shown, comment, "other_health", "", "b")
        assert shown.visibility == "public"


def test_nobody_but_the_platform_takes_an_idea_back_to_wait(writing: Unit) -> None:
    with writing():
        author = person(Role.ADMINISTRATOR)
        row = visible_idea(author, idea(author))
        with pytest.raises(ForbiddenError):
            move_visibility(author, row, Visibility.WAITING, Kind.HELD)


def test_what_was_read_and_then_waited_leaves_a_stub_when_hidden(writing: Unit) -> None:
    with writing():
        shown, comment = talk()
        report(Nobody(), shown, comment, "other_health", "", "a")
        hide_comment(person(Role.MODERATOR), comment, "other_health")
        assert comment.visibility == "hidden"


@pytest.mark.parametrize(
    ("rule", "text", "field"),
    [
        ("", "", "rule"),
        ("nonsense", "", "rule"),
        ("privacy", "x" * 1_001, "text"),
        ("privacy", "Siinä lukee 131052-308T.", "text"),
    ],
)
def test_a_report_names_a_rule_and_no_identity_code(
    writing: Unit, rule: str, text: str, field: str
) -> None:
    with writing():
        shown, comment = talk()
        with pytest.raises(RuleBrokenError) as broken:
            report(Nobody(), shown, comment, rule, text, "a")
        assert broken.value.field == field
