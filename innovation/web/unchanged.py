"""What many people are shown alike: read and put together once, and again when anything changed."""

import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from flask import Flask, current_app, g, render_template, request, session
from markupsafe import Markup

from innovation.core import changes, clock, transaction
from innovation.core.permissions import Person, Role
from innovation.web import navigation
from innovation.web.access import actor, seat
from innovation.web.locale import language

Made = TypeVar("Made")

MOST_KEPT = 1_000
# So many bytes of texts each memory keeps at most.
MOST_BYTES = 8_000_000
# Finished pages of people who are signed in: some 50 KB each.
MOST_PAGES = 200
# What a page says of the time that has passed may be this old, in seconds.
LONGEST_KEPT = 30


class Memory:
    """Things made in one state of the database; another state begins with none."""

    def __init__(self, most: int) -> None:
        """Begin with nothing. most: so many are kept, the ones asked for last."""
        self._most = most
        self._bytes = 0
        self._lock = threading.Lock()
        self._state = ""
        self._things: OrderedDict[Hashable, Any] = OrderedDict()

    def find(self, state: str, key: Hashable) -> Any:
        """Give what was made in this state, or None."""
        with self._lock:
            made = self._things.get(key) if state == self._state else None
            if made is not None:
                self._things.move_to_end(key)
            return made

    def keep(self, state: str, key: Hashable, made: Any) -> None:
        """Keep what was read in this state or later."""
        with self._lock:
            if state != self._state:
                self._state = state
                self._things.clear()
                self._bytes = 0
            self._bytes += _bytes_of(made) - _bytes_of(self._things.get(key))
            self._things[key] = made
            while len(self._things) > self._most or self._bytes > MOST_BYTES:
                self._bytes -= _bytes_of(self._things.popitem(last=False)[1])


def _bytes_of(made: Any) -> int:
    """Give what a text takes, also a finished page's or the one in a tuple; of others little."""
    text = made[0] if isinstance(made, tuple) else getattr(made, "body", made)
    return sys.getsizeof(text) if isinstance(text, str | bytes) else 0


def state() -> str:
    """Give the sign of what was committed when this request first asked; "" where none is used."""
    # What is not committed has no sign: the rows of a test, and what an act has just written.
    if current_app.testing or transaction.is_writing():
        return ""
    return changes.asked() or changes.state()


def remembered(make: Callable[[], Made], *asked: Hashable) -> Made:
    """Give what `make` reads, from memory while nothing has changed in the database.

    asked: what is asked, and everything that the answer depends on besides the database. It must
    not depend on the minute, nor hold rows of the running session.
    """
    now = state()
    if not now:
        return make()
    memory: Memory = current_app.extensions["unchanged"]
    found: tuple[Made] | None = memory.find(now, asked)
    if found is None:
        found = (make(),)
        if not g.get("page_is_single", False):
            memory.keep(now, asked, found)
    return found[0]


def known(make: Callable[[], Made], *asked: Hashable) -> Made:
    """Remember for all who have the same rights and language; nothing else of them may matter."""
    return remembered(make, *asked, _rights(), language())


def known_part(*asked: Hashable, caller: Callable[[], Markup]) -> Markup:
    """Give a piece of a page the same way: `{% call known_part("filters", wanted) %}…`."""
    return known(caller, *asked)


def own(read: Callable[[int, list[int]], Iterable[int]], numbers: Iterable[int]) -> frozenset[int]:
    """Give which of these are the viewer's in some way: supported, followed. None are nobody's.

    read: a query that takes the number of the person and the numbers that are asked of.
    """
    who, asked = actor(), list(numbers)
    if not isinstance(who, Person):
        return frozenset()
    return remembered(lambda: frozenset(read(who.id, asked)), read.__qualname__, who.id, *asked)


def shared_page(template: str, context: Callable[[], Mapping[str, Any]], *own: Hashable) -> str:
    """Give a page as it was made for another resident who is signed in, or make it.

    context: gives what the template needs. own: all of it that is of this person alone; whatever
    else the page shows of them is their menu and the tokens of its forms, which come last. For
    nobody the whole answer is kept (`caching`); officials see what differs from one to the next.
    """
    key = _key_of_page(template, own)
    now = state() if key else ""
    if not now:
        return render_template(template, **context())
    memory: Memory = current_app.extensions["pages of residents"]
    made: str | None = memory.find(now, key)
    if made is None:
        made = render_template(template, **context())
        if not g.get("page_is_single", False):
            memory.keep(now, key, made)
    g.page_is_personal = True
    return made


def _key_of_page(template: str, own: tuple[Hashable, ...]) -> Hashable:
    """Give everything that such a page depends on besides the database, or None for no such page.

    A notice of what was just done is told once.
    """
    who, here = actor(), seat()
    if here is None or not isinstance(who, Person) or _rights() is not None or session:
        return None
    menu, lately = navigation.seen_by(who), (clock.today(), time.monotonic() // LONGEST_KEPT)
    return template, request.full_path, language(), menu, here.shared, _alike(who), lately, own


def _rights() -> Hashable:
    """Give what decides what somebody sees besides their own; residents see what everybody does."""
    who = actor()
    if not isinstance(who, Person):
        return None
    plain = who.roles <= {Role.RESIDENT} and not (who.scopes or who.leads_both)
    return None if plain else _alike(who)


def _alike(who: Person) -> Person:
    """Give what all who may do the same have in common: everything but who they are."""
    return replace(who, id=0, name="")


def init_app(app: Flask) -> None:
    """Begin with nothing."""
    app.extensions["unchanged"] = Memory(MOST_KEPT)
    app.extensions["pages of residents"] = Memory(MOST_PAGES)
    app.jinja_env.globals["known_part"] = known_part
