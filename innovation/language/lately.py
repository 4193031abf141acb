"""What was just worked out of a text, for the next who asks for the same text: known by a sign."""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")

# Nobody can tell from a sign what the text was, not even by trying texts.
_KEY = secrets.token_bytes(32)


class Lately(Generic[Value]):
    """Keeps the latest answers for some seconds, never the texts. For any number of threads.

    From the box of the form to the action the same text is looked at several times.
    """

    def __init__(self, most: int, seconds: float) -> None:
        """Keep at most so many answers for so long."""
        self._most, self._seconds = most, seconds
        self._lock = threading.Lock()
        self._kept: dict[tuple[bytes, Hashable], tuple[float, Value]] = {}

    def find(self, text: str, asked: Hashable, work_out: Callable[[], Value]) -> Value:
        """Give the answer about a text, worked out now or a moment ago.

        asked: everything else that the answer depends on.
        """
        written = text.encode("utf-8", "surrogatepass")
        sign = (hashlib.blake2b(written, key=_KEY, digest_size=16).digest(), asked)
        now = time.monotonic()
        with self._lock:
            until, value = self._kept.get(sign, (0.0, None))
        if now < until and value is not None:
            return value
        found = work_out()
        with self._lock:
            self._kept.pop(sign, None)
            while len(self._kept) >= self._most:
                self._kept.pop(next(iter(self._kept)))
            self._kept[sign] = (now + self._seconds, found)
        return found
