"""Reading people: who a session belongs to, what rights they hold, their details."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, func, or_, select

from innovation.accounts.models import Absence, Account, Grant, Session
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.keys import hash_key
from innovation.core.pagination import PAGE_SIZE, Page
from innovation.core.permissions import PERMISSIONS, Person, Role

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=30)
# Others use a shared device too, perhaps at once.
SHARED_IDLE = timedelta(minutes=10)

# Of features above: the role and kind of further scopes, and what reads the numbers of these.
MoreScopes = tuple[str, str, ScalarSelect[str]]
_more_scopes: list[MoreScopes] = []


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody's session: the person, the hash of its key, and when it was last seen acting.

    method, factor_at, shared: as in models.Session. began_at: when they last showed who they are.
    """

    person: Person
    key_hash: str
    seen_at: datetime
    method: str
    factor_at: datetime | None
    shared: bool
    began_at: datetime

    def is_over(self, now: datetime) -> bool:
        """Tell whether the session has ended by itself since it was read."""
        idle = SHARED_IDLE if self.shared else IDLE
        return self.seen_at <= now - idle or self.began_at <= now - LONGEST


def seat_of(key: str) -> Seat | None:
    """Give whose session this key opens; None when it is over or its owner's account is closed."""
    hashed, now = hash_key(key), clock.now()
    asked = {"hashed": hashed, "now": now, "today": clock.today(), **_ends(now)}
    rows = db.session.connection().execute(_seat(), asked).all()
    if not rows:
        return None
    row = rows[0]
    return Seat(
        _person(rows, strong=row.strong), hashed,
        row.last_seen_at, row.method, row.factor_at, row.shared, row.proved_at or row.created_at,
    )  # fmt: skip


def is_over(now: datetime) -> ColumnElement[bool]:
    """Give the condition for sessions that have ended by themselves."""
    return _over(**_ends(now))


def _ends(now: datetime) -> dict[str, datetime]:
    return {"idle": now - IDLE, "longest": now - LONGEST, "shared_idle": now - SHARED_IDLE}


def _over(idle: Any, longest: Any, shared_idle: Any) -> ColumnElement[bool]:
    shared = Session.shared & (Session.last_seen_at <= shared_idle)
    return or_(Session.last_seen_at <= idle, Session.created_at <= longest, shared)


def person_by_id(person_id: int) -> Person | None:
    """Give the person as an actor with every right that is valid now."""
    asked = {"person": person_id, "now": clock.now(), "today": clock.today()}
    rows = db.session.execute(_account().where(Account.id == bindparam("person")), asked).all()
    return _person(rows) if rows else None


def _person(rows: Sequence[Any], *, strong: bool = False) -> Person:
    """Make the actor of an account that was read once with each of its grants."""
    account, grants = rows[0], [row for row in rows if row.role is not None]
    # Whoever stands in for a lead leads what that one leads, and nothing else of theirs; whoever
    # works here no more stands in for nobody.
    if not {grant.role for grant in grants}.isdisjoint(PERMISSIONS["idea:see_staff_only"]):
        asked = {"person": account.id, "today": clock.today(), "now": clock.now()}
        grants += db.session.execute(_LENT, asked).all()
    scopes = {
        (grant.role, grant.scope_kind, grant.scope_id)
        for grant in grants
        if grant.scope_kind is not None and grant.area_id is None
    }
    for role, kind, _numbers in _more_scopes:
        numbers = account._mapping[f"{role} {kind}"] or ""
        scopes |= {(role, kind, int(number)) for number in numbers.split(",") if number}
    return Person(
        id=account.id,
        name="" if account.minor else account.name,
        minor=account.minor,
        roles=frozenset({str(Role.RESIDENT), *(grant.role for grant in grants)}),
        scopes=frozenset(scopes),
        language=account.language,
        strong=strong,
        leads_both=frozenset(
            (grant.scope_id, grant.area_id) for grant in grants if grant.area_id is not None
        ),
    )


def scopes_too(role: str, kind: str, numbers: ScalarSelect[str]) -> None:
    """Let a feature above tell further scopes, which are read with whom they belong to.

    numbers: gives those of `Account.id` on the day `today`, with commas between them.
    """
    _more_scopes.append((role, kind, numbers))


def valid_grant() -> ColumnElement[bool]:
    """Give the condition for grants that count now."""
    return _valid_at(clock.now())


def _valid_at(now: Any) -> ColumnElement[bool]:
    return Grant.revoked_at.is_(None) & or_(Grant.valid_until.is_(None), Grant.valid_until > now)


_RIGHT = (Grant.role, Grant.scope_kind, Grant.scope_id, Grant.area_id)


@cache
def _account() -> Select[Any]:
    # Made once: that takes longer than reading, and every request asks.
    told: list[Any] = [Account.id, Account.name, Account.language, Account.minor, *_RIGHT]
    told += [numbers.label(f"{role} {kind}") for role, kind, numbers in _more_scopes]
    return (
        select(*told)
        .outerjoin(Grant, (Grant.person_id == Account.id) & _valid_at(bindparam("now")))
        .where(Account.closed_at.is_(None))
    )


@cache
def _seat() -> Select[Any]:
    return (
        _account()
        .add_columns(
            *(Session.created_at, Session.last_seen_at, Session.proved_at, Session.method),
            *(Session.strong, Session.factor_at, Session.shared),
        )
        .join(Session, Session.person_id == Account.id)
        .where(Session.key_hash == bindparam("hashed"))
        .where(~_over(*map(bindparam, ("idle", "longest", "shared_idle"))))
    )


_STANDS_IN_FOR = select(Absence.person_id).where(
    Absence.deputy_id == bindparam("person"),
    Absence.first_day <= bindparam("today"),
    Absence.last_day >= bindparam("today"),
)
_LENT = select(*_RIGHT).where(Grant.person_id.in_(_STANDS_IN_FOR), Grant.role == Role.LEAD)
_LENT = _LENT.where(_valid_at(bindparam("now")))


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


def is_known(email: str) -> bool:
    """Tell whether a normalised address belongs to an account, open or closed."""
    return db.session.scalar(select(Account.id).where(Account.email == email)) is not None


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
    confirmed: bool
    minor: bool

    @property
    def can_be_mailed(self) -> bool:
        """False when the address only stands in for one (RFC 2606)."""
        return not self.email.endswith(".invalid")


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
        account.email_confirmed_at is not None,
        account.minor,
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
    """Give a page of the open accounts whose name or address holds the words, newest first."""
    there = Account.closed_at.is_(None)
    wanted = select(Account.id, Account.name, Account.email, Account.created_at).where(there)
    counted = select(func.count()).select_from(Account).where(there)
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
    wanted = wanted.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    found = db.session.execute(wanted.order_by(Account.id.desc())).all()
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


def how_many_hold(role: str) -> int:
    """Tell how many open accounts hold a role now."""
    held = select(func.count(Grant.person_id.distinct())).where(Grant.role == role, valid_grant())
    open_ones = held.join(Account, Account.id == Grant.person_id).where(Account.closed_at.is_(None))
    return db.session.scalar(open_ones) or 0


def is_empty() -> bool:
    """True when nobody has an account yet."""
    return db.session.scalar(select(Account.id).limit(1)) is None
