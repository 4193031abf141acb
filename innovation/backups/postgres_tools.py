"""PostgreSQL's own programs for copies: found, fit for the server, told the password in private."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from innovation.backups.errors import CopyError, is_full
from innovation.backups.shapes import INDEX

SCHEMA = "public"
# Where the schema waits while another takes its place.
ASIDE = "before_restore"
_PASSED_ON = ("sslmode", "sslrootcert", "sslcert", "sslkey")
_LONGEST_TOLD = 300


def tool(name: str, server_major: int) -> str:
    """Give the path of a program that fits the server. Raises CopyError: what to install."""
    wanted = (
        f"install PostgreSQL's client programs, version {server_major} or newer (on Debian and "
        f"Ubuntu: apt install postgresql-client-{server_major}), and have them on the PATH"
    )
    path = shutil.which(name)
    if path is None:
        raise CopyError(f"{name} is not on this machine; {wanted}.")
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\b(\d+)[.\w]*", told.stdout)
    if not found or int(found[1]) < server_major:
        raise CopyError(f"{name} is older than the server, which it cannot read; {wanted}.")
    return path


def major_of(connection: Connection) -> int:
    """Give the server's main version, such as 16."""
    return int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10_000


def refuse_pool(connection: Connection) -> None:
    """Refuse to go through a pool that hands connections on. Raises CopyError.

    PostgreSQL's programs change settings of their session, which others would then get with it.
    """
    driver: Any = connection.connection.dbapi_connection
    # A pool makes a number up for the session that it seems to be.
    if driver.info.backend_pid != connection.exec_driver_sql("SELECT pg_backend_pid()").scalar():
        raise CopyError(
            "Between this machine and the database stands a pool of connections (PgBouncer), "
            "which PostgreSQL's own programs must not go through. Give INNOVATION_DATABASE_URL "
            "the address of the server itself for this command."
        )


def dump(connection: Connection, engine: Engine, into: Path) -> None:
    """Write the database as this connection's transaction sees it. Raises CopyError.

    The transaction must be REPEATABLE READ and go on until the end.
    """
    refuse_pool(connection)
    program = tool("pg_dump", major_of(connection))
    snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
    without = [f"--exclude-table-data={SCHEMA}.{name}" for name in sorted(INDEX)]
    words = ["--format=custom", "--no-owner", "--no-privileges", f"--schema={SCHEMA}"]
    _run([program, *words, *without, f"--snapshot={snapshot}", f"--file={into}"], engine)


def load(engine: Engine, dumped: Path) -> None:
    """Bring a dump back into an empty schema, whole or not at all. Raises CopyError."""
    with engine.connect() as connection:
        refuse_pool(connection)
        program = tool("pg_restore", major_of(connection))
    database = _environment(engine)["PGDATABASE"]
    # The schema itself is there already.
    words = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    listed = subprocess.run(
        [program, "--list", dumped], capture_output=True, text=True, check=False
    )
    if listed.returncode:
        raise CopyError(f"pg_restore cannot read the copy: {_told(listed.stderr)}")
    kept = [line for line in listed.stdout.splitlines() if not _is_schema(line)]
    contents = dumped.with_suffix(".list")
    contents.write_text("\n".join(kept) + "\n", encoding="utf-8")
    _run([program, *words, f"--use-list={contents}", f"--dbname={database}", str(dumped)], engine)


def _is_schema(line: str) -> bool:
    words = line.split()
    return " SCHEMA - " in line or (len(words) > 3 and words[3:5] == ["COMMENT", "-"])


def put_aside(engine: Engine) -> None:
    """Let an empty schema take the place of the one that is there, which waits beside it."""
    with engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER SCHEMA {SCHEMA} RENAME TO {ASIDE}")
        connection.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")


def take_back(engine: Engine) -> bool:
    """Undo `put_aside`, also that of a restoring that was killed; tell whether there was one."""
    with engine.begin() as connection:
        if not _has_schema(connection, ASIDE):
            return False
        connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        connection.exec_driver_sql(f"ALTER SCHEMA {ASIDE} RENAME TO {SCHEMA}")
    return True


def is_aside(engine: Engine) -> bool:
    """Tell whether something waits aside: a restoring goes on, or was killed."""
    with engine.connect() as connection:
        return _has_schema(connection, ASIDE)


def forget_aside(engine: Engine) -> None:
    """Let go of what was put aside: the new one is whole."""
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {ASIDE} CASCADE")


def _has_schema(connection: Connection, name: str) -> bool:
    asked = f"SELECT 1 FROM pg_namespace WHERE nspname = '{name}'"  # noqa: S608
    return connection.exec_driver_sql(asked).scalar() is not None


def _run(words: list[str], engine: Engine) -> None:
    environment = {**os.environ, **_environment(engine), "LC_MESSAGES": "C"}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    name = Path(words[0]).name
    if is_full(done.stderr) or done.returncode == -signal.SIGXFSZ:
        raise CopyError(f"The disk is full, so {name} stopped; make room and try again.")
    raise CopyError(f"{name} failed: {_told(done.stderr) or f'it ended with {done.returncode}'}")


def _told(stderr: str) -> str:
    return " ".join(stderr.split())[:_LONGEST_TOLD]


def _environment(engine: Engine) -> dict[str, str]:
    """Say where the server is without an argument that other users of the machine could read."""
    with engine.connect() as connection:
        info: Any = connection.connection.dbapi_connection.info  # type: ignore[union-attr]
        given = {
            "PGHOST": info.host,
            "PGPORT": str(info.port),
            "PGUSER": info.user,
            "PGPASSWORD": info.password,
            "PGDATABASE": info.dbname,
        }
    for name in _PASSED_ON:
        if value := engine.url.query.get(name):
            given[f"PG{name.upper()}"] = str(value)
    return {name: value for name, value in given.items() if value}
