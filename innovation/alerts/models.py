"""The table of kept searches."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base


class Alert(Base):
    """A search that somebody keeps. query: what stands after ? in its address.

    checked_at: when it was looked last whether there is anything new.
    """

    __tablename__ = "alerts"
    __table_args__ = (Index(None, "person_id", "query", unique=True), Index(None, "checked_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    query: Mapped[str]
    language: Mapped[str]
    created_at: Mapped[datetime]
    checked_at: Mapped[datetime]
