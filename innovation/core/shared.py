"""What several machines share besides the database: a Redis or Valkey that may go at any moment.

Nothing that matters lies there. While it does not answer, each machine does without it, and asks
again only now and then, so that no visitor waits for it.
"""

import logging
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from innovation.core.config import Settings
from innovation.core.keys import keyed_hash

if TYPE_CHECKING:
    import redis

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

# One slow answer may cost a visitor this; after it nobody asks for the length of the pause.
PATIENCE_SECONDS = 0.25
PAUSE_SECONDS = 5.0
# A thread that serves pages holds one connection at a time.
MOST_CONNECTIONS = 32


class AwayError(Exception):
    """It does not answer, or did not a moment ago: do without it."""


class Shared:
    """A connection to it, for all threads of a process; it may be made before a fork."""

    def __init__(self, url: str, secret: str) -> None:
        """Connect when first asked. url: of the setting; secret: names are hashed with it."""
        # Imported here: on one machine nobody needs the library, which takes some megabytes.
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        # A connection that the other side has closed meanwhile is opened once more; a timeout is
        # not tried again.
        retry = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
        pool = redis.ConnectionPool.from_url(
            url,
            max_connections=MOST_CONNECTIONS,
            socket_connect_timeout=PATIENCE_SECONDS,
            socket_timeout=PATIENCE_SECONDS,
            retry=retry,
            protocol=2,
            driver_info=None,
        )
        self._client = redis.Redis(connection_pool=pool)
        self._errors = (redis.RedisError, OSError)
        self._secret = secret
        self._lock = threading.Lock()
        self._away = False
        self._ask_again = 0.0

    def name(self, kind: str, words: str) -> str:
        """Give the name that something is kept under: nobody reads in it what it is about."""
        return f"innovation:{kind}:{keyed_hash(self._secret, f'shared {kind}:{words}').hex()[:32]}"

    def ask(self, command: Callable[["redis.Redis"], Answer]) -> Answer:
        """Give what the command gives. Raises AwayError, at once while it is known to be away."""
        if self._away and not self._is_my_turn():
            raise AwayError
        try:
            answer = command(self._client)
        except self._errors as problem:
            self._note_away(problem)
            raise AwayError from problem
        if self._away:
            self._note_back()
        return answer

    @property
    def is_away(self) -> bool:
        """Tell whether it is known to be away, so that nothing need be prepared for asking."""
        return self._away and time.monotonic() < self._ask_again

    def answers(self) -> bool:
        """Tell whether it answers now, also within the pause."""
        try:
            return bool(self._client.ping())
        except self._errors:
            return False

    def _is_my_turn(self) -> bool:
        """Let one thread ask when the pause is over; the others still do without."""
        with self._lock:
            mine = time.monotonic() >= self._ask_again
            if mine:
                self._ask_again = time.monotonic() + PAUSE_SECONDS
            return mine

    def _note_away(self, problem: Exception) -> None:
        with self._lock:
            news, self._away = not self._away, True
            self._ask_again = time.monotonic() + PAUSE_SECONDS
        if news:
            # Without the problem's own words, in which an address with a password might stand.
            logger.warning(
                "Redis does not answer (%s): until it does, each machine counts by itself",
                type(problem).__name__,
            )

    def _note_back(self) -> None:
        with self._lock:
            news, self._away = self._away, False
        if news:
            logger.warning("Redis answers again")


def shared_by(settings: Settings) -> Shared | None:
    """Give what the machines of an installation share; None when nothing was set."""
    return _shared(settings.redis_url, settings.secret_key) if settings.redis_url else None


@cache
def _shared(url: str, secret: str) -> Shared:
    return Shared(url, secret)
