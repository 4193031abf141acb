"""Running references, and forms that are handled once however often they arrive."""

from sqlalchemy import select, update

from innovation.core import clock
from innovation.core.db import db, insert
from innovation.core.keys import hash_key
from innovation.ideas.models import Counter, IdempotencyKey


def claim_form(purpose: str, sign: str) -> int:
    """Take what makes a form one of a kind (0), or give the number of the row that it has made.

    sign: such as the form's one-time key; "" when it was lost, then nothing can be told apart. A
    second process with the same sign waits here until the first one has ended.
    """
    if not sign:
        return 0
    hashed = hash_key(sign)
    taken = db.session.execute(
        insert(IdempotencyKey)
        .values(key=hashed, purpose=purpose, target_id=0, created_at=clock.now())
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.key)
    ).first()
    if taken:
        return 0
    return db.session.scalars(
        select(IdempotencyKey.target_id).where(IdempotencyKey.key == hashed)
    ).one()


def settle_form(sign: str, target_id: int) -> None:
    """Note which row the form made."""
    if sign:
        db.session.execute(
            update(IdempotencyKey)
            .where(IdempotencyKey.key == hash_key(sign))
            .values(target_id=target_id)
        )


def next_reference(prefix: str, year: int) -> str:
    """Give the next public reference, such as PS-2026-0042."""
    value = db.session.execute(
        insert(Counter)
        .values(name=f"reference {year}", value=1)
        .on_conflict_do_update(index_elements=["name"], set_={"value": Counter.value + 1})
        .returning(Counter.value)
    ).scalar_one()
    return f"{prefix}-{year}-{value:04d}"
