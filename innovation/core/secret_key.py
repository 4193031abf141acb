"""The installation's own key: how strong it must be, those before it, and where one is kept."""

import hashlib
import os
import secrets
from pathlib import Path

KNOWN_WEAK = frozenset({"changeme", "change-me", "secret", "dev", "development", "password"})
# SHA-256 of keys that anybody can read in this repository or its history, however good they look.
PUBLISHED = frozenset(
    {
        "2f42d13b07705c3f180b9a21aeabf891008a9769b4ab61b0d3eacc132820e816",
        "3c9094afaec85dfd1ac947d89e8b834e138b2c865c8dcc61b9998944630aa8e4",
        "8805c86dd72265d5a252304938b73e6dd38380b2d4e7cd773a03f04def47e90e",
        "112499b8f191036314a7b5e7f2b9ac83050e150103aa11bf82d73599bda603af",
        "9d37f7b4ce10bea7bf0a5b609c2966a83c9f11ad0502b8f3205dd0ed373f8157",
    }
)
LEAST_LENGTH = 32
LEAST_VARIETY = 12
MAKE = "make one with python3 -c 'import secrets; print(secrets.token_hex(32))'"


def check_strength(name: str, key: str) -> None:
    """Refuse a weak key. Raises ValueError with a sentence that says what to do."""
    short = len(key) < LEAST_LENGTH or len(set(key)) < LEAST_VARIETY
    if short or key.lower() in KNOWN_WEAK or _is_published(key):
        raise ValueError(f"{name} is too weak; {MAKE}.")


def _is_published(key: str) -> bool:
    return hashlib.sha256(key.strip().encode()).hexdigest() in PUBLISHED


def read_previous(value: str) -> tuple[str, ...]:
    """Read the keys before the present one, with spaces or commas between. Raises ValueError."""
    found = tuple(value.replace(",", " ").split())
    for one in found:
        check_strength("INNOVATION_SECRET_KEY_PREVIOUS", one)
    return found


def kept_key(instance: Path) -> str:
    """Give the key of the embedded installation, made once and readable by its owner alone.

    Raises ValueError with a sentence that says what to do.
    """
    path = instance / "secret_key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        try:
            key = path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            key = ""
        if len(key) < LEAST_LENGTH or _is_published(key):
            raise ValueError(
                f"The file {path} cannot be read or does not hold a usable key; "
                "let this user read it, or remove it and start again "
                "(sealed secrets and links in mails then no longer work)."
            ) from None
        return key
    except OSError as problem:
        raise ValueError(
            f"The folder {path.parent} cannot be written ({problem.strerror}); "
            "point INNOVATION_INSTANCE at a folder that can be."
        ) from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        key = secrets.token_hex(32)
        file.write(key)
    return key
