"""Running references, and forms that are handled once however often they arrive."""

from collections.abc import Callable

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from innovation.core import clock
from innovation.core.db import db
from innovation.core.keys import hash_key
from innovation.ideas.models import Counter, IdempotencyKey


def claim_form(once_key: str) -> int:
    """Take the form's key (0), or give the number of the idea that it already made.

    A second process with the same key waits here until the first one has ended.
    """
    if not once_key:
        return 0
    hashed = hash_key(once_key)
    taken = db.session.execute(
        _insert()(IdempotencyKey)
        .values(key=hashed, purpose="idea", target_id=0, created_at=clock.now())
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.key)
    ).first()
    if taken:
        return 0
    return db.session.scalars(
        select(IdempotencyKey.target_id).where(IdempotencyKey.key == hashed)
    ).one()


def settle_form(once_key: str, idea_id: int) -> None:
    """Note which idea the form made."""
    if once_key:
        db.session.execute(
            update(IdempotencyKey)
            .where(IdempotencyKey.key == hash_key(once_key))
            .values(target_id=idea_id)
        )


def next_reference(prefix: str, year: int) -> str:
    """Give the next public reference, such as PS-2026-0042."""
    value = db.session.execute(
        _insert()(Counter)
        .values(name=f"reference {year}", value=1)
        .on_conflict_do_update(index_elements=["name"], set_={"value": Counter.value + 1})
        .returning(Counter.value)
    ).scalar_one()
    return f"{prefix}-{year}-{value:04d}"


def _insert() -> Callable[..., postgresql.Insert] | Callable[..., sqlite.Insert]:
    """Give the dialect's own INSERT, which knows what to do when the row is there already."""
    on_postgresql = db.session.get_bind().dialect.name == "postgresql"
    return postgresql.insert if on_postgresql else sqlite.insert
