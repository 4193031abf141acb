"""Texts closed with a key made of the secret: what others keep for us, but must not read.

A sealed text begins with a word for how it was closed, so that another way can come beside it.
"""

import base64
from datetime import timedelta
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from innovation.core import clock
from innovation.core.keys import every_key

# Fernet: AES-128 in CBC with HMAC-SHA-256 over it, the key by HKDF-SHA-256.
WAY = "f1"


def seal(secret: str, purpose: str, text: str) -> str:
    """Give the text encrypted, with the moment; only the same purpose opens it again."""
    closed = _box(str(secret), purpose).encrypt_at_time(text.encode(), _moment())
    return f"{WAY}.{closed.decode('ascii')}"


def unseal(secret: str, purpose: str, sealed: str, lifetime: timedelta | None = None) -> str | None:
    """Give what was sealed, with the present key or one before.

    None when it is not ours, was changed, or is older than `lifetime`.
    """
    way, _dot, closed = sealed.partition(".")
    if way != WAY:
        return None
    boxes = (_box(str(one), purpose) for one in every_key(secret))
    return next(
        (text for box in boxes if (text := _opened(box, closed, lifetime)) is not None), None
    )


def is_sealed_anew(secret: str, purpose: str, sealed: str) -> bool:
    """Tell whether it was sealed in the present way, with the present key."""
    return unseal(str(secret), purpose, sealed) is not None


def _opened(box: Fernet, closed: str, lifetime: timedelta | None) -> str | None:
    try:
        if lifetime is None:
            return box.decrypt(closed.encode()).decode()
        seconds = int(lifetime.total_seconds())
        return box.decrypt_at_time(closed.encode(), seconds, _moment()).decode()
    except (InvalidToken, UnicodeError):
        return None


def _moment() -> int:
    return int(clock.now().timestamp())


@lru_cache(maxsize=64)
def _box(secret: str, purpose: str) -> Fernet:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"seal:{purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(made.derive(secret.encode())))
