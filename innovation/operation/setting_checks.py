"""Checks of what an installation was told: do its settings fit each other and the world."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from innovation.core.config import Settings
from innovation.core.secret_key import LEAST_VARIETY
from innovation.operation.findings import Finding, broken, doubtful, well

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
ENOUGH_PROCESSES = 2


def settings_checks(settings: Settings) -> Iterator[Finding]:
    """Look at everything that needs neither the database nor the network."""
    yield from _origin(settings)
    yield _secret_key(settings)
    yield _second_factor(settings)
    yield from _mail(settings)
    yield from _processes(settings)


def _origin(settings: Settings) -> Iterator[Finding]:
    host = urlsplit(settings.origin).hostname or ""
    if settings.secure:
        yield well(
            "origin", f"{settings.origin}; proxies in front that are believed: {settings.proxies}"
        )
    elif host in LOCAL:
        yield doubtful(
            "origin",
            f"{settings.origin}: links in mails lead to this machine alone",
            "Before others use the service, set INNOVATION_ORIGIN to its public https address.",
        )
    else:
        yield broken(
            "origin",
            f"{settings.origin}: passwords and cookies would travel without TLS",
            "Put a proxy with TLS in front and set INNOVATION_ORIGIN to the https address.",
        )
    listening = (os.environ.get("HOST") or "localhost").strip("[]")
    if settings.secure and listening not in LOCAL:
        yield doubtful(
            "proxy",
            f"pages are served on {listening} too, past the proxy with TLS",
            "Leave HOST out, unless the proxy runs on another machine and a firewall lets nobody "
            "else in: whoever comes past it can name any address as theirs.",
        )


def _secret_key(settings: Settings) -> Finding:
    key = settings.secret_key
    if len(set(key)) < LEAST_VARIETY:
        return broken(
            "secret key",
            "it can be guessed",
            "Make one: python3 -c 'import secrets; print(secrets.token_hex(32))'",
        )
    given = "set by INNOVATION_SECRET_KEY"
    kept = f"kept in {settings.instance / 'secret_key'}"
    return well("secret key", given if os.environ.get("INNOVATION_SECRET_KEY") else kept)


def _second_factor(settings: Settings) -> Finding:
    if settings.second_factor:
        return well("second factor", "asked of moderators, leads, coordinators, administrators")
    return doubtful(
        "second factor",
        "nobody is asked for one",
        "Set INNOVATION_SECOND_FACTOR=officials before personal data comes in.",
    )


def _mail(settings: Settings) -> Iterator[Finding]:
    if settings.mail_sender.endswith("@localhost"):
        yield doubtful(
            "mail sender",
            f"{settings.mail_sender}: other mail servers refuse it",
            "Set INNOVATION_MAIL_SENDER to an address of your own domain.",
        )
    else:
        yield well("mail sender", settings.mail_sender)


def _processes(settings: Settings) -> Iterator[Finding]:
    told = os.environ.get("WEB_CONCURRENCY", str(ENOUGH_PROCESSES))
    processors = os.cpu_count() or 1
    if not told.isdigit() or int(told) < 1:
        yield broken("processes", f"WEB_CONCURRENCY is {told!r}", "Set it to a whole number.")
    elif int(told) > processors:
        yield doubtful(
            "processes",
            f"{told} serve pages on {processors} processors",
            f"Set WEB_CONCURRENCY to {max(1, processors)}.",
        )
    if settings.slow_query_ms and settings.slow_query_ms < 20:
        yield doubtful(
            "slow queries",
            f"every statement over {settings.slow_query_ms} ms is logged",
            "Set INNOVATION_SLOW_QUERY_MS to 200 or so, or the log fills the disk.",
        )
