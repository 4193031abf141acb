"""Reading the private thread of an idea: what was asked and answered, and what still waits."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from innovation.accounts.models import Account
from innovation.core.db import db
from innovation.core.permissions import Actor
from innovation.ideas.models import Authorship, Idea
from innovation.ideas.policy import is_author
from innovation.messages.models import ASKED, AUTHOR, GIVEN, MODERATOR, Message


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One line of a thread; its fields are those of the table."""

    id: int
    side: str
    text: str
    at: datetime
    awaits: bool
    consent: str

    @property
    def asks(self) -> bool:
        """True for a question of the moderators."""
        return self.side == MODERATOR

    @property
    def asks_consent(self) -> bool:
        """True for a question that is answered with yes or no."""
        return self.asks and self.consent == ASKED

    @property
    def agrees(self) -> bool | None:
        """What an answer says to such a question; None for any other answer."""
        return self.consent == GIVEN if self.side == AUTHOR and self.consent else None


@dataclass(frozen=True, slots=True)
class Thread:
    """What moderators and the author have written, the oldest first."""

    rows: tuple[MessageRow, ...] = ()

    @property
    def question(self) -> MessageRow | None:
        """The question that the author has not answered yet."""
        return next((row for row in reversed(self.rows) if row.asks and row.awaits), None)

    @property
    def past(self) -> list[MessageRow]:
        """Everything but the open question, which stands above it with the box for its answer."""
        return [row for row in self.rows if row is not self.question]

    @property
    def unread(self) -> bool:
        """True when an answer waits for a moderator."""
        return any(row.awaits for row in self.rows if not row.asks)

    @property
    def consent(self) -> str:
        """What became of the newest question for consent: ASKED, GIVEN, REFUSED, "" for none."""
        return next((row.consent for row in reversed(self.rows) if row.asks and row.consent), "")


def thread_of(idea_id: int) -> Thread:
    """Give the whole thread of an idea, for its author and for moderators."""
    rows = db.session.execute(
        select(Message.id, Message.side, Message.text, Message.at, Message.awaits, Message.consent)
        .where(Message.idea_id == idea_id)
        .order_by(Message.id)
    )
    return Thread(tuple(MessageRow(*row) for row in rows))


def thread_for(actor: Actor, idea: Idea) -> Thread:
    """Give the thread to the idea's author; to everybody else an empty one, without asking."""
    return thread_of(idea.id) if is_author(actor, idea) else Thread()


def consent_of(idea_id: int) -> str:
    """Give what became of the newest question for consent: ASKED, GIVEN, REFUSED, "" for none."""
    return thread_of(idea_id).consent


def is_reachable(idea_id: int) -> bool:
    """Tell whether an author has a tracking key, or an account whose address takes mails."""
    reached = select(Account.id).where(Account.unreachable_at.is_(None))
    known = select(Authorship.id).where(
        Authorship.idea_id == idea_id,
        or_(Authorship.person_id.in_(reached), Authorship.receipt_id.is_not(None)),
    )
    return db.session.scalar(known.limit(1)) is not None
