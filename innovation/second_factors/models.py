"""Tables of second factors: authenticator apps, passkeys, spare codes, and what was reset."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base

OWNER = "people.id"


class AuthenticatorApp(Base):
    """An app that shows a new code every half minute.

    secret: sealed (core.sealing). last_step: the half minute (since 1970) of the last code that
    was taken; none is taken twice.
    """

    __tablename__ = "authenticator_apps"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(OWNER, ondelete="CASCADE"), index=True)
    name: Mapped[str]
    secret: Mapped[str]
    last_step: Mapped[int]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class Passkey(Base):
    """A key pair of a device. Here is only what is public of it, base64url.

    public_data: the credential as the browser told it (AAGUID, id, COSE key). sign_count: as the
    device counts its signatures; always 0 where it does not.
    """

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(OWNER, ondelete="CASCADE"), index=True)
    name: Mapped[str]
    credential_id: Mapped[str] = mapped_column(unique=True)
    public_data: Mapped[str]
    sign_count: Mapped[int] = mapped_column(BigInteger())
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class SpareCode(Base):
    """A code on paper, for when nothing else is at hand. place: its first sign, which finds it."""

    __tablename__ = "spare_codes"
    __table_args__ = (UniqueConstraint("person_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(OWNER, ondelete="CASCADE"))
    place: Mapped[str]
    code_hash: Mapped[str]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class UsedChallenge(Base):
    """A question to a passkey, or a secret that a page has shown, which was answered once.

    It may not be answered again; kept until it is too old.
    """

    __tablename__ = "used_challenges"

    digest: Mapped[str] = mapped_column(primary_key=True)
    used_at: Mapped[datetime]


class FactorReset(Base):
    """An administrator took away every second factor of somebody who had lost them, and why."""

    __tablename__ = "factor_resets"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(OWNER, ondelete="CASCADE"), index=True)
    reset_by: Mapped[int | None] = mapped_column(ForeignKey(OWNER, ondelete="SET NULL"))
    reason: Mapped[str]
    at: Mapped[datetime]
