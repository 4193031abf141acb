"""What stands in the place of an index is useless: search goes on, and the index heals."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from whoosh.fields import TEXT, Schema
from whoosh.index import create_in

from innovation.core.db import db
from innovation.core.permissions import System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.ideas.moves import move_visibility
from innovation.ideas.timeline import Kind
from innovation.search.engine import Engine, State
from tests.conftest import Unit
from tests.real.ideas import idea, ripe_once
from tests.search.test_upkeep import LIMITED, Indexed, anew, embedded, in_database

EVERYWHERE = ("/", "/ideas", "/ideas/new", "/search", "/search/suggest?q=tak", "/how", "/healthz")


def cut_short(index: Path) -> None:
    segment = next(index.glob("*.seg"))
    segment.write_bytes(segment.read_bytes()[: segment.stat().st_size // 2])


def fill_with_nothing(index: Path) -> None:
    segment = next(index.glob("*.seg"))
    segment.write_bytes(bytes(segment.stat().st_size))


def fill_with_noise(index: Path) -> None:
    for path in index.iterdir():
        if path.is_file():
            path.write_bytes(os.urandom(path.stat().st_size or 50))


def cut_the_list_of_segments_short(index: Path) -> None:
    toc = next(index.glob("*.toc"))
    toc.write_bytes(toc.read_bytes()[:30])


def empty(index: Path) -> None:
    shutil.rmtree(index)
    index.mkdir()


def replace_by_a_file(index: Path) -> None:
    shutil.rmtree(index)
    index.write_text("?")


def replace_by_another_index(index: Path) -> None:
    made = (index / "made.json").read_text()
    empty(index)
    other = create_in(str(index), Schema(body=TEXT))
    with other.writer() as writer:
        writer.add_document(body="jotakin aivan muuta")
    (index / "made.json").write_text(made)


def make_foreign(index: Path) -> None:
    made = json.loads((index / "made.json").read_text())
    (index / "made.json").write_text(json.dumps({**made, "schema": -1}))


def forget_who_made_it(index: Path) -> None:
    (index / "made.json").unlink()


@embedded
@pytest.mark.parametrize(
    "harm",
    [
        shutil.rmtree, cut_short, fill_with_nothing, fill_with_noise,
        cut_the_list_of_segments_short, empty, replace_by_a_file, replace_by_another_index,
        make_foreign, forget_who_made_it,
    ],
    ids=lambda harm: harm.__name__,
)  # fmt: skip
def test_search_goes_on_without_the_index_which_heals_by_itself(
    app: Flask, folder: Path, engine: Engine, client: FlaskClient, tell: Callable[[str], str],
    writing: Unit, indexed: Indexed, harm: Callable[[Path], None],
) -> None:  # fmt: skip
    with writing():
        number = idea(text="Taksi ei löydä ovea.")
        idea(text="ÖISIN ÄITI odottaa.")
        idea(text="Taksi salassa.", visibility=Visibility.HIDDEN)
    indexed()
    harm(folder / "index")
    engine._let_go()  # type: ignore[attr-defined]  # as in a process that opens it now
    page = tell("taksi")
    assert "Taksi" in page
    assert "salassa" not in page
    assert LIMITED in page
    assert "ÖISIN" in tell("öisin äiti")
    assert "Taksi" not in tell("öisin")
    for address in (*EVERYWHERE, f"/ideas/{number}", f"/search/similar/{number}"):
        assert client.get(address).status_code == 200, address
    anew(app, engine)
    page = tell("taksin")
    assert "<mark>Taksi</mark>" in page
    assert LIMITED not in page
    assert engine.state() is State.SOUND


@in_database
@pytest.mark.parametrize(
    ("harm", "mend"),
    [
        ("ALTER TABLE search_documents RENAME TO away", "ALTER TABLE away RENAME TO {}_documents"),
        ("ALTER TABLE {}_generations RENAME TO away", "ALTER TABLE away RENAME TO {}_generations"),
        (
            "ALTER TABLE {}_documents DROP COLUMN weights",
            "ALTER TABLE {}_documents ADD COLUMN weights bytea NOT NULL DEFAULT ''",
        ),
        ("DELETE FROM search_generations", "SELECT 1"),
        ("DELETE FROM {0}_documents; DELETE FROM {0}_generations", "SELECT 1"),
    ],
)
def test_people_go_on_without_the_tables_and_the_index_heals_when_they_are_back(
    app: Flask, engine: Engine, same: Callable[[], bool], client: FlaskClient,
    tell: Callable[[str], str], writing: Unit, indexed: Indexed, harm: str, mend: str,
) -> None:  # fmt: skip
    with writing():
        number = idea(text="Taksi ei löydä ovea.")
        idea(text="ÖISIN ÄITI odottaa.")
    indexed()
    with writing():
        db.session.execute(text(harm.format("search")))
    page = tell("taksi")
    assert "Taksi" in page
    assert LIMITED in page
    assert "ÖISIN" in tell("öisin äiti")
    for address in (*EVERYWHERE, f"/ideas/{number}", f"/search/similar/{number}"):
        assert client.get(address).status_code == 200, address
    sent = {"text": "Taksi tuli vasta illalla.", "once": ripe_once(app)}
    assert client.post("/ideas", data=sent).status_code == 303
    with writing():
        system = System("test")
        made = db.session.get_one(Idea, db.session.scalar(select(Idea.id).order_by(-Idea.id)))
        move_visibility(system, made, Visibility.PUBLIC, Kind.PUBLISHED)
    page = tell("taksi")
    assert LIMITED in page
    # Where terms can still be found but not weighed, the list lacks what is newer.
    assert "illalla" in page or "weights" in harm
    with writing():
        db.session.execute(text(mend.format("search")))
    anew(app, engine)
    indexed()
    page = tell("taksin")
    assert "<mark>Taksi</mark> tuli" in page
    assert LIMITED not in page
    assert same()
