"""The audit log: who did what that touches the rights or the data of others. Rows are only added.

A row keeps numbers, never names, addresses or texts: not everybody who reads the log may see those.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core import clock
from innovation.core.db import Base, db
from innovation.core.permissions import Actor, Person, ReceiptHolder, System


class AuditRow(Base):
    """One deed. actor: "person", "receipt", "system" or "nobody"; actor_id: of the first two.

    action: a word such as "name:see". subject: the kind of what it was done to, such as "person",
    with its number. No foreign keys: nothing that goes may change what was written.
    """

    __tablename__ = "audit_rows"
    __table_args__ = (Index(None, "subject", "subject_id"), Index(None, "actor", "actor_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    actor_id: Mapped[int | None]
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[int | None]
    details: Mapped[dict[str, Any]]


class AuditSeal(Base):
    """A keyed hash over the rows up to `last_row_id` since the seal before, and over that seal.

    anchor: a keyed hash of the seal itself, once the rows up to it may go; "" before that.
    """

    __tablename__ = "audit_seals"

    id: Mapped[int] = mapped_column(primary_key=True)
    last_row_id: Mapped[int] = mapped_column(unique=True)
    digest: Mapped[str]
    at: Mapped[datetime]
    anchor: Mapped[str] = mapped_column(default="")


def note(
    actor: Actor, action: str, subject: str, subject_id: int | None = None, **details: Any
) -> None:
    """Write a deed in the caller's transaction. details: numbers and codes, nothing personal."""
    match actor:
        case Person(id=number):
            who: tuple[str, int | None] = ("person", number)
        case ReceiptHolder(receipt_id=number):
            who = ("receipt", number)
        case System():
            who = ("system", None)
        case _:
            who = ("nobody", None)
    db.session.add(
        AuditRow(
            at=clock.now(),
            actor=who[0],
            actor_id=who[1],
            action=action,
            subject=subject,
            subject_id=subject_id,
            details=details,
        )
    )
