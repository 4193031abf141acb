"""Reading mailed links: where one leads, while it may be used, and its key and code."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from innovation.accounts.models import MailedLink
from innovation.accounts.queries import how_many_hold
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.keys import every_key, hash_key, keyed_hash
from innovation.core.permissions import Role

RESET = "reset"
WELCOME = "welcome"
SIGN_IN = "sign_in"
ADDRESS = "address"
ADDRESS_BACK = "address_back"

DIGITS = 8
# A longer one is not worth remembering.
LONGEST_PATH = 500


@dataclass(frozen=True, slots=True)
class Link:
    """A mailed link that may still be used, or was made to be mailed.

    email: the address it was mailed to, "" where that is the person's own. browser_hash: of the
    key in the browser that asked for it. draft: what somebody gave for a new account. going_to:
    the path of ours to go on to, "" for none.
    """

    id: int
    purpose: str
    key_hash: str
    person_id: int | None
    created_at: datetime
    expires_at: datetime
    email: str
    language: str
    browser_hash: str
    draft: dict[str, Any]
    going_to: str


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
    MailedLink.key_hash,
    MailedLink.person_id,
    MailedLink.created_at,
    MailedLink.expires_at,
    MailedLink.email,
    MailedLink.language,
    MailedLink.browser_hash,
    MailedLink.draft,
    MailedLink.going_to,
)


def link_key(secret: str, link_id: int, purpose: str, created_at: datetime) -> str:
    """Give the key of a link: made of its row and the installation's secret, stored nowhere."""
    seed = f"link:{purpose}:{link_id}:{created_at.isoformat()}"
    return keyed_hash(secret, seed).hex()


def key_of(secret: str, link: Link) -> str:
    """Give the key of a link that was read, also of one made before the secret was changed."""
    made = [link_key(one, link.id, link.purpose, link.created_at) for one in every_key(secret)]
    return next((key for key in made if hash_key(key) == link.key_hash), made[0])


def link_code(secret: str, link_id: int, created_at: datetime) -> str:
    """Give the digits that stand beside a link in its mail, made like its key."""
    seed = f"code:{link_id}:{created_at.isoformat()}"
    return f"{int.from_bytes(keyed_hash(secret, seed), 'big') % 10**DIGITS:0{DIGITS}d}"


def hash_code(secret: str, link_id: int, code: str) -> str:
    """Give what is stored of a code. So few digits are guessed from a hash without the secret."""
    return keyed_hash(secret, f"code-hash:{link_id}:{code}").hex()


def read_code(typed: str) -> str:
    """Read a code that was typed or pasted, with spaces or without; "" when it cannot be one."""
    digits = "".join(sign for sign in typed if not sign.isspace() and sign != "-")
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdigit() else ""
