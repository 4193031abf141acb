"""Coming in without a password: a code and a link are mailed, and either shows whose address it is.

Whether an address has an account only its mailbox learns: the request leaves a job, the worker
looks, and the code is asked for on the same page whatever it found.
"""

from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import update

from innovation.accounts import links, queries
from innovation.accounts.actions import Newcomer, check_newcomer, make_link, register
from innovation.accounts.events import CodeRequested
from innovation.accounts.links import SIGN_IN, Link
from innovation.accounts.models import Account, MailedLink
from innovation.accounts.sessions import end_sessions
from innovation.core import clock, jobs
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.events import record
from innovation.core.keys import hash_key, is_made

CODE_JOB = "sign_in_code"
LIFETIME = timedelta(minutes=10)
# How long somebody may take for the rest of a new account, once the address is theirs.
TIME_FOR_DETAILS = timedelta(hours=1)
LONGEST_TRYING = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody has shown that an address is theirs.

    person_id: whose account it is. dropped: its password, which was set before anybody had shown
    that, no longer works.
    """

    person_id: int
    language: str
    dropped: bool = False


def ask_for_code(
    email: str, browser: str, language: str, newcomer: Newcomer | None = None, going_to: str = ""
) -> None:
    """Let the worker mail a code and a link to a normalised address. Known or not, all is alike.

    browser: the key of the browser in which the code will count. newcomer: what was given for a
    new account; raises RuleBrokenError at its field. going_to: a path of ours for the link.
    """
    if newcomer is not None:
        check_newcomer(newcomer)
    payload = {
        "email": email,
        "language": language,
        "browser_hash": hash_key(browser),
        "draft": asdict(newcomer) if newcomer else {},
        "going_to": going_to if len(going_to) <= links.LONGEST_PATH else "",
    }
    jobs.enqueue(CODE_JOB, hash_key(f"{email} {browser}"), payload)


def make_code(secret: str, asked: dict[str, Any]) -> None:
    """Make the code and the link that were asked for; nothing happens for a closed account."""
    door = queries.door_of(asked["email"])
    if door is None and queries.is_known(asked["email"]):
        return
    more = {**asked, "language": door.language if door else asked["language"]}
    if door is not None:
        more["draft"] = {}
    person_id = door.person_id if door else None
    link_id, _key = make_link(secret, SIGN_IN, LIFETIME, person_id, **more)
    record(CodeRequested(link_id, joining=bool(asked["draft"])))


def try_code(secret: str, browser: str, code: str) -> Link | None:
    """Give the link whose code this is, if it was asked for in this browser. Each try counts."""
    tried = db.session.execute(
        update(MailedLink)
        .where(
            MailedLink.purpose == SIGN_IN,
            MailedLink.browser_hash == hash_key(browser),
            MailedLink.used_at.is_(None),
            MailedLink.expires_at > clock.now(),
            MailedLink.attempts < LONGEST_TRYING,
        )
        .values(attempts=MailedLink.attempts + 1)
        .returning(MailedLink.id, MailedLink.code_hash)
        .execution_options(synchronize_session=False)
    ).all()
    right = [
        row.id for row in tried if is_made(secret, partial(_hash, row.id, code), row.code_hash)
    ]
    return links.link_by_id(right[0]) if right else None


def _hash(link_id: int, code: str, secret: str) -> str:
    return links.hash_code(secret, link_id, code)


def come_in(link: Link, *, asked_here: bool, acting_as: int | None = None) -> Shown | None:
    """Use a link: give whose account it opens, perhaps one that is made now.

    None when there is neither an account nor what one needs; the link can then still be used by
    `finish`. asked_here: it was asked for in this browser. acting_as: who is signed in already.
    Raises NotFoundError when the link was used meanwhile.
    """
    door = queries.door_of(link.email)
    if door is None and not link.draft:
        _keep_open(link)
        return None
    _use(link)
    if door is not None:
        return Shown(door.person_id, door.language, _confirm(door.person_id, acting_as))
    newcomer = Newcomer(**link.draft)
    if not asked_here:
        # Somebody else may have asked: their password must not open an account of the address.
        newcomer = Newcomer(newcomer.email, newcomer.name, None, newcomer.language, newcomer.minor)
    return Shown(register(newcomer, confirmed=True), newcomer.language)


def finish(key: str, newcomer: Newcomer) -> Shown:
    """Make the account of an address that the link has shown; its own address counts.

    Raises NotFoundError when the link no longer works, RuleBrokenError at a field.
    """
    link = links.usable_link(SIGN_IN, key)
    if link is None or newcomer.email != link.email or queries.door_of(link.email):
        raise NotFoundError("link")
    person_id = register(newcomer, confirmed=True)
    _use(link)
    return Shown(person_id, newcomer.language)


def _confirm(person_id: int, acting_as: int | None) -> bool:
    """Note that the address is the person's; tell whether the password had to go.

    Whoever set it before may have written down an address that was not theirs.
    """
    account = db.session.get_one(Account, person_id)
    if account.email_confirmed_at is not None:
        return False
    account.email_confirmed_at = clock.now()
    if acting_as == person_id:
        return False
    had_one, account.password_hash = account.password_hash is not None, None
    end_sessions(person_id)
    return had_one


def _keep_open(link: Link) -> None:
    db.session.execute(
        update(MailedLink)
        .where(MailedLink.id == link.id)
        .values(expires_at=max(link.expires_at, clock.now() + TIME_FOR_DETAILS))
        .execution_options(synchronize_session=False)
    )


def _use(link: Link) -> None:
    """Use up every open code and link of this address. Raises NotFoundError when this one was."""
    used = db.session.scalars(
        update(MailedLink)
        .where(
            MailedLink.purpose == SIGN_IN,
            MailedLink.email == link.email,
            MailedLink.used_at.is_(None),
        )
        .values(used_at=clock.now(), draft={}, going_to="")
        .returning(MailedLink.id)
        .execution_options(synchronize_session=False)
    ).all()
    if link.id not in used:
        raise NotFoundError("link")
