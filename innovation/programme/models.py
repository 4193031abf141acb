"""Tables of the programme: what a preset file fills and administrators edit."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base


class Programme(Base):
    """The one programme of this installation. watch: settings of the guard, as guard.Watch.

    closed_periods: days on which nothing is answered, [{"first", "last", "names"}]. criteria: what
    ideas are assessed by, [{"id", "name", "question"}]. impact_tags: [{"id", "name"}]. group_kinds:
    the same, of groups. levels: how well one is known before one may do something, as in levels.
    service_break: one that is told of beforehand, {"starts", "ends", "texts"}.
    """

    __tablename__ = "programmes"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    names: Mapped[dict[str, str]]
    short_names: Mapped[dict[str, str]]
    regions: Mapped[dict[str, str]]
    reference_prefix: Mapped[str]
    contact: Mapped[dict[str, Any]]
    promises: Mapped[dict[str, Any]]
    publishing: Mapped[str]
    licence: Mapped[dict[str, str]]
    licence_url: Mapped[str] = mapped_column(default="")
    reading_hours: Mapped[dict[str, str]]
    doors: Mapped[list[dict[str, Any]]]
    rules: Mapped[list[dict[str, Any]]]
    words: Mapped[list[dict[str, Any]]]
    watch: Mapped[dict[str, Any]] = mapped_column(default=dict)
    closed_periods: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    criteria: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    impact_tags: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    retention: Mapped[dict[str, Any]] = mapped_column(default=dict)
    group_kinds: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    levels: Mapped[dict[str, str]] = mapped_column(default=dict)
    service_break: Mapped[dict[str, Any] | None]
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]


class Parent(Base):
    """A larger project that sub-projects belong to. Its dates are information only."""

    __tablename__ = "parents"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    names: Mapped[dict[str, str]]
    official_names: Mapped[dict[str, str]]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    position: Mapped[int]


class SubProject(Base):
    """A sub-project that ideas are routed to. `valid_to` closes nothing; `closed_at` does."""

    __tablename__ = "sub_projects"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("parents.id"))
    official_names: Mapped[dict[str, str]]
    short_names: Mapped[dict[str, str]]
    aliases: Mapped[list[str]]
    purposes: Mapped[dict[str, str]]
    confirmed: Mapped[bool]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("sub_projects.id"))
    position: Mapped[int]


class Area(Base):
    """An area of the region. `regional` is false for "somewhere else"."""

    __tablename__ = "areas"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    names: Mapped[dict[str, str]]
    aliases: Mapped[list[str]]
    scene: Mapped[str]
    regional: Mapped[bool]
    position: Mapped[int]


class Municipality(Base):
    """A municipality and the area it is counted to. `confirmed` tells whether that is certain.

    code: Statistics Finland's, or "" for "another municipality".
    """

    __tablename__ = "municipalities"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(default="")
    names: Mapped[dict[str, str]]
    area_id: Mapped[int] = mapped_column(ForeignKey("areas.id"))
    confirmed: Mapped[bool]
    source: Mapped[str] = mapped_column(default="")
    position: Mapped[int]


class Unit(Base):
    """A place of service that ideas can be about, such as a ward or a family centre."""

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipalities.id"))


class Contact(Base):
    """Who answers for a sub-project, everywhere or in one area. At least one of the two is set."""

    __tablename__ = "contacts"
    __table_args__ = (
        CheckConstraint("sub_project_id IS NOT NULL OR area_id IS NOT NULL", name="somewhere"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sub_project_id: Mapped[int | None] = mapped_column(
        ForeignKey("sub_projects.id", ondelete="CASCADE"), index=True
    )
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    name: Mapped[str]
    task: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
