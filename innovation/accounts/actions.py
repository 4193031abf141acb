"""Every write to accounts and mailed links."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, update

from innovation.accounts import links, queries
from innovation.accounts.events import PasswordChanged, PasswordResetRequested
from innovation.accounts.models import Account, Grant, MailedLink, Session
from innovation.accounts.sessions import end_sessions
from innovation.core import clock, jobs
from innovation.core.db import db, insert
from innovation.core.errors import NotFoundError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import LANGUAGES
from innovation.core.i18n import lazy_gettext as _
from innovation.core.keys import hash_key, new_key
from innovation.core.permissions import Actor, Person, Role, System, authorize
from innovation.core.text import has_words
from innovation.guard.rules import refuse_contacts, refuse_identity_codes

LONGEST_NAME = 60
LONGEST_EMAIL = 254
RESET_LIFETIME = timedelta(hours=1)
WELCOME_LIFETIME = timedelta(days=7)
LINKS_KEPT = timedelta(days=30)
ADDRESSES_KEPT = timedelta(hours=1)

RESET_JOB = "password_reset"

_ADDRESS = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody gives to get an account; the password, if they want one, only as its hash.

    minor: they are under 18, so that no name of theirs is kept.
    """

    email: str
    name: str
    password_hash: str | None
    language: str
    minor: bool = False


@dataclass(frozen=True, slots=True)
class ProfileDraft:
    """What a person changes of their own details. capacity, area: ids or ""."""

    name: str
    language: str
    capacity: str = ""
    area: str = ""


def normal_email(typed: str) -> str:
    """Give an address as it is kept: small letters, its domain in ASCII. Raises RuleBrokenError."""
    mailbox, _at, domain = typed.strip().rpartition("@")
    try:
        # Before the letters are made small: a Kelvin sign would become a plain k.
        mailbox.encode("ascii")
        address = f"{mailbox.lower()}@{domain.lower().encode('idna').decode('ascii')}"
    except UnicodeError:
        address = ""
    if not _ADDRESS.fullmatch(address) or len(address) > LONGEST_EMAIL:
        raise RuleBrokenError(_("Write the e-mail address in full. Example: name@mail.fi"), "email")
    return address


def register(newcomer: Newcomer, *, confirmed: bool = False) -> int:
    """Make an account and give its id. Raises RuleBrokenError at the field to correct.

    confirmed: the newcomer has shown that the address is theirs.
    """
    check_newcomer(newcomer)
    now = clock.now()
    person_id = db.session.execute(
        insert(Account)
        .values(
            email=normal_email(newcomer.email),
            name="" if newcomer.minor else newcomer.name,
            password_hash=newcomer.password_hash,
            language=newcomer.language if newcomer.language in LANGUAGES else LANGUAGES[0],
            minor=newcomer.minor,
            email_confirmed_at=now if confirmed else None,
            created_at=now,
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


def check_newcomer(newcomer: Newcomer) -> None:
    """Raise RuleBrokenError at the first field that cannot be an account's."""
    normal_email(newcomer.email)
    if not newcomer.minor:
        _check_name(newcomer.name)


def edit_profile(actor: Person, draft: ProfileDraft) -> None:
    """Change one's own details. capacity and area are ids that the form has checked."""
    authorize(actor, "profile:edit")
    account = db.session.get_one(Account, actor.id)
    if not account.minor:
        _check_name(draft.name)
        account.name = draft.name
    account.language = draft.language if draft.language in LANGUAGES else account.language
    account.capacity = draft.capacity or None
    account.area_slug = draft.area or None


def change_password(actor: Person, password_hash: str, *, kept_session: str) -> None:
    """Set a new password; every session but the one with this key hash ends."""
    authorize(actor, "profile:edit")
    _set_password(actor.id, password_hash, kept_session)


def ask_for_reset(email: str, going_to: str = "") -> None:
    """Let the worker mail a link for a new password, if the address has an account.

    Known or not, the answer comes alike and as fast: only the worker looks. going_to: a path of
    ours for whoever signs in with the new one.
    """
    kept = going_to if len(going_to) <= links.LONGEST_PATH else ""
    jobs.enqueue(RESET_JOB, hash_key(email), {"email": email, "going_to": kept})


def make_reset_link(secret: str, email: str, going_to: str = "") -> None:
    """Make the link for a new password; nothing happens for an unknown address."""
    door = queries.door_of(email)
    if door is not None:
        more = {"going_to": going_to}
        link_id, _key = make_link(secret, links.RESET, RESET_LIFETIME, door.person_id, **more)
        record(PasswordResetRequested(link_id))


def use_reset_link(key: str, password_hash: str) -> str:
    """Set a new password by a mailed link, which then no longer works; every session ends.

    Gives where its owner was going. Raises NotFoundError when the link is used or too old.
    """
    link = links.usable_link(links.RESET, key)
    if link is None or link.person_id is None or not _use_links(links.RESET, link.person_id):
        raise NotFoundError("link")
    _set_password(link.person_id, password_hash, "")
    db.session.get_one(Account, link.person_id).email_confirmed_at = clock.now()
    return link.going_to


def invite_administrator(actor: Actor, secret: str) -> str:
    """Make the one-time link for the first administrator and give its key; older ones end.

    Raises RuleBrokenError when there is an administrator already.
    """
    authorize(actor, "person:manage")
    if queries.how_many_hold(Role.ADMINISTRATOR):
        raise RuleBrokenError(
            _("There is an administrator already, who gives rights to others on the People page.")
        )
    _use_links(links.WELCOME, None)
    return make_link(secret, links.WELCOME, WELCOME_LIFETIME, None)[1]


def welcome_administrator(key: str, newcomer: Newcomer) -> int:
    """Make the first administrator by the invitation and give the person's id.

    Raises NotFoundError when the link no longer works, RuleBrokenError at a field.
    """
    if links.usable_link(links.WELCOME, key) is None or not _use_links(links.WELCOME, None):
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
    db.session.execute(delete(Session).where(queries.is_over(now)))
    db.session.execute(delete(MailedLink).where(MailedLink.expires_at <= now - LINKS_KEPT))
    # These carry the address of somebody who perhaps never came.
    with_address = MailedLink.purpose.in_((links.SIGN_IN, links.ADDRESS, links.ADDRESS_BACK))
    past = MailedLink.expires_at <= now - ADDRESSES_KEPT
    db.session.execute(delete(MailedLink).where(with_address, past))


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
    end_sessions(person_id, kept_session)
    for purpose in (links.RESET, links.ADDRESS):
        _use_links(purpose, person_id)  # perhaps somebody else asked, who knew the old one
    record(PasswordChanged(person_id, clock.now().isoformat()))


def make_link(
    secret: str, purpose: str, lifetime: timedelta, person_id: int | None, **more: Any
) -> tuple[int, str]:
    """Write a link; gives its id and its key, which is kept nowhere. more: columns of its row."""
    now = clock.now()
    link = MailedLink(
        purpose=purpose,
        key_hash=f"new {new_key()}",
        person_id=person_id,
        created_at=now,
        expires_at=now + lifetime,
        **more,
    )
    db.session.add(link)
    db.session.flush()  # key and code are made of its id
    key = links.link_key(secret, link.id, purpose, now)
    link.key_hash = hash_key(key)
    link.code_hash = links.hash_code(secret, link.id, links.link_code(secret, link.id, now))
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
