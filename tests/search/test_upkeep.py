"""The index: kept like the database, repaired by itself, and thrown away without harm."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from innovation.core import jobs, transaction
from innovation.core.db import db
from innovation.core.events import record
from innovation.core.permissions import Nobody, System
from innovation.ideas.events import IdeaRedacted
from innovation.ideas.filters import IdeaFilter
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_idea
from innovation.programme.loading import load_preset
from innovation.search import documents, queries, upkeep
from innovation.search.engine import Document, Engine, IndexBusyError, SearchUnavailableError, State
from innovation.search.index_files import alone
from innovation.search.models import SearchDocument, SearchSpelling, SearchWord
from innovation.search.whoosh_engine import WhooshEngine
from tests.conftest import Unit
from tests.programme.test_words import with_words
from tests.real import installation
from tests.real.ideas import idea
from tests.search.test_engines import Asked, words

Indexed = Callable[[], None]
LIMITED = "Search is limited"

embedded = pytest.mark.skipif(
    installation.on_postgresql(), reason="the index in a folder serves beside SQLite alone"
)
in_database = pytest.mark.skipif(
    not installation.on_postgresql(), reason="only PostgreSQL keeps the index in its tables"
)


def every(asked: Asked, *terms: str) -> list[int]:
    return asked.find(words(" ".join(terms))).every


def anew(app: Flask, engine: Engine) -> None:
    """Do what the duty does, as in a process that opens the index now."""
    if isinstance(engine, WhooshEngine):
        engine._let_go()
    with app.app_context():
        upkeep.heal(engine)


@embedded
def test_jobs_are_done_when_the_index_is_free_again(
    folder: Path, asked: Asked, writing: Unit, reading: Unit, indexed: Indexed
) -> None:
    with writing():
        number = idea(text="Taksi ei löydä ovea.")
    with alone(folder / "index.lock"):
        indexed()
        assert every(asked, "taksi") == []
        with reading():
            waiting = db.session.scalars(select(jobs.Job).where(jobs.Job.kind == "index")).all()
            assert [job.unique_key for job in waiting] == [str(number)]
            assert waiting[0].attempts == 0  # so that the pause does not grow
    free = threading.Event()
    while every(asked, "taksi") != [number]:
        indexed()
        free.wait(0.05)


def test_the_same_idea_twice_stays_once(
    asked: Asked, app: Flask, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        number = idea(text="Taksi ei löydä ovea.")
    for _ in range(3):
        with writing():
            upkeep.ask_for([number])
        indexed()
    with app.app_context():
        twice = [*documents.every_document(), *documents.every_document()]
    asked.apply([number, number], twice)
    assert every(asked, "taksi") == [number]
    assert asked.stamps().keys() == {number}


def test_an_index_emptied_by_hand_heals(
    app: Flask, asked: Asked, same: Callable[[], bool], writing: Unit, indexed: Indexed
) -> None:
    with writing():
        number = idea(text="Taksi ei löydä ovea.")
    indexed()
    asked.apply([number], [])
    assert every(asked, "taksi") == []
    with app.app_context():
        # The duty for what the index missed, and what it asks for.
        assert upkeep.compare(asked.engine) == 1
    indexed()
    assert every(asked, "taksi") == [number]
    assert same()


@embedded
def test_a_job_finds_the_index_missing_and_makes_it(
    folder: Path, asked: Asked, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        number = idea(text="Taksi ei löydä ovea.")
    shutil.rmtree(folder / "index")
    indexed()
    assert every(asked, "taksi") == [number]


def test_other_words_of_the_programme_make_the_index_outdated_and_it_serves_meanwhile(
    app: Flask, asked: Asked, tell: Callable[[str], str],
    writing: Unit, indexed: Indexed, tmp_path: Path,
) -> None:  # fmt: skip
    with writing():
        number = idea(text="Taksi ei löydä zorkkeessa ovea.")
    indexed()
    assert every(asked, "zorke") == []
    preset = with_words(tmp_path, '[[words]]\nlemma = "zorke"\nstems = ["zorke", "zorkkee"]')
    with writing():
        load_preset(System("test"), preset)
    with app.app_context():
        assert upkeep.state_of(asked.engine) is State.OUTDATED
    page = tell("taksi")
    assert "<mark>Taksi</mark>" in page
    assert LIMITED not in page
    # What changes before it is made anew is found too.
    with writing():
        later = idea(text="Taksi etsii zorkkeen.")
    indexed()
    assert later in every(asked, "taksi")
    anew(app, asked.engine)
    assert asked.state() is State.SOUND
    assert every(asked, "zorke") == [later, number]


@embedded
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
    anew(app, engine)
    assert engine.state() is State.SOUND


def test_the_old_index_serves_while_the_new_one_is_made(
    app: Flask, asked: Asked, same: Callable[[], bool], writing: Unit, indexed: Indexed
) -> None:
    with writing():
        number = idea(text="Taksi ei löydä ovea.")
    indexed()
    with app.app_context():
        known = list(documents.every_document())
    seen: list[list[int]] = []

    def slowly() -> Iterator[Document]:
        for document in known:
            seen.append(every(asked, "taksi"))
            with pytest.raises(IndexBusyError):
                asked.rebuild([])
            if not asked.engine.in_database:
                with pytest.raises(IndexBusyError):
                    asked.apply([number], [])
            yield document

    asked.rebuild(slowly())
    assert seen == [[number]]
    assert every(asked, "taksi") == [number]
    assert same()


def test_a_failed_rebuild_leaves_the_old_index(
    asked: Asked, folder: Path, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        number = idea(text="Taksi ei löydä ovea.")
    indexed()

    def broken() -> Iterator[Document]:
        yield Document(number, "half", {})
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        asked.rebuild(broken())
    assert every(asked, "taksi") == [number]
    assert asked.state() is State.SOUND
    # Half an index would keep a full disk full.
    assert not (folder / "index.new").exists()


def test_what_the_index_missed_is_noticed(
    app: Flask, asked: Asked, same: Callable[[], bool], writing: Unit, indexed: Indexed
) -> None:
    with writing():
        kept, lost = idea(text="Taksi ei löydä ovea."), idea(text="Taksi tuli.")
    indexed()
    asked.apply([lost], [])
    asked.apply([999_999], [Document(999_999, "PS-1", {})])
    assert asked.stamps().keys() == {kept, 999_999}
    with app.app_context():
        assert upkeep.compare(asked.engine) == 2
        assert upkeep.compare(asked.engine) == 0  # it is already on its way
    indexed()
    assert asked.stamps().keys() == {kept, lost}
    assert same()
    with app.app_context():
        asked.apply([kept], [Document(kept, "older", {})])
        assert upkeep.catch_up(asked.engine) == 1
        assert upkeep.catch_up(asked.engine) == 0
    assert same()


def test_what_is_hidden_is_gone_at_once(
    tell: Callable[[str], str], asked: Asked, writing: Unit, reading: Unit, indexed: Indexed
) -> None:
    with writing():
        number = idea(text="Taksi ei löydä ovea.")
        idea(text="Taksi tuli.")
    indexed()
    with writing():
        db.session.get_one(Idea, number).visibility = Visibility.HIDDEN
    assert number in every(asked, "taksi")  # the index has not heard of it
    page = tell("taksi")
    assert "tuli" in page
    assert "ovea" not in page
    wanted = IdeaFilter(words="taksi", sort=queries.RELEVANCE, default_sort=queries.RELEVANCE)
    with reading():
        results = queries.search_ideas(asked.engine, Nobody(), wanted, "fi")
    assert results.page.total == results.counts.everything == 1


@embedded
def test_readers_are_never_told_that_a_sound_index_cannot_be_read(
    engine: Engine, folder: Path, app: Flask, writing: Unit, indexed: Indexed
) -> None:
    """While others write, files vanish that are just being opened."""
    with writing():
        number = idea(text="Taksi ei löydä ovea.")
    indexed()
    with app.app_context():
        known = list(documents.every_document())
    over = threading.Event()

    def write() -> None:
        writer = WhooshEngine(folder)
        for turn in range(60):
            if turn % 10 == 0:
                writer.rebuild(lambda: known)
            writer.apply([number], known)
        over.set()

    other = threading.Thread(target=write)
    other.start()
    try:
        while not over.is_set() and other.is_alive():
            assert engine.count() == 1
            engine._let_go()  # type: ignore[attr-defined]
    except SearchUnavailableError:
        pytest.fail("a sound index could not be read")
    finally:
        other.join()
    assert over.is_set()
    assert not (folder / "index.broken").exists()


def test_harm_and_healing_lose_no_waiting_change(
    app: Flask, asked: Asked, same: Callable[[], bool], writing: Unit, indexed: Indexed
) -> None:
    with writing():
        number = idea(text="Taksi ei löydä ovea.")
        upkeep.ask_for([number])
    with app.app_context():
        assert upkeep.needs_care(asked.engine)
        upkeep.rebuild(asked.engine)
    indexed()
    with app.app_context():
        assert not upkeep.needs_care(asked.engine)
    assert same()
    with app.app_context(), transaction.reading():
        assert upkeep.count_waiting() == 0


def test_what_was_taken_out_of_an_idea_stands_nowhere_any_more(
    app: Flask, folder: Path, asked: Asked, writing: Unit, indexed: Indexed
) -> None:
    with writing():
        number = idea(text="Hoitaja Qvarnfors tiuski luiskalla.")
        kept = idea(text="Luiska on liukas.")
    indexed()
    assert every(asked, "qvarnfors") == [number]
    assert "qvarnfors" in remains(app, folder)
    with writing():
        redacted = visible_idea(System("test"), number)
        redacted.title = redacted.text = "Hoitaja [nimi poistettu] tiuski luiskalla."
        record(IdeaRedacted(number))
    indexed()
    assert every(asked, "qvarnfors") == []
    assert set(every(asked, "luiska")) == {kept, number}
    assert "qvarnfors" not in remains(app, folder)


def remains(app: Flask, folder: Path) -> str:
    """Everything that the index and its words are made of, as one text."""
    with app.app_context(), transaction.reading():
        rows = db.session.execute(select(SearchDocument.terms, SearchDocument.title)).all()
        words = db.session.scalars(select(SearchWord.word)).all()
        rests = db.session.scalars(select(SearchSpelling.word)).all()
    index = folder / "index"
    files = (
        [one.read_bytes() for one in index.rglob("*") if one.is_file()] if index.exists() else []
    )
    return f"{rows} {words} {rests} {b''.join(files).decode('latin-1')}"
