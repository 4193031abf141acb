"""Taking somebody out of every table, as the register says: new tables need nothing here."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, Text, cast, delete, or_, select, update

from innovation.core.db import Base, db
from innovation.privacy.register import (
    BLANK,
    EMPTY,
    HOLDING,
    NULL,
    ROW,
    SIGNATURE,
    TEXT,
    Column,
    tables,
)
from innovation.privacy.register import Table as Declared

# What is kept as long as the idea it belongs to, texts first of all.
_AS_THE_IDEA = frozenset({"published", "hidden"})


@dataclass(frozen=True, slots=True)
class Grown:
    """Ideas, and the experiments and operating models that grew from them; by their numbers."""

    ideas: Collection[int]
    experiments: Collection[int] = ()
    models: Collection[int] = ()


def erase_person(person_id: int, email: str, *, names: bool) -> None:
    """Take a person out of every table. What was counted on them has to be counted before.

    names: whether what they signed loses its name, too; otherwise that stays as it is for now. The
    row of the account itself stays, emptied, so that its number is nobody else's ever again.
    """
    db.session.flush()
    for table in reversed(Base.metadata.sorted_tables):
        declared = tables()[table.name]
        if names or not declared.signed_by:
            _erase_from(table, declared, person_id, email, names=names)
    db.session.expire_all()


def erase_receipt(receipt_id: int) -> None:
    """Take the holder of a tracking key out of every table; the key opens nothing from now on.

    What they signed loses its name.
    """
    db.session.flush()
    for table in reversed(Base.metadata.sorted_tables):
        declared = tables()[table.name]
        column = declared.given.get("receipt")
        if column is None:
            continue
        here = table.c[column] == receipt_id
        if table.c[column].primary_key:
            db.session.execute(delete(table).where(here))
            continue
        signed = {one.name: "" for one in declared.personal.values() if one.rule == SIGNATURE}
        _change(table, here, {**signed, column: None})
    db.session.expire_all()


def _erase_from(
    table: Table, declared: Declared, person_id: int, email: str, *, names: bool
) -> None:
    going = [table.c[one.name] == person_id for one in declared.numbers(ROW)]
    going += [table.c[one.name] == email for one in declared.addresses(ROW)]
    going += [
        # In its quotes, since it may be the end of a longer address.
        cast(table.c[one.name], Text).contains(json.dumps(email), autoescape=True)
        for one in declared.addresses(HOLDING)
    ]
    if going:
        db.session.execute(delete(table).where(or_(*going)))
    owner = declared.signed_by or declared.given.get("person", "")
    if owner:
        mine: ColumnElement[bool] = table.c[owner] == person_id
        if declared.others_name_if:
            mine &= table.c[declared.others_name_if].is_(None)
        _change(table, mine, _emptied(declared, person_id, names=names))
    for one in declared.numbers(NULL):
        _change(table, table.c[one.name] == person_id, {one.name: None})
    for one in declared.addresses(EMPTY, NULL):
        gone = "" if one.rule == EMPTY else None
        _change(table, table.c[one.name] == email, {one.name: gone})


def _emptied(declared: Declared, person_id: int, *, names: bool) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for one in declared.personal.values():
        match one:
            case Column(kind="number"):
                continue
            case Column(rule=rule) if rule == NULL:
                changed[one.name] = None
            case Column(rule=rule) if rule == EMPTY or (rule == SIGNATURE and names):
                changed[one.name] = ""
            case Column(rule=rule) if rule == BLANK:
                # No address can be written so.
                changed[one.name] = f"deleted {person_id}"
    return changed


def empty_texts(ideas: Collection[int]) -> None:
    """Empty every text that its author wrote for these ideas; the reference becomes the title."""
    for declared in tables().values():
        texts = {one.name: "" for one in declared.personal.values() if one.rule == TEXT}
        column = declared.given.get("idea")
        if texts and column:
            table = Base.metadata.tables[declared.name]
            _change(table, table.c[column].in_(ideas), texts)
    table = Base.metadata.tables["ideas"]
    _change(table, table.c.id.in_(ideas), {"title": table.c.reference})
    db.session.expire_all()


def destroy_texts(ideas: Collection[int]) -> None:
    """Empty every text about these ideas, whoever wrote it; that something was decided stays."""
    empty_texts(ideas)
    for declared in tables().values():
        table = Base.metadata.tables[declared.name]
        if declared.kept in _AS_THE_IDEA and "idea_id" in table.c:
            texts = {one.name: "" for one in declared.personal.values() if one.kind == "text"}
            _change(table, table.c.idea_id.in_(ideas), texts)
    db.session.expire_all()


def remove_names(whole: Grown) -> None:
    """Remove every name and every number of a person from what belongs to these.

    Supports and follows stay, since they are counted; an offer to try something is over and goes.
    """
    for declared in tables().values():
        table = Base.metadata.tables[declared.name]
        here = rows_of(table, whole)
        if here is None:
            continue
        if "idea_id" not in table.c and declared.numbers(ROW):
            db.session.execute(delete(table).where(here))
            continue
        _change(table, here, {one.name: None for one in declared.numbers(NULL)})
        if declared.others_name_if:
            here &= table.c[declared.others_name_if].is_(None)
        signed = {one.name: "" for one in declared.personal.values() if one.rule == SIGNATURE}
        _change(table, here, signed)
    db.session.expire_all()


def rows_of(table: Table, whole: Grown) -> ColumnElement[bool] | None:
    """Select the rows of a table that belong to these; None for a table that has no such rows.

    What names an idea belongs to that idea, whatever experiment or model it names besides.
    """
    own = {
        "ideas": whole.ideas,
        "experiments": whole.experiments,
        "operating_models": whole.models,
    }
    if table.name in own:
        return table.c.id.in_(own[table.name])
    leads = {
        "idea_id": whole.ideas,
        "experiment_id": whole.experiments,
        "model_id": whole.models,
    }
    for column, numbers in leads.items():
        if column in table.c:
            return table.c[column].in_(numbers)
    if "measure_id" in table.c:
        measures = Base.metadata.tables["experiment_measures"].c
        these = select(measures.id).where(measures.experiment_id.in_(whole.experiments))
        return table.c.measure_id.in_(these)
    return None


def _change(table: Table, where: ColumnElement[bool], values: dict[str, Any]) -> None:
    if values:
        db.session.execute(update(table).where(where).values(values))
