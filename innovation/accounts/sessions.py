"""Writing sessions: how one begins, lives on and ends."""

from datetime import timedelta

from sqlalchemy import delete, or_, update

from innovation.accounts.links import ADDRESS
from innovation.accounts.models import Account, MailedLink, Session
from innovation.core import clock
from innovation.core.db import db
from innovation.core.keys import hash_key
from innovation.core.permissions import Person, authorize

SEEN_EVERY = timedelta(minutes=5)
# Where a session ends after ten idle minutes, five would be half of them.
SHARED_SEEN_EVERY = timedelta(seconds=10)


def open_session(
    person_id: int,
    key: str,
    *,
    old_key: str = "",
    method: str = "password",
    strong: bool = False,
    factor: bool = False,
    shared: bool = False,
    outside: str = "",
    device: str = "",
) -> None:
    """Begin a session under a fresh key; the browser's earlier one ends.

    method, strong, shared, outside, device: as in models.Session. factor: a second factor was
    just shown.
    """
    end_session(old_key)
    now = clock.now()
    db.session.add(
        Session(
            key_hash=hash_key(key),
            person_id=person_id,
            created_at=now,
            last_seen_at=now,
            method=method,
            strong=strong,
            factor_at=now if factor else None,
            shared=shared,
            outside=outside,
            device=device,
        )
    )
    _seen_today(person_id)


def renew_hash(person_id: int, new_hash: str) -> None:
    """Keep the same password, hashed with today's parameters."""
    db.session.get_one(Account, person_id).password_hash = new_hash


def end_session(key: str) -> None:
    """End the session of this key. Safe to repeat."""
    if key:
        db.session.execute(delete(Session).where(Session.key_hash == hash_key(key)))


def end_device(actor: Person, session_id: int) -> None:
    """End one of one's own sessions. Safe to repeat; somebody else's is left alone."""
    authorize(actor, "profile:edit")
    own = delete(Session).where(Session.person_id == actor.id)
    db.session.execute(own.where(Session.id == session_id))


def end_everywhere(actor: Person) -> None:
    """End every session of one's own, this one included. Safe to repeat.

    What was asked for in one of them, such as a link to another address, ends with them.
    """
    authorize(actor, "profile:edit")
    end_sessions(actor.id)
    db.session.execute(
        update(MailedLink)
        .where(
            MailedLink.purpose == ADDRESS,
            MailedLink.person_id == actor.id,
            MailedLink.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def note_presence(person_id: int, key_hash: str) -> None:
    """Remember that somebody acted in this session just now, and in their account today."""
    db.session.execute(
        update(Session).where(Session.key_hash == key_hash).values(last_seen_at=clock.now())
    )
    _seen_today(person_id)


def note_proved(key_hash: str) -> None:
    """Remember that the session's owner has just shown anew that it is theirs."""
    own = update(Session).where(Session.key_hash == key_hash)
    db.session.execute(own.values(proved_at=clock.now()))


def _seen_today(person_id: int) -> None:
    today = clock.today()
    earlier = or_(Account.seen_on.is_(None), Account.seen_on < today)
    # Whoever has just closed the account acted today, but nothing is noted of them any more.
    whose = update(Account).where(Account.id == person_id, earlier, Account.closed_at.is_(None))
    db.session.execute(whose.values(seen_on=today).execution_options(synchronize_session=False))


def end_sessions(person_id: int, kept_session: str = "") -> None:
    """End the sessions of a person but for the one with this key hash."""
    others = delete(Session).where(Session.person_id == person_id)
    db.session.execute(others.where(Session.key_hash != kept_session))
