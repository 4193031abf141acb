"""Making a copy: the database as it is at one moment, and what else belongs to an installation."""

import hashlib
import hmac
import json
import platform
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine, create_engine, select
from sqlalchemy.engine import URL

from innovation.backups.errors import CopyError, told
from innovation.backups.manifest import DATABASES, Manifest
from innovation.backups.packing import alone_in, pack, part_of, work_folder
from innovation.backups.postgres_tools import dump
from innovation.backups.shapes import Sum, migration_of, sums_of, tables_of
from innovation.backups.sqlite_files import copy_database
from innovation.backups.standstill import file_of
from innovation.core import clock
from innovation.core.config import Settings
from innovation.core.db import Base
from innovation.privacy.archive import FOLDER as ARCHIVE
from innovation.privacy.archive import as_json

# A setting of which one of these is a part is not written down.
SECRET_WORDS = ("secret", "token", "password", "passwords", "private")


@dataclass(frozen=True, slots=True)
class Made:
    """A copy that was made: where it is, and what it says of itself."""

    path: Path
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class _Database:
    server: str
    migration: str
    tables: dict[str, Sum]


def make_copy(settings: Settings, engine: Engine, folder: Path) -> Made:
    """Make a copy of the installation in the folder while it is used. Raises CopyError."""
    moment = clock.now().replace(microsecond=0)
    with told("The copy"), alone_in(folder), work_folder(settings.instance) as work:
        name = DATABASES[engine.dialect.name]
        files = {name: work / name}
        state = _copy(engine, work / name)
        files["programme.json"] = _written(work / "programme.json", _programme(engine, work / name))
        files["settings.json"] = _written(work / "settings.json", public_settings(settings))
        # The packages are written before the rows that tell of them, so none is missing.
        for path in sorted((settings.instance / ARCHIVE).glob("*.zip")):
            files[f"{ARCHIVE}/{path.name}"] = path
        manifest = Manifest(
            made_at=moment.isoformat(),
            database=engine.dialect.name,
            server=state.server,
            migration=state.migration,
            secret_mark=mark_of(settings.secret_key),
            tables={table: (one.rows, one.digest) for table, one in state.tables.items()},
            parts={part: part_of(path) for part, path in files.items()},
        )
        return Made(pack(folder, manifest, files, settings.backup_key), manifest)


def mark_of(secret: str) -> str:
    """Give what tells this secret key from another, and nothing about it."""
    return hmac.new(secret.encode(), b"copy of an installation", hashlib.sha256).hexdigest()[:16]


def public_settings(settings: Settings) -> dict[str, object]:
    """Give the settings without what is secret in them."""
    found: dict[str, object] = {}
    for one in fields(settings):
        value = getattr(settings, one.name)
        if not set(one.name.split("_")) & set(SECRET_WORDS):
            found[one.name] = _without_password(value) if isinstance(value, str) else value
    return {name: _as_json(value) for name, value in found.items()}


def _as_json(value: object) -> object:
    """Give a setting as it can stand in a file."""
    if isinstance(value, frozenset | tuple):
        return sorted(value)
    return str(value) if isinstance(value, Path) else value


def _without_password(value: str) -> str:
    """Take user and password, and what follows a question mark, out of an address."""
    try:
        parts = urlsplit(value)
        if "://" not in value or not ("@" in parts.netloc or parts.query):
            return value
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    except ValueError:
        return ""


def _copy(engine: Engine, into: Path) -> _Database:
    if engine.dialect.name == "postgresql":
        return _dump(engine, into)
    copy_database(file_of(engine), into)
    with opened(into) as connection:
        return _state(connection, f"SQLite {sqlite3.sqlite_version}")


def _dump(engine: Engine, into: Path) -> _Database:
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        version = connection.exec_driver_sql("SHOW server_version").scalar_one()
        state = _state(connection, f"PostgreSQL {version}")
        dump(connection, engine, into)
    return state


def _state(connection: Connection, server: str) -> _Database:
    migration = migration_of(connection)
    if not migration:
        raise CopyError("There is no database yet; make it with: flask init")
    return _Database(
        f"{server}, Python {platform.python_version()}", migration, sums_of(connection)
    )


class opened:  # noqa: N801 - used like a function
    """`with opened(file) as connection:` reads an SQLite file that nobody else uses."""

    def __init__(self, path: Path) -> None:
        """Remember which."""
        self._engine = create_engine(URL.create("sqlite", database=str(path)))

    def __enter__(self) -> Connection:
        """Open it."""
        self._connection = self._engine.connect()
        return self._connection

    def __exit__(self, *_problem: object) -> None:
        """Close it, with everything in the one file."""
        self._connection.close()
        with self._engine.connect() as connection:
            driver: Any = connection.connection.dbapi_connection
            driver.execute("PRAGMA journal_mode = DELETE")
        self._engine.dispose()


def _programme(engine: Engine, copied: Path) -> dict[str, list[dict[str, Any]]]:
    """Give the programme's tables for people to read; the database has them too."""
    if engine.dialect.name == "sqlite":
        with opened(copied) as connection:
            return _tables_of_programme(connection)
    with engine.connect() as connection:
        return _tables_of_programme(connection)


def _tables_of_programme(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    names = {
        str(table)
        for mapper in Base.registry.mappers
        if mapper.class_.__module__ == "innovation.programme.models"
        for table in mapper.tables
    }
    # As the database has them, which may be older than this version.
    return {
        table.name: [
            as_json(dict(row._mapping))
            for row in connection.execute(select(table).order_by(*table.primary_key))
        ]
        for table in tables_of(connection)
        if table.name in names
    }


def _written(path: Path, content: Mapping[str, object]) -> Path:
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")
    return path
