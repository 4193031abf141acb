"""Tables of the desk: decisions, appeals against them, claims, notes, whom an idea concerns."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base


class Decision(Base):
    """What a moderator decided, by one action. Rows are only added, and marked when undone.

    kind: the action. until: it can be undone before this moment, and what leaves the house waits
    as long. changes: what it did to which rows, for undoing; forgotten when the time is over.
    entries: the lines of the timeline that it wrote. other_idea_id: what it was merged into.
    """

    __tablename__ = "decisions"
    __table_args__ = (Index(None, "idea_id", "id"), Index(None, "person_id", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    other_idea_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id"))
    kind: Mapped[str]
    rule: Mapped[str] = mapped_column(default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    waited_since: Mapped[datetime]
    at: Mapped[datetime]
    until: Mapped[datetime]
    entries: Mapped[list[int]] = mapped_column(JSON)
    changes: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    undone_at: Mapped[datetime | None]


class Claim(Base):
    """Somebody has taken an item of the list to decide on it; lapses by itself.

    kind, item_id: as in the list (an idea, a waiting text, a comment or a report).
    """

    __tablename__ = "claims"

    kind: Mapped[str] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    until: Mapped[datetime]


class Recusal(Base):
    """A moderator whom an idea concerns personally; others decide on it."""

    __tablename__ = "recusals"

    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    at: Mapped[datetime]


class Note(Base):
    """What moderators write to each other about an idea; nobody else reads it."""

    __tablename__ = "notes"
    __table_args__ = (Index(None, "idea_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    text: Mapped[str]
    at: Mapped[datetime]


class Appeal(Base):
    """An author asks another moderator to look at a decision once more.

    outcome: "" while it waits, then "upheld" (the decision stays) or "changed". reason: what the
    author reads with it.
    """

    __tablename__ = "appeals"
    __table_args__ = (Index(None, "idea_id"), Index(None, "outcome", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id", ondelete="CASCADE"))
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    text: Mapped[str]
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]
