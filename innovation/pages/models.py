"""Tables of the programme's own texts, and of what was told about accessibility."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base


class PageText(Base):
    """One version of a text in one language; the last one is shown. An empty one: the ready text.

    page: a name of texts.KINDS.
    """

    __tablename__ = "page_texts"
    __table_args__ = (UniqueConstraint("page", "language", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    page: Mapped[str]
    language: Mapped[str]
    text: Mapped[str]
    version: Mapped[int]
    updated_at: Mapped[datetime]
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))


class AccessibilityFeedback(Base):
    """What somebody told about accessibility, with the clock that counts its two weeks.

    email: where the answer is wanted, "" when none is. page: the address it is about, as written.
    """

    __tablename__ = "accessibility_feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    email: Mapped[str] = mapped_column(default="")
    page: Mapped[str] = mapped_column(default="")
    language: Mapped[str]
    at: Mapped[datetime]
    clock_id: Mapped[int | None] = mapped_column(
        ForeignKey("statutory_clocks.id", ondelete="SET NULL"), index=True
    )
