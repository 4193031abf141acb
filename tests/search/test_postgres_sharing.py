"""PostgreSQL: questions of one page share a savepoint, and a fault harms nothing else."""

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import ProgrammingError

from innovation.core.db import db
from innovation.ideas.models import Idea
from innovation.search.engine import Engine, SearchUnavailableError
from tests.conftest import Unit
from tests.real import installation
from tests.real.ideas import idea
from tests.search.test_postgres_engine import words

pytestmark = pytest.mark.skipif(
    not installation.on_postgresql(), reason="this engine serves on PostgreSQL alone"
)


def test_questions_asked_together_share_a_savepoint_and_a_fault_harms_nothing_else(
    engine: Engine, writing: Unit
) -> None:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement.split()[0])

    with writing() as unit:
        number = idea(text="Taksi ei löydä ovea.")
        connection = db.session.connection()
        # The first answers tell which half serves, and how many ideas it has.
        engine.count()
        engine.find(words("taksi"))
        event.listen(connection.engine, "before_cursor_execute", note)
        try:
            with engine.together():
                assert engine.find(words("taksi")).every == [number]
                with engine.together():
                    assert engine.find(words("ovi")).every == [number]
                assert engine.weigh([number], {"taksi"})[number]["taksi"] > 0
        finally:
            event.remove(connection.engine, "before_cursor_execute", note)
        assert sent == ["SAVEPOINT", "SELECT", "SELECT", "ROLLBACK"]
        assert db.session.scalar(text("SHOW enable_seqscan")) == "on"
        with engine.together():
            assert engine.find(words("taksi")).every == [number]
            with pytest.raises(SearchUnavailableError):
                engine.weigh([2**40], {"taksi"})
            assert db.session.scalar(text("SHOW enable_seqscan")) == "on"
            assert engine.find(words("taksi")).every == [number]
        with pytest.raises(ProgrammingError), engine.together():
            engine.find(words("taksi"))
            db.session.execute(text("SELECT nothing FROM nowhere"))
        assert db.session.scalar(select(Idea.id).where(Idea.id == number)) == number
        assert db.session.scalar(text("SHOW enable_seqscan")) == "on"
        unit.give_up()  # type: ignore[attr-defined]
