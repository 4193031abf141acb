"""Who has an item of the list in hand, so that two moderators do not read the same one.

A claim hinders nobody for long: it lapses, it can be taken over, and it ends with the decision.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from innovation.accounts.models import Account
from innovation.core import clock
from innovation.core.db import db, insert
from innovation.core.errors import ConflictError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, authorize
from innovation.moderation.models import Claim

CLAIM_TIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Holder:
    """The moderator who has an item in hand. name: what others see of the person."""

    person_id: int
    name: str
    until: datetime


class ClaimedError(ConflictError):
    """Somebody else has the item in hand; deciding on it means taking it over first."""

    def __init__(self, holder: Holder, key: tuple[str, int]) -> None:
        """Keep who has what."""
        super().__init__(_("%(who)s is handling this right now", who=holder.name))
        self.holder = holder
        self.key = key


def holder_of(kind: str, number: int) -> Holder | None:
    """Give who has the item in hand. kind: its page, as in the key of an item of the list."""
    row = db.session.execute(
        select(Claim.person_id, Account.name, Claim.until)
        .join(Account, Account.id == Claim.person_id)
        .where(Claim.kind == kind, Claim.item_id == number, Claim.until > clock.now())
    ).first()
    return Holder(*row) if row else None


def claim(actor: Person, kind: str, number: int, *, over: bool = False) -> Holder:
    """Take an item in hand, or say that one is still at it; gives who has it now.

    A person has one item at a time: what was in hand before is free again. over: take it even when
    another moderator has it. Raises ForbiddenError.
    """
    authorize(actor, "moderation:see")
    now = clock.now()
    same = (Claim.kind == kind) & (Claim.item_id == number)
    db.session.execute(
        delete(Claim).where(or_(Claim.until <= now, (Claim.person_id == actor.id) & ~same))
    )
    wanted = insert(Claim).values(
        kind=kind, item_id=number, person_id=actor.id, until=now + CLAIM_TIME
    )
    db.session.execute(
        wanted.on_conflict_do_update(
            index_elements=["kind", "item_id"],
            set_={"person_id": actor.id, "until": now + CLAIM_TIME},
            where=None if over else Claim.person_id == actor.id,
        )
    )
    return holder_of(kind, number) or Holder(actor.id, actor.name, now + CLAIM_TIME)


def release(actor: Person, kind: str, number: int) -> None:
    """Let go of an item that the person has in hand. Safe to repeat."""
    authorize(actor, "moderation:see")
    db.session.execute(
        delete(Claim).where(
            Claim.kind == kind, Claim.item_id == number, Claim.person_id == actor.id
        )
    )


def end_by_deciding(actor: Actor, kind: str, number: int, *, over: bool = False) -> None:
    """End the claim on an item, since its moderator decides on it now.

    When the decision does not come about, the claim stays as it was. Raises ClaimedError when
    another moderator has the item in hand, unless it is taken over.
    """
    holder = holder_of(kind, number)
    own = isinstance(actor, Person) and holder is not None and holder.person_id == actor.id
    if holder is not None and not own and not over:
        raise ClaimedError(holder, (kind, number))
    db.session.execute(delete(Claim).where(Claim.kind == kind, Claim.item_id == number))
