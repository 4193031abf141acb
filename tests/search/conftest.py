"""The index for tests of search: begun anew, and brought up to date when asked."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from innovation.search import documents, upkeep
from innovation.search.engine import Engine
from innovation.search.engines import engine_for
from innovation.web import worker
from tests.search.test_engines import Asked


@pytest.fixture(scope="session")
def vocabulary(app: Flask) -> None:
    """The words of the vocabulary, learnt once: each test would take seconds to learn them."""
    with app.app_context():
        upkeep.rebuild(engine_for(app.extensions["settings"]))


@pytest.fixture
def engine(app: Flask, vocabulary: None, database: Connection) -> Engine:
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


@pytest.fixture
def folder(app: Flask) -> Path:
    """The folder of the installation."""
    instance: Path = app.extensions["settings"].instance
    return instance


@pytest.fixture
def asked(app: Flask, engine: Engine) -> Asked:
    """The installation's engine, each question in a unit of work of its own."""
    return Asked(engine, app.app_context)


@pytest.fixture
def same(app: Flask, asked: Asked) -> Callable[[], bool]:
    """`same()` tells whether index and database tell the same."""

    def compared() -> bool:
        with app.app_context():
            return asked.stamps() == documents.stamps()

    return compared


@pytest.fixture
def tell(client: FlaskClient) -> Callable[[str], str]:
    """Give the search page in English for some words."""
    return lambda words: client.get("/search", query_string={"q": words, "lang": "en"}).text
