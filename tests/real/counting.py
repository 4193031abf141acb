"""Counts what something asks of the database, for lists whose cost may not grow."""

from collections.abc import Callable

from sqlalchemy import Connection, event

from innovation.core.db import asked_directly


def questions(connection: Connection, act: Callable[[], object]) -> int:
    """Count the SELECT statements that `act` sends."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip()[:6].upper() == "SELECT":
            seen.append(statement)

    def note_too(_sender: object, statement: str, **_more: object) -> None:
        seen.append(statement)

    event.listen(connection.engine, "before_cursor_execute", note)
    try:
        with asked_directly.connected_to(note_too):
            act()
    finally:
        event.remove(connection.engine, "before_cursor_execute", note)
    return len(seen)
