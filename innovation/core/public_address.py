"""Where the public finds the service: its address, the path it lies below, what stands in front."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from innovation.core import transport
from innovation.core.settings_of_operation import PREFIX, SettingsError

LOCAL_ORIGIN = "http://localhost:8000"
# Plain segments, so that a path reads the same in an address, in a mail and to the proxy.
PATH = re.compile(r"(/[A-Za-z0-9][A-Za-z0-9_.~-]*)*")
MOST_PROXIES = 9


def public_address(given: Mapping[str, str], plain: frozenset[str]) -> dict[str, Any]:
    """Give the settings of the public address, checked. Raises SettingsError.

    plain: connections that may go without TLS (core.transport).
    """
    origin = _origin(given.get(f"{PREFIX}ORIGIN") or LOCAL_ORIGIN, plain)
    usual = "1" if origin.startswith("https://") else "0"
    return {"origin": origin, "proxies": _proxies(given.get(f"{PREFIX}PROXIES") or usual)}


def _origin(value: str, plain: frozenset[str]) -> str:
    try:
        parts = urlsplit(value)
        whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        whole, parts = False, urlsplit("")
    path = parts.path.rstrip("/")
    extra = not PATH.fullmatch(path) or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in {"http", "https"} or not whole or extra:
        raise SettingsError(
            f"{PREFIX}ORIGIN must be the public address of the service, such as "
            "https://ideat.example.fi or https://www.example.fi/ideat."
        )
    here = transport.is_here(parts.hostname or "")
    if parts.scheme == "http" and not (here or transport.ORIGIN in plain):
        raise SettingsError(
            f"{PREFIX}ORIGIN must begin with https:// on a host that others reach: let a proxy in "
            f"front end TLS (or say {PREFIX}WITHOUT_TLS=origin on a closed network)."
        )
    return f"{parts.scheme}://{parts.netloc}{path}"


def _proxies(value: str) -> int:
    if not (value.isascii() and value.isdigit()) or int(value) > MOST_PROXIES:
        raise SettingsError(
            f"{PREFIX}PROXIES must be how many proxies of your own stand in front, from 0 to "
            f"{MOST_PROXIES}."
        )
    return int(value)
