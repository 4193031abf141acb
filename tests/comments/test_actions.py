"""Comments as their writers and moderators change them, and the counter that follows."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from innovation.comments import queries
from innovation.comments.actions import (
    CommentDraft,
    delete_comment,
    edit_comment,
    hide_comment,
    post_comment,
    publish_comment,
    repair_counters,
)
from innovation.comments.models import Comment
from innovation.comments.policy import EDIT_WINDOW
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, ForbiddenError, RuleBrokenError
from innovation.core.permissions import Nobody, Person, Role, System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea, TimelineEntry
from innovation.ideas.queries import visible_idea
from innovation.programme.actions import touch
from innovation.programme.models import Programme
from innovation.programme.queries import snapshot
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person


def say(
    who: Person,
    number: int,
    text: str = "Meillä on sama tarve.",
    parent: Comment | None = None,
    once: str = "",
    **facts: bool,
) -> Comment:
    draft = CommentDraft(text, parent.id if parent else None, official=facts.pop("official", False))
    return post_comment(who, visible_idea(who, number), draft, once, **facts)


def count(number: int) -> int:
    return db.session.scalar(select(Idea.comment_count).where(Idea.id == number)) or 0


def test_a_residents_comment_waits_and_is_counted_when_published(writing: Unit) -> None:
    with writing():
        number, moderator = idea(), person(Role.MODERATOR)
        comment = say(person(), number)
        assert (comment.visibility, count(number)) == ("waiting", 0)
        for _ in range(2):
            publish_comment(moderator, comment)
        assert (comment.visibility, count(number)) == ("public", 1)


@pytest.mark.parametrize(
    ("rule", "role", "visibility"),
    [
        ("everything_first", Role.STAFF, "waiting"),
        ("everything_first", Role.MODERATOR, "public"),
        ("known_authors", Role.STAFF, "public"),
        ("known_authors", Role.RESIDENT, "waiting"),
    ],
)
def test_whose_comments_are_public_at_once_the_programme_decides(
    writing: Unit, rule: str, role: Role, visibility: str
) -> None:
    with writing():
        db.session.execute(update(Programme).values(publishing=rule))
        touch()
        who = person() if role is Role.RESIDENT else person(role)
        assert say(who, idea()).visibility == visibility


def test_what_a_robot_may_have_written_waits_in_any_case(writing: Unit) -> None:
    with writing():
        number, who = idea(), person(Role.MODERATOR)
        assert say(who, number).visibility == "public"
        assert say(who, number, suspicious=True).visibility == "waiting"
        assert count(number) == 1


def test_the_same_form_twice_makes_one_comment(writing: Unit) -> None:
    with writing():
        number, who = idea(), person(Role.MODERATOR)
        first = say(who, number, once="key")
        assert say(who, number, once="key").id == first.id
        assert say(who, number, "Vielä yksi asia.", once="key").id != first.id
        assert count(number) == 2


@pytest.mark.parametrize(
    "text", ["", "   ", "👍👍👍", "?!", "x" * 2_001, "Äitini 131052-308T odotti."]
)
def test_a_text_that_says_nothing_or_too_much_is_refused_at_its_field(
    writing: Unit, text: str
) -> None:
    with writing():
        with pytest.raises(RuleBrokenError) as broken:
            say(person(), idea(), text)
        assert broken.value.field == "text"


def test_an_answer_to_a_reply_goes_to_the_thread(writing: Unit) -> None:
    with writing():
        number, who = idea(), person(Role.MODERATOR)
        first = say(who, number)
        reply = say(who, number, parent=first)
        assert say(who, number, parent=reply).parent_id == first.id


def test_what_is_hidden_or_elsewhere_is_not_answered(writing: Unit) -> None:
    with writing():
        number, who, moderator = idea(), person(Role.MODERATOR), person(Role.MODERATOR)
        first = say(who, number)
        with pytest.raises(ConflictError):
            say(who, idea(), parent=first)
        hide_comment(moderator, first, "swearing")
        with pytest.raises(ConflictError):
            say(who, number, parent=first)


def test_nobody_comments_without_an_account_or_on_what_waits(writing: Unit) -> None:
    with writing():
        shown = visible_idea(Nobody(), idea())
        with pytest.raises(ForbiddenError):
            post_comment(Nobody(), shown, CommentDraft("Hyvä idea."))
        with pytest.raises(ForbiddenError):
            say(person(Role.MODERATOR), idea(visibility=Visibility.WAITING))


def test_leads_speak_officially_about_their_own_sub_project_only(writing: Unit) -> None:
    with writing():
        mine, other = snapshot().sub_projects[:2]
        lead = person(leads=(mine.id,))
        comment = say(lead, idea(primary_sub_project_id=mine.id), official=True)
        assert (comment.official, comment.task) == (True, f"lead {mine.slug}")
        for elsewhere in (idea(primary_sub_project_id=other.id), idea()):
            with pytest.raises(ForbiddenError):
                say(lead, elsewhere, official=True)
        assert say(person(Role.MODERATOR), idea(), official=True).task == "moderator"
        with pytest.raises(ForbiddenError):
            say(person(Role.STAFF), idea(), official=True)


def test_a_comment_is_corrected_soon_after_writing_only(writing: Unit) -> None:
    with writing():
        who = person(Role.MODERATOR)
        comment = say(who, idea())
        edit_comment(who, comment, "Meillä on aivan sama tarve.")
        assert comment.text == "Meillä on aivan sama tarve."
        assert comment.edited_at is not None
        with pytest.raises(ForbiddenError):
            edit_comment(person(Role.MODERATOR), comment, "Toisen sanoja.")
        later = clock.now() + EDIT_WINDOW + timedelta(seconds=1)
        with clock.frozen_at(later), pytest.raises(ForbiddenError):
            edit_comment(who, comment, "Myöhemmin.")


def test_what_somebody_has_answered_is_not_changed(writing: Unit) -> None:
    with writing():
        who, number = person(Role.MODERATOR), idea()
        comment = say(who, number)
        say(who, number, "Lisään vielä.", parent=comment)
        edit_comment(who, comment, "Oma vastaus ei estä.")
        say(person(Role.MODERATOR), number, "Samaa mieltä.", parent=comment)
        with pytest.raises(RuleBrokenError) as broken:
            edit_comment(who, comment, "Muutan mieltäni.")
        assert broken.value.field == "text"


def test_a_residents_changed_comment_waits_again(writing: Unit) -> None:
    with writing():
        who, number = person(), idea()
        comment = say(who, number)
        publish_comment(person(Role.MODERATOR), comment)
        edit_comment(who, comment, "Toisin sanoin.")
        assert (comment.visibility, count(number)) == ("waiting", 0)


def test_deleting_removes_the_text_and_leaves_a_stub_of_what_was_read(writing: Unit) -> None:
    with writing():
        who, number = person(Role.MODERATOR), idea()
        comment, unread = say(who, number), say(who, number, suspicious=True)
        for _ in range(2):
            delete_comment(who, comment)
            delete_comment(who, unread)
        assert (comment.visibility, comment.text, count(number)) == ("deleted", "", 0)
        assert (unread.visibility, unread.text) == ("withdrawn", "")
        with pytest.raises(ForbiddenError):
            delete_comment(person(), say(who, number))
        with pytest.raises(ConflictError):
            hide_comment(person(Role.MODERATOR), comment, "swearing")


def test_hiding_is_told_in_the_timeline_and_can_be_undone(writing: Unit) -> None:
    with writing():
        moderator, number = person(Role.MODERATOR), idea()
        comment = say(person(Role.MODERATOR), number)
        for _ in range(2):
            hide_comment(moderator, comment, "swearing", "Sama asia käy toisin sanoin.")
        entries = db.session.scalars(
            select(TimelineEntry).where(TimelineEntry.comment_id == comment.id)
        ).all()
        assert [(one.kind, one.rule, one.public) for one in entries] == [
            ("comment_hidden", "swearing", True)
        ]
        assert (comment.visibility, count(number)) == ("hidden", 0)
        publish_comment(moderator, comment)
        assert (comment.visibility, comment.rule, count(number)) == ("public", "", 1)


def test_what_nobody_has_read_is_declined_without_a_stub(writing: Unit) -> None:
    with writing():
        comment = say(person(), idea())
        hide_comment(person(Role.MODERATOR), comment, "commercial")
        assert comment.visibility == "declined"


def test_hiding_needs_a_rule_and_the_right(writing: Unit) -> None:
    with writing():
        comment = say(person(Role.MODERATOR), idea())
        with pytest.raises(RuleBrokenError):
            hide_comment(person(Role.MODERATOR), comment, "no such rule")
        with pytest.raises(ForbiddenError):
            hide_comment(person(Role.STAFF), comment, "swearing")


def test_a_wrong_counter_is_found_and_corrected(writing: Unit) -> None:
    with writing():
        number = idea()
        say(person(Role.MODERATOR), number)
        say(person(), number)
        assert queries.wrong_counters() == []
        db.session.execute(update(Idea).where(Idea.id == number).values(comment_count=9))
        assert [(one.kept, one.counted) for one in queries.wrong_counters()] == [(9, 1)]
        repair_counters(System("test"))
        assert count(number) == 1


def test_recent_comments_are_counted(writing: Unit) -> None:
    with writing():
        number, since = idea(), clock.now().replace(microsecond=0)
        say(person(Role.MODERATOR), number)
        say(person(), number)
        assert len(queries.recent_activity(since)[number]) == 1
        assert db.session.scalar(select(func.count()).select_from(Comment)) == 2
