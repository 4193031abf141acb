"""Rate limits against robots, counted in a small file of their own that all processes share.

Where several machines serve, they are counted in the Redis that these share; while it is away,
each machine counts in its file.
"""

import logging
import os
import sqlite3
import threading
import time
from contextlib import suppress
from ipaddress import ip_network
from typing import Any, cast

from flask import Flask, current_app, request
from flask_limiter import Limiter
from limits import parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from innovation.core.config import Settings
from innovation.core.keys import keyed_hash
from innovation.core.shared import AwayError, Shared, shared_by

logger = logging.getLogger(__name__)

SCHEME = "innovation+file"
SHARED_SCHEME = "innovation+shared"
# In one step, so that no two machines both begin a window: one more, and what is left of the
# window in milliseconds. A count whose end was lost would hold for ever, so it gets one.
_COUNT = """
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return count
"""


class FileStorage(Storage):
    """Counters in an SQLite file. Losing it loses nothing but the counts of the last minutes."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - the library reads it from the class

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: Any) -> None:
        """Remember where the file is; each thread opens it when it first counts."""
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self.path = uri.removeprefix(f"{SCHEME}://")
        self._local = threading.local()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What can go wrong here."""
        return sqlite3.Error

    def _connection(self) -> sqlite3.Connection:
        # A connection must not survive a fork, so it belongs to a thread of one process.
        kept = getattr(self._local, "connection", None)
        connection: sqlite3.Connection | None = kept[1] if kept and kept[0] == os.getpid() else None
        if connection is None:
            connection = sqlite3.connect(self.path, timeout=5, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS hits (key TEXT PRIMARY KEY, count INT, until REAL)"
            )
            self._local.connection = (os.getpid(), connection)
        return connection

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count one more and give the count so far in this window."""
        now = time.time()
        row = self._connection().execute(
            "INSERT INTO hits VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
            "count = CASE WHEN until < ? THEN excluded.count ELSE count + excluded.count END, "
            "until = CASE WHEN until < ? THEN excluded.until ELSE until END RETURNING count",
            (key, amount, now + expiry, now, now),
        )
        return int(row.fetchone()[0])

    def get(self, key: str) -> int:
        """Give the count so far in this window."""
        row = self._connection().execute(
            "SELECT count FROM hits WHERE key = ? AND until >= ?", (key, time.time())
        )
        return int((row.fetchone() or [0])[0])

    def get_expiry(self, key: str) -> float:
        """Give the moment (seconds since 1970) when the window ends."""
        row = self._connection().execute("SELECT until FROM hits WHERE key = ?", (key,))
        return float((row.fetchone() or [time.time()])[0])

    def check(self) -> bool:
        """Tell whether the file can be used."""
        try:
            self._connection().execute("SELECT 1")
        except sqlite3.Error:
            return False
        return True

    def reset(self) -> int | None:
        """Forget all counts and give how many there were."""
        return self._connection().execute("DELETE FROM hits").rowcount

    def clear(self, key: str) -> None:
        """Forget one count."""
        self._connection().execute("DELETE FROM hits WHERE key = ?", (key,))

    def forget_old(self) -> None:
        """Remove windows that are over."""
        self._connection().execute("DELETE FROM hits WHERE until < ?", (time.time(),))


class SharedStorage(FileStorage):
    """Counters that several machines share, in the same windows; without it, those of the file."""

    STORAGE_SCHEME = [SHARED_SCHEME]  # noqa: RUF012 - the library reads it from the class

    def __init__(
        self, uri: str, wrap_exceptions: bool = False, *, shared: Shared, **options: Any
    ) -> None:
        """Know what is shared, and the file for when it is away."""
        super().__init__(uri.replace(SHARED_SCHEME, SCHEME), wrap_exceptions, **options)
        self._shared = shared

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count one more and give the count so far in this window."""
        name = self._shared.name("limit", key)
        try:
            counted = self._shared.ask(
                lambda store: store.eval(_COUNT, 1, name, amount, 1000 * expiry)
            )
            return int(cast(int, counted))
        except AwayError:
            return super().incr(key, expiry, amount)

    def get(self, key: str) -> int:
        """Give the count so far in this window."""
        name = self._shared.name("limit", key)
        try:
            return int(cast(str, self._shared.ask(lambda store: store.get(name))) or 0)
        except AwayError:
            return super().get(key)

    def get_expiry(self, key: str) -> float:
        """Give the moment (seconds since 1970) when the window ends."""
        name = self._shared.name("limit", key)
        try:
            left = self._shared.ask(lambda store: store.pttl(name))
            return time.time() + max(0, left) / 1000
        except AwayError:
            return super().get_expiry(key)

    def clear(self, key: str) -> None:
        """Forget one count."""
        super().clear(key)
        name = self._shared.name("limit", key)
        with suppress(AwayError):
            self._shared.ask(lambda store: store.delete(name))

    def reset(self) -> int | None:
        """Forget all counts, those of other installations in the same Redis too."""
        with suppress(AwayError):
            self._shared.ask(
                lambda store: [store.delete(name) for name in store.scan_iter("innovation:limit:*")]
            )
        return super().reset()


def keyed(subject: str) -> str:
    """Give a keyed hash of whatever is counted: enough to count with, useless to anyone else."""
    secret = current_app.extensions["settings"].secret_key
    return keyed_hash(secret, f"limit:{subject}").hex()[:32]


def visitor_key() -> str:
    """Give the keyed hash of the visitor's address; of IPv6 the part that stands for a home."""
    address = request.remote_addr or ""
    if ":" in address:
        with suppress(ValueError):
            address = str(ip_network((address.partition("%")[0], 64), strict=False))
    return keyed(address)


limiter = Limiter(visitor_key, headers_enabled=True, swallow_errors=True, strategy="fixed-window")


def beyond(limit: str, scope: str, subject: str = "") -> bool:
    """Count this request against a limit such as "5/hour" and tell whether it is past it.

    For what makes somebody wait or be looked at; what is refused carries `@limiter.limit`.
    """
    item = parse(limit)
    strategy = FixedWindowRateLimiter(limiter.storage)
    try:
        return not strategy.hit(item, scope, subject or visitor_key())
    except sqlite3.Error as problem:
        # A full disk or a spoilt file stops the counting, never what people send.
        logger.warning("the limits cannot be counted: %s", problem)
        return False


def init_app(app: Flask) -> None:
    """Keep the counts in the instance folder, or where several machines share them."""
    settings: Settings = app.extensions["settings"]
    shared = shared_by(settings)
    scheme = SHARED_SCHEME if shared else SCHEME
    app.config["RATELIMIT_STORAGE_URI"] = f"{scheme}://{settings.instance / 'limits.sqlite3'}"
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {"shared": shared}
    limiter.init_app(app)


def forget_old() -> None:
    """Remove the counts whose time is over; the worker does it now and then."""
    storage = limiter.storage
    if isinstance(storage, FileStorage):
        storage.forget_old()
