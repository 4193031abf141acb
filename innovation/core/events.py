"""What happened, told to whoever listens: inside the transaction, or after its commit."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

logger = logging.getLogger(__name__)

Event = TypeVar("Event")
Listener = Callable[[Any], None]

_inside: dict[type, list[Listener]] = {}
_outside: dict[type, list[Listener]] = {}
_recorded: ContextVar[list[object] | None] = ContextVar("recorded_events", default=None)


def on(kind: type[Event]) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Run the decorated function in its cause's transaction: they live or die together."""

    def register(listener: Callable[[Event], None]) -> Callable[[Event], None]:
        if listener not in _inside.setdefault(kind, []):
            _inside[kind].append(listener)
        return listener

    return register


def after_commit(kind: type[Event]) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Run the decorated function after the commit; it may fail alone, which is logged."""

    def register(listener: Callable[[Event], None]) -> Callable[[Event], None]:
        if listener not in _outside.setdefault(kind, []):
            _outside[kind].append(listener)
        return listener

    return register


def record(event: object) -> None:
    """Say that something happened. Events are frozen dataclasses that carry ids, never rows."""
    recorded = _recorded.get()
    if recorded is None:
        raise RuntimeError("an event can be recorded only inside a unit of work")
    recorded.append(event)
    for listener in _inside.get(type(event), []):
        listener(event)


@contextmanager
def collecting() -> Iterator[list[object]]:
    """Collect what is recorded until the block ends. Used by the unit of work alone."""
    recorded: list[object] = []
    token = _recorded.set(recorded)
    try:
        yield recorded
    finally:
        _recorded.reset(token)


def tell_outside(recorded: list[object]) -> None:
    """Tell the listeners that wait for the commit; one that fails does not stop the others."""
    for event in recorded:
        for listener in _outside.get(type(event), []):
            try:
                listener(event)
            except Exception:
                logger.exception("after_commit listener %s failed", listener.__qualname__)
