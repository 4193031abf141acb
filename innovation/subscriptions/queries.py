"""Reading addresses: what a mailed key opens, who hears of an idea, how many support it so."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from innovation.accounts.models import Account
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.keys import is_made, keyed_hash
from innovation.ideas.models import Idea
from innovation.subscriptions.models import FORGOTTEN, Subscription
from innovation.votes.models import Vote

SUPPORTS, FOLLOWS, WROTE = "supports", "follows", "wrote"
WAYS = (SUPPORTS, FOLLOWS, WROTE)
_LETTERS = {"s": SUPPORTS, "f": FOLLOWS, "w": WROTE}


def key_of(secret: str, number: int, created_at: datetime, wanted: Collection[str]) -> str:
    """Give the key of a mailed link: of its row, of what it confirms, and of the secret.

    It is stored nowhere. What it confirms stands in it, so that only the owner of the address can
    say yes to it, whatever others ask for meanwhile.
    """
    letters = "".join(letter for letter, way in _LETTERS.items() if way in wanted) or "-"
    seed = f"subscription:{number}:{letters}:{created_at.isoformat()}"
    return f"{number}-{letters}-{keyed_hash(secret, seed).hex()[:32]}"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a mailed key opens. wanted: what it confirms; on: what holds already."""

    id: int
    idea_id: int
    reference: str
    title: str
    email: str
    wanted: tuple[str, ...]
    on: tuple[str, ...]

    @property
    def asked(self) -> tuple[str, ...]:
        """What is still to be confirmed."""
        return tuple(way for way in self.wanted if way not in self.on)


def opened(secret: str, key: str) -> Opened:
    """Give what the key opens. Raises NotFoundError alike for wrong keys and forgotten rows."""
    typed, _dash, rest = key.partition("-")
    letters = rest.partition("-")[0].strip("-")
    wanted = tuple(_LETTERS[letter] for letter in letters if letter in _LETTERS)
    row = None
    if typed.isascii() and typed.isdigit() and len(typed) < 10:
        row = db.session.get(Subscription, int(typed))
    number, at = (row.id, row.created_at) if row else (0, clock.now())
    made = is_made(secret, lambda one: key_of(one, number, at, wanted), key)
    if row is None or not made:
        raise NotFoundError("subscription")
    idea = db.session.get_one(Idea, row.idea_id)
    return Opened(
        row.id,
        idea.id,
        idea.reference,
        idea.title if idea.visibility == "public" else "",
        row.email,
        wanted,
        tuple(way for way in WAYS if getattr(row, way) is not None),
    )


@dataclass(frozen=True, slots=True)
class Addressed:
    """An address that hears of an idea, and why: one of WAYS."""

    id: int
    email: str
    language: str
    why: str
    created_at: datetime


def addressed(idea_ids: Collection[int]) -> list[Addressed]:
    """Give the confirmed addresses that hear of these ideas, each once, by the first way that fits.

    Also those of people with an account: whether that hears of the ideas is another question.
    One query.
    """
    rows = db.session.scalars(
        select(Subscription)
        .where(
            Subscription.idea_id.in_(idea_ids),
            ~Subscription.email.startswith(FORGOTTEN),
        )
        .order_by(Subscription.id)
    )
    found: dict[str, Addressed] = {}
    for row in rows:
        why = next((way for way in WAYS if getattr(row, way) is not None), "")
        if why and row.email not in found:
            found[row.email] = Addressed(row.id, row.email, row.language, why, row.created_at)
    return list(found.values())


def supporters_by_mail(idea_id: int) -> int:
    """Count the confirmed addresses that support the idea or what was merged into it, each once.

    Not those whose owner supports it with an account too. One query.
    """
    return db.session.connection().scalar(_by_mail(), {"idea": idea_id}) or 0


@cache
def _by_mail() -> Select[Any]:
    # Made once: that takes longer than counting.
    idea = bindparam("idea", type_=Integer)
    family = select(Idea.id).where(or_(Idea.id == idea, Idea.merged_into_id == idea))
    voters = (
        select(Account.email)
        .join(Vote, Vote.person_id == Account.id)
        .where(Vote.idea_id.in_(family))
    )
    return select(func.count(Subscription.email.distinct())).where(
        Subscription.idea_id.in_(family),
        Subscription.supports.is_not(None),
        Subscription.email.not_in(voters),
    )


def counts_otherwise(row: Subscription) -> bool:
    """Tell whether the owner of this address supports the same idea in another way, too."""
    head = select(func.coalesce(Idea.merged_into_id, Idea.id)).where(Idea.id == row.idea_id)
    family = select(Idea.id).where(
        func.coalesce(Idea.merged_into_id, Idea.id) == head.scalar_subquery()
    )
    voted = select(Vote.idea_id).join(Account, Account.id == Vote.person_id)
    again = select(Subscription.id).where(
        Subscription.id != row.id,
        Subscription.email == row.email,
        Subscription.idea_id.in_(family),
        Subscription.supports.is_not(None),
    )
    by_account = voted.where(Account.email == row.email, Vote.idea_id.in_(family))
    return any(db.session.scalar(one.limit(1)) is not None for one in (again, by_account))


def closed_before(moment: datetime) -> ColumnElement[bool]:
    """Give the condition for addresses of nameless authors whose matter was closed before a moment.

    A matter is closed when it was decided, hidden or withdrawn; one that was merged into another
    also with that one.
    """
    head = aliased(Idea)
    put_away = ("withdrawn", "hidden")
    closed = (
        select(Idea.id)
        .join(head, head.id == func.coalesce(Idea.merged_into_id, Idea.id))
        .where(
            or_(
                head.decided_at < moment,
                head.visibility.in_(put_away),
                Idea.decided_at < moment,
                Idea.visibility.in_(put_away),
            ),
            Idea.updated_at < moment,
            head.updated_at < moment,
        )
    )
    return Subscription.wrote.is_not(None) & Subscription.idea_id.in_(closed)


def address_of_receipt(receipt_id: int) -> str:
    """Give the confirmed address of a nameless author, "" for none."""
    return (
        db.session.scalar(
            select(Subscription.email).where(
                Subscription.receipt_id == receipt_id, Subscription.wrote.is_not(None)
            )
        )
        or ""
    )


@dataclass(frozen=True, slots=True)
class Given:
    """An address as a mail to it is written. created_at: goes into its keys.

    known: its owner has confirmed something.
    """

    id: int
    idea_id: int
    reference: str
    title: str
    email: str
    language: str
    created_at: datetime
    known: bool


def given(subscription_id: int) -> Given:
    """Give an address by the id that an event carries. title: "" unless the idea is public."""
    row = db.session.get_one(Subscription, subscription_id)
    idea = db.session.get_one(Idea, row.idea_id)
    title = idea.title if idea.visibility == "public" else ""
    return Given(
        row.id,
        idea.id,
        idea.reference,
        title,
        row.email,
        row.language,
        row.created_at,
        any(getattr(row, way) is not None for way in WAYS),
    )
