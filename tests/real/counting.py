"""Counts what something asks of the database, for lists whose cost may not grow."""

from collections.abc import Callable

from sqlalchemy import Connection, event


def questions(connection: Connection, act: Callable[[], object]) -> int:
    """Count the SELECT statements that `act` sends."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip()[:6].upper() == "SELECT":
            seen.append(statement)

    event.listen(connection.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(connection.engine, "before_cursor_execute", note)
    return len(seen)
