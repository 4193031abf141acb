"""Moving an account to another address, which its owner shows to be theirs."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from innovation.accounts import links, queries
from innovation.accounts.actions import make_link, normal_email
from innovation.accounts.events import AddressChanged, AddressRequested
from innovation.accounts.links import ADDRESS, ADDRESS_BACK, RESET, Link
from innovation.accounts.models import Account, MailedLink
from innovation.accounts.sessions import end_sessions
from innovation.core import audit, clock, jobs
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.events import record
from innovation.core.keys import hash_key
from innovation.core.permissions import Person, authorize

ADDRESS_JOB = "new_address"
LIFETIME = timedelta(hours=24)
# For somebody who reads the old mailbox once a week.
TIME_TO_TAKE_BACK = timedelta(days=7)
# Without a password, having come in a moment ago is what shows that it is really them.
FRESH = timedelta(minutes=15)


def is_fresh(began_at: datetime) -> bool:
    """Tell whether somebody came in a moment ago."""
    return clock.now() - began_at < FRESH


def ask_for_address(actor: Person, email: str) -> None:
    """Let the worker mail a link to the new address. Raises RuleBrokenError at the field email.

    Whether the address has an account already is told to nobody.
    """
    authorize(actor, "profile:edit")
    address = normal_email(email)
    jobs.enqueue(ADDRESS_JOB, hash_key(f"{actor.id} {address}"), {"id": actor.id, "to": address})


def make_address_link(secret: str, person_id: int, email: str) -> None:
    """Make the link for the new address; nothing happens when it belongs to an account."""
    profile = queries.profile_of(person_id)
    if profile.closed or queries.is_known(email):
        return
    more = {"email": email, "language": profile.language}
    record(AddressRequested(make_link(secret, ADDRESS, LIFETIME, person_id, **more)[0]))


def move(secret: str, key: str) -> int:
    """Move the account to the address that the link was mailed to; every session ends.

    The old address gets a link that takes this back. Gives the person's id. Raises NotFoundError
    when the link no longer works.
    """
    link = links.usable_link(ADDRESS, key)
    account = _account_behind(link)
    if link is None or account is None or queries.is_known(link.email):
        raise NotFoundError("link")
    _use(link, (ADDRESS, RESET))
    old = account.email
    more = {"email": old, "language": account.language}
    back_id, _key = make_link(secret, ADDRESS_BACK, TIME_TO_TAKE_BACK, account.id, **more)
    _move(account, link.email, "address:change", back_id)
    return account.id


def take_back(key: str) -> int:
    """Put the address back to which the link was mailed; every session and the password end.

    Whoever moved the account may know the password. Gives the person's id. Raises NotFoundError
    when the link no longer works, or the address meanwhile has an account of its own.
    """
    link = links.usable_link(ADDRESS_BACK, key)
    account = _account_behind(link)
    if link is None or account is None or queries.is_known(link.email):
        raise NotFoundError("link")
    # Of several moves the earlier ones can still be taken back.
    _use(link, (ADDRESS, RESET, ADDRESS_BACK), since=link.id)
    account.password_hash = None
    _move(account, link.email, "address:back", None)
    return account.id


def _account_behind(link: Link | None) -> Account | None:
    """Give the open account of a link, held so that two moves at once wait in line."""
    if link is None or link.person_id is None:
        return None
    whose = select(Account).where(Account.id == link.person_id, Account.closed_at.is_(None))
    return db.session.scalar(whose.with_for_update())


def _use(link: Link, purposes: tuple[str, ...], *, since: int = 0) -> None:
    """Use up the links of this person. since: links for taking back only from this one on.

    Raises NotFoundError when the link itself was used.
    """
    used = db.session.scalars(
        update(MailedLink)
        .where(
            MailedLink.purpose.in_(purposes),
            MailedLink.person_id == link.person_id,
            MailedLink.used_at.is_(None),
            (MailedLink.purpose != ADDRESS_BACK) | (MailedLink.id >= since),
        )
        .values(used_at=clock.now())
        .returning(MailedLink.id)
        .execution_options(synchronize_session=False)
    ).all()
    if link.id not in used:
        raise NotFoundError("link")


def _move(account: Account, email: str, action: str, back_id: int | None) -> None:
    old = account.email
    try:
        with db.session.begin_nested():
            account.email, account.email_confirmed_at = email, clock.now()
            db.session.flush()
    except IntegrityError:
        # Another account has taken it at this moment.
        raise NotFoundError("link") from None
    end_sessions(account.id)
    who = queries.person_by_id(account.id)
    if who is None:
        raise NotFoundError("link")
    audit.note(who, action, "person", account.id)
    record(AddressChanged(account.id, old, clock.now().isoformat(), back_id))
