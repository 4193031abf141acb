"""The tables of the newsletter: who wants it, and what was sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base


class Subscriber(Base):
    """An address that wants the newsletter. Unconfirmed it gets nothing and is soon forgotten.

    areas, sub_projects: ids of what it is narrowed to, none for everything.
    """

    __tablename__ = "subscribers"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    language: Mapped[str]
    areas: Mapped[list[int]] = mapped_column(JSON)
    sub_projects: Mapped[list[int]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class Issue(Base):
    """One newsletter. subjects, texts: by language; sent_at: when it was given to be sent."""

    __tablename__ = "issues"

    id: Mapped[int] = mapped_column(primary_key=True)
    subjects: Mapped[dict[str, Any]]
    texts: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    sent_at: Mapped[datetime | None]
    since: Mapped[datetime | None]
