"""Reading identities: who somebody is at the employer's sign-in."""

from collections.abc import Collection

from sqlalchemy import select

from innovation.accounts.models import Account, Session
from innovation.core.db import db
from innovation.core.keys import hash_key
from innovation.federation.models import Identity

METHOD = "employer"


def outside_of(issuer: str, sid: str) -> str:
    """Give what a session keeps of the provider's session it belongs to."""
    return hash_key(f"{issuer} {sid}") if sid else ""


def identity_of(issuer: str, subject: str) -> Identity | None:
    """Give the row of somebody whom the provider names so, for changing."""
    wanted = select(Identity).where(Identity.issuer == issuer, Identity.subject == subject)
    return db.session.scalar(wanted.with_for_update())


def units_of(person_ids: Collection[int]) -> dict[int, str]:
    """Give where these people work, as the employer's sign-in said last; one query."""
    rows = db.session.execute(
        select(Identity.person_id, Identity.unit)
        .where(Identity.person_id.in_(person_ids), Identity.unit != "")
        .order_by(Identity.last_at)
    )
    return {row.person_id: row.unit for row in rows}


def open_account(person_id: int) -> str | None:
    """Give the language of an account that is not closed."""
    return db.session.scalar(
        select(Account.language).where(Account.id == person_id, Account.closed_at.is_(None))
    )


def confirmed_account(email: str) -> int | None:
    """Give the open account whose owner has shown that this address is theirs."""
    return db.session.scalar(
        select(Account.id).where(
            Account.email == email,
            Account.email_confirmed_at.is_not(None),
            Account.closed_at.is_(None),
        )
    )


def is_another_s(person_id: int, issuer: str, subject: str) -> bool:
    """Tell whether the provider knows the owner of this account as somebody else."""
    others = select(Identity.id).where(
        Identity.person_id == person_id, Identity.issuer == issuer, Identity.subject != subject
    )
    return db.session.scalar(others.limit(1)) is not None


def is_taken(email: str) -> bool:
    """Tell whether any account has this address."""
    return db.session.scalar(select(Account.id).where(Account.email == email)) is not None


def came_from(session_hash: str) -> str:
    """Give the issuer that a session came from, "" when it did not come from the employer."""
    found = db.session.scalar(
        select(Identity.issuer)
        .join(Session, Session.person_id == Identity.person_id)
        .where(Session.key_hash == session_hash, Session.method == METHOD)
        .order_by(Identity.last_at.desc())
        .limit(1)
    )
    return found or ""
