"""Reading every text that belongs to an idea or a comment, and what was taken out of them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Table, func, select

from innovation.comments.models import Comment, Report
from innovation.core.db import Base, db
from innovation.core.keys import hash_key
from innovation.core.permissions import Actor, authorize
from innovation.ideas.merged import family_of
from innovation.ideas.models import Authorship, Idea, Revision, TimelineEntry
from innovation.messages.models import Message
from innovation.moderation.models import Appeal, Note
from innovation.redactions.marks import Cut, removed
from innovation.redactions.models import Redaction

# Every column that holds what somebody wrote, and which column names the idea. A new one takes
# its place here, or says so by `holds_texts`.
TEXTS: list[tuple[type[Base], str, tuple[str, ...]]] = [
    (Idea, "id", ("title", "text", "what_helps", "unit", "in_brief", "passed_to")),
    (Revision, "idea_id", ("title", "text", "what_helps")),
    (Authorship, "idea_id", ("name", "on_behalf_of")),
    (Message, "idea_id", ("text",)),
    (Note, "idea_id", ("text",)),
    (Report, "idea_id", ("text",)),
    (Appeal, "idea_id", ("text", "reason")),
    (TimelineEntry, "idea_id", ("reason",)),
    (Comment, "idea_id", ("name", "text")),
]
_OF_COMMENTS: tuple[tuple[type[Base], str, tuple[str, ...]], ...] = (
    (Comment, "id", ("name", "text")),
    (Report, "comment_id", ("text",)),
    (Appeal, "comment_id", ("text", "reason")),
    (TimelineEntry, "comment_id", ("reason",)),
)
_SHOWN = tuple(model.__tablename__ for model in (Idea, Revision, Authorship))


def holds_texts(model: type[Base], column: str, fields: tuple[str, ...]) -> None:
    """Let what is taken out of texts be taken out of those of a feature above too.

    column: the one that names the idea. fields: those that hold what somebody wrote; of a column
    that holds several by name, as "criteria.*.sentence".
    """
    TEXTS.append((model, column, fields))


@dataclass(frozen=True, slots=True)
class Place:
    """One text: where it stands, what it says, in which language it was written.

    field: its column; inside one that holds several the way to it too, "criteria.cost.sentence".
    """

    model: type[Base]
    row_id: int
    idea_id: int
    field: str
    text: str
    language: str

    @property
    def table(self) -> str:
        """The name of its table."""
        return str(self.model.__tablename__)

    @property
    def is_title(self) -> bool:
        """True for what may be the beginning of a longer text."""
        return self.field == "title"


def texts_of_ideas(numbers: Collection[int]) -> list[Place]:
    """Give every text that belongs to these ideas, empty ones left out."""
    spoken = _languages(Idea.id.in_(numbers))
    return [
        place
        for model, column, fields in TEXTS
        for place in _texts(model, model.__table__.c[column].in_(numbers), fields, spoken)
    ]


def texts_of_comment(comment: Comment) -> list[Place]:
    """Give the comment's own texts, and what was written about it."""
    spoken = {comment.idea_id: comment.language}
    return [
        place
        for model, column, fields in _OF_COMMENTS
        for place in _texts(model, model.__table__.c[column] == comment.id, fields, spoken)
    ]


def _texts(
    model: type[Base],
    condition: ColumnElement[bool],
    fields: tuple[str, ...],
    spoken: dict[int, str],
) -> Iterator[Place]:
    table = model.__table__
    assert isinstance(table, Table)
    number = table.c["id" if model is Idea else "idea_id"].label("about")
    own = [table.c.language] if model is Comment else []
    columns = [table.c.id, number, *own, *(table.c[field.split(".")[0]] for field in fields)]
    for row in db.session.execute(select(*columns).where(condition).order_by(table.c.id)):
        facts: dict[str, Any] = dict(row._mapping)
        for at, text in chain.from_iterable(_within(facts, field) for field in fields):
            language = _language(at, facts.get("language") or spoken[facts["about"]])
            yield Place(model, facts["id"], facts["about"], at, text, language)


def _within(facts: Mapping[str, Any], field: str) -> Iterator[tuple[str, str]]:
    """Give the texts of a field that are not empty, each with its own name."""
    column, *way = field.split(".")
    if not way:
        if facts[column]:
            yield field, facts[column]
        return
    key = way[-1]
    for name, one in (facts[column] or {}).items():
        if text := one.get(key):
            yield f"{column}.{name}.{key}", text


def _language(field: str, written_in: str) -> str:
    return "fi" if field == "in_brief" else written_in


def _languages(condition: ColumnElement[bool]) -> dict[int, str]:
    rows = db.session.execute(select(Idea.id, Idea.language).where(condition))
    return {row.id: row.language for row in rows}


def sign(comment: Comment) -> str:
    """Give what tells whether a comment is still what somebody read."""
    return hash_key(f"{comment.visibility} {comment.text}")[:16]


def taken_out_at(number: int) -> datetime | None:
    """Give when something was last taken out of the idea's own texts."""
    return _last(Redaction.idea_id == number, Redaction.place.in_(_SHOWN))


def taken_out_of_comment_at(comment_id: int) -> datetime | None:
    """Give when something was last taken out of the comment."""
    return _last(Redaction.place == Comment.__tablename__, Redaction.row_id == comment_id)


def _last(*conditions: ColumnElement[bool]) -> datetime | None:
    return db.session.scalar(select(func.max(Redaction.at)).where(*conditions))


@dataclass(frozen=True, slots=True)
class Kept:
    """A text as it was. original: None when it is not kept, or no longer."""

    place: str
    field: str
    original: str | None
    at: datetime
    until: datetime


def originals_of(actor: Actor, number: int) -> list[Kept]:
    """Give the texts as they were, of the idea and what was merged into it, newest first.

    Only moderators read them, when somebody appeals. Raises ForbiddenError.
    """
    authorize(actor, "idea:moderate")
    rows: Iterable[Any] = db.session.execute(
        select(Redaction.place, Redaction.field, Redaction.original, Redaction.at, Redaction.until)
        .where(Redaction.idea_id.in_(family_of(number)))
        .order_by(Redaction.at.desc(), Redaction.id)
    )
    return [Kept(*row) for row in rows]


def last_cuts(idea_id: int) -> list[Cut]:
    """Give what was taken out last, of whatever text that belongs to the idea, the longest first.

    For features above whose texts grew from the idea's: the same words go from theirs.
    """
    own = Redaction.idea_id == idea_id
    last = select(func.max(Redaction.at)).where(own).scalar_subquery()
    rows = db.session.execute(
        select(Redaction.place, Redaction.row_id, Redaction.field, Redaction.original).where(
            own, Redaction.at == last, Redaction.original.is_not(None)
        )
    )
    now = {(one.table, one.row_id, one.field): one.text for one in texts_of_ideas([idea_id])}
    found = {
        cut
        for place, row_id, field, was in rows
        for cut in removed(str(was), now.get((place, row_id, field), ""))
    }
    return sorted(found, key=lambda cut: -len(cut.words))
