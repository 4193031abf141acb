"""Reading second factors: which somebody has, and how fresh the proof of a session is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from innovation.accounts.models import Account
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.permissions import Actor, Role, authorize
from innovation.second_factors.models import AuthenticatorApp, FactorReset, Passkey, SpareCode

APP = "app"
PASSKEY = "passkey"
# After this one proves anew who one is before changing how one comes in.
FRESH = timedelta(minutes=15)
# Whose rights may wait for a second factor.
OFFICIALS = frozenset({Role.MODERATOR, Role.LEAD, Role.COORDINATOR, Role.ADMINISTRATOR})

_TABLES: dict[str, type[AuthenticatorApp] | type[Passkey]] = {
    APP: AuthenticatorApp,
    PASSKEY: Passkey,
}


@dataclass(frozen=True, slots=True)
class Factor:
    """One second factor. kind: "app" or "passkey"."""

    kind: str
    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Factors:
    """Everything that somebody can show beside the first proof. spares: how many are left."""

    apps: tuple[Factor, ...]
    passkeys: tuple[Factor, ...]
    spares: int

    @property
    def any(self) -> bool:
        """True when there is one; spare codes alone do not count."""
        return bool(self.apps or self.passkeys)


def factors_of(person_id: int) -> Factors:
    """Give the second factors of a person, oldest first."""
    spares = select(func.count()).select_from(SpareCode)
    left = spares.where(SpareCode.person_id == person_id, SpareCode.used_at.is_(None))
    return Factors(_of(APP, person_id), _of(PASSKEY, person_id), db.session.scalar(left) or 0)


def _of(kind: str, person_id: int) -> tuple[Factor, ...]:
    table = _TABLES[kind]
    rows = db.session.execute(
        select(table.id, table.name, table.created_at, table.last_used_at)
        .where(table.person_id == person_id)
        .order_by(table.id)
    )
    return tuple(Factor(kind, *row) for row in rows)


def factor_of(person_id: int, kind: str, number: int) -> Factor:
    """Give one of a person's own. Raises NotFoundError."""
    for one in _of(kind, person_id) if kind in _TABLES else ():
        if one.id == number:
            return one
    raise NotFoundError(f"{kind} {number}")


def has_factors(person_id: int) -> bool:
    """Tell whether a person is asked for a second factor."""
    return any(
        db.session.scalar(select(table.id).where(table.person_id == person_id).limit(1))
        for table in _TABLES.values()
    )


def passkey_data(person_id: int) -> list[str]:
    """Give the public data of a person's passkeys."""
    wanted = select(Passkey.public_data).where(Passkey.person_id == person_id)
    return list(db.session.scalars(wanted.order_by(Passkey.id)))


@dataclass(frozen=True, slots=True)
class KnownPasskey:
    """A passkey as an answer is checked against."""

    id: int
    person_id: int
    public_data: str
    language: str


def known_passkey(credential_id: str) -> KnownPasskey | None:
    """Give the passkey of this id, unless its owner's account is closed."""
    row = db.session.execute(
        select(Passkey.id, Passkey.person_id, Passkey.public_data, Account.language)
        .join(Account, Account.id == Passkey.person_id)
        .where(Passkey.credential_id == credential_id, Account.closed_at.is_(None))
    ).first()
    return KnownPasskey(*row) if row else None


def spare_code(person_id: int, place: str) -> tuple[int, str] | None:
    """Give id and hash of the unused spare code that begins with this sign."""
    row = db.session.execute(
        select(SpareCode.id, SpareCode.code_hash).where(
            SpareCode.person_id == person_id,
            SpareCode.place == place,
            SpareCode.used_at.is_(None),
        )
    ).first()
    return (row.id, row.code_hash) if row else None


def is_fresh(person_id: int, shown_at: datetime, factor_at: datetime | None) -> bool:
    """Tell whether a session has just proved who it belongs to, by all that its owner has.

    shown_at: when they last showed who they are. factor_at: when by a second factor.
    """
    shown = factor_at if has_factors(person_id) else shown_at
    return shown is not None and clock.now() - shown < FRESH


@dataclass(frozen=True, slots=True)
class Reset:
    """One time that an administrator took somebody's second factors away."""

    at: datetime
    by: str
    reason: str


def resets_of(actor: Actor, person_id: int) -> list[Reset]:
    """Give them newest first, for administrators."""
    authorize(actor, "person:manage")
    rows = db.session.execute(
        select(FactorReset.at, func.coalesce(Account.name, ""), FactorReset.reason)
        .outerjoin(Account, Account.id == FactorReset.reset_by)
        .where(FactorReset.person_id == person_id)
        .order_by(FactorReset.id.desc())
    )
    return [Reset(*row) for row in rows]
