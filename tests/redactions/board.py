"""An idea with words that must go standing in every place that there is."""

from dataclasses import dataclass

from sqlalchemy import Table, Text, select, update

from innovation.answers.models import Answer
from innovation.comments.actions import CommentDraft, post_comment, publish_comment
from innovation.comments.models import Comment
from innovation.comments.reports import report
from innovation.core import clock
from innovation.core.db import Base, db
from innovation.core.permissions import Person, System
from innovation.core.text import excerpt
from innovation.ideas.actions import edit_idea
from innovation.ideas.drafts import IdeaDraft, draft_of
from innovation.ideas.models import Authorship, Idea, Revision
from innovation.ideas.queries import visible_idea
from innovation.ideas.timeline import Kind, add_entry
from innovation.messages.models import Message
from innovation.moderation.models import Note
from tests.real.ideas import idea
from tests.real.people import person

# Where words may stand after they were taken out, and nowhere else.
KEPT = {("redactions", "original"), ("decisions", "changes")}


@dataclass
class Board:
    """An idea that was talked about, by number, and those who did."""

    number: int
    comment: int
    author: Person


def board_with(words: str) -> Board:
    """Make an idea in which the words stand everywhere. Inside `with writing():`."""
    author, other = person(), person()
    number = idea(author, text=f"Aulassa {words} ohjasi väärään jonoon.")
    row = visible_idea(System("test"), number)
    said = post_comment(other, row, CommentDraft(f"Minulle kävi samoin, {words} oli siellä."))
    publish_comment(System("test"), said)
    report(person(), row, None, "commercial", f"Tässä on {words}.", "reader")
    for text in ("Toinen teksti", "Kolmas teksti"):
        changed = IdeaDraft(text=f"{text}, jossa on {words}.", what_helps=f"Ei {words}.")
        edit_idea(author, visible_idea(author, number), changed)
    row = visible_idea(System("test"), number)
    row.unit = f"Osasto, {words}"
    db.session.add(Message(idea_id=number, side="author", text=f"Se oli {words}.", at=clock.now()))
    db.session.add(Note(idea_id=number, text=f"Kuka on {words}?", at=clock.now()))
    db.session.execute(update(Authorship).where(Authorship.idea_id == number).values(name=words))
    entry = add_entry(System("test"), row, Kind.HANDLING, reason=f"Kysyimme: {words}.")
    db.session.add(
        Answer(
            idea_id=number,
            entry_id=entry.id,
            actor_role="lead",
            handling="on_hold",
            text="Kysymme vielä.",
            criteria={
                "effect": {"word": "much", "sentence": f"Auttaisi myös muita kuin {words}."},
                "cost": {"word": "little", "sentence": ""},
            },
            at=clock.now(),
        )
    )
    db.session.flush()
    return Board(number, said.id, author)


def put_text(number: int, text: str) -> None:
    """Let the text stand in the database, as if nobody had looked at it when it was saved."""
    values = {"text": text, "excerpt": excerpt(text)}
    db.session.execute(update(Idea).where(Idea.id == number).values(values))
    db.session.execute(update(Revision).where(Revision.idea_id == number).values(text=text))
    db.session.expire_all()


def places_with(words: str) -> set[tuple[str, str]]:
    """Give table and column of every text in the database in which the words stand."""
    db.session.flush()
    found = set()
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            kind = getattr(column.type, "impl_instance", column.type)
            if isinstance(kind, Text) or "JSON" in repr(kind):
                values = db.session.execute(select(column).where(column.is_not(None))).scalars()
                if any(words.casefold() in str(value).casefold() for value in values):
                    found.add((table.name, column.name))
    return found


def picture() -> dict[str, list[dict[str, object]]]:
    """Give every row of every table that taking out may change, but for what only grows."""
    db.session.flush()
    db.session.expire_all()
    growing = {"version", "updated_at", "topical"}
    names = (
        "ideas", "revisions", "authorships", "messages", "notes", "reports", "comments",
        "redactions", "timeline", "appeals", "answers",
    )  # fmt: skip
    return {name: _rows(Base.metadata.tables[name], growing) for name in names}


def _rows(table: Table, growing: set[str]) -> list[dict[str, object]]:
    found = db.session.execute(select(table).order_by(*table.primary_key))
    return [
        {key: value for key, value in row._mapping.items() if key not in growing} for row in found
    ]


def texts_now(number: int) -> tuple[Idea, Comment, IdeaDraft]:
    """Give the idea, its first comment and what its author would edit."""
    row = visible_idea(System("test"), number)
    said = db.session.scalars(select(Comment).where(Comment.idea_id == number)).one()
    return row, said, draft_of(row)
