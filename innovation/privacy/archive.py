"""Archive packages: what is written of old ideas before names are removed or all is destroyed."""

import hashlib
import json
import os
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import func, or_, select

from innovation.core import clock
from innovation.core.db import Base, db, insert
from innovation.core.events import record
from innovation.core.permissions import System
from innovation.experiments.models import ExperimentIdea
from innovation.ideas.events import IdeaChanged
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.operating_models.models import ModelSource
from innovation.privacy.actions import withdraw_silently
from innovation.privacy.erasure import Grown, destroy_texts, remove_names, rows_of
from innovation.privacy.models import ArchivedIdea
from innovation.privacy.register import tables

FOLDER = "archive"
SCHEMA = "innovation-archive-1"
# A copy in other words, or what is nobody's document.
_LEFT_OUT = frozenset({"votes", "follows", "archived_ideas", "routing_suggestions", "recusals"})
_OVER = (Visibility.WITHDRAWN, Visibility.HIDDEN)


def find_old(before: datetime, most: int | None) -> list[int]:
    """Find ideas whose time is over and that are not archived yet.

    It counts from when they were published, or from when they came when they never were.
    """
    began = func.coalesce(Idea.published_at, Idea.created_at)
    wanted = (
        select(Idea.id)
        .where(began < before, Idea.id.not_in(select(ArchivedIdea.idea_id)))
        .order_by(Idea.id)
    )
    return list(db.session.scalars(wanted.limit(most) if most else wanted))


def archive(instance: Path, numbers: Sequence[int]) -> None:
    """Write a package of these ideas, whole, and only then remove the names from them.

    The same ideas give the same package under the same name, so that a night which is cut off
    leaves nothing double. Ideas that another run has in hand, or has just archived, are left to
    it: they may be without names by now. Nobody writes meanwhile, so that package and rows agree.
    """
    numbers = _in_hand(numbers)
    if not numbers:
        return
    contents = {number: idea_whole(number) for number in numbers}
    name = _write(instance / FOLDER, contents)
    for number in numbers:
        statement = insert(ArchivedIdea).values(idea_id=number, package=name, at=clock.now())
        db.session.execute(statement.on_conflict_do_nothing())
    remove_names(_wholly_archived(_grown(numbers)))
    for number in numbers:
        idea = db.session.get_one(Idea, number)
        idea.version = idea.version + 1
        record(IdeaChanged(number))


def _in_hand(numbers: Sequence[int]) -> list[int]:
    """Take these ideas in hand until the unit of work ends; those that are free and not archived.

    Two questions: on PostgreSQL the first may have waited for what the second then sees.
    """
    wanted = select(Idea.id).where(Idea.id.in_(numbers)).order_by(Idea.id)
    held = list(db.session.scalars(wanted.with_for_update(skip_locked=True)))
    archived = select(ArchivedIdea.idea_id).where(ArchivedIdea.idea_id.in_(held))
    done = set(db.session.scalars(archived))
    return [number for number in held if number not in done]


def find_archived(before: datetime, most: int | None) -> list[int]:
    """Find archived ideas whose texts are still here after the time that their class sets."""
    wanted = (
        select(Idea.id)
        .join(ArchivedIdea, ArchivedIdea.idea_id == Idea.id)
        .where(ArchivedIdea.at < before, Idea.text != "")
        .order_by(Idea.id)
    )
    return list(db.session.scalars(wanted.limit(most) if most else wanted))


def destroy(actor: System, numbers: Sequence[int]) -> None:
    """Destroy what was archived: it is shown no more, and every text about it is emptied."""
    for number in numbers:
        if db.session.get_one(Idea, number).visibility not in _OVER:
            withdraw_silently(actor, number)
    destroy_texts(numbers)


def _grown(ideas: Sequence[int]) -> Grown:
    """Give what grew from these ideas."""
    trials = select(ExperimentIdea.experiment_id).where(ExperimentIdea.idea_id.in_(ideas))
    experiments = sorted(set(db.session.scalars(trials)))
    models = select(ModelSource.model_id).where(
        or_(ModelSource.idea_id.in_(ideas), ModelSource.experiment_id.in_(experiments))
    )
    return Grown(ideas, experiments, sorted(set(db.session.scalars(models))))


def _wholly_archived(whole: Grown) -> Grown:
    """Leave out experiments and models that grew from a younger idea, too: they have their time."""
    archived = select(ArchivedIdea.idea_id)
    young = select(ExperimentIdea.experiment_id).where(ExperimentIdea.idea_id.not_in(archived))
    younger = select(ModelSource.model_id).where(
        or_(ModelSource.idea_id.not_in(archived), ModelSource.experiment_id.in_(young))
    )
    trials, models = set(db.session.scalars(young)), set(db.session.scalars(younger))
    return Grown(
        whole.ideas,
        [one for one in whole.experiments if one not in trials],
        [one for one in whole.models if one not in models],
    )


def idea_whole(number: int) -> dict[str, list[dict[str, Any]]]:
    """Give every row that belongs to an idea and to what grew from it, by table, as JSON can hold
    it; secrets are left out.
    """
    found = {}
    whole = _grown([number])
    for declared in tables().values():
        table = Base.metadata.tables[declared.name]
        here = rows_of(table, whole)
        if here is None or declared.name in _LEFT_OUT:
            continue
        secret = {one.name for one in declared.personal.values() if one.kind == "secret"}
        shown = [one for one in table.columns if one.name not in secret]
        wanted = select(*shown).where(here).order_by(*table.primary_key)
        rows = [as_json(dict(row._mapping)) for row in db.session.execute(wanted)]
        if rows:
            found[declared.name] = rows
    return found


def as_json(row: dict[str, Any]) -> dict[str, Any]:
    """Give a row with moments, days and exact numbers as texts."""
    return {key: _value(value) for key, value in row.items()}


def _value(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case bytes():
            return None
        case _:
            return value


def _write(folder: Path, contents: dict[int, dict[str, list[dict[str, Any]]]]) -> str:
    folder.mkdir(mode=0o700, exist_ok=True)
    numbers = sorted(contents)
    mark = hashlib.sha256(json.dumps(numbers).encode()).hexdigest()[:8]
    name = f"ideas-{numbers[0]:06d}-{numbers[-1]:06d}-{mark}.zip"
    draft = folder / f".{name}.{os.getpid()}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("schema.json", json.dumps({"schema": SCHEMA, "ideas": numbers}))
            for number in numbers:
                text = json.dumps(contents[number], ensure_ascii=False, indent=1)
                package.writestr(f"ideas/{number}.json", text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / name)
    return name
