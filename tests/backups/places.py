"""Installations to copy from and to: what stands in their tables, and their command line."""

import itertools
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from click.testing import Result
from flask import Flask
from sqlalchemy import MetaData, Text, cast, inspect, select
from sqlalchemy.types import JSON

from innovation.core import transaction
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.privacy.audit_chain import seal
from innovation.web.application import create_app
from tests.real import installation

# The search index of PostgreSQL, which is made anew.
NOT_COPIED = {"search_documents", "search_generations"}
RESTORED = "'database:restore'"
_numbers = itertools.count(1)
_apps: dict[tuple[tuple[str, str], ...], Flask] = {}


@dataclass(frozen=True)
class Place:
    """An installation, or where there will be one: its settings."""

    variables: dict[str, str]

    @property
    def folder(self) -> Path:
        """Give its instance folder."""
        return Path(self.variables["INNOVATION_INSTANCE"])

    def app(self, **more: str) -> Flask:
        """Give the application, made once for the same settings; let go of it."""
        told = {**self.variables, **more}
        key = tuple(sorted(told.items()))
        if key not in _apps:
            _apps[key] = create_app(Settings.from_environment(told))
        return _apps[key]

    def flask(self, *words: object, **more: str) -> Result:
        """Run `flask WORDS` there. more: further settings."""
        app = self.app(**more)
        try:
            result = app.test_cli_runner().invoke(args=[str(word) for word in words])
        finally:
            installation.let_go(app)
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result

    def tables(self) -> dict[str, list[Any]]:
        """Give every row of every table as the database has it, in an order that is always the
        same.
        """
        app = self.app()
        with app.app_context(), db.engine.connect() as connection:
            names = set(inspect(connection).get_table_names()) - NOT_COPIED
            found = MetaData()
            found.reflect(connection, only=sorted(names))
            rows = {}
            for table in found.tables.values():
                columns = [
                    cast(one, Text).label(one.name) if isinstance(one.type, JSON) else one
                    for one in table.columns
                ]
                read = connection.execute(select(*columns))
                shown = (repr([_zoneless(one) for one in row]) for row in read)
                # That a copy was brought back is the one thing that was not there before.
                rows[table.name] = sorted(one for one in shown if RESTORED not in one)
        installation.let_go(app)
        return rows

    def is_untouched(self) -> bool:
        """Tell whether there is neither a database nor anything left of an attempt."""
        own = {"secret_key", "worker.lock"}
        if self.folder.exists() and {path.name for path in self.folder.iterdir()} - own:
            return False
        if "INNOVATION_DATABASE_URL" not in self.variables:
            return True
        app = self.app()
        with app.app_context():
            looked = inspect(db.engine)
            clean = not looked.get_table_names() and set(looked.get_schema_names()) == {
                "public",
                "information_schema",
            }
        installation.let_go(app)
        return clean


def _zoneless(value: Any) -> Any:
    """Give a moment in UTC as SQLite keeps it."""
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def new_place(folder: Path) -> Place:
    """Give a place with nothing in it; on PostgreSQL with an empty database of its own."""
    number = next(_numbers)
    return Place(installation.environment(folder / f"place{number}", f"place{number}"))


def embedded(folder: Path) -> Place:
    """Give an empty place with the embedded database, on whatever the suite runs."""
    number = next(_numbers)
    return Place(
        {
            "INNOVATION_INSTANCE": str(folder / f"embedded{number}"),
            "INNOVATION_SECRET_KEY": installation.SECRET_KEY,
            "INNOVATION_ORIGIN": "http://localhost",
        }
    )


def copy_of(place: Place, folder: Path, **more: str) -> Path:
    """Make a copy with the command; gives its file."""
    done = place.flask("backup", "--to", folder, **more)
    assert done.exit_code == 0, done.output
    return Path(done.stdout.splitlines()[0])


def differing(one: dict[str, list[Any]], other: dict[str, list[Any]]) -> dict[str, Any]:
    """Give the tables that are not the same, with the rows that only one of them has."""
    return {
        name: json.dumps(sorted(set(one.get(name, [])) ^ set(other.get(name, [])))[:4])
        for name in sorted(one.keys() | other.keys())
        if one.get(name) != other.get(name)
    }


def seal_log(place: Place) -> None:
    """Seal the audit log, as the worker does."""
    app = place.app()
    with app.app_context(), transaction.writing():
        seal(installation.SECRET_KEY)
    installation.let_go(app)
