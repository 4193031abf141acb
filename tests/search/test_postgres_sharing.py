"""PostgreSQL: each question goes in one message of its own, and a fault harms nothing else."""

import pytest
from sqlalchemy import event, select, text

from innovation.core.db import db
from innovation.ideas.models import Idea
from innovation.search.engine import Engine, SearchUnavailableError
from tests.conftest import Unit
from tests.real import installation
from tests.search.test_postgres_engine import indexed, words

pytestmark = pytest.mark.skipif(
    not installation.on_postgresql(), reason="this engine serves on PostgreSQL alone"
)


def test_a_question_leaves_no_savepoint_and_no_setting_and_a_fault_harms_nothing_else(
    engine: Engine, writing: Unit
) -> None:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement.split()[0])

    with writing() as unit:
        number = indexed("Taksi ei löydä ovea.")
        connection = db.session.connection()
        event.listen(connection.engine, "before_cursor_execute", note)
        try:
            assert engine.find(words("taksi")).every == [number]
            assert engine.weigh([number], {"taksi"})[number]["taksi"] > 0
            assert number in engine.having(["taksi"])["taksi"]
            assert not sent
            with pytest.raises(SearchUnavailableError):
                engine.weigh([2**40], {"taksi"})
            assert sent == ["ROLLBACK"]
        finally:
            event.remove(connection.engine, "before_cursor_execute", note)
        assert db.session.scalar(text("SHOW enable_seqscan")) == "on"
        assert engine.find(words("taksi")).every == [number]
        assert db.session.scalar(select(Idea.id).where(Idea.id == number)) == number
        unit.give_up()  # type: ignore[attr-defined]
