"""The table of texts as they were before something was taken out."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base


class Redaction(Base):
    """A text as it was before something was taken out, kept apart for an appeal.

    place: the table, and row_id and field where it stood. original: None when it held an identity
    code, and when the days are over.
    """

    __tablename__ = "redactions"
    __table_args__ = (Index(None, "idea_id"), Index(None, "until"))

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    place: Mapped[str]
    row_id: Mapped[int]
    field: Mapped[str]
    original: Mapped[str | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    at: Mapped[datetime]
    until: Mapped[datetime]
