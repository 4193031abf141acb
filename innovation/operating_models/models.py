"""Tables of operating models: their versions, sources, uses, phases, and how they spread."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base


class ModelPhase(Base):
    """A phase of development that models can be in, as administrators keep them."""

    __tablename__ = "model_phases"

    id: Mapped[int] = mapped_column(primary_key=True)
    names: Mapped[dict[str, str]]
    place: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class OperatingModel(Base):
    """An operating model under Innokylä's headings. `version` grows with every saved edit.

    texts: by the keys of `texts.FIELDS`, name and summary left out. terms: the words that it is
    found by, each between spaces.
    """

    __tablename__ = "operating_models"
    __table_args__ = (Index(None, "state", "updated_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    summary: Mapped[str]
    texts: Mapped[dict[str, str]] = mapped_column(default=dict)
    state: Mapped[str]
    phase_id: Mapped[int] = mapped_column(ForeignKey("model_phases.id"))
    sub_project_id: Mapped[int] = mapped_column(ForeignKey("sub_projects.id"), index=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    terms: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class ModelVersion(Base):
    """The model as it was saved once. Rows are only added.

    contents: every written field and every choice (phase: its id, sub_project and area: slugs).
    actor_role: in which right it was saved.
    """

    __tablename__ = "model_versions"
    __table_args__ = (UniqueConstraint("model_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("operating_models.id", ondelete="CASCADE"))
    number: Mapped[int]
    contents: Mapped[dict[str, str]]
    actor_role: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    at: Mapped[datetime]


class ModelSource(Base):
    """What a model grew from: an idea or an experiment, one of the two in each row."""

    __tablename__ = "model_sources"
    __table_args__ = (
        UniqueConstraint("model_id", "idea_id"),
        UniqueConstraint("model_id", "experiment_id"),
        CheckConstraint("(idea_id IS NULL) <> (experiment_id IS NULL)", name="one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("operating_models.id", ondelete="CASCADE"))
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id"), index=True)
    experiment_id: Mapped[int | None] = mapped_column(ForeignKey("experiments.id"), index=True)


class ModelUse(Base):
    """Where a model is in use: unit and area, since when, whom to ask.

    contact: a role or the address of a task, shown as it was written. ended_on: no longer in use.
    """

    __tablename__ = "model_uses"

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(
        ForeignKey("operating_models.id", ondelete="CASCADE"), index=True
    )
    unit: Mapped[str]
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"), index=True)
    since: Mapped[date]
    contact: Mapped[str] = mapped_column(default="")
    ended_on: Mapped[date | None]


class AnsweredModel(Base):
    """A model that an answer to an idea named: this exists already."""

    __tablename__ = "answered_models"
    __table_args__ = (UniqueConstraint("idea_id", "model_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    model_id: Mapped[int] = mapped_column(
        ForeignKey("operating_models.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]


class Spread(Base):
    """What an author said of a model that exists already, and what followed.

    fit: whether it works where they are. text: for the leads alone. state: a word of
    lifecycle.Spreading. note: what the lead tells the author.
    """

    __tablename__ = "spreads"
    __table_args__ = (
        UniqueConstraint("idea_id", "model_id", "person_id"),
        UniqueConstraint("idea_id", "model_id", "receipt_id"),
        Index(None, "state", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    model_id: Mapped[int] = mapped_column(
        ForeignKey("operating_models.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("receipts.id", ondelete="SET NULL"))
    fit: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    state: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    moved_at: Mapped[datetime | None]
