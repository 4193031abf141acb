"""How migrations run: over the application's own connection, each in its transaction."""

from typing import Any

from alembic import context
from flask import current_app

from innovation.core.db import Base, UtcDateTime, db


def render(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our own column types as plain ones, so that a migration needs nothing of the code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Run the wanted migrations against the application's database."""
    arguments = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        embedded = connection.dialect.name == "sqlite"
        if embedded:
            # Tables are rebuilt by copying, which must not trip over references to them.
            driver.execute("PRAGMA foreign_keys = OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=render,
            **{**arguments, "compare_type": True, "render_as_batch": True},
        )
        with context.begin_transaction():
            context.run_migrations()
        if embedded:
            driver.execute("PRAGMA foreign_keys = ON")
        else:
            # A migration may change how it begins transactions, so nobody else gets it afterwards.
            connection.invalidate()


run()
