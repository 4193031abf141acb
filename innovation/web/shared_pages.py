"""Finished pages for visitors without a session, shared by the machines of an installation.

Each process first looks at its own; what it has not made, another machine may have. A page is
kept under everything that it was made from: the sign of what was committed, the database that gave
the sign and its latest checkpoint (after a crash or a restored copy a sign may come again), the
code, the settings, path and language. So it needs no rule for being forgotten but a short time.
"""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from flask import Flask
from sqlalchemy import text

from innovation.core.config import Settings
from innovation.core.db import db
from innovation.core.keys import keyed_hash
from innovation.core.shared import AwayError, Shared, shared_by
from innovation.web.unchanged import Memory

LONGEST_KEPT_SECONDS = 30
ROOT = Path(__file__).parents[2]
MAKES_PAGES = ("innovation", "templates", "static")

_MAY_ASK = text(
    "SELECT has_function_privilege('pg_control_system()', 'execute')"
    " AND has_function_privilege('pg_control_checkpoint()', 'execute')"
)
_DATABASE = text(
    "SELECT concat_ws(' ', system_identifier, timeline_id, checkpoint_lsn, current_database())"
    " FROM pg_control_system(), pg_control_checkpoint()"
)
# What is kept of a page: its body, its headers, how many seconds ago it was made.
Parts = tuple[bytes, list[tuple[str, str]], float]


class SharedPages(Memory):
    """A memory that asks the other machines for what it does not have itself."""

    def __init__(
        self,
        most: int,
        shared: Shared,
        settings: Settings,
        apart: Callable[[Any], Parts],
        together: Callable[[Parts], Any],
    ) -> None:
        """Begin with nothing of its own. apart, together: a page as its parts, and back."""
        super().__init__(most)
        self._shared = shared
        self._secret = settings.secret_key
        self._made_from = _edition() + repr(replace(settings, instance=Path()))
        self._apart, self._together = apart, together
        self._may_ask: bool | None = None
        self._asked = threading.local()

    def find(self, state: str, key: Hashable) -> Any:
        """Give what was made in this state, here or elsewhere, or None."""
        made = super().find(state, key)
        if made is not None:
            return made
        name = self._name(state, key)
        self._asked.last = state, key, name
        if not name:
            return None
        try:
            found = self._shared.ask(lambda store: store.get(name))
        except AwayError:
            return None
        parts = self._read(name, cast(bytes | None, found))
        if parts is None:
            return None
        made = self._together(parts)
        super().keep(state, key, made)
        return made

    def keep(self, state: str, key: Hashable, made: Any) -> None:
        """Keep what was read in this state or later, for the other machines too.

        Under the name that it was looked for by, before anything was read.
        """
        super().keep(state, key, made)
        *looked_for, name = getattr(self._asked, "last", (None, None, ""))
        if name and looked_for == [state, key]:
            told = self._written(name, self._apart(made))
            with suppress(AwayError):
                self._shared.ask(lambda store: store.set(name, told, ex=LONGEST_KEPT_SECONDS))

    def _name(self, state: str, key: Hashable) -> str:
        """Give the name of a page; "" when pages are not shared now."""
        if not state or self._shared.is_away or not self._knows_database():
            return ""
        database = db.session.scalar(_DATABASE)
        return self._shared.name("page", repr((self._made_from, database, state, key)))

    def _knows_database(self) -> bool:
        """Tell whether the database says which it is; some keepers do not let everybody ask."""
        if self._may_ask is None:
            self._may_ask = bool(db.session.scalar(_MAY_ASK))
        return self._may_ask

    def _written(self, name: str, parts: Parts) -> bytes:
        body, headers, age = parts
        told = json.dumps({"at": time.time() - age, "headers": headers}).encode() + b"\n" + body
        return self._seal(name, told) + told

    def _read(self, name: str, found: bytes | None) -> Parts | None:
        """Read a page that somebody with our key has written; nothing else is shown to anybody."""
        if not found or not hmac.compare_digest(self._seal(name, found[32:]), found[:32]):
            return None
        head, body = found[32:].split(b"\n", 1)
        told = json.loads(head)
        headers = [(str(one), str(value)) for one, value in told["headers"]]
        return body, headers, max(0.0, time.time() - told["at"])

    def _seal(self, name: str, told: bytes) -> bytes:
        return keyed_hash(self._secret, f"page {name} {hashlib.sha256(told).hexdigest()}")


def pages_for(
    app: Flask, most: int, apart: Callable[[Any], Parts], together: Callable[[Parts], Any]
) -> Memory:
    """Give the memory of finished pages: shared where machines share something, else its own.

    The sign of an embedded database is good in one process alone, so it is not shared.
    """
    settings: Settings = app.extensions["settings"]
    shared = None if settings.embedded else shared_by(settings)
    if shared is None:
        return Memory(most)
    return SharedPages(most, shared, settings, apart, together)


def _edition() -> str:
    """Give what tells the code of one release from another's, as it lies here."""
    whole = hashlib.sha256()
    for folder in MAKES_PAGES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                whole.update(f"{path.relative_to(ROOT)} {path.stat().st_size} ".encode())
                whole.update(path.read_bytes())
    return whole.hexdigest()
