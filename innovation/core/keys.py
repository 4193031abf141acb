"""Secret keys: the installation's own, with those before it, and the ones that people carry.

What is made with the installation's key is made with the present one and read with all of them,
so a key can be changed while links, secrets and forms made before go on working. Keys that people
carry (tracking keys, session keys, mailed links) are kept only as hashes.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable

# Without 0 O 1 I, which are mistaken for each other on paper and on the phone.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
TRACKING_LENGTH = 12
GROUP = 4
# As keys stand in mails: long runs of signs, tracking keys, and codes on a line of their own.
IN_TEXTS = re.compile(
    r"\b[0-9a-f]{32,}\b|\b[\w-]{43,}\b"
    rf"|\b[{ALPHABET}]{{4}}(?:-[{ALPHABET}]{{4}}){{2}}\b|^\d{{4}} \d{{4}}$",
    re.MULTILINE | re.ASCII,
)
MASK = "••••"

# What keyed hashes are made with: the first makes new ones, each of them reads.
MACS = ("sha256",)


class Secret(str):
    """The installation's key as text. previous: the keys before it, newest first, to read with.

    mac: the hash that keyed hashes are made with, "" for the newest.
    """

    __slots__ = ("mac", "previous")

    previous: tuple[str, ...]
    mac: str

    def __new__(cls, key: str, previous: tuple[str, ...] = (), mac: str = "") -> "Secret":
        """Give the key with those before it."""
        made = super().__new__(cls, key)
        made.previous = previous
        made.mac = mac
        return made


def every_key(secret: str) -> list[Secret]:
    """Give all that something may have been made with, the present first, each to be tried."""
    previous = secret.previous if isinstance(secret, Secret) else ()
    return [Secret(str(key), mac=name) for key in (secret, *previous) for name in MACS]


def keyed_hash(secret: str, words: str) -> bytes:
    """Give a keyed hash of these words, which begin with what it is for."""
    name = (secret.mac if isinstance(secret, Secret) else "") or MACS[0]
    return hmac.new(secret.encode(), words.encode(), name).digest()


def is_made(secret: str, make: Callable[[str], str], given: str) -> bool:
    """Tell whether `make` gives this text with the present key or one before.

    Each is looked at, so the time tells nothing.
    """
    found = [hmac.compare_digest(make(one).encode(), given.encode()) for one in every_key(secret)]
    return any(found)


def new_key() -> str:
    """Give a random key for machines: 256 bits, safe in addresses and cookies."""
    return secrets.token_urlsafe(32)


def hash_key(key: str) -> str:
    """Give what is stored instead of the key."""
    return hashlib.sha256(key.encode()).hexdigest()


def tracking_key(secret: str, seed: str) -> str:
    """Give the tracking key (12 signs in groups of four) that belongs to this seed.

    The same form, sent twice, leads to the same key, so the key need not be stored to be shown
    once more. A random seed gives a random key of 60 bits.
    """
    number = int.from_bytes(keyed_hash(secret, f"tracking:{seed}"), "big")
    signs = []
    for _ in range(TRACKING_LENGTH):
        number, index = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[index])
    return grouped("".join(signs))


def masked(text: str) -> str:
    """Give a text that we wrote with every key in it replaced, whether it still opens or not."""
    return IN_TEXTS.sub(MASK, text)


def grouped(key: str) -> str:
    """Write a tracking key in groups of four: KXR7-4MTP-9H2D."""
    return "-".join(key[start : start + GROUP] for start in range(0, len(key), GROUP))


def read_tracking_key(typed: str) -> str:
    """Read a tracking key somebody typed: any case, with or without separators.

    Gives it in groups of four, or "" when it cannot be one.
    """
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    if len(signs) != TRACKING_LENGTH or any(sign not in ALPHABET for sign in signs):
        return ""
    return grouped(signs)
