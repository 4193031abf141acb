"""The tables of follows and of mails that wait."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base


class Follow(Base):
    """A person wants to hear about an idea. `stopped_at` remembers a stop, so that a default
    does not begin it again.
    """

    __tablename__ = "follows"
    __table_args__ = (Index(None, "idea_id"),)

    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True)
    reason: Mapped[str]
    created_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]


class Mail(Base):
    """A mail that waits in the outbox until `not_before`, or was sent."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "sent_at", "not_before"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    unique_key: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    language: Mapped[str]
    not_before: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
