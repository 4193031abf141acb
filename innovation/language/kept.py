"""What was worked out before, by key, within a bound: for any number of threads."""

from collections.abc import Callable, Hashable
from contextlib import suppress
from itertools import islice
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(dict[Key, Value]):
    """Works out the value of a key that is asked for first; when full, the oldest tenth goes.

    No thread waits for another: two may work out the same value, which is the same.
    """

    def __init__(self, work_out: Callable[[Key], Value], most: int) -> None:
        """Keep at most this many values."""
        super().__init__()
        self._work_out = work_out
        self._most = most

    def __missing__(self, key: Key) -> Value:
        """Work the value out, and keep it."""
        value = self._work_out(key)
        if len(self) >= self._most:
            self._make_room()
        self[key] = value
        return value

    def _make_room(self) -> None:
        # Another thread that adds something meanwhile has made room, or will.
        with suppress(RuntimeError):
            for key in list(islice(self, self._most // 10 + 1)):
                self.pop(key, None)
