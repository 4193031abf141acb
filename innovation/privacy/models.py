"""Tables of retention: what was archived, who was told of an unused account, what each run did."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base


class ArchivedIdea(Base):
    """An idea that was written to an archive package before its names were removed.

    package: the name of the file in the folder of archives.
    """

    __tablename__ = "archived_ideas"

    idea_id: Mapped[int] = mapped_column(
        ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True
    )
    package: Mapped[str]
    at: Mapped[datetime]


class UnusedNotice(Base):
    """Somebody was told that their unused account will be closed; gone when they come back."""

    __tablename__ = "unused_notices"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    at: Mapped[datetime]


class RetentionRun(Base):
    """What one night of retention did. counts: how many rows of each class; no run, no row."""

    __tablename__ = "retention_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    counts: Mapped[dict[str, Any]]
