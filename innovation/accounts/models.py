"""Tables of people, their grants of rights, their sessions and the links mailed to them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from innovation.core.db import Base


class Account(Base):
    """Somebody with an account. `email` is kept in lower case; `name` is what others see.

    minor: said to be under 18 when joining, so that the name is shown to nobody, for good.
    seen_on: the last day on which they did something while signed in. forgets_name_on: from then
    on what they wrote stands without their name.
    """

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="fi")
    capacity: Mapped[str | None]
    area_slug: Mapped[str | None]
    email_confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    minor: Mapped[bool] = mapped_column(default=False)
    seen_on: Mapped[date | None]
    forgets_name_on: Mapped[date | None]
    bounces: Mapped[int] = mapped_column(default=0)
    unreachable_at: Mapped[datetime | None]


class Grant(Base):
    """A right given to a person, perhaps within a scope ("sub_project", 7), and taken back.

    A lead's scope is ("sub_project", 7) or ("area", 2); area_id: the sub-project in that area
    alone.
    """

    __tablename__ = "grants"
    __table_args__ = (Index(None, "person_id", "revoked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    role: Mapped[str]
    scope_kind: Mapped[str | None]
    scope_id: Mapped[int | None]
    area_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    granted_at: Mapped[datetime]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    valid_until: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    revoke_reason: Mapped[str] = mapped_column(default="")


class Absence(Base):
    """Days on which somebody is away, and who stands in with their scopes meanwhile."""

    __tablename__ = "absences"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    deputy_id: Mapped[int | None] = mapped_column(
        ForeignKey("people.id", ondelete="SET NULL"), index=True
    )
    first_day: Mapped[date]
    last_day: Mapped[date]


class Session(Base):
    """Somebody signed in on one device. The cookie holds a random key; here is only its hash.

    method: by what, "password", "code", "employer" or "passkey". strong: the identity was proved
    by strong means. factor_at: when a second factor was shown. shared: others use the device too,
    so the session ends soon. device: the kind of browser and system, such as "Firefox, Linux".
    outside: a hash of the session of the employer's sign-in that this one belongs to, or "".
    proved_at: when its owner showed anew, by a mailed code, that it is theirs.
    """

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    method: Mapped[str] = mapped_column(default="password")
    strong: Mapped[bool] = mapped_column(default=False)
    factor_at: Mapped[datetime | None]
    shared: Mapped[bool] = mapped_column(default=False)
    device: Mapped[str] = mapped_column(default="")
    outside: Mapped[str] = mapped_column(default="", index=True)
    proved_at: Mapped[datetime | None]


class SessionEnd(Base):
    """An administrator ended every session of somebody, or of everybody (no person), and why."""

    __tablename__ = "session_ends"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), index=True
    )
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    reason: Mapped[str]
    at: Mapped[datetime]


class MailedLink(Base):
    """A link that works once, such as for a new password or the first administrator.

    code_hash: of the short code beside it, "" for none. attempts: how often a code was tried.
    email: the address it was mailed to, where that is not simply the person's own. language: of the
    mail. browser_hash: of the key in the browser that asked. draft: what was given for an account.
    going_to: the path of ours to go on to, wherever the link is opened.
    """

    __tablename__ = "mailed_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    key_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    code_hash: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    email: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="fi")
    browser_hash: Mapped[str] = mapped_column(default="", index=True)
    draft: Mapped[dict[str, Any]] = mapped_column(default=dict)
    going_to: Mapped[str] = mapped_column(default="")
