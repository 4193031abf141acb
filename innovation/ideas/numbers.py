"""Running references, and forms that are handled once however often they arrive."""

from sqlalchemy import Executable, bindparam, select, update

from innovation.core import clock
from innovation.core.db import db, insert, per_database
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
    claim = {"hashed": hashed, "what": purpose, "now": clock.now()}
    taken = db.session.connection().execute(_claiming(), claim).first()
    if taken:
        return 0
    return db.session.scalars(
        select(IdempotencyKey.target_id).where(IdempotencyKey.key == hashed)
    ).one()


@per_database
def _claiming() -> Executable:
    given = {
        IdempotencyKey.key: bindparam("hashed"),
        IdempotencyKey.purpose: bindparam("what"),
        IdempotencyKey.target_id: 0,
        IdempotencyKey.created_at: bindparam("now"),
    }
    adding = insert(IdempotencyKey).values(given).on_conflict_do_nothing()
    return adding.returning(IdempotencyKey.key)


def settle_form(sign: str, target_id: int) -> None:
    """Note which row the form made."""
    if sign:
        settled = {"hashed": hash_key(sign), "made": target_id}
        db.session.connection().execute(_SETTLING, settled)


_SETTLING = (
    update(IdempotencyKey)
    .where(IdempotencyKey.key == bindparam("hashed"))
    .values(target_id=bindparam("made"))
)


def next_reference(prefix: str, year: int) -> str:
    """Give the next public reference, such as PS-2026-0042."""
    counted = db.session.connection().execute(_counting(), {"which": f"reference {year}"})
    return f"{prefix}-{year}-{counted.scalar_one():04d}"


@per_database
def _counting() -> Executable:
    first = insert(Counter).values({Counter.name: bindparam("which"), Counter.value: 1})
    return first.on_conflict_do_update(
        index_elements=["name"], set_={"value": Counter.value + 1}
    ).returning(Counter.value)
