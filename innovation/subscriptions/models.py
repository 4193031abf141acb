"""The table of addresses that are tied to an idea."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base

# An address that was forgotten while its support counts on; no address can be written so.
FORGOTTEN = "forgotten "


class Subscription(Base):
    """An address and an idea. Until its owner has confirmed something it stands for nothing.

    receipt_id: of the author who gave it on the page of the tracking key. supports, follows, wrote:
    since when each of them holds, None where it does not. supports counts apart from accounts, and
    stays as a number when the address is forgotten (FORGOTTEN and the row's number stand then).
    """

    __tablename__ = "subscriptions"
    __table_args__ = (Index(None, "idea_id", "email", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    email: Mapped[str]
    language: Mapped[str]
    receipt_id: Mapped[int | None] = mapped_column(
        ForeignKey("receipts.id", ondelete="SET NULL"), index=True
    )
    supports: Mapped[datetime | None]
    follows: Mapped[datetime | None]
    wrote: Mapped[datetime | None]
    created_at: Mapped[datetime]
