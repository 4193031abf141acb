"""The tables of follows, of mails that wait, of notices and of how each person wants to be told."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base

# The states of a mail. A bundled or dropped one is no longer in the outbox.
WAITING, SENDING, UNCLEAR, SENT, BOUNCED = "waiting", "sending", "unclear", "sent", "bounced"


class Follow(Base):
    """A person wants to hear about an idea. `stopped_at` remembers a stop, so that a default
    does not begin it again.
    """

    __tablename__ = "follows"
    __table_args__ = (Index(None, "idea_id"),)

    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True)
    reason: Mapped[str]
    created_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]


class Mail(Base):
    """A mail of the outbox. It is not sent before `not_before`, nor after `not_after`.

    state: "waiting"; "sending" from the moment the mail server is ready for the text, by the worker
    `taken_by` and until `lease_until`; then "sent", "bounced", or "unclear" when nobody knows
    whether the server took it. urgent: not held back by quiet hours. counts: among the mails of a
    month that have a ceiling. stop_path: where whoever has no account stops such mails, with a key.
    last_error: what went wrong last, without addresses.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index(None, "sent_at", "not_before"),
        Index(None, "state", "not_before"),
        Index(None, "person_id", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    unique_key: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    language: Mapped[str]
    state: Mapped[str] = mapped_column(default=WAITING)
    urgent: Mapped[bool] = mapped_column(default=False)
    counts: Mapped[bool] = mapped_column(default=False)
    stop_path: Mapped[str] = mapped_column(default="")
    not_before: Mapped[datetime]
    not_after: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    taken_by: Mapped[str] = mapped_column(default="")
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class Notice(Base):
    """Something a person is told, in the inbox from `shown_from` on and perhaps by mail.

    kind: of kinds.KINDS. what: more exactly, for a decision its kind. why: as in letters.WHY. A
    mail about it has the same unique_key. bundled: it waits for the next digest, or is in the one
    of digest_key; over: since the month's ceiling was reached. What it says is made from the rows
    of idea and comment whenever it is shown.
    """

    __tablename__ = "notices"
    __table_args__ = (
        Index(None, "person_id", "read_at", "shown_from"),
        Index(None, "bundled", "digest_key"),
        Index(None, "idea_id"),
        Index(None, "comment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unique_key: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    kind: Mapped[str]
    what: Mapped[str]
    why: Mapped[str]
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"))
    shown_from: Mapped[datetime]
    read_at: Mapped[datetime | None]
    bundled: Mapped[bool] = mapped_column(default=False)
    over: Mapped[bool] = mapped_column(default=False)
    digest_key: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class MailChoice(Base):
    """How a person wants to be told by mail; who has no row has the defaults of choices.Choice.

    pace: the one choice, "now", "weekly" or "never". ways: of single kinds, where they differ.
    quiet_from, quiet_until: hours in which nothing is mailed, the same for none. ceiling: how many
    mails a month. digest_hour, digested_on: when officials get their digest, and the last day on
    which it was looked at.
    """

    __tablename__ = "mail_choices"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    pace: Mapped[str]
    ways: Mapped[dict[str, str]]
    quiet_from: Mapped[int]
    quiet_until: Mapped[int]
    ceiling: Mapped[int]
    digest_hour: Mapped[int]
    digested_on: Mapped[date | None]
