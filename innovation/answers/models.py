"""Tables of answers, postponed promises, what taking part came to, and the law's own clocks."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base


class Answer(Base):
    """An official answer to an idea. Rows are only added; undoing one takes it away again.

    entry_id: its line in the timeline. named: whether the person lets their name be shown.
    handling: where the idea was from then on. step, step_on: what happens next and by when.
    criteria: {slug: {"word": …, "sentence": …}}. impact_tags: slugs. elsewhere: where this exists
    already, outside of this platform. source_id: the answer that this one was made of.
    """

    __tablename__ = "answers"
    __table_args__ = (Index(None, "idea_id", "id"), Index(None, "sub_project_id", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("timeline.id"))
    sub_project_id: Mapped[int | None] = mapped_column(ForeignKey("sub_projects.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    named: Mapped[bool] = mapped_column(default=False)
    actor_role: Mapped[str]
    handling: Mapped[str]
    text: Mapped[str]
    step: Mapped[str] = mapped_column(default="")
    step_on: Mapped[date | None]
    criteria: Mapped[dict[str, Any]] = mapped_column(default=dict)
    impact_tags: Mapped[list[str]] = mapped_column(default=list)
    elsewhere_name: Mapped[str] = mapped_column(default="")
    elsewhere_url: Mapped[str] = mapped_column(default="")
    elsewhere_sentence: Mapped[str] = mapped_column(default="")
    source_id: Mapped[int | None] = mapped_column(ForeignKey("answers.id", ondelete="SET NULL"))
    at: Mapped[datetime]


class Postponement(Base):
    """A promised date moved to a later one, with a reason that everybody reads.

    promise: "first_answer", "decision" or "step". state: "made", or "waiting" for the coordinator
    and then "made" or "declined".
    """

    __tablename__ = "postponements"

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), index=True)
    promise: Mapped[str]
    moved_from: Mapped[date]
    moved_to: Mapped[date]
    reason: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(index=True)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]


class Effect(Base):
    """What an author said when the idea was finished: whether taking part had an effect.

    effect: "yes", "partly" or "no".
    """

    __tablename__ = "effects"
    __table_args__ = (
        UniqueConstraint("idea_id", "person_id"),
        UniqueConstraint("idea_id", "receipt_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("receipts.id", ondelete="SET NULL"))
    effect: Mapped[str]
    at: Mapped[datetime]


class StatutoryClock(Base):
    """A matter whose time the law sets: an initiative, accessibility feedback, a request.

    about: in a few words, nothing personal. moved_to: where the law lets the day be moved, with
    the reason told to the asker.
    """

    __tablename__ = "statutory_clocks"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id"), index=True)
    about: Mapped[str]
    arrived_on: Mapped[date]
    due_on: Mapped[date]
    moved_to: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")
    done_on: Mapped[date | None] = mapped_column(index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    at: Mapped[datetime]


class PromiseFigures(Base):
    """How the promises were kept, as the worker counted it last: one row.

    day: the figures are those of this day; told: as answers.figures writes them down.
    """

    __tablename__ = "promise_figures"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    at: Mapped[datetime]
    told: Mapped[dict[str, Any]]
