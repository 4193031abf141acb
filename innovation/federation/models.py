"""The table of identities: who somebody is at the employer's sign-in."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base


class Identity(Base):
    """Somebody as a provider knows them. unit: where they work. sid: their last session there."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    unit: Mapped[str]
    sid: Mapped[str]
    created_at: Mapped[datetime]
    last_at: Mapped[datetime]
