"""Sends the same request many times at once, each from a thread of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

Answer = TypeVar("Answer")
LONGEST_WAIT = 30


def together(works: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Begin all at the same moment; gives what each gave, in order."""
    gate = Barrier(len(works))

    def one(work: Callable[[], Answer]) -> Answer:
        gate.wait(LONGEST_WAIT)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))
