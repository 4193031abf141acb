"""What keeps the installation itself healthy, by the clock."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import text

from innovation.core import transaction
from innovation.core.db import db
from innovation.core.jobs import every
from innovation.privacy import audit_chain

# Enough rows of each index to choose between indexes, and quick on the largest table.
ROWS_LOOKED_AT = 1_000


@every(timedelta(hours=1))
def refresh_statistics() -> None:
    """Let SQLite count what its planner chooses indexes by; PostgreSQL does so by itself.

    Connections read the statistics when they are opened, which they are anew each half hour.
    """
    if db.engine.dialect.name != "sqlite":
        return
    with transaction.writing():
        db.session.execute(text(f"PRAGMA analysis_limit = {ROWS_LOOKED_AT}"))
        db.session.execute(text("ANALYZE"))


@every(timedelta(minutes=1))
def seal_audit_log() -> None:
    """Seal what was added to the audit log, so that a later change of it shows."""
    with transaction.writing():
        audit_chain.seal(current_app.extensions["settings"].secret_key)
