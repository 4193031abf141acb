"""PostgreSQL's index: in the database itself, harming nothing, made anew beside itself."""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from innovation.core import transaction
from innovation.core.db import db
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.search import documents, postgres_engine, postgres_rows, upkeep
from innovation.search.engine import (
    Clause,
    Document,
    Engine,
    IndexBusyError,
    Placed,
    Query,
    SearchUnavailableError,
    State,
    Way,
)
from innovation.search.engines import engine_for
from innovation.search.generations import Filling
from innovation.web import worker
from tests.conftest import Unit
from tests.real import installation
from tests.real.ideas import idea

pytestmark = pytest.mark.skipif(
    not installation.on_postgresql(), reason="this engine serves on PostgreSQL alone"
)

Beside = Callable[[Callable[[], object]], Future[object]]


def serving() -> Engine:
    """Give the engine of the installation at hand."""
    return engine_for(current_app.extensions["settings"])


def words(*terms: str) -> Query:
    return Query(tuple(Clause((Way(((term,),), 1.0),)) for term in terms))


def put(number: int) -> None:
    """Put an idea into the index as it is now."""
    serving().apply([number], documents.documents_of([number]))


def indexed(text: str) -> int:
    """Make an idea that stands in the index; gives its number."""
    number = idea(text=text)
    put(number)
    return number


def harm(statement: str) -> None:
    # Within one transaction the patience of the rebuild would last on.
    db.session.execute(text("SET LOCAL lock_timeout = 0"))
    db.session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE search_documents RENAME TO elsewhere",
        "ALTER TABLE search_documents ALTER COLUMN weights TYPE text USING '?'",
        "ALTER TABLE search_documents ALTER COLUMN number TYPE text",
        "ALTER TABLE search_documents RENAME COLUMN weights TO loads",
        "ALTER TABLE search_generations RENAME TO elsewhere",
        "DELETE FROM search_generations",
        "UPDATE search_documents SET weights = '?'",
        "UPDATE search_documents SET weights = weights || '?'",
    ],
)
def test_a_fault_of_the_index_harms_nothing_else(
    engine: Engine, writing: Unit, statement: str
) -> None:
    with writing() as unit:
        number = indexed("Taksi ei löydä ovea.")
        assert engine.find(words("taksi")).every == [number]
        assert engine.weigh([number], {"taksi"})[number]["taksi"] > 0
        harm(statement)
        with pytest.raises(SearchUnavailableError):
            if not engine.find(words("taksi")).every or engine.weigh([number], {"taksi"}):
                raise SearchUnavailableError
        assert engine.state() in {State.BROKEN, State.MISSING}
        # What people do goes on.
        assert db.session.scalar(select(Idea.id).where(Idea.id == number)) == number
        unit.give_up()  # type: ignore[attr-defined]


def test_damaged_weights_are_noticed_and_made_anew(
    app: Flask, engine: Engine, writing: Unit, reading: Unit
) -> None:
    with writing():
        number = indexed("Taksi ei löydä ovea.")
        harm("UPDATE search_documents SET weights = '?'")
    with reading():
        assert engine.state() is State.BROKEN
    with app.app_context():
        upkeep.heal(engine)
    with reading():
        assert engine.state() is State.SOUND
        assert engine.weigh([number], {"taksi"})[number]["taksi"] > 0


def test_an_index_emptied_by_hand_is_missing(engine: Engine, writing: Unit, reading: Unit) -> None:
    with reading():
        assert engine.state() is State.SOUND
    with writing():
        indexed("Taksi ei löydä ovea.")
        harm("DELETE FROM search_documents")
        assert engine.state() is State.MISSING


def test_an_index_of_other_rules_serves_until_it_is_made_anew(
    app: Flask, engine: Engine, writing: Unit, reading: Unit
) -> None:
    with writing():
        number = indexed("Taksi ei löydä ovea.")
        harm("UPDATE search_generations SET made_by = 'older'")
    with reading():
        assert engine.state() is State.OUTDATED
        assert engine.find(words("taksi")).every == [number]
    with app.app_context():
        upkeep.heal(engine)
    with reading():
        assert engine.state() is State.SOUND
        assert engine.find(words("taksi")).every == [number]


def test_an_endless_discussion_can_be_indexed(engine: Engine, writing: Unit) -> None:
    letters = "aehiklmnoprstuvyäö"
    every = [
        Placed(f"{letters[n % 18]}{n:x}" * 6, n + 1, 1.0 if n < 50 else 0.5) for n in range(150_000)
    ]
    often = [Placed("usein", 151_000 + n, 1.0) for n in range(5_000)]
    title = [Placed("otsikko" * 40 + str(n), n + 1, 1.0) for n in range(300)]
    fields = {"title": tuple(title), "comments": (*every, *often, Placed("x" * 5_000, 156_500, 1))}
    with writing():
        engine.apply([5], [Document(5, "s", fields)])
        assert engine.find(words("usein")).every == [5]
        assert engine.find(words(every[3].text)).every == [5]
        assert engine.weigh([5], {"usein"})[5]["usein"] > 0.5


def test_every_search_goes_along_the_index_of_terms(
    engine: Engine, writing: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the planner thinks: reading each document takes a hundred times as long."""
    many = Clause(tuple(Way(((f"sana{n}",),), 1.0) for n in range(80)))
    query = Query((many, words("kaikki").clauses[0]), unwanted=words("ei").clauses)
    plans: list[str] = []
    answer = postgres_rows.ask

    def explain(question: str, wanted: Mapping[str, Any], *, along: bool = False) -> Any:
        rows = answer(f"EXPLAIN {question}", wanted, along=along)
        plans.append("\n".join(row[0] for row in rows))
        return answer(question, wanted, along=along)

    # A plan is no rows of a cursor.
    cursor = "DECLARE asked BINARY CURSOR FOR %s; FETCH ALL FROM asked"
    message = postgres_rows._ASKED.replace(cursor, "%s")
    monkeypatch.setattr(postgres_rows, "_ASKED", message)
    monkeypatch.setattr(postgres_engine, "ask", explain)
    with writing():
        engine.apply(
            [],
            [
                Document(n, "s", {"text": (Placed("kaikki", 1, 1.0), Placed(f"sana{n}", 2, 1.0))})
                for n in range(1, 1_001)
            ],
        )
        assert engine.find(query).every == list(range(79, 0, -1))
        assert engine.find(words("olematon", "kaikki")).most[:2] == [1_000, 999]
        assert engine.having(["kaikki"])["kaikki"]
    assert len(plans) >= 4
    for plan in plans:
        assert "Bitmap Index Scan on ix_search_documents_terms" in plan
        assert "pk_search_documents" not in plan
        assert "Seq Scan on search_documents" not in plan


def test_a_second_rebuild_waits_for_the_first_and_a_failed_one_leaves_the_old(
    app: Flask, engine: Engine, writing: Unit, reading: Unit
) -> None:
    with writing():
        number = indexed("Taksi ei löydä ovea.")

    def disturbed() -> Iterator[Document]:
        with pytest.raises(IndexBusyError):
            engine.rebuild(documents.every_document)
        yield from documents.every_document()
        raise OSError("no space left")

    with app.app_context(), pytest.raises(OSError, match="no space"):
        engine.rebuild(disturbed)
    with reading():
        assert engine.find(words("taksi")).every == [number]
        assert engine.state() is State.SOUND
    with app.app_context():
        engine.rebuild(documents.every_document)
    with reading():
        assert engine.find(words("taksi")).every == [number]


def test_a_killed_rebuild_is_begun_again_when_nobody_hears_of_it(
    app: Flask, engine: Engine, writing: Unit, reading: Unit
) -> None:
    with app.app_context():
        killed = Filling("somebody")
    with writing():
        number = indexed("Taksi ei löydä ovea.")
    with app.app_context(), pytest.raises(IndexBusyError):
        engine.rebuild(documents.every_document)
    with writing():
        harm("UPDATE search_generations SET seen_at = seen_at - interval '1 hour' WHERE NOT serves")
    with app.app_context():
        upkeep.heal(engine)
        with pytest.raises(IndexBusyError):
            killed.serve()
    with reading():
        assert engine.state() is State.SOUND
        assert engine.find(words("taksi")).every == [number]
        assert db.session.scalar(text("SELECT count(DISTINCT generation) FROM search_documents"))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Flask]:
    """An installation whose units of work are really committed."""
    app = installation.installed(installation.environment(tmp_path, "indexed"))
    yield app
    installation.let_go(app)


@pytest.fixture
def ready(served: Flask) -> Flask:
    """The same with an index, of nothing yet."""
    with served.app_context():
        serving().rebuild(documents.every_document)
    return served


@pytest.fixture
def beside(served: Flask) -> Iterator[Beside]:
    """Do something in another thread, so over another connection."""
    with ThreadPoolExecutor(4) as pool:

        def begin(act: Callable[[], object]) -> Future[object]:
            def inside() -> object:
                with served.app_context():
                    return act()

            return pool.submit(inside)

        yield begin


def rewrite(number: int, title: str, visibility: str = Visibility.PUBLIC) -> None:
    """Change an idea without its actions, and the index with it."""
    made = db.session.get_one(Idea, number)
    made.title, made.visibility = title, visibility
    db.session.flush()
    put(number)


def test_the_first_ideas_of_an_installation_are_found_when_the_worker_comes(served: Flask) -> None:
    with served.app_context(), transaction.writing():
        numbers = [idea(text="Taksi ei löydä ovea."), idea(text="Taksi tuli.")]
    worker.run(served, once=True)
    with served.app_context(), transaction.reading():
        assert serving().find(words("taksi")).every == numbers[::-1]
        assert serving().state() is State.SOUND


def test_ideas_from_before_the_index_are_not_forgotten_for_the_first_new_one(
    served: Flask,
) -> None:
    with served.app_context(), transaction.writing():
        idea(text="Taksi ei löydä ovea.")
    worker.run(served, once=True)
    with served.app_context(), transaction.writing():
        harm("DELETE FROM search_documents")
        harm("DELETE FROM search_generations")
        idea(text="Taksi tuli.")
    while worker.do_jobs(served):
        pass
    with served.app_context(), transaction.reading():
        assert len(serving().find(words("taksi")).every) == 2
        assert serving().state() is State.SOUND


def test_nothing_is_lost_that_changes_while_the_index_is_made_anew(
    ready: Flask, beside: Beside
) -> None:
    def change(number: int, title: str, visibility: str = Visibility.PUBLIC) -> None:
        def act() -> None:
            with transaction.writing():
                rewrite(number, title, visibility)

        beside(act).result(timeout=20)

    with ready.app_context():
        with transaction.writing():
            numbers = [indexed(f"Taksi numero {n} ei löydä ovea.") for n in range(6)]

        def disturbed() -> Iterator[Document]:
            change(numbers[0], "Ennen lukemista")
            every = list(documents.every_document())
            # Read, and not yet put in.
            change(numbers[1], "Lukemisen jälkeen")
            change(numbers[2], "Piilossa", Visibility.HIDDEN)
            yield from every[:-1]
            change(numbers[3], "Kesken kaiken")
            yield every[-1]
            change(numbers[4], "Piilossa lopuksi", Visibility.HIDDEN)

        serving().rebuild(disturbed)
        with transaction.reading():
            found = serving().stamps()
            rows = db.session.scalar(text("SELECT count(*) FROM search_documents"))
        assert found == documents.stamps()
        assert set(found) == set(numbers) - {numbers[2], numbers[4]}
        assert rows == 4


def test_a_change_begun_before_the_rebuild_is_waited_for(ready: Flask, beside: Beside) -> None:
    with ready.app_context(), transaction.writing():
        number = indexed("Taksi ei löydä ovea.")
    applied, go = threading.Event(), threading.Event()

    def late() -> None:
        with transaction.writing():
            rewrite(number, "Juna")
            applied.set()
            assert go.wait(20)

    writer = beside(late)
    assert applied.wait(20)
    rebuilt = beside(lambda: serving().rebuild(documents.every_document))
    waited = threading.Event()
    waited.wait(0.5)
    assert not rebuilt.done()
    go.set()
    writer.result(timeout=20)
    rebuilt.result(timeout=20)
    with ready.app_context():
        with transaction.reading():
            found = serving().stamps()
            assert serving().find(words("juna")).every == [number]
        assert found == documents.stamps()


def test_two_who_change_one_idea_do_not_write_what_was_true_before(
    ready: Flask, beside: Beside
) -> None:
    with ready.app_context(), transaction.writing():
        number = indexed("Taksi ei löydä ovea.")
    applied, go = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.writing():
            rewrite(number, "Juna")
            applied.set()
            assert go.wait(20)

    def second() -> None:
        with transaction.writing():
            put(number)

    one = beside(first)
    assert applied.wait(20)
    other = beside(second)
    threading.Event().wait(0.3)
    assert not other.done()
    go.set()
    one.result(timeout=20)
    other.result(timeout=20)
    with ready.app_context(), transaction.reading():
        assert serving().find(words("juna")).every == [number]


def test_a_lost_connection_is_for_the_caller_to_know(served: Flask) -> None:
    with served.app_context(), transaction.reading(), pytest.raises(OperationalError):
        mine = db.session.scalar(text("SELECT pg_backend_pid()"))
        with db.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:mine)"), {"mine": mine})
        serving().find(words("taksi"))
