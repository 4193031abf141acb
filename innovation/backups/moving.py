"""Moving an installation to another database, table by table; killed at any moment, it goes on."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    Table,
    Text,
    delete,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from innovation.backups.errors import CopyError, told
from innovation.backups.restoring import last_migration
from innovation.backups.shapes import (
    PROGRESS,
    Adding,
    Sum,
    count,
    migration_of,
    rows_of,
    sum_of,
    tables_of,
)
from innovation.backups.standstill import BusyError, no_worker, nobody_connected, unwritten
from innovation.core import transaction
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.privacy.audit_chain import Checked, check
from innovation.web.application import create_app

Tell = Callable[[str], None]
_progress = Table(
    PROGRESS, MetaData(), Column("name", Text, primary_key=True), Column("told", Text)
)
# Two rows that are no tables: of which database this is the copy, and that it has all tables.
_SOURCE, _READY = "from", "ready"


def copy_database(settings: Settings, engine: Engine, address: str, tell: Tell) -> None:
    """Copy the whole database to another one, which is empty or a begun copy of this one.

    address: as of `Settings.database_url`. Nobody may use either meanwhile. Raises CopyError.
    """
    there = create_app(replace(settings, database_url=address))
    try:
        with told("Copying"), no_worker(settings.instance):
            nobody_connected(engine)
            with there.app_context():
                target = db.engine
                if target.url == engine.url:
                    raise CopyError("The target is the database in use.")
                nobody_connected(target)
            with unwritten(engine), _reading(engine) as source:
                _copy(source, engine, target, tell, there)
    except BusyError as problem:
        raise CopyError(str(problem)) from None
    finally:
        with there.app_context():
            db.engine.dispose()


@contextmanager
def _reading(engine: Engine) -> Iterator[Connection]:
    """Read all tables as they are at one moment."""
    on_postgresql = engine.dialect.name == "postgresql"
    options = {"isolation_level": "REPEATABLE READ"} if on_postgresql else {}
    with engine.connect().execution_options(**options) as connection:
        yield connection


def _copy(source: Connection, engine: Engine, target: Engine, tell: Tell, there: Any) -> None:
    mark = _mark(source, engine)
    if mark["migration"] != last_migration():
        raise CopyError("The database is not up to date; bring it there first: flask init")
    done = _begin(target, mark, there, tell)
    with target.connect() as connection:
        shapes = {table.name: table for table in tables_of(connection)}
    tables = tables_of(source)
    if {table.name for table in tables} != set(shapes):
        raise CopyError("The database is not up to date; bring it there first: flask init")
    for number, table in enumerate(tables, start=1):
        place = f"{number}/{len(tables)} {table.name}"
        if table.name in done:
            tell(f"{place}: there already")
            continue
        rows = _copy_table(source, target, table, shapes[table.name])
        tell(f"{place}: {rows} rows")
    _set_sequences(target, list(shapes.values()))
    _compare(source, target, tables, shapes, tell)
    _compare_seals(there, tell)
    with target.begin() as connection:
        _progress.drop(connection)


def _mark(source: Connection, engine: Engine) -> dict[str, str]:
    """Say which database this is, so that a begun copy of another one is not gone on with."""
    where = engine.url.set(password=None).render_as_string()
    return {"source": where, "migration": migration_of(source)}


def _begin(target: Engine, mark: dict[str, str], there: Any, tell: Tell) -> frozenset[str]:
    """Make the target ready, or find what of the copy it has already; gives the tables' names."""
    written = json.dumps(mark, sort_keys=True)
    with target.begin() as connection:
        present = set(inspect(connection).get_table_names())
        if PROGRESS not in present:
            if present:
                raise CopyError("The target is not empty. Give an empty database.")
            _progress.create(connection)
            connection.execute(insert(_progress).values(name=_SOURCE, told=written))
        rows = connection.execute(select(_progress.c.name, _progress.c.told))
        known = {str(row.name): str(row.told) for row in rows}
    if known.pop(_SOURCE, "") != written:
        raise CopyError("The target has a begun copy of another database. Give an empty database.")
    if known:
        tell("Going on with the copy that was begun.")
    if _READY not in known:
        with there.app_context():
            upgrade()
        _empty(target)
    return frozenset(known)


def _empty(target: Engine) -> None:
    """Take out what the migrations wrote into their new tables: those rows come with the others."""
    with target.begin() as connection:
        for table in reversed(tables_of(connection)):
            connection.execute(delete(table))
        connection.execute(insert(_progress).values(name=_READY, told=""))


def _copy_table(source: Connection, target: Engine, table: Table, shape: Table) -> int:
    """Copy a table in one transaction: killed within it, nothing of the table is there."""
    adding = Adding()
    columns = [column.name for column in table.columns]
    try:
        with target.begin() as connection, _references_later(connection, shape):
            if count(connection, shape):
                raise CopyError(
                    f"Somebody has written to {table.name} of the target. Give an empty database."
                )
            for rows in rows_of(source, table):
                adding.take(rows)
                values = [dict(zip(columns, row, strict=True)) for row in rows]
                connection.execute(insert(shape), values)
            summed = adding.sum()
            connection.execute(insert(_progress).values(name=table.name, told=summed.digest))
    except (DataError, IntegrityError) as problem:
        raise CopyError(
            f"A row of {table.name} does not fit into the target: {_short(problem)} "
            "What was copied so far stays; mend the row and run the command again."
        ) from None
    return summed.rows


@contextmanager
def _references_later(connection: Connection, table: Table) -> Iterator[None]:
    """Let rows refer to rows of the same table that come later; checked before the end."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        yield
        return
    own = [
        one.constraint.name
        for one in table.foreign_keys
        if one.constraint is not None and one.column.table is table
    ]
    change = 'ALTER TABLE "{}" ALTER CONSTRAINT "{}" {}'
    for name in own:
        connection.exec_driver_sql(change.format(table.name, name, "DEFERRABLE INITIALLY DEFERRED"))
    yield
    if own:
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for name in own:
        connection.exec_driver_sql(change.format(table.name, name, "NOT DEFERRABLE"))


def _set_sequences(target: Engine, shapes: list[Table]) -> None:
    """Let PostgreSQL go on counting where the rows end; SQLite does so by itself."""
    if target.dialect.name != "postgresql":
        return
    with target.begin() as connection:
        for table in shapes:
            for column in table.primary_key.columns:
                named = func.pg_get_serial_sequence(f'"{table.name}"', column.name)
                sequence = connection.scalar(select(named))
                if sequence:
                    last = connection.scalar(select(func.max(column))) or 0
                    wanted = func.setval(sequence, last or 1, last > 0)
                    connection.execute(select(wanted))


def _compare(
    source: Connection,
    target: Engine,
    tables: list[Table],
    shapes: dict[str, Table],
    tell: Tell,
) -> None:
    """Read both sides anew, whole: what was copied, perhaps days ago, must still be the same."""
    wrong, rows = [], 0
    with target.connect() as connection:
        for table in tables:
            here: Sum = sum_of(source, table)
            there = sum_of(connection, shapes[table.name])
            rows += here.rows
            if here != there:
                wrong.append(f"{table.name} ({here.rows} rows here, {there.rows} there)")
        if connection.dialect.name == "sqlite":
            dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            wrong += sorted({f"{row[0]} (dangling references)" for row in dangling})
    if wrong:
        raise CopyError(
            f"The copy differs from its source in {', '.join(wrong)}: somebody has written to one "
            "of them. Empty the target and begin anew."
        )
    tell(f"Compared: {rows} rows in {len(tables)} tables are the same on both sides.")


def _compare_seals(there: Any, tell: Tell) -> None:
    """Check that the audit log is as intact in the copy as it was."""
    secret = current_app.extensions["settings"].secret_key
    here = _checked(secret)
    with there.app_context():
        copied = _checked(secret)
    if here != copied:
        raise CopyError("The audit log does not verify in the copy as it does here.")
    told_of = "intact" if here.trouble is None else f"as broken as before ({here.trouble})"
    tell(f"The audit log is {told_of}: {here.rows} sealed rows.")


def _checked(secret: str) -> Checked:
    with transaction.reading():
        return check(secret)


def _short(problem: SQLAlchemyError) -> str:
    """Give the first line of what the database says; what follows may hold texts of people."""
    return str(getattr(problem, "orig", problem)).partition("\n")[0][:200]
