"""Codes to type: those of an authenticator app (RFC 6238), and spare codes on paper."""

import secrets
from datetime import datetime
from hmac import compare_digest

import pyotp

from innovation.core.keys import ALPHABET

STEP = 30
DIGITS = 6
# A clock may be half a minute slow or fast, as RFC 6238 (5.2) allows for.
DRIFT = (-1, 0, 1)
SPARES = 10
SPARE_LENGTH = 12
GROUP = 4


def new_secret() -> str:
    """Give a fresh secret of 160 bits, in base32."""
    return pyotp.random_base32()


def app_address(secret: str, account: str, service: str) -> str:
    """Give the otpauth: address that an app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=service)


def matching_step(secret: str, typed: str, now: datetime) -> int | None:
    """Give the half minute since 1970 whose code was typed, or None; looks at each all the same."""
    totp, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP
    code, found = digits_of(typed).encode(), None
    for drift in DRIFT:
        expected = totp.generate_otp(present + drift).encode()
        if compare_digest(expected, code):
            found = present + drift
    return found


def digits_of(typed: str) -> str:
    """Give what was typed without spaces."""
    return "".join(typed.split())


def is_app_code(typed: str) -> bool:
    """Tell whether this can be the code of an app; anything else is taken for a spare code."""
    digits = digits_of(typed)
    return len(digits) == DIGITS and digits.isascii() and digits.isdigit()


def new_spares() -> list[str]:
    """Give ten spare codes such as K-7MTP-9H2D-QX3R; the first sign differs, 60 bits follow."""
    places = secrets.SystemRandom().sample(ALPHABET, SPARES)
    return [f"{place}-{_random_groups()}" for place in places]


def _random_groups() -> str:
    signs = "".join(secrets.choice(ALPHABET) for _ in range(SPARE_LENGTH))
    return "-".join(signs[start : start + GROUP] for start in range(0, SPARE_LENGTH, GROUP))


def read_spare(typed: str) -> tuple[str, str]:
    """Give the place and the rest of a typed spare code; ("", "") when it cannot be one."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    if len(signs) != SPARE_LENGTH + 1 or any(sign not in ALPHABET for sign in signs):
        return "", ""
    return signs[0], signs[1:]
