"""Reading people: who a session belongs to, what rights they hold, where a mailed link leads."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select

from innovation.accounts.models import Absence, Account, Grant, MailedLink, Session
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.keys import hash_key
from innovation.core.pagination import PAGE_SIZE, Page
from innovation.core.permissions import Person, Role

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=30)

RESET = "reset"
WELCOME = "welcome"


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody's session: the person, the hash of its key, and when it was last seen acting."""

    person: Person
    key_hash: str
    seen_at: datetime


def seat_of(key: str) -> Seat | None:
    """Give whose session this key opens; None when it is over or its owner's account is closed."""
    now = clock.now()
    hashed = hash_key(key)
    row = db.session.execute(
        select(Account.id, Account.name, Account.language, Session.last_seen_at)
        .join(Session, Session.person_id == Account.id)
        .where(
            Session.key_hash == hashed,
            Session.last_seen_at > now - IDLE,
            Session.created_at > now - LONGEST,
            Account.closed_at.is_(None),
        )
    ).first()
    if row is None:
        return None
    return Seat(_person(row.id, row.name, row.language), hashed, row.last_seen_at)


def person_by_id(person_id: int) -> Person | None:
    """Give the person as an actor with every right that is valid now."""
    row = db.session.execute(
        select(Account.id, Account.name, Account.language).where(
            Account.id == person_id, Account.closed_at.is_(None)
        )
    ).first()
    return _person(row.id, row.name, row.language) if row else None


def _person(person_id: int, name: str, language: str) -> Person:
    # Whoever stands in for a lead leads what that one leads, and nothing else of theirs.
    today = clock.today()
    stands_in_for = select(Absence.person_id).where(
        Absence.deputy_id == person_id, Absence.first_day <= today, Absence.last_day >= today
    )
    lent = Grant.person_id.in_(stands_in_for) & (Grant.role == Role.LEAD)
    grants = db.session.execute(
        select(Grant.role, Grant.scope_kind, Grant.scope_id).where(
            (Grant.person_id == person_id) | lent, valid_grant()
        )
    ).all()
    return Person(
        id=person_id,
        name=name,
        roles=frozenset({str(Role.RESIDENT), *(grant.role for grant in grants)}),
        scopes=frozenset(
            (grant.role, grant.scope_kind, grant.scope_id)
            for grant in grants
            if grant.scope_kind is not None
        ),
        language=language,
    )


def valid_grant() -> ColumnElement[bool]:
    """Give the condition for grants that count now."""
    return Grant.revoked_at.is_(None) & or_(
        Grant.valid_until.is_(None), Grant.valid_until > clock.now()
    )


@dataclass(frozen=True, slots=True)
class Door:
    """What signing in needs to know of an account."""

    person_id: int
    password_hash: str | None
    language: str


def door_of(email: str) -> Door | None:
    """Give the open account of a normalised address."""
    row = db.session.execute(
        select(Account.id, Account.password_hash, Account.language).where(
            Account.email == email, Account.closed_at.is_(None)
        )
    ).first()
    return Door(*row) if row else None


@dataclass(frozen=True, slots=True)
class Profile:
    """A person's own details."""

    id: int
    email: str
    name: str
    language: str
    capacity: str
    area: str
    created_at: datetime
    closed: bool
    password_hash: str | None


def profile_of(person_id: int) -> Profile:
    """Give the details of an account. Raises NotFoundError."""
    account = db.session.get(Account, person_id)
    if account is None:
        raise NotFoundError(f"person {person_id}")
    return Profile(
        account.id,
        account.email,
        account.name,
        account.language,
        account.capacity or "",
        account.area_slug or "",
        account.created_at,
        account.closed_at is not None,
        account.password_hash,
    )


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody in the administrators' list. roles: the granted ones that are valid."""

    id: int
    name: str
    email: str
    roles: tuple[str, ...]
    created_at: datetime


def people(search: str, number: int) -> Page[PersonRow]:
    """Give a page of the accounts whose name or address holds the words, newest first."""
    wanted = select(Account.id, Account.name, Account.email, Account.created_at)
    counted = select(func.count()).select_from(Account)
    for word in search.split():
        # SQLite makes only ASCII letters small, so a capital Ä is asked for as well.
        holds = or_(
            func.lower(Account.name).contains(word.lower(), autoescape=True),
            Account.name.contains(word, autoescape=True),
            Account.name.contains(word.capitalize(), autoescape=True),
            Account.email.contains(word.lower(), autoescape=True),
        )
        wanted, counted = wanted.where(holds), counted.where(holds)
    total = db.session.scalar(counted) or 0
    found = db.session.execute(
        wanted.order_by(Account.id.desc()).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    ).all()
    roles: dict[int, list[str]] = {}
    for person_id, role in db.session.execute(
        select(Grant.person_id, Grant.role)
        .where(Grant.person_id.in_([row.id for row in found]), valid_grant())
        .distinct()
        .order_by(Grant.role)
    ):
        roles.setdefault(person_id, []).append(role)
    items = [
        PersonRow(row.id, row.name, row.email, tuple(roles.get(row.id, ())), row.created_at)
        for row in found
    ]
    return Page(items, number, total)


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A right as it was given, and taken back if it was."""

    id: int
    role: str
    sub_project_id: int | None
    reason: str
    granted_at: datetime
    granted_by: str
    revoked_at: datetime | None
    revoke_reason: str


def grants_of(person_id: int) -> list[GrantRow]:
    """Give every right a person ever had, newest first."""
    rows = db.session.execute(
        select(
            Grant.id,
            Grant.role,
            Grant.scope_id,
            Grant.reason,
            Grant.granted_at,
            func.coalesce(Account.name, ""),
            Grant.revoked_at,
            Grant.revoke_reason,
        )
        .outerjoin(Account, Account.id == Grant.granted_by)
        .where(Grant.person_id == person_id)
        .order_by(Grant.id.desc())
    )
    return [GrantRow(*row) for row in rows]


def how_many_hold(role: str) -> int:
    """Tell how many open accounts hold a role now."""
    return (
        db.session.scalar(
            select(func.count(Grant.person_id.distinct()))
            .join(Account, Account.id == Grant.person_id)
            .where(Grant.role == role, valid_grant(), Account.closed_at.is_(None))
        )
        or 0
    )


def is_empty() -> bool:
    """True when nobody has an account yet."""
    return db.session.scalar(select(Account.id).limit(1)) is None


@dataclass(frozen=True, slots=True)
class Link:
    """A mailed link that may still be used, or was made to be mailed."""

    id: int
    purpose: str
    person_id: int | None
    created_at: datetime
    expires_at: datetime


def usable_link(purpose: str, key: str) -> Link | None:
    """Give the link of this key while it is neither used nor too old.

    A welcome link works only while nobody is administrator.
    """
    link = db.session.execute(
        select(*_LINK).where(
            MailedLink.key_hash == hash_key(key),
            MailedLink.purpose == purpose,
            MailedLink.used_at.is_(None),
            MailedLink.expires_at > clock.now(),
        )
    ).first()
    if link is None or (purpose == WELCOME and how_many_hold(Role.ADMINISTRATOR)):
        return None
    return Link(*link)


def link_by_id(link_id: int) -> Link:
    """Give a link by the id that an event carries. Raises NotFoundError."""
    row = db.session.execute(select(*_LINK).where(MailedLink.id == link_id)).first()
    if row is None:
        raise NotFoundError(f"link {link_id}")
    return Link(*row)


_LINK = (
    MailedLink.id,
    MailedLink.purpose,
    MailedLink.person_id,
    MailedLink.created_at,
    MailedLink.expires_at,
)


def link_key(secret: str, link_id: int, purpose: str, created_at: datetime) -> str:
    """Give the key of a link: made of its row and the installation's secret, stored nowhere."""
    seed = f"link:{purpose}:{link_id}:{created_at.isoformat()}"
    return hmac.new(secret.encode(), seed.encode(), hashlib.sha256).hexdigest()
