"""The index for tests of search: begun anew, and brought up to date when asked."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Connection

from innovation.search import upkeep
from innovation.search.engine import Engine, engine_for
from innovation.web import worker


@pytest.fixture
def engine(app: Flask, database: Connection) -> Engine:
    """The engine with an index of this test's ideas alone."""
    engine = engine_for(app.extensions["settings"])
    with app.app_context():
        upkeep.rebuild(engine)
    return engine


@pytest.fixture
def indexed(app: Flask, engine: Engine) -> Callable[[], None]:
    """`indexed()` does what the worker does: every job that is due."""

    def catch_up() -> None:
        while worker.do_jobs(app):
            pass

    return catch_up
