"""What is shown of a discussion, to whom, in which order, and at what cost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Connection, event

from innovation.comments.actions import (
    CommentDraft,
    delete_comment,
    hide_comment,
    post_comment,
    publish_comment,
)
from innovation.comments.models import Comment
from innovation.comments.queries import discussion_of, visible_comment
from innovation.core import clock
from innovation.core.errors import NotFoundError
from innovation.core.permissions import Nobody, Person, Role
from innovation.ideas.queries import visible_idea
from innovation.moderation.queries import queue
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person


def say(
    who: Person, number: int, text: str, parent: Comment | None = None, official: bool = False
) -> Comment:
    draft = CommentDraft(text, parent.id if parent else None, official)
    return post_comment(who, visible_idea(who, number), draft)


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield said
    event.remove(connection, "before_cursor_execute", note)


def test_newest_threads_first_with_the_newest_official_on_top(writing: Unit) -> None:
    with writing():
        number, who = idea(), person(Role.MODERATOR)
        start = clock.now() - timedelta(days=1)
        for place, official in enumerate((False, True, True, False)):
            with clock.frozen_at(start + timedelta(hours=place)):
                first = say(who, number, f"kommentti {place}", official=official)
                say(who, number, f"vastaus {place} a", first)
                say(who, number, f"vastaus {place} b", first)
        shown = discussion_of(Nobody(), number)
        assert [row.text for row in shown.threads] == [
            "kommentti 2",
            "kommentti 3",
            "kommentti 1",
            "kommentti 0",
        ]
        assert [row.text for row in shown.threads[0].replies] == ["vastaus 2 a", "vastaus 2 b"]
        assert (shown.count, shown.more) == (12, 0)


def test_what_waits_is_seen_by_its_writer_alone(writing: Unit) -> None:
    with writing():
        number, who = idea(), person()
        comment = say(who, number, "Meillä on sama tarve.")
        assert discussion_of(Nobody(), number).threads == ()
        assert discussion_of(person(), number).threads == ()
        (own,) = discussion_of(who, number).threads
        assert (own.visibility, own.mine, own.may_edit, own.may_delete) == (
            "waiting",
            True,
            True,
            True,
        )
        assert [one.id for one in queue("comment").items] == [comment.id]
        with pytest.raises(NotFoundError):
            visible_comment(person(), comment.id)
        assert visible_comment(person(Role.MODERATOR), comment.id).id == comment.id


def test_hidden_and_deleted_ones_leave_a_stub_without_words(writing: Unit) -> None:
    with writing():
        number, who, moderator = idea(), person(Role.MODERATOR), person(Role.MODERATOR)
        first = say(who, number, "Ensimmäinen.")
        say(moderator, number, "Vastaus jää.", first)
        hide_comment(moderator, first, "swearing")
        delete_comment(who, say(who, number, "Toinen."))
        declined = say(person(), number, "Kolmas.")
        hide_comment(moderator, declined, "commercial")
        deleted, hidden = discussion_of(Nobody(), number).threads
        assert (hidden.visibility, hidden.rule, hidden.text, hidden.name) == (
            "hidden",
            "swearing",
            "",
            "",
        )
        assert [reply.text for reply in hidden.replies] == ["Vastaus jää."]
        assert (deleted.visibility, deleted.text, deleted.name) == ("deleted", "", "")


def test_editing_is_not_offered_once_somebody_has_answered(writing: Unit) -> None:
    with writing():
        number, who = idea(), person(Role.MODERATOR)
        first = say(who, number, "Ensimmäinen.")
        assert discussion_of(who, number).threads[0].may_edit
        say(person(Role.MODERATOR), number, "Vastaus.", first)
        (row,) = discussion_of(who, number).threads
        assert (row.may_edit, row.may_delete, row.replies[0].may_edit) == (False, True, False)


def test_twenty_threads_first_and_the_rest_on_request(writing: Unit) -> None:
    with writing():
        number, who = idea(), person(Role.MODERATOR)
        for place in range(23):
            say(who, number, f"Kommentti numero {place}.")
        shown = discussion_of(Nobody(), number)
        assert (len(shown.threads), shown.count, shown.more) == (20, 23, 3)
        everything = discussion_of(Nobody(), number, everything=True)
        assert (len(everything.threads), everything.more) == (23, 0)


def test_the_cost_does_not_grow_with_the_talk(writing: Unit, database: Connection) -> None:
    with writing():
        small, large = idea(), idea()
        who = person(Role.MODERATOR)
        for number, size in ((small, 2), (large, 17)):
            for _ in range(size):
                say(who, number, "Vastaus.", say(who, number, "Kommentti."))
    costs = []
    for number in (small, large):
        with writing(), counted(database) as said:
            discussion_of(who, number)
        costs.append(len([one for one in said if one.lstrip().upper().startswith("SELECT")]))
    assert costs == [4, 4]


def test_who_may_write_is_told_with_the_discussion(writing: Unit) -> None:
    with writing():
        number = idea()
        told = [
            (shown.may_write, shown.may_write_officially)
            for shown in (
                discussion_of(Nobody(), number),
                discussion_of(person(), number),
                discussion_of(person(Role.MODERATOR), number),
            )
        ]
        assert told == [(False, False), (True, False), (True, True)]
        comment = say(person(), number, "Odottaa.")
        publish_comment(person(Role.MODERATOR), comment)
        assert discussion_of(Nobody(), number).count == 1
