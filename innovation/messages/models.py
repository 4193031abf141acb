"""The table of what moderators and authors write to each other."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base

MODERATOR = "moderator"
AUTHOR = "author"

ASKED = "asked"
GIVEN = "given"
REFUSED = "refused"


class Message(Base):
    """A line between moderators and the author, which nobody else reads.

    side: MODERATOR or AUTHOR. awaits: the other side has not reacted yet: a question that the
    author has not answered, or an answer that no moderator has read. consent: of a question that
    asks for leave to make a statutory initiative of the idea: ASKED, GIVEN or REFUSED; of its
    answer the same; "" of all others.
    """

    __tablename__ = "messages"
    __table_args__ = (Index(None, "idea_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    side: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    text: Mapped[str]
    at: Mapped[datetime]
    awaits: Mapped[bool] = mapped_column(default=False)
    consent: Mapped[str] = mapped_column(default="")
