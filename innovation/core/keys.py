"""Secret keys that people carry: tracking keys, session keys, mailed links; kept only as hashes."""

import hashlib
import hmac
import secrets

# Without 0 O 1 I, which are mistaken for each other on paper and on the phone.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
TRACKING_LENGTH = 12
GROUP = 4


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
    digest = hmac.new(secret.encode(), f"tracking:{seed}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest, "big")
    signs = []
    for _ in range(TRACKING_LENGTH):
        number, index = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[index])
    return grouped("".join(signs))


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
