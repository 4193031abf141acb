"""The tables of supports."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base


class Vote(Base):
    """One person supports one idea. The counter on the idea moves with these rows."""

    __tablename__ = "votes"
    __table_args__ = (Index(None, "person_id"), Index(None, "created_at"))

    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    capacity: Mapped[str | None]
    created_at: Mapped[datetime]


class FormerVotes(Base):
    """Supports of people who have left: only how many, by the capacity they wrote in ("" for none).

    They count on, and lead to nobody.
    """

    __tablename__ = "former_votes"

    idea_id: Mapped[int] = mapped_column(
        ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True
    )
    capacity: Mapped[str] = mapped_column(primary_key=True)
    votes: Mapped[int]
