"""Tables of groups and of who writes in their name from when to when."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base


class Group(Base):
    """An association, a council or a panel. kind: an id of the programme's `group_kinds`."""

    __tablename__ = "groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str] = mapped_column(unique=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Membership(Base):
    """Somebody who writes in a group's name, both days included; no last day: until it is ended."""

    __tablename__ = "memberships"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")
    named_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    named_at: Mapped[datetime]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(default="")
