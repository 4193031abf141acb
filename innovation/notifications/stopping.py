"""The keys in addresses that stop mails: made from the secret of the installation, stored nowhere.

A key says whose mails of which kind, and holds for one e-mail address; nobody can make one without
the secret, and one for this purpose is good for no other.
"""

from innovation.core.keys import is_made, keyed_hash

PURPOSE = "stop mails"
SIGNS = 40


def stop_key(secret: str, person_id: int, kind: str, email: str) -> str:
    """Give the key with which the owner of the address stops mails of this kind."""
    about = f"{PURPOSE}\n{person_id}\n{kind}\n{email}"
    return f"{person_id}.{kind}.{keyed_hash(secret, about).hex()[:SIGNS]}"


def parts_of_key(key: str) -> tuple[int, str]:
    """Give whose mails of which kind a key says to be for; (0, "") for what cannot be one."""
    number, _dot, rest = key.partition(".")
    kind = rest.partition(".")[0]
    usable = number.isascii() and number.isdigit() and 0 < len(number) < 10
    return (int(number), kind) if usable else (0, "")


def is_key(secret: str, key: str, person_id: int, kind: str, email: str) -> bool:
    """Tell, always in the same time, whether the key was made here for this."""
    return is_made(secret, lambda one: stop_key(one, person_id, kind, email), key)
