"""The halves of PostgreSQL's index: one serves while the other may be filled, then they change.

Everybody who changes ideas in the index holds a lock together with whoever fills a half until the
end of the transaction, and then sees which halves there are. Whoever begins to fill a half, and
whoever lets it serve, holds that lock alone: so nobody is still writing by what was true before.
Those who change ideas take turns by a second lock, before they read them. These locks and the marks
in the table end with their transactions, as a pool of connections needs it.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from innovation.core import transaction
from innovation.core.db import db
from innovation.search.engine import IndexBusyError

Result = TypeVar("Result")

# The numbers of the locks, the same in every process.
_LOCK, _TURN = 1_936_023_155, 1_936_023_156
# Whoever fills a half says so with every batch; silent for longer, it has been killed.
LEASE = timedelta(minutes=2)
# Waiting stays below the second after which PostgreSQL looks for deadlocks, so that it is never a
# visitor's change that is given up for the sake of a rebuild.
_WAIT = text("SET LOCAL lock_timeout = '300ms'")
_UNHURRIED = text("SET LOCAL synchronous_commit = off")
_PAUSE_SECONDS = 0.3
_FEW_TRIES, _MANY_TRIES = 10, 100
_LOCK_NOT_GIVEN, _DEADLOCK = "55P03", "40P01"

_IN_TURN = text(f"SELECT pg_advisory_xact_lock_shared({_LOCK}), pg_advisory_xact_lock({_TURN})")
_ALONE = text(f"SELECT pg_advisory_xact_lock({_LOCK})")
_ALL = text(
    "SELECT generation, serves, made_by, seen_at > clock_timestamp() - CAST(:lease AS interval)"
    " AS filled FROM search_generations ORDER BY generation"
)
_MARK = text(
    "INSERT INTO search_generations (generation, made_by, serves, filled_by, seen_at)"
    " VALUES (:generation, :made_by, false, :filled_by, clock_timestamp())"
)
_SEEN = text(
    "UPDATE search_generations SET seen_at = clock_timestamp()"
    " WHERE generation = :generation AND filled_by = :filled_by"
)
_SERVE = text(
    "UPDATE search_generations SET serves = true, filled_by = '', seen_at = NULL"
    " WHERE generation = :generation"
)
_FORGET = text("DELETE FROM search_generations WHERE generation = :generation AND NOT serves")
_FORGET_OTHERS = text("DELETE FROM search_generations WHERE generation <> :generation")
_EMPTY_ALL_BUT = text("DELETE FROM search_documents WHERE generation <> :serving")
# A row without weights says that an idea was taken out while the half was being filled.
_TAKE_OUT_MARKS = text(
    "DELETE FROM search_documents WHERE generation = :generation AND weights = ''"
)
# Not a half that somebody else has begun to fill meanwhile.
_EMPTY_SOME = text(
    "DELETE FROM search_documents WHERE generation = :generation AND number IN"
    " (SELECT number FROM search_documents WHERE generation = :generation LIMIT 1000)"
    " AND NOT EXISTS (SELECT FROM search_generations WHERE generation = :generation)"
)


@dataclass(frozen=True, slots=True)
class Generation:
    """A half of the index. filled: somebody is filling it now and was seen lately."""

    number: int
    serves: bool
    made_by: str
    filled: bool


def all_of(connection: Connection) -> list[Generation]:
    """Give the halves that serve or are being filled."""
    rows = connection.execute(_ALL, {"lease": LEASE}).all()
    return [Generation(one.generation, one.serves, one.made_by, bool(one.filled)) for one in rows]


def take_turn(connection: Connection) -> None:
    """Wait until nobody else changes ideas in the index, and do so until the transaction ends."""
    connection.execute(_IN_TURN)


class Filling:
    """A half of the index while it is being filled. Each step is a transaction of its own."""

    def __init__(self, made_by: str) -> None:
        """Choose the half that does not serve, empty and mark it. Raises IndexBusyError."""
        self._name = uuid4().hex
        self.generation = _patiently(lambda connection: self._mark(connection, made_by), _FEW_TRIES)
        self._mine = {"generation": self.generation, "filled_by": self._name}

    def _mark(self, connection: Connection, made_by: str) -> int:
        connection.execute(_ALONE)
        known = all_of(connection)
        if any(one.filled for one in known):
            raise IndexBusyError
        serving = next((one.number for one in known if one.serves), -1)
        generation = 1 if serving == 0 else 0
        connection.execute(_EMPTY_ALL_BUT, {"serving": serving})
        connection.execute(_FORGET_OTHERS, {"generation": serving})
        mark = {"generation": generation, "made_by": made_by, "filled_by": self._name}
        connection.execute(_MARK, mark)
        return generation

    def add(self, put: Callable[[Connection, int], None]) -> None:
        """Put a batch in. Raises IndexBusyError when somebody else has taken over."""

        def step(connection: Connection) -> None:
            # A batch lost in a crash is lost with its half: the last step is written through.
            connection.execute(_UNHURRIED)
            self._stay(connection)
            put(connection, self.generation)

        _patiently(step, _MANY_TRIES)

    def serve(self) -> None:
        """Let this half serve, and empty the other one. Raises IndexBusyError."""

        def step(connection: Connection) -> None:
            connection.execute(_ALONE)
            self._stay(connection)
            connection.execute(_TAKE_OUT_MARKS, {"generation": self.generation})
            connection.execute(_FORGET_OTHERS, {"generation": self.generation})
            connection.execute(_SERVE, {"generation": self.generation})

        _patiently(step, _MANY_TRIES)
        _empty(1 - self.generation)

    def give_up(self) -> None:
        """Forget this half, unless somebody else has taken over or it already serves."""

        def step(connection: Connection) -> bool:
            mine = connection.execute(_SEEN, self._mine).rowcount > 0
            if mine:
                connection.execute(_FORGET, {"generation": self.generation})
            return mine

        if _patiently(step, _FEW_TRIES):
            _empty(self.generation)

    def _stay(self, connection: Connection) -> None:
        if connection.execute(_SEEN, self._mine).rowcount == 0:
            raise IndexBusyError


def _empty(generation: int) -> None:
    """Take out the rows of a half that is no longer needed, some at a time."""
    wanted = {"generation": generation}
    while _patiently(lambda step: step.execute(_EMPTY_SOME, wanted).rowcount, _FEW_TRIES):
        pass


def _patiently(act: Callable[[Connection], Result], tries: int) -> Result:
    """Do it in a transaction, and once more when others are in the way for too long."""
    for _ in range(tries):
        try:
            with transaction.writing():
                connection = db.session.connection()
                connection.execute(_WAIT)
                result = act(connection)
            return result
        except OperationalError as problem:
            state = getattr(problem.orig, "sqlstate", None)
            if state not in {_LOCK_NOT_GIVEN, _DEADLOCK}:
                raise
        time.sleep(_PAUSE_SECONDS)
    raise IndexBusyError


def serving_of(generations: Sequence[Generation]) -> Generation | None:
    """Give the half that serves, if there is one."""
    return next((one for one in generations if one.serves), None)
