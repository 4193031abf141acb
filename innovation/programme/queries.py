"""Reading the programme: one small snapshot, kept in the process until the data changes."""

from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import func, select

from innovation.core import changes
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.i18n import Texts, pick
from innovation.programme.models import (
    Area,
    Contact,
    Municipality,
    Parent,
    Programme,
    SubProject,
)
from innovation.programme.preset_shapes import STAFF_DOORS


@dataclass(frozen=True, slots=True)
class SubProjectFact:
    """A sub-project as pages need it."""

    id: int
    slug: str
    parent_id: int
    official_names: Texts
    short_names: Texts
    aliases: list[str]
    purposes: Texts
    confirmed: bool
    closed: bool
    successor_id: int | None

    def name(self, language: str) -> str:
        """Give the short name."""
        return pick(self.short_names, language)


@dataclass(frozen=True, slots=True)
class ParentFact:
    """A larger project."""

    id: int
    slug: str
    names: Texts

    def name(self, language: str) -> str:
        """Give the name."""
        return pick(self.names, language)


@dataclass(frozen=True, slots=True)
class AreaFact:
    """An area of the region, or "somewhere else" (regional is false)."""

    id: int
    slug: str
    names: Texts
    scene: str
    regional: bool

    def name(self, language: str) -> str:
        """Give the name."""
        return pick(self.names, language)


@dataclass(frozen=True, slots=True)
class MunicipalityFact:
    """A municipality and its area."""

    id: int
    slug: str
    code: str
    names: Texts
    area_id: int

    def name(self, language: str) -> str:
        """Give the name."""
        return pick(self.names, language)


@dataclass(frozen=True)
class Snapshot:
    """The whole programme at one version. Cheap to ask, never changed."""

    version: int
    updated_at: datetime
    slug: str
    names: Texts
    short_names: Texts
    regions: Texts
    reference_prefix: str
    contact: dict[str, Any]
    promises: dict[str, Any]
    publishing: str
    licence: Texts
    licence_url: str
    reading_hours: Texts
    doors: list[dict[str, Any]]
    rules: list[dict[str, Any]]
    words: list[dict[str, Any]]
    watch: dict[str, Any]
    closed_periods: list[dict[str, Any]]
    criteria: list[dict[str, Any]]
    impact_tags: list[dict[str, Any]]
    retention: dict[str, Any]
    group_kinds: list[dict[str, Any]]
    levels: dict[str, str]
    service_break: dict[str, Any]
    parents: tuple[ParentFact, ...]
    sub_projects: tuple[SubProjectFact, ...]
    areas: tuple[AreaFact, ...]
    municipalities: tuple[MunicipalityFact, ...]

    @cached_property
    def sub_project_by_id(self) -> dict[int, SubProjectFact]:
        """Sub-projects by their row id."""
        return {fact.id: fact for fact in self.sub_projects}

    @cached_property
    def sub_project_by_slug(self) -> dict[str, SubProjectFact]:
        """Sub-projects by the id that presets and addresses use."""
        return {fact.slug: fact for fact in self.sub_projects}

    @cached_property
    def area_by_id(self) -> dict[int, AreaFact]:
        """Areas by their row id."""
        return {fact.id: fact for fact in self.areas}

    @cached_property
    def area_by_slug(self) -> dict[str, AreaFact]:
        """Areas by the id that presets and addresses use."""
        return {fact.slug: fact for fact in self.areas}

    @cached_property
    def municipality_by_id(self) -> dict[int, MunicipalityFact]:
        """Municipalities by their row id."""
        return {fact.id: fact for fact in self.municipalities}

    @cached_property
    def municipality_by_slug(self) -> dict[str, MunicipalityFact]:
        """Municipalities by the id that presets and forms use."""
        return {fact.slug: fact for fact in self.municipalities}

    @property
    def open_sub_projects(self) -> tuple[SubProjectFact, ...]:
        """Sub-projects that ideas can be routed to."""
        return tuple(fact for fact in self.sub_projects if not fact.closed)

    @property
    def residents_doors(self) -> list[dict[str, Any]]:
        """Where matters go that do not belong here, without what is for people at work alone."""
        return [door for door in self.doors if door["kind"] not in STAFF_DOORS]

    def rule_texts(self, rule: str) -> Texts:
        """Give the names of a moderation rule by language; empty for an unknown one."""
        return next((known["name"] for known in self.rules if known["id"] == rule), {})

    def rule_name(self, rule: str, language: str) -> str:
        """Give the name of a moderation rule, or "" for an unknown one."""
        return pick(self.rule_texts(rule), language)


Fact = TypeVar("Fact", ParentFact, AreaFact, MunicipalityFact)

_kept: dict[str, Snapshot] = {}
# What was read last, with the sign of what was committed then.
_read_at: dict[str, tuple[str, Snapshot]] = {}


_STAMP = select(Programme.version, Programme.updated_at)


def snapshot() -> Snapshot:
    """Give the programme. One tiny query for each unit of work, the whole only after a change.

    Raises NotFoundError when no programme has been loaded yet.
    """
    session = db.session()
    known = session.info.get("programme")
    if isinstance(known, Snapshot):
        return known
    where, sign = str(session.get_bind().engine.url), changes.asked()
    latest = _read_at.get(where)
    if latest and sign and latest[0] == sign:
        session.info["programme"] = latest[1]
        return latest[1]
    stamp = session.execute(_STAMP).first()
    if stamp is None:
        raise NotFoundError("no programme has been loaded")
    kept = _kept.get(where)
    # The moment too: a change that was rolled back had the number that the next one gets.
    if kept is None or (kept.version, kept.updated_at) != tuple(stamp):
        kept = _kept[where] = _read()
    session.info["programme"] = kept
    _read_at[where] = (sign, kept)
    return kept


def forget() -> None:
    """Forget the snapshot of the running unit of work; the actions here call it after a change."""
    db.session().info.pop("programme", None)
    changes.forget()


def is_loaded() -> bool:
    """True when the installation has its programme."""
    return bool(db.session.scalar(select(func.count()).select_from(Programme)))


def _read() -> Snapshot:
    row = db.session.execute(select(Programme.__table__)).one()
    return Snapshot(
        version=row.version,
        updated_at=row.updated_at,
        slug=row.slug,
        names=row.names,
        short_names=row.short_names,
        regions=row.regions,
        reference_prefix=row.reference_prefix,
        contact=row.contact,
        promises=row.promises,
        publishing=row.publishing,
        licence=row.licence,
        licence_url=row.licence_url,
        reading_hours=row.reading_hours,
        doors=row.doors,
        rules=row.rules,
        words=row.words,
        watch=row.watch or {},
        closed_periods=row.closed_periods,
        criteria=row.criteria,
        impact_tags=row.impact_tags,
        retention=row.retention or {},
        group_kinds=row.group_kinds,
        levels=row.levels,
        service_break=row.service_break or {},
        parents=_facts(ParentFact, Parent),
        sub_projects=_sub_projects(),
        areas=_facts(AreaFact, Area),
        municipalities=_facts(MunicipalityFact, Municipality),
    )


def _facts(kind: type[Fact], table: Any) -> tuple[Fact, ...]:
    """Read everything that has columns of the same names, in its order."""
    columns = [getattr(table, field.name) for field in fields(kind)]
    rows = db.session.execute(select(*columns).order_by(table.position, table.id))
    return tuple(kind(*row) for row in rows)


def _sub_projects() -> tuple[SubProjectFact, ...]:
    rows = db.session.execute(
        select(
            SubProject.id,
            SubProject.slug,
            SubProject.parent_id,
            SubProject.official_names,
            SubProject.short_names,
            SubProject.aliases,
            SubProject.purposes,
            SubProject.confirmed,
            SubProject.closed_at.is_not(None).label("closed"),
            SubProject.successor_id,
        ).order_by(SubProject.position, SubProject.id)
    )
    return tuple(SubProjectFact(**row._mapping) for row in rows)


@dataclass(frozen=True, slots=True)
class ContactFact:
    """Somebody to turn to. `area_id` or `sub_project_id` is None when the contact is for all."""

    id: int
    sub_project_id: int | None
    area_id: int | None
    person_id: int | None
    name: str
    task: str
    email: str
    phone: str


def contacts(*, sub_project_id: int | None = None, area_id: int | None = None) -> list[ContactFact]:
    """Give the contacts of a sub-project or of an area, those for everywhere first."""
    columns = (getattr(Contact, field.name) for field in fields(ContactFact))
    wanted = select(*columns).order_by(Contact.area_id.is_not(None), Contact.area_id, Contact.id)
    if sub_project_id is not None:
        wanted = wanted.where(Contact.sub_project_id == sub_project_id)
    if area_id is not None:
        wanted = wanted.where(Contact.area_id == area_id)
    return [ContactFact(*row) for row in db.session.execute(wanted)]
