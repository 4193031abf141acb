"""Tables of experiments: the plan, its ideas, measures with readings, the diary, who joins."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Dialect, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from innovation.core.db import Base
from innovation.experiments.lifecycle import State


class Amount(TypeDecorator[Decimal]):
    """An exact number, kept as its digits: SQLite knows no decimals and would round them."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """Write it without an exponent."""
        return None if value is None else format(value, "f")

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        """Read it back."""
        return None if value is None else Decimal(value)


class Experiment(Base):
    """A trial in one place for a time; a changed course opens the next round as a row of its own.

    group: who takes part and how many. owner_named: whether the owner lets the name be shown.
    decision: one of Outcome once it has ended, "" before. decide_by: the promised day of that.
    title_key: the title and the forms of its words, as lists are searched by. previous_id,
    first_id: the round before, and the first of all. version grows with every change of the plan.
    """

    __tablename__ = "experiments"
    __table_args__ = (Index(None, "state", "id"), UniqueConstraint("previous_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    title_key: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(default="")
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    group: Mapped[str] = mapped_column(default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    owner_name: Mapped[str] = mapped_column(default="")
    owner_task: Mapped[str] = mapped_column(default="")
    owner_named: Mapped[bool] = mapped_column(default=False)
    sub_project_id: Mapped[int] = mapped_column(ForeignKey("sub_projects.id"), index=True)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    decide_by: Mapped[date | None]
    hypothesis: Mapped[str]
    limits: Mapped[str] = mapped_column(default="")
    permit: Mapped[str]
    permit_text: Mapped[str] = mapped_column(default="")
    impact_tags: Mapped[list[str]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(default=State.PLANNED)
    round: Mapped[int] = mapped_column(default=1)
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("experiments.id"))
    first_id: Mapped[int | None] = mapped_column(ForeignKey("experiments.id"), index=True)
    decision: Mapped[str] = mapped_column(default="")
    lesson: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ExperimentIdea(Base):
    """An idea that an experiment grew from."""

    __tablename__ = "experiment_ideas"

    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id"), primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True, index=True)


class Measure(Base):
    """What is measured. unit: in words, such as "calls a week". direction: "down" or "up"."""

    __tablename__ = "experiment_measures"

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id"), index=True)
    name: Mapped[str]
    unit: Mapped[str] = mapped_column(default="")
    baseline: Mapped[Decimal | None] = mapped_column(Amount())
    target: Mapped[Decimal | None] = mapped_column(Amount())
    direction: Mapped[str]
    position: Mapped[int]


class Reading(Base):
    """What a measure showed on a day; one for each day."""

    __tablename__ = "experiment_readings"
    __table_args__ = (UniqueConstraint("measure_id", "on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("experiment_measures.id"))
    on: Mapped[date]
    value: Mapped[Decimal] = mapped_column(Amount())
    note: Mapped[str] = mapped_column(default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    at: Mapped[datetime]


class DiaryEntry(Base):
    """What happened on the way, as everybody reads it; the writer is shown as a role."""

    __tablename__ = "experiment_diary"

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id"), index=True)
    text: Mapped[str]
    actor_role: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    at: Mapped[datetime]


class Joiner(Base):
    """Somebody who can try this: where and when. state: one of Offer."""

    __tablename__ = "experiment_joiners"
    __table_args__ = (UniqueConstraint("experiment_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    unit: Mapped[str]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    message: Mapped[str] = mapped_column(default="")
    state: Mapped[str]
    at: Mapped[datetime]
