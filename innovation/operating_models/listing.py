"""The library of operating models: what it is narrowed by, and pages of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select

from innovation.core.db import db
from innovation.core.i18n import Texts
from innovation.core.pagination import PAGE_SIZE, Page, page_number
from innovation.core.permissions import Actor, Person
from innovation.core.text import clean_line
from innovation.ideas.led import Led, within
from innovation.language.terms import index_terms, query_terms
from innovation.operating_models.documents import UseRow
from innovation.operating_models.lifecycle import State
from innovation.operating_models.models import ModelPhase, ModelUse, OperatingModel
from innovation.operating_models.policy import decides_everywhere
from innovation.operating_models.queries import uses_of
from innovation.programme.queries import snapshot

LONGEST_SEARCH = 200
MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class ModelFilter:
    """What the library is narrowed by; every field as it stands in the address."""

    q: str = ""
    phase: str = ""
    sub_project: str = ""
    area: str = ""
    in_use: bool = False
    state: str = State.PUBLISHED
    page: int = 1

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "ModelFilter":
        """Read an address; what makes no sense is left out."""
        known, state = snapshot(), given.get("state", "")
        phase = given.get("phase", "")
        sub_project, area = given.get("sub_project", ""), given.get("area", "")
        return cls(
            q=clean_line(given.get("q", ""))[:LONGEST_SEARCH],
            phase=phase if phase.isascii() and phase.isdigit() and len(phase) < 9 else "",
            sub_project=sub_project if sub_project in known.sub_project_by_slug else "",
            area=area if area in known.area_by_slug else "",
            in_use=given.get("in_use") == "1",
            state=state if state in list(State) else State.PUBLISHED,
            page=page_number(given.get("page")),
        )

    @property
    def narrowed(self) -> bool:
        """Tell whether anything was chosen."""
        return bool(self.q or self.phase or self.sub_project or self.area or self.in_use)

    def address(self, **changes: object) -> dict[str, str]:
        """Give the parts of the address that ask for this, with changes."""
        wanted = replace(self, **changes)  # type: ignore[arg-type]
        parts = {
            "q": wanted.q,
            "phase": wanted.phase,
            "sub_project": wanted.sub_project,
            "area": wanted.area,
            "in_use": "1" if wanted.in_use else "",
            "state": wanted.state if wanted.state != State.PUBLISHED else "",
            "page": str(wanted.page) if wanted.page > 1 else "",
        }
        return {name: value for name, value in parts.items() if value}


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model in the library."""

    id: int
    name: str
    summary: str
    state: str
    phase: Texts
    sub_project: Texts
    updated_at: datetime
    uses: Sequence[UseRow]


def list_models(actor: Actor, wanted: ModelFilter) -> Page[ModelRow]:
    """Give a page of the library, the newest change first; drafts only to those who write them."""
    narrowed = _narrowed(actor, select(OperatingModel.id), wanted)
    total = db.session.scalar(select(func.count()).select_from(narrowed.subquery())) or 0
    rows = db.session.execute(
        select(OperatingModel, ModelPhase.names)
        .join(ModelPhase, ModelPhase.id == OperatingModel.phase_id)
        .where(OperatingModel.id.in_(narrowed))
        .order_by(OperatingModel.updated_at.desc(), OperatingModel.id.desc())
        .limit(PAGE_SIZE)
        .offset((wanted.page - 1) * PAGE_SIZE)
    ).all()
    uses, homes = uses_of([model.id for model, _names in rows]), snapshot().sub_project_by_id
    items = [
        ModelRow(
            model.id,
            model.name,
            model.summary,
            model.state,
            names,
            homes[model.sub_project_id].short_names,
            model.updated_at,
            uses.get(model.id, []),
        )
        for model, names in rows
    ]
    return Page(items, wanted.page, total)


def _narrowed(actor: Actor, models: Select[tuple[int]], wanted: ModelFilter) -> Select[tuple[int]]:
    known = snapshot()
    models = models.where(OperatingModel.state == wanted.state)
    if wanted.state == State.DRAFT and not decides_everywhere(actor):
        own = within(led_by(actor), OperatingModel.sub_project_id, OperatingModel.area_id)
        models = models.where(own)
    if wanted.phase:
        models = models.where(OperatingModel.phase_id == int(wanted.phase))
    if wanted.sub_project:
        home = known.sub_project_by_slug[wanted.sub_project].id
        models = models.where(OperatingModel.sub_project_id == home)
    now = select(ModelUse.model_id).where(ModelUse.ended_on.is_(None))
    if wanted.area:
        area = known.area_by_slug[wanted.area].id
        there = OperatingModel.id.in_(now.where(ModelUse.area_id == area))
        models = models.where(or_(OperatingModel.area_id == area, there))
    if wanted.in_use:
        models = models.where(OperatingModel.id.in_(now))
    return models.where(*_words(wanted.q))


def led_by(actor: Actor) -> tuple[Led, ...]:
    """Give the sub-projects and areas that the actor leads."""
    return actor.led if isinstance(actor, Person) else ()


def terms_of(*texts: str) -> str:
    """Give the words that texts are found by, each between spaces, in any of their forms."""
    return (
        f" {' '.join(sorted({term.text for text in texts for term in index_terms(text, 'fi')}))} "
    )


def _words(text: str) -> list[ColumnElement[bool]]:
    """Give one condition for each typed word: one of its forms is there."""
    ways: dict[int, set[str]] = {}
    for term in query_terms(text, "fi", parts=True):
        ways.setdefault(term.start, set()).add(term.text)
    return [
        or_(*(OperatingModel.terms.contains(f" {one} ", autoescape=True) for one in sorted(forms)))
        for forms in list(ways.values())[:MOST_WORDS]
    ]
