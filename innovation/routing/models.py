"""The table of where ideas belong and belonged."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base


class Routing(Base):
    """An idea belongs to a sub-project (kind primary) or the sub-project is told (informed).

    A row is never changed but for its end: what an idea belonged to stays known. At one time an
    idea has at most one primary sub-project, and a sub-project stands at most once with an idea.
    """

    __tablename__ = "routings"
    __table_args__ = (
        Index(None, "idea_id", "until"),
        Index(
            "ix_routings_informed",
            "sub_project_id",
            "idea_id",
            sqlite_where=text("kind = 'informed' AND until IS NULL"),
            postgresql_where=text("kind = 'informed' AND until IS NULL"),
        ),
        Index(
            "uq_routings_current_primary",
            "idea_id",
            unique=True,
            sqlite_where=text("kind = 'primary' AND until IS NULL"),
            postgresql_where=text("kind = 'primary' AND until IS NULL"),
        ),
        Index(
            "uq_routings_current",
            "idea_id",
            "sub_project_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    sub_project_id: Mapped[int] = mapped_column(ForeignKey("sub_projects.id"))
    kind: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    timeline_id: Mapped[int | None] = mapped_column(ForeignKey("timeline.id"))


class RoutingSuggestion(Base):
    """What had been suggested for an idea before anybody decided where it belongs.

    Never changed: how often suggestions are right is told by comparing with what was decided.
    stamp: what made the suggestion. first, second, third: none of them when it kept silent.
    certainties: as many numbers from 0 to 1 as there are sub-projects.
    """

    __tablename__ = "routing_suggestions"

    idea_id: Mapped[int] = mapped_column(
        ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True
    )
    at: Mapped[datetime]
    stamp: Mapped[str]
    first_id: Mapped[int | None] = mapped_column(ForeignKey("sub_projects.id"))
    second_id: Mapped[int | None] = mapped_column(ForeignKey("sub_projects.id"))
    third_id: Mapped[int | None] = mapped_column(ForeignKey("sub_projects.id"))
    certainties: Mapped[list[float]] = mapped_column(JSON)
