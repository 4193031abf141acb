"""Every write to addresses that are tied to ideas, and taking an idea into an account."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from innovation.core import clock
from innovation.core.db import db, insert
from innovation.core.errors import RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import LANGUAGES
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, ReceiptHolder, System, authorize
from innovation.ideas.events import IdeaChanged
from innovation.ideas.models import Authorship, Idea
from innovation.ideas.policy import is_author
from innovation.programme.levels import level_of, refuse_unknown
from innovation.programme.preset_shapes import STRONG
from innovation.subscriptions.events import AddressGiven, IdeaClaimed
from innovation.subscriptions.models import FORGOTTEN, Subscription
from innovation.subscriptions.queries import (
    FOLLOWS,
    SUPPORTS,
    WAYS,
    WROTE,
    Opened,
    closed_before,
    counts_otherwise,
)

# What nobody confirmed goes after this time.
UNCONFIRMED = timedelta(days=2)


def give_address(
    actor: Actor, idea: Idea, email: str, wanted: Collection[str], language: str
) -> None:
    """Let the owner of a normalised address be asked to confirm what is wanted. Safe to repeat.

    The answer is the same whether the address is known or not. Raises RuleBrokenError at "ways".
    """
    holder = actor.receipt_id if isinstance(actor, ReceiptHolder) else None
    ways = (WROTE,) if holder else tuple(way for way in (SUPPORTS, FOLLOWS) if way in wanted)
    if holder:
        authorize(actor, "idea:see", idea)
    if not ways:
        raise RuleBrokenError(_("Choose at least one of these."), "ways")
    if SUPPORTS in ways and level_of("support") == STRONG:
        # An address is no strong identification; below that a confirmed one is enough.
        refuse_unknown(actor, "support", "ways")
    now = clock.now()
    db.session.execute(
        insert(Subscription)
        .values(
            idea_id=idea.id,
            email=email,
            language=language if language in LANGUAGES else LANGUAGES[0],
            receipt_id=holder,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["idea_id", "email"])
    )
    row = db.session.scalars(
        select(Subscription).where(Subscription.idea_id == idea.id, Subscription.email == email)
    ).one()
    if holder:
        row.receipt_id = holder
    if all(getattr(row, way) is None for way in WAYS):
        row.language = language if language in LANGUAGES else row.language
        if row.created_at < now - UNCONFIRMED / 2:
            row.created_at = now  # the new link works for as long as it says
    record(AddressGiven(row.id, ways, now.isoformat()))


def confirm(found: Opened) -> None:
    """Let everything that the mailed key confirms hold from now on. Safe to repeat.

    Whoever shows the key is the owner of the address, so no actor is asked for.
    """
    row = db.session.get_one(Subscription, found.id)
    now = clock.now()
    for way in found.asked:
        setattr(row, way, now)


def stop(found: Opened) -> None:
    """Forget the address at its owner's wish, and take its support back.

    A number that stayed would be another one each time somebody stops and supports anew.
    """
    db.session.delete(db.session.get_one(Subscription, found.id))


def keep_as_numbers(email: str) -> None:
    """Let the supports of an address count on without it; all else about it goes."""
    rows = select(Subscription).where(Subscription.email == email).order_by(Subscription.id)
    for row in db.session.scalars(rows).all():
        _forget(row)


def _forget(row: Subscription) -> None:
    """Forget whose address it is. A support stays as a number, unless its owner counts otherwise.

    The keys of earlier mails, made of the moment, open nothing any more.
    """
    if row.supports is not None and not counts_otherwise(row):
        row.email, row.created_at = f"{FORGOTTEN}{row.id}", clock.now()
        row.receipt_id = row.follows = row.wrote = None
    else:
        db.session.delete(row)
    db.session.flush()


def forget_address(actor: ReceiptHolder) -> None:
    """Forget the address that a nameless author gave. Safe to repeat.

    What its owner has asked for as a reader stays: the key does not tell whose the address is.
    """
    given = Subscription.receipt_id == actor.receipt_id
    reads = or_(Subscription.supports.is_not(None), Subscription.follows.is_not(None))
    db.session.execute(delete(Subscription).where(given, ~reads))
    db.session.execute(update(Subscription).where(given, reads).values(receipt_id=None, wrote=None))


def claim_idea(actor: Person, holder: ReceiptHolder, idea: Idea) -> bool:
    """Take the idea of a tracking key into an account; true when that is new.

    The key goes on opening its page. Raises RuleBrokenError when it is in another account.
    """
    authorize(actor, "profile:edit")
    authorize(holder, "idea:see", idea)
    if is_author(actor, idea):
        return False
    # The name of somebody under 18 is shown to nobody, also not what was typed before.
    changed = {"person_id": actor.id, **({"name": ""} if actor.minor else {})}
    claimed = db.session.execute(
        update(Authorship)
        .where(Authorship.receipt_id == holder.receipt_id, Authorship.person_id.is_(None))
        .values(changed)
        .returning(Authorship.id)
    ).first()
    if claimed is None:
        raise RuleBrokenError(_("The idea is in somebody else's account already."))
    if actor.minor:
        idea.version = idea.version + 1
        record(IdeaChanged(idea.id))
    record(IdeaClaimed(idea.id, actor.id))
    return True


def forget_unconfirmed(actor: System) -> None:
    """Delete the addresses whose owners confirmed nothing in time. Safe to repeat."""
    authorize(actor, "person:manage")
    nothing = [getattr(Subscription, way).is_(None) for way in WAYS]
    db.session.execute(
        delete(Subscription).where(Subscription.created_at < clock.now() - UNCONFIRMED, *nothing)
    )


def forget_addresses_of_closed(actor: System, moment: datetime) -> int:
    """Delete the addresses of receipts whose matter was closed before a moment.

    Gives how many there were. Safe to repeat.
    """
    authorize(actor, "person:manage")
    rows = db.session.scalars(
        select(Subscription).where(closed_before(moment)).order_by(Subscription.id)
    ).all()
    for row in rows:
        _forget(row)
    return len(rows)
