"""Being told to stop by a signal, at any moment and without waiting for a lock."""

import signal
from contextlib import suppress
from queue import Empty, SimpleQueue

STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Stop:
    """Whether to stop. For one thread that waits, and for signals that interrupt it anywhere.

    An event of the library will not do: its lock may be held by the very thread that the handler
    interrupts, which then waits for itself. This queue is made for being put into from anywhere.
    """

    def __init__(self) -> None:
        """Begin as not told."""
        self._told: SimpleQueue[None] = SimpleQueue()
        self._set = False

    def on(self, *numbers: signal.Signals) -> None:
        """Let these signals tell it; in the main thread only."""
        for number in numbers:
            signal.signal(number, lambda *_: self.set())

    def set(self) -> None:
        """Tell to stop."""
        self._set = True
        self._told.put(None)

    def is_set(self) -> bool:
        """Tell whether it was told."""
        return self._set

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until told; tells whether it was told."""
        if not self._set:
            with suppress(Empty):
                self._told.get(timeout=seconds)
        return self._set
