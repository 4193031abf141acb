"""What is shown of a discussion: its threads as plain rows, made without asking the database."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from innovation.comments.lifecycle import Visibility
from innovation.comments.policy import may_delete, may_edit
from innovation.core.i18n import LazyString
from innovation.core.permissions import Actor, Person
from innovation.ideas.lifecycle import CAPACITY_LABELS


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment as it is shown; text and name are empty for the stub of a hidden or deleted one.

    task: a code that the pages put into words. decided_at: when it became what it is. origin: the
    reference of the idea that it was written to, when that one was merged into this. redacted:
    something was taken out of its text. group_kind: of the group in whose name it was written.
    left: its writer has left without a name.
    """

    id: int
    name: str
    capacity: str | None
    text: str
    language: str
    visibility: str
    official: bool
    task: str
    rule: str
    created_at: datetime
    edited_at: datetime | None
    decided_at: datetime | None
    mine: bool
    may_edit: bool
    may_delete: bool
    replies: tuple["CommentRow", ...] = ()
    origin: str = ""
    redacted: bool = False
    group_kind: str = ""
    left: bool = False

    @property
    def role(self) -> str:
        """In which capacity it was written, in the language of the page, in small letters."""
        return str(CAPACITY_LABELS.get(self.capacity or "", "")).lower()


@dataclass(frozen=True, slots=True)
class Discussion:
    """The talk under an idea. count: comments that all see. more: how many are not on the page.

    first: what whoever is asking has to do before writing, None for nothing.
    """

    idea_id: int
    count: int
    threads: tuple[CommentRow, ...]
    more: int
    may_write: bool
    may_write_officially: bool
    first: LazyString | None = None


def thread_of(actor: Actor, row: Any, replies: list[Any], origin: str = "") -> CommentRow:
    """Make what is shown of a comment's row and the rows of its replies, oldest first."""
    answers = tuple(
        _shown(actor, reply, answered=_answered(reply, replies[place + 1 :]))
        for place, reply in enumerate(replies)
    )
    return replace(_shown(actor, row, _answered(row, replies), answers), origin=origin)


def _answered(row: Any, later: list[Any]) -> bool:
    """Tell whether somebody else has said something since, for all to see."""
    return any(
        one.visibility == Visibility.PUBLIC and one.person_id != row.person_id for one in later
    )


def _shown(
    actor: Actor, row: Any, answered: bool, replies: tuple[CommentRow, ...] = ()
) -> CommentRow:
    gone = row.visibility in {Visibility.HIDDEN, Visibility.DELETED}
    return CommentRow(
        id=row.id,
        name="" if gone else row.name,
        capacity=row.capacity,
        text="" if gone else row.text,
        language=row.language,
        visibility=row.visibility,
        official=row.official,
        task=row.task,
        rule=row.rule,
        created_at=row.created_at,
        edited_at=row.edited_at,
        decided_at=row.decided_at,
        mine=isinstance(actor, Person) and row.person_id == actor.id,
        may_edit=may_edit(actor, row) and not answered,
        may_delete=may_delete(actor, row),
        replies=replies,
        redacted=row.redacted and not gone,
        group_kind="" if gone else row.kind or "",
        left=row.person_id is None and not row.name,
    )
