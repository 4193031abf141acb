"""The tables of comments and of reports about ideas and comments."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base


class Comment(Base):
    """A comment or a reply to one. visibility: waiting, public, hidden or deleted (a stub stays).

    task: for an official comment, in which task it was written. rule: why it is hidden. risk: as
    ideas.risks says. redacted: something was taken out of it. group_id: in whose name the person
    wrote; `name` is then the group's.
    """

    __tablename__ = "comments"
    __table_args__ = (
        Index(None, "idea_id", "id"),
        Index(None, "visibility", "created_at"),
        Index(None, "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"), index=True)
    name: Mapped[str]
    capacity: Mapped[str | None]
    text: Mapped[str]
    language: Mapped[str]
    visibility: Mapped[str]
    official: Mapped[bool] = mapped_column(default=False)
    task: Mapped[str] = mapped_column(default="")
    rule: Mapped[str] = mapped_column(default="")
    risk: Mapped[int] = mapped_column(default=0)
    redacted: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]


class Report(Base):
    """Somebody thinks that an idea or one of its comments breaks the rules."""

    __tablename__ = "reports"
    __table_args__ = (Index(None, "resolved_at", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"), index=True)
    rule: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolution: Mapped[str] = mapped_column(default="")
