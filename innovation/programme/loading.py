"""Loading a preset: the programme becomes as the file says, and nothing that was routed is lost."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TypeVar

from sqlalchemy import select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, authorize
from innovation.programme.actions import touch
from innovation.programme.details import leads_back
from innovation.programme.events import PresetLoaded
from innovation.programme.models import Area, Municipality, Parent, Programme, SubProject
from innovation.programme.preset_shapes import USUAL_LEVELS, Preset, SubProjectPreset

Row = TypeVar("Row", Area, Municipality, Parent, SubProject)


def load_preset(actor: Actor, preset: Preset) -> None:
    """Make the programme as the preset says. Safe to repeat: rows are found by their ids.

    What the file does not say stays: contact details that are empty in it, rows it does not name,
    and what administrators closed or gave a successor. Raises RuleBrokenError when the
    installation has another programme.
    """
    authorize(actor, "programme:manage")
    programme = db.session.get(Programme, 1, with_for_update=True)
    if programme is None:
        programme = Programme(id=1, version=0, contact={}, updated_at=clock.now())
    elif programme.slug != preset.id:
        raise RuleBrokenError(
            _("This installation has the programme “%(slug)s” and keeps it.", slug=programme.slug)
        )
    programme.slug = preset.id
    programme.names = preset.name
    programme.short_names = preset.short_name
    programme.regions = preset.region
    programme.reference_prefix = preset.reference_prefix
    programme.contact = _filled(programme.contact, asdict(preset.contact))
    programme.promises = asdict(preset.promises)
    programme.publishing = preset.publishing_rule
    programme.licence = preset.licence
    programme.licence_url = preset.licence_url
    programme.reading_hours = preset.reading_hours
    programme.doors = [asdict(item) for item in preset.wrong_doors]
    programme.rules = [asdict(item) for item in preset.rules]
    # As JSON keeps them, lists: what is read back must equal what was written.
    programme.words = [{"lemma": item.lemma, "stems": list(item.stems)} for item in preset.words]
    programme.watch = {key: list(value) for key, value in asdict(preset.watch).items()}
    _assess(programme, preset)
    programme.levels = {**USUAL_LEVELS, **(programme.levels or {}), **preset.levels}
    # The authority decides how long its documents are kept: what it has set stays.
    programme.retention = {**preset.retention, **(programme.retention or {})}
    # Administrators name the times to come; a file that names none takes none away.
    if preset.closed_periods or programme.closed_periods is None:
        programme.closed_periods = [
            {"first": one.first.isoformat(), "last": one.last.isoformat(), "names": one.name}
            for one in preset.closed_periods
        ]
    db.session.add(programme)
    _load_places(preset)
    _load_sub_projects(preset)
    touch()
    record(PresetLoaded(preset))


def take_assessment(actor: Actor, preset: Preset) -> None:
    """Add what ideas are assessed by, and kinds of groups, to a programme that is older than them;
    else do nothing.
    """
    authorize(actor, "programme:manage")
    programme = db.session.get_one(Programme, 1, with_for_update=True)
    if programme.slug != preset.id:
        return
    if not (programme.criteria or programme.impact_tags):
        _assess(programme, preset)
        touch()
    elif not programme.group_kinds:
        programme.group_kinds = [asdict(item) for item in preset.group_kinds]
        touch()


def _assess(programme: Programme, preset: Preset) -> None:
    programme.criteria = [asdict(item) for item in preset.criteria]
    programme.impact_tags = [asdict(item) for item in preset.impact_tags]
    programme.group_kinds = [asdict(item) for item in preset.group_kinds]


def _filled(known: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the file says, and what is known already where it says nothing."""
    return {key: value or known.get(key, value) for key, value in said.items()}


def _load_places(preset: Preset) -> None:
    for position, area in enumerate(preset.areas):
        _upsert(
            Area,
            area.id,
            names=area.name,
            aliases=list(area.aliases),
            scene=area.scene,
            regional=area.regional,
            position=position,
        )
    areas = _ids(Area)
    for position, place in enumerate(preset.municipalities):
        _upsert(
            Municipality,
            place.id,
            code=place.code,
            names=place.name,
            area_id=areas[place.area],
            confirmed=place.confirmed,
            source=place.source,
            position=position,
        )


def _load_sub_projects(preset: Preset) -> None:
    for position, parent in enumerate(preset.parents):
        _upsert(
            Parent,
            parent.id,
            names=parent.name,
            official_names=parent.official,
            valid_from=parent.valid_from,
            valid_to=parent.valid_to,
            position=position,
        )
    parents = _ids(Parent)
    added = len(preset.sub_projects)
    for position, sub_project in enumerate(preset.sub_projects):
        _upsert(
            SubProject,
            sub_project.id,
            parent_id=parents[sub_project.parent],
            official_names=sub_project.name,
            short_names=sub_project.short_name,
            aliases=list(sub_project.aliases),
            purposes=sub_project.purpose,
            confirmed=sub_project.confirmed,
            valid_from=sub_project.valid_from,
            valid_to=sub_project.valid_to,
            position=position,
        )
    named = {sub_project.id for sub_project in preset.sub_projects}
    others = select(SubProject).where(SubProject.slug.not_in(named))
    for position, row in enumerate(db.session.scalars(others.order_by(SubProject.position)), added):
        row.position = position
    _load_successors(preset.sub_projects)


def _load_successors(sub_projects: tuple[SubProjectPreset, ...]) -> None:
    """Set the file's successors where administrators have set none, and only without a circle."""
    rows = {row.slug: row for row in db.session.scalars(select(SubProject))}
    after = {row.id: row.successor_id for row in rows.values()}
    for sub_project in sub_projects:
        row = rows[sub_project.id]
        following = rows[sub_project.successor].id if sub_project.successor else None
        if row.successor_id is None and not leads_back(after, row.id, following):
            row.successor_id = after[row.id] = following


def _upsert(table: type[Row], slug: str, **values: Any) -> Row:
    row = db.session.scalar(select(table).where(table.slug == slug))
    if row is None:
        row = table(slug=slug)
    for name, value in values.items():
        setattr(row, name, value)
    db.session.add(row)
    db.session.flush()  # rows below refer to it
    return row


def _ids(table: type[Row]) -> dict[str, int]:
    return {slug: number for number, slug in db.session.execute(select(table.id, table.slug))}
