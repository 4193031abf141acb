"""How the database goes about the statements of a page: along which index, or through a table."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event

from innovation.core.db import db

# What a plan of PostgreSQL says of reading rows; the rest is about what is done with them.
_READS = re.compile(
    r"((?:Parallel )?(?:Seq Scan|Index Scan(?: Backward)?|Index Only Scan(?: Backward)?"
    r"|Bitmap Index Scan|Bitmap Heap Scan)(?: using \S+)? on \S+)"
)
_TABLE = re.compile(r"\bfrom\s+\"?(\w+)", re.IGNORECASE)
Statement = tuple[str, Any]


def plans_of(app: Flask, ask: Callable[[], object]) -> list[str]:
    """Give what reads of each statement that an asking sends, one line for each statement."""
    with app.app_context():
        engine = db.engine
    with _noted(engine) as noted:
        ask()
    found = []
    on_postgresql = engine.dialect.name == "postgresql"
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        for statement, parameters in noted:
            if not statement.lstrip().upper().startswith(("SELECT", "WITH")):
                continue
            explain = "EXPLAIN " if on_postgresql else "EXPLAIN QUERY PLAN "
            cursor.execute(explain + statement, parameters)
            rows = cursor.fetchall()
            reads = (
                _READS.findall("\n".join(str(row[0]) for row in rows))
                if on_postgresql
                else [str(row[3]) for row in rows if str(row[3]).startswith(("SCAN", "SEARCH"))]
            )
            if reads:
                table = _TABLE.search(statement)
                found.append(f"{table[1] if table else '?'}: {'; '.join(dict.fromkeys(reads))}")
    return list(dict.fromkeys(found))


@contextmanager
def _noted(engine: Engine) -> Iterator[list[Statement]]:
    noted: list[Statement] = []

    def note(_c: object, _u: object, statement: str, parameters: Any, *_rest: object) -> None:
        noted.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(engine, "before_cursor_execute", note)
