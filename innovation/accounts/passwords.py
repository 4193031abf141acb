"""Passwords: argon2id with parameters that may grow, and a check that takes as long for nobody."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10
LONGEST = 200

# About 40 ms on a small server. When these change, each password is hashed anew as its owner
# signs in the next time.
TIME_COST = 2
MEMORY_KIB = 32 * 1024
LANES = 1

_hasher = PasswordHasher(
    time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID
)


def hash_password(password: str) -> str:
    """Give what is stored instead of the password. Slow on purpose: not while the lock is held."""
    return _hasher.hash(_normal(password))


def is_password(stored: str | None, password: str) -> bool:
    """Tell whether the password is the stored one; without one it takes as long and is False."""
    try:
        _hasher.verify(stored or _nobodys(), _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Tell whether the stored hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _normal(password: str) -> str:
    """Bring accents typed on different devices to one form."""
    return unicodedata.normalize("NFC", password)


@cache
def _nobodys() -> str:
    return _hasher.hash("the password of nobody")
