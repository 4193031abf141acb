"""The index: kept by the worker, repaired by itself, and thrown away without harm."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from innovation.core import jobs
from innovation.core.db import db
from innovation.search import upkeep
from innovation.search.documents import every_document
from innovation.search.engine import Document, Engine, IndexBusyError, State, Word
from innovation.search.index_files import alone
from tests.conftest import Unit
from tests.real.ideas import idea

Indexed = Callable[[], None]
LIMITED = "Search is limited"


@pytest.fixture
def folder(app: Flask) -> Path:
    """The folder of the installation."""
    instance: Path = app.extensions["settings"].instance
    return instance


@pytest.fixture
def tell(client: FlaskClient) -> Callable[[str], str]:
    """Give the search page in English for some words."""
    return lambda words: client.get("/search", query_string={"q": words, "lang": "en"}).text


def search(engine: Engine, *terms: str) -> list[int]:
    return engine.search([Word(((term, 1.0),)) for term in terms]).numbers


def test_jobs_are_done_when_the_index_is_free_again(
    folder: Path, engine: Engine, writing: Unit, reading: Unit, indexed: Indexed
) -> None:
    with writing():
        number = idea(text="Taksi ei löydä ovea.")
    with alone(folder / "index.lock"):
        indexed()
        assert search(engine, "taksi") == []
        with reading():
            waiting = db.session.scalars(select(jobs.Job).where(jobs.Job.kind == "index")).all()
            assert [job.unique_key for job in waiting] == [str(number)]
            assert waiting[0].attempts == 0  # so that the pause does not grow
    free = threading.Event()
    while search(engine, "taksi") != [number]:
        indexed()
        free.wait(0.05)


def test_the_same_idea_twice_stays_once(
    engine: Engine, app: Flask, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        number = idea(text="Taksi ei löydä ovea.")
    for _ in range(3):
        with writing():
            upkeep.ask_for([number])
        indexed()
    with app.app_context():
        twice = [*every_document(), *every_document()]
    engine.apply([number, number], twice)
    assert search(engine, "taksi") == [number]
    assert engine.numbers() == {number}


def cut_short(index: Path) -> None:
    segment = next(index.glob("*.seg"))
    segment.write_bytes(segment.read_bytes()[: segment.stat().st_size // 2])


def fill_with_nothing(index: Path) -> None:
    segment = next(index.glob("*.seg"))
    segment.write_bytes(bytes(segment.stat().st_size))


def empty(index: Path) -> None:
    shutil.rmtree(index)
    index.mkdir()


def replace_by_a_file(index: Path) -> None:
    shutil.rmtree(index)
    index.write_text("?")


def make_foreign(index: Path) -> None:
    made = json.loads((index / "made.json").read_text())
    (index / "made.json").write_text(json.dumps({**made, "schema": -1}))


def forget_who_made_it(index: Path) -> None:
    (index / "made.json").unlink()


@pytest.mark.parametrize(
    "harm",
    [
        shutil.rmtree, cut_short, fill_with_nothing, empty, replace_by_a_file, make_foreign,
        forget_who_made_it,
    ],
    ids=lambda harm: harm.__name__,
)  # fmt: skip
def test_search_goes_on_without_the_index_which_heals_by_itself(
    app: Flask, folder: Path, engine: Engine, tell: Callable[[str], str],
    writing: Unit, indexed: Indexed, harm: Callable[[Path], None],
) -> None:  # fmt: skip
    with writing():
        idea(text="Taksi ei löydä ovea.")
    indexed()
    harm(folder / "index")
    engine._let_go()  # type: ignore[attr-defined]  # as in a process that opens it now
    page = tell("taksi")
    assert "Taksi" in page
    assert LIMITED in page
    with app.app_context():
        upkeep.heal(engine)
    page = tell("taksin")
    assert "<mark>Taksi</mark>" in page
    assert LIMITED not in page
    assert engine.state() is State.SOUND


def test_a_job_finds_the_index_missing_and_makes_it(
    folder: Path, engine: Engine, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        number = idea(text="Taksi ei löydä ovea.")
    shutil.rmtree(folder / "index")
    indexed()
    assert search(engine, "taksi") == [number]


def test_an_index_of_another_analyser_serves_until_it_is_made_anew(
    app: Flask, folder: Path, engine: Engine, tell: Callable[[str], str],
    writing: Unit, indexed: Indexed,
) -> None:  # fmt: skip
    with writing():
        idea(text="Taksi ei löydä ovea.")
    indexed()
    stamp = folder / "index" / "made.json"
    stamp.write_text(json.dumps({**json.loads(stamp.read_text()), "analyser": "older"}))
    assert engine.state() is State.OUTDATED
    assert LIMITED not in tell("taksi")
    with app.app_context():
        upkeep.heal(engine)
    assert engine.state() is State.SOUND


def test_the_old_index_serves_while_the_new_one_is_made(
    app: Flask, engine: Engine, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        number = idea(text="Taksi ei löydä ovea.")
    indexed()
    with app.app_context():
        documents = list(every_document())
    seen: list[list[int]] = []

    def slowly() -> Iterator[Document]:
        for document in documents:
            seen.append(search(engine, "taksi"))
            with pytest.raises(IndexBusyError):
                engine.apply([number], [])
            yield document

    engine.rebuild(slowly())
    assert seen == [[number]]
    assert search(engine, "taksi") == [number]


def test_a_failed_rebuild_leaves_the_old_index(
    engine: Engine, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        number = idea(text="Taksi ei löydä ovea.")
    indexed()

    def broken() -> Iterator[Document]:
        raise OSError("no space left")
        yield

    with pytest.raises(OSError, match="no space"):
        engine.rebuild(broken())
    assert search(engine, "taksi") == [number]
    assert engine.state() is State.SOUND


def test_what_the_index_missed_is_noticed(
    app: Flask, engine: Engine, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        kept, lost = idea(text="Taksi ei löydä ovea."), idea(text="Taksi tuli.")
    indexed()
    engine.apply([lost], [])
    engine.apply([999_999], [Document(999_999, "PS-1", {})])
    assert engine.numbers() == {kept, 999_999}
    with app.app_context():
        assert upkeep.compare(engine) == 2
        assert upkeep.compare(engine) == 0  # it is already on its way
    indexed()
    assert engine.numbers() == {kept, lost}


def test_the_commands_rebuild_and_find(
    app: Flask, folder: Path, engine: Engine, writing: Unit
) -> None:
    with writing():
        own = idea(text="Taksi ei löydä ovea.")
        idea(text="Taksi tuli.", external_reference="kysely-7")
        idea(text="Neuvola.")
    runner = app.test_cli_runner()
    rebuilt = runner.invoke(args=["search", "rebuild"])
    assert rebuilt.exit_code == 0, rebuilt.output
    assert rebuilt.stdout == ""
    assert "3" in rebuilt.stderr
    asked = runner.invoke(
        args=["search", "find", "--top", "5"], input="taksin\n\nxyzzy\nTAKSI TULI"
    )
    lines = [json.loads(line) for line in asked.stdout.splitlines()]
    assert [line["q"] for line in lines] == ["taksin", "", "xyzzy", "TAKSI TULI"]
    assert "kysely-7" in lines[0]["found"]
    assert len(lines[0]["found"]) == 2
    assert lines[1]["found"] == lines[2]["found"] == []
    assert lines[3]["found"] == ["kysely-7"]
    assert own
    with alone(folder / "index.lock"):
        busy = runner.invoke(args=["search", "rebuild"])
    assert busy.exit_code == 1
    assert "Try again" in busy.stderr
