"""The table of ready reasons."""

from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base


class ReadyReason(Base):
    """A reason to start from, as administrators have written it, in three languages.

    use: what it is for: returning, hiding, asking, merging and so on. texts: by language.
    """

    __tablename__ = "ready_reasons"

    id: Mapped[int] = mapped_column(primary_key=True)
    use: Mapped[str]
    texts: Mapped[dict[str, str]]
    active: Mapped[bool] = mapped_column(default=True)
    place: Mapped[int] = mapped_column(default=0)
