"""Bringing a copy back: read whole and checked first, then put in place in one step."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from alembic.script import ScriptDirectory
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import Connection, Engine, inspect, update
from sqlalchemy.engine import URL

from innovation.backups import postgres_tools, sqlite_files
from innovation.backups.errors import CopyError, told
from innovation.backups.forgetting import Gone, erase_again
from innovation.backups.making import make_copy, mark_of, opened, public_settings
from innovation.backups.manifest import DATABASES, Manifest
from innovation.backups.packing import unpack, work_folder
from innovation.backups.shapes import PROGRESS, sums_of
from innovation.backups.standstill import BusyError, file_of, no_worker, nobody_connected
from innovation.core import audit, clock, transaction
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.core.jobs import Routine
from innovation.core.permissions import System
from innovation.privacy.archive import FOLDER as ARCHIVE
from innovation.web.application import create_app

# Duties that make the search index like the database.
INDEXING = ("heal_index", "compare_index")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be brought back, and how. erased: what people took back since, see forgetting.

    copies: where the present state is copied to before it is replaced; None when nothing may be.
    """

    file: Path
    private: X25519PrivateKey | None
    erased: tuple[Gone, ...]
    copies: Path | None


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back. before: the copy of what was replaced. changed: settings that were
    other ones. left: what could not be erased again. other_secret: the secret key is another one.
    """

    manifest: Manifest
    migration: str
    before: Path | None
    erased: int
    left: tuple[Gone, ...]
    other_secret: bool
    changed: dict[str, tuple[object, object]]


def restore(settings: Settings, engine: Engine, wish: Wish) -> Restored:
    """Bring a copy back into an empty place, or in place of what is there when that is wished.

    Nothing is changed before the whole copy was read and checked. Raises CopyError.
    """
    try:
        with told("Restoring"), no_worker(settings.instance):
            return _restore(settings, engine, wish)
    except BusyError as problem:
        raise CopyError(str(problem)) from None


def _restore(settings: Settings, engine: Engine, wish: Wish) -> Restored:
    nobody_connected(engine)
    if engine.dialect.name == "postgresql" and postgres_tools.take_back(engine):
        # An earlier restoring was killed: what it put aside is what there was.
        engine.dispose()
    occupied = not _is_empty(engine)
    if occupied and wish.copies is None:
        raise CopyError(
            "There is a database here already. To put the copy in its place, use --replace: the "
            "present state is then copied first."
        )
    with work_folder(settings.instance) as work:
        manifest = unpack(wish.file, wish.private, work)
        _check_fit(manifest, engine)
        before = None
        if occupied and wish.copies is not None:
            before = make_copy(settings, engine, wish.copies).path
            engine.dispose()
        put = _put_postgres if manifest.database == "postgresql" else _put_sqlite
        finished = put(settings, engine, work, manifest, wish)
        were = json.loads((work / "settings.json").read_text(encoding="utf-8"))
    are = public_settings(settings)
    return Restored(
        manifest=manifest,
        migration=last_migration(),
        before=before,
        erased=finished[0],
        left=tuple(finished[1]),
        other_secret=mark_of(settings.secret_key) != manifest.secret_mark,
        changed={name: (were[name], are.get(name)) for name in were if were[name] != are.get(name)},
    )


def _is_empty(engine: Engine) -> bool:
    if engine.dialect.name == "sqlite" and not file_of(engine).exists():
        return True
    with engine.connect() as connection:
        return not inspect(connection).get_table_names()


def _check_fit(manifest: Manifest, engine: Engine) -> None:
    if manifest.database != engine.dialect.name:
        kinds = {"sqlite": "the embedded database", "postgresql": "PostgreSQL"}
        raise CopyError(
            f"The copy is of {kinds[manifest.database]}, this installation uses "
            f"{kinds[engine.dialect.name]}. Restore it where the database is of the same kind, "
            "then move it with: flask database copy --to ADDRESS"
        )
    if manifest.migration not in known_migrations():
        raise CopyError(
            f"The copy was made by a newer version (migration {manifest.migration}, this one "
            f"knows up to {last_migration()}); install that version and try again."
        )


def known_migrations() -> frozenset[str]:
    """Give the numbers of the migrations that this version brings along."""
    return frozenset(one.revision for one in _script().walk_revisions())


def last_migration() -> str:
    """Give the number of this version's last migration."""
    return str(_script().get_current_head())


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())


def _put_sqlite(
    settings: Settings, engine: Engine, work: Path, manifest: Manifest, wish: Wish
) -> tuple[int, list[Gone]]:
    ready = work / DATABASES["sqlite"]
    sqlite_files.check_database(ready)
    with opened(ready) as connection:
        _check_sums(connection, manifest)
    address = URL.create("sqlite", database=str(ready))
    beside = replace(settings, database_url=address.render_as_string(hide_password=False))
    with _using(beside):
        finished = _finish(manifest, wish)
    engine.dispose()
    # Before the rows that tell of them: what is killed now leaves files that nobody asks for.
    _bring_packages(work / ARCHIVE, settings.instance / ARCHIVE)
    sqlite_files.put_in_place(ready, file_of(engine))
    return finished


def _put_postgres(
    settings: Settings, engine: Engine, work: Path, manifest: Manifest, wish: Wish
) -> tuple[int, list[Gone]]:
    postgres_tools.put_aside(engine)
    try:
        postgres_tools.load(engine, work / DATABASES["postgresql"])
        with engine.connect() as connection:
            _check_sums(connection, manifest)
        with _using(settings):
            finished = _finish(manifest, wish)
        _bring_packages(work / ARCHIVE, settings.instance / ARCHIVE)
    except BaseException:
        engine.dispose()
        postgres_tools.take_back(engine)
        raise
    postgres_tools.forget_aside(engine)
    return finished


@contextmanager
def _using(settings: Settings) -> Iterator[None]:
    """Be an application on another database for a while."""
    app = create_app(settings)
    with app.app_context():
        try:
            yield
        finally:
            for one in db.engines.values():
                one.dispose()


def _check_sums(connection: Connection, manifest: Manifest) -> None:
    found = {name: (one.rows, one.digest) for name, one in sums_of(connection).items()}
    wrong = [name for name in manifest.tables if found.get(name) != manifest.tables[name]]
    if wrong or set(found) - {PROGRESS} != set(manifest.tables):
        raise CopyError(
            f"The rows in the copy are not those that its manifest tells of ({', '.join(wrong)}). "
            "Take another copy. Nothing was changed."
        )


def _finish(manifest: Manifest, wish: Wish) -> tuple[int, list[Gone]]:
    """Migrate forward, forget again, write down that it happened, have the index made alike."""
    upgrade()
    finished = erase_again(wish.erased, datetime.fromisoformat(manifest.made_at))
    with transaction.writing():
        # Everything between this moment and that is gone: whoever reads the log must know.
        audit.note(
            System("restore"), "database:restore", "programme", 1,
            made_at=manifest.made_at, rows=manifest.rows,
        )  # fmt: skip
        db.session.execute(
            update(Routine).where(Routine.name.in_(INDEXING)).values(next_run=clock.now())
        )
    return finished


def _bring_packages(source: Path, into: Path) -> None:
    if not source.is_dir():
        return
    into.mkdir(mode=0o700, exist_ok=True)
    for path in sorted(source.iterdir()):
        passing = into / f".{path.name}.new"
        with suppress(FileNotFoundError):
            passing.unlink()
        shutil.copyfile(path, passing)
        os.chmod(passing, 0o600)
        sqlite_files.sync(passing)
        os.replace(passing, into / path.name)


def next_steps(done: Restored) -> list[str]:
    """Say in lines what was done and what is still to be done by hand."""
    one = done.manifest
    lines = [f"Restored: {one.rows} rows in {len(one.tables)} tables, as of {one.made_at}."]
    if done.migration != one.migration:
        lines.append(
            f"The database was brought from migration {one.migration} to {done.migration}."
        )
    if done.before:
        lines.append(f"What was here before is kept in {done.before}.")
    if done.erased:
        lines.append(f"{done.erased} things that people took back since then were erased again.")
    lines += [f"Look yourself: {each.kind} {each.id} was gone when the list was written, and could "
              "not be taken away." for each in done.left]  # fmt: skip
    lines.append("Next:")
    if done.other_secret:
        lines.append(
            "- The secret key is another one than the copy was made with. Bring the old one back "
            "(INNOVATION_SECRET_KEY, or the file secret_key of the instance folder): without it "
            "codes of second factors do not work and the seals of the audit log do not fit."
        )
    for name, (was, now) in sorted(done.changed.items()):
        lines.append(f"- Setting INNOVATION_{name.upper()}: was {was!r}, is {now!r}.")
    lines += [
        "- Set what no copy holds: passwords in addresses, the employer's sign-in.",
        "- Mails that waited when the copy was made will go out when the service starts.",
        "- Start the service. The search index is made anew within a minute; until then ideas are "
        "found by their plain words.",
        "- Check: flask doctor, and open an idea.",
    ]
    return lines
