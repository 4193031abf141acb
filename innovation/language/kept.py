"""What was worked out before, by key, within a bound: for any number of threads."""

from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from itertools import islice
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Thing = TypeVar("Thing")


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


class KeptOf(Generic[Thing, Value]):
    """Works out the value of a thing that is asked for first, and knows the thing itself again.

    For what is long and always the same one, such as the terms of a word: to compare it by what it
    says takes longer than what it is asked for. Full, everything goes.
    """

    def __init__(self, work_out: Callable[[Thing], Value], most: int) -> None:
        """Keep at most this many values."""
        self._work_out = work_out
        self._most = most
        # With the thing, so that no other one gets its identity meanwhile.
        self._kept: dict[int, tuple[Thing, Value]] = {}

    def each(self, things: Iterable[Thing]) -> list[Value]:
        """Give the value of each thing, worked out now or before."""
        known = self._kept.get
        return [one[1] if (one := known(id(thing))) else self._first(thing) for thing in things]

    def _first(self, thing: Thing) -> Value:
        if len(self._kept) >= self._most:
            self._kept.clear()
        value = self._work_out(thing)
        self._kept[id(thing)] = (thing, value)
        return value
