"""Whoever searches for words that were taken out finds nothing, once the jobs are done."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from innovation.core.permissions import Person, System
from innovation.ideas.queries import visible_idea
from innovation.redactions.actions import redact_idea
from innovation.redactions.marks import Cut
from innovation.search import upkeep
from innovation.search.engines import engine_for
from innovation.web import worker
from tests.conftest import Unit
from tests.redactions.board import board_with, places_with

NAME = "Kuutamo Salmiakkinen"


@pytest.fixture
def indexed(app: Flask) -> Callable[[], None]:
    """`indexed()` does what the worker does: every job that is due."""

    def catch_up() -> None:
        while worker.do_jobs(app):
            pass

    return catch_up


def test_the_words_are_gone_from_the_index(
    app: Flask,
    client: FlaskClient,
    writing: Unit,
    reading: Unit,
    moderator: Person,
    indexed: Callable[[], None],
) -> None:
    with writing():
        board = board_with(NAME)
    with app.app_context():
        upkeep.rebuild(engine_for(app.extensions["settings"]))
    indexed()
    found = f"/ideas/{board.number}"
    assert found in client.get("/search?q=Salmiakkinen").get_data(as_text=True)
    with writing():
        row = visible_idea(System("test"), board.number)
        redact_idea(moderator, row, [Cut(NAME, "name")])
    indexed()
    assert found not in client.get("/search?q=Salmiakkinen").get_data(as_text=True)
    with reading():
        assert {place for place, _column in places_with("salmiakkinen")} <= {
            "redactions",
            "decisions",
        }
    folder = app.extensions["settings"].instance / "index"
    for path in folder.rglob("*"):
        if path.is_file():
            assert b"salmiakkinen" not in path.read_bytes().lower(), path.name
