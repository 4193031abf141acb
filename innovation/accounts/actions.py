"""Every write to accounts, sessions and mailed links."""

import re
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, or_, update

from innovation.accounts import queries
from innovation.accounts.events import PasswordChanged, PasswordResetRequested
from innovation.accounts.models import Account, Grant, MailedLink, Session
from innovation.core import clock, jobs
from innovation.core.db import db, insert
from innovation.core.errors import NotFoundError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import LANGUAGES
from innovation.core.i18n import lazy_gettext as _
from innovation.core.keys import hash_key
from innovation.core.permissions import Actor, Person, Role, System, authorize
from innovation.core.text import has_words
from innovation.guard.rules import refuse_contacts, refuse_identity_codes

LONGEST_NAME = 60
LONGEST_EMAIL = 254
RESET_LIFETIME = timedelta(hours=1)
WELCOME_LIFETIME = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=5)
LINKS_KEPT = timedelta(days=30)

RESET_JOB = "password_reset"

_ADDRESS = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody gives to get an account; the password only as its hash."""

    email: str
    name: str
    password_hash: str
    language: str


@dataclass(frozen=True, slots=True)
class ProfileDraft:
    """What a person changes of their own details. capacity, area: ids or ""."""

    name: str
    language: str
    capacity: str = ""
    area: str = ""


def normal_email(typed: str) -> str:
    """Give an address as it is kept: small letters, its domain in ASCII. Raises RuleBrokenError."""
    mailbox, _at, domain = typed.strip().lower().rpartition("@")
    try:
        address = f"{mailbox}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        address = ""
    if not _ADDRESS.fullmatch(address) or len(address) > LONGEST_EMAIL:
        raise RuleBrokenError(_("Write the e-mail address in full. Example: name@mail.fi"), "email")
    return address


def register(newcomer: Newcomer) -> int:
    """Make an account and give its id. Raises RuleBrokenError at the field to correct."""
    _check_name(newcomer.name)
    person_id = db.session.execute(
        insert(Account)
        .values(
            email=normal_email(newcomer.email),
            name=newcomer.name,
            password_hash=newcomer.password_hash,
            language=newcomer.language if newcomer.language in LANGUAGES else LANGUAGES[0],
            created_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["email"])
        .returning(Account.id)
    ).scalar()
    if person_id is None:
        raise RuleBrokenError(
            _(
                "A new account cannot be made with this address. "
                "If it is yours, sign in or set a new password."
            ),
            "email",
        )
    return int(person_id)


def open_session(person_id: int, key: str, *, old_key: str = "", new_hash: str = "") -> None:
    """Begin a session under a fresh key; the browser's earlier one ends.

    new_hash: the password hashed with today's parameters, when the stored one is outdated.
    """
    end_session(old_key)
    now = clock.now()
    db.session.add(
        Session(key_hash=hash_key(key), person_id=person_id, created_at=now, last_seen_at=now)
    )
    if new_hash:
        db.session.get_one(Account, person_id).password_hash = new_hash


def end_session(key: str) -> None:
    """End the session of this key. Safe to repeat."""
    if key:
        db.session.execute(delete(Session).where(Session.key_hash == hash_key(key)))


def note_presence(key_hash: str) -> None:
    """Remember that somebody acted in this session just now."""
    db.session.execute(
        update(Session).where(Session.key_hash == key_hash).values(last_seen_at=clock.now())
    )


def edit_profile(actor: Person, draft: ProfileDraft) -> None:
    """Change one's own details. capacity and area are ids that the form has checked."""
    authorize(actor, "profile:edit")
    _check_name(draft.name)
    account = db.session.get_one(Account, actor.id)
    account.name = draft.name
    account.language = draft.language if draft.language in LANGUAGES else account.language
    account.capacity = draft.capacity or None
    account.area_slug = draft.area or None


def change_password(actor: Person, password_hash: str, *, kept_session: str) -> None:
    """Set a new password; every session but the one with this key hash ends."""
    authorize(actor, "profile:edit")
    _set_password(actor.id, password_hash, kept_session)


def ask_for_reset(email: str) -> None:
    """Let the worker mail a link for a new password, if the address has an account.

    Known or not, the answer comes alike and as fast: only the worker looks.
    """
    jobs.enqueue(RESET_JOB, hash_key(email), {"email": email})


def make_reset_link(secret: str, email: str) -> None:
    """Make the link for a new password; nothing happens for an unknown address."""
    door = queries.door_of(email)
    if door is not None:
        link_id, _key = _make_link(secret, queries.RESET, RESET_LIFETIME, door.person_id)
        record(PasswordResetRequested(link_id))


def use_reset_link(key: str, password_hash: str) -> int:
    """Set a new password by a mailed link, which then no longer works; every session ends.

    Gives the person's id. Raises NotFoundError when the link is used or too old.
    """
    link = queries.usable_link(queries.RESET, key)
    if link is None or link.person_id is None or not _use_links(queries.RESET, link.person_id):
        raise NotFoundError("link")
    _set_password(link.person_id, password_hash, "")
    db.session.get_one(Account, link.person_id).email_confirmed_at = clock.now()
    return link.person_id


def invite_administrator(actor: Actor, secret: str) -> str:
    """Make the one-time link for the first administrator and give its key; older ones end.

    Raises RuleBrokenError when there is an administrator already.
    """
    authorize(actor, "person:manage")
    if queries.how_many_hold(Role.ADMINISTRATOR):
        raise RuleBrokenError(
            _("There is an administrator already, who gives rights to others on the People page.")
        )
    _use_links(queries.WELCOME, None)
    return _make_link(secret, queries.WELCOME, WELCOME_LIFETIME, None)[1]


def welcome_administrator(key: str, newcomer: Newcomer) -> int:
    """Make the first administrator by the invitation and give the person's id.

    Raises NotFoundError when the link no longer works, RuleBrokenError at a field.
    """
    if queries.usable_link(queries.WELCOME, key) is None or not _use_links(queries.WELCOME, None):
        raise NotFoundError("link")
    person_id = register(newcomer)
    db.session.add(
        Grant(
            person_id=person_id,
            role=Role.ADMINISTRATOR,
            reason="first administrator",
            granted_at=clock.now(),
        )
    )
    return person_id


def forget_old(actor: System) -> None:
    """Delete sessions that are over and links that are long past."""
    authorize(actor, "person:manage")
    now = clock.now()
    over = or_(
        Session.last_seen_at <= now - queries.IDLE, Session.created_at <= now - queries.LONGEST
    )
    db.session.execute(delete(Session).where(over))
    db.session.execute(delete(MailedLink).where(MailedLink.expires_at <= now - LINKS_KEPT))


def _check_name(name: str) -> None:
    if not name or not (has_words(name) or name.isalnum()):
        raise RuleBrokenError(_("Write a name or a nickname. Others see it."), "name")
    if len(name) > LONGEST_NAME:
        raise RuleBrokenError(
            _("The name may have at most %(limit)s characters.", limit=LONGEST_NAME), "name"
        )
    refuse_identity_codes(name=name)
    refuse_contacts(name=name)


def _set_password(person_id: int, password_hash: str, kept_session: str) -> None:
    db.session.get_one(Account, person_id).password_hash = password_hash
    others = delete(Session).where(Session.person_id == person_id)
    db.session.execute(others.where(Session.key_hash != kept_session))
    _use_links(queries.RESET, person_id)
    record(PasswordChanged(person_id, clock.now().isoformat()))


def _make_link(
    secret: str, purpose: str, lifetime: timedelta, person_id: int | None
) -> tuple[int, str]:
    """Write a link; gives its id and its key, which is kept nowhere."""
    now = clock.now()
    link = MailedLink(
        purpose=purpose,
        key_hash=f"new {purpose} {now.isoformat()} {person_id}",
        person_id=person_id,
        created_at=now,
        expires_at=now + lifetime,
    )
    db.session.add(link)
    db.session.flush()  # the key is made of its id
    key = queries.link_key(secret, link.id, purpose, now)
    link.key_hash = hash_key(key)
    return link.id, key


def _use_links(purpose: str, person_id: int | None) -> bool:
    """Use up every open link of this purpose and person; tell whether there was any."""
    whose = MailedLink.person_id == person_id if person_id else MailedLink.person_id.is_(None)
    used = db.session.execute(
        update(MailedLink)
        .where(MailedLink.purpose == purpose, whose, MailedLink.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(MailedLink.id)
    ).all()
    return bool(used)
