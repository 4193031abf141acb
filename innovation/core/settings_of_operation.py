"""The checks of those settings that only whoever runs the service needs to know."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from innovation.core import transport

PREFIX = "INNOVATION_"
MINIMUM_KEY_LENGTH = 32
_PLAIN = frozenset({"redis", "valkey"})
_ENCRYPTED = frozenset({"rediss", "valkeys"})


class SettingsError(Exception):
    """A setting is missing or absurd; the message is one sentence that says what to do."""


def watching(given: Mapping[str, str]) -> dict[str, Any]:
    """Give the settings of logs and metrics. Raises SettingsError."""
    return {
        "metrics_token": _metrics_token(given.get(f"{PREFIX}METRICS_TOKEN", "")),
        "log": _log(given.get(f"{PREFIX}LOG") or "text"),
        "log_requests": _yes(given, "LOG_REQUESTS"),
        "slow_query_ms": _slow_query_ms(given.get(f"{PREFIX}SLOW_QUERY_MS") or "0"),
    }


def sharing(given: Mapping[str, str], plain: frozenset[str]) -> dict[str, Any]:
    """Give the setting of what several machines share besides the database. Raises SettingsError.

    plain: connections that may go without TLS (core.transport).
    """
    value = given.get(f"{PREFIX}REDIS_URL", "")
    if not value:
        return {"redis_url": ""}
    try:
        parts = urlsplit(value)
        whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
        # Options of the library stand after a question mark; checking certificates is one.
        whole = whole and not parts.query and parts.path.strip("/").isdigit() | (parts.path in "/")
    except ValueError:
        whole, parts = False, urlsplit("")
    if parts.scheme not in {*_PLAIN, *_ENCRYPTED} or not whole:
        raise SettingsError(
            f"{PREFIX}REDIS_URL must be like rediss://user:password@host:6379/0 (or valkeys://)."
        )
    here = transport.is_here(parts.hostname or "")
    if parts.scheme in _PLAIN and not (here or transport.REDIS in plain):
        raise SettingsError(
            f"{PREFIX}REDIS_URL must begin with rediss:// (TLS) beyond this machine (or say "
            f"{PREFIX}WITHOUT_TLS=redis on a closed network)."
        )
    kind = "rediss" if parts.scheme in _ENCRYPTED else "redis"
    return {"redis_url": parts._replace(scheme=kind).geturl()}


def _metrics_token(value: str) -> str:
    if value and (len(value) < MINIMUM_KEY_LENGTH or not value.isascii() or " " in value):
        raise SettingsError(
            f"{PREFIX}METRICS_TOKEN is too weak; make one with "
            "python3 -c 'import secrets; print(secrets.token_hex(32))'."
        )
    return value


def _log(value: str) -> str:
    if value not in {"text", "json"}:
        raise SettingsError(f"{PREFIX}LOG must be text or json.")
    return value


def _yes(given: Mapping[str, str], name: str) -> bool:
    value = given.get(f"{PREFIX}{name}", "")
    if value not in {"", "no", "yes"}:
        raise SettingsError(f"{PREFIX}{name} must be yes or no.")
    return value == "yes"


def _slow_query_ms(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 7):
        raise SettingsError(
            f"{PREFIX}SLOW_QUERY_MS must be a number of milliseconds, or 0 to log none."
        )
    return int(value)
