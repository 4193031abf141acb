"""A connection of whoever measures: small writes that make kept pages old, looks at the jobs."""

import sqlite3
import time
from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from bench.population import Population
from innovation.core import clock

_LOOK, _LONGEST = 0.05, 60.0


class Notes:
    """Writes and looks beside the service, by the database's own driver.

    backend: the database's process that serves this connection, 0 with SQLite.
    """

    def __init__(self, address: str, population: Population) -> None:
        """Connect to the database that the service has."""
        amounts = population.amounts
        self._turn, self._first = count(), population.fresh
        self._ideas = amounts.ideas - population.fresh + 1
        self._people = range(amounts.seats + 1, amounts.people + 1)
        self._connection: Any
        if address.startswith("sqlite"):
            path = str(make_url(address).database)
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=10)
            self._mark, self._moment = "?", _as_sqlite
            self.backend = 0
        else:
            plain = address.replace("postgresql+psycopg://", "postgresql://")
            self._connection = psycopg.connect(plain, autocommit=True)
            self._mark, self._moment = "%s", _as_it_is
            self.backend = int(self._connection.info.backend_pid)

    def write(self) -> None:
        """Commit something small that everybody sees: one more support, with its counter."""
        while not self._support():
            continue

    def _support(self) -> bool:
        turn = next(self._turn)
        idea = self._first + turn % self._ideas
        person = self._people[(turn * 7919) % len(self._people)]
        self._do("BEGIN")
        came = self._do(
            "INSERT INTO votes (idea_id, person_id, created_at) VALUES (?, ?, ?) "
            "ON CONFLICT DO NOTHING",
            idea, person, self._moment(clock.now()),
        ).rowcount  # fmt: skip
        if came:
            self._do(
                "UPDATE ideas SET support_count = support_count + 1, version = version + 1 "
                "WHERE id = ?",
                idea,
            )
        self._do("COMMIT")
        return bool(came)

    def change_lists(self) -> None:
        """Commit what makes the numbers beside filters old, as a published idea does."""
        self._do(
            "UPDATE counters SET value = CASE WHEN value > 1000000000 THEN 0 ELSE value + 1 END "
            "WHERE name = 'lists'"
        )

    def settle(self) -> None:
        """Wait until the worker has done what is due. Raises RuntimeError when it does not."""
        end = time.monotonic() + _LONGEST
        while self._due():
            if time.monotonic() > end:
                raise RuntimeError("the worker does not do its jobs")
            time.sleep(_LOOK)

    def _due(self) -> int:
        wanted = "SELECT count(*) FROM jobs WHERE not_before <= ?"
        return int(self._do(wanted, self._moment(clock.now())).fetchone()[0])

    def public_ideas(self) -> int:
        """Count the ideas that everybody sees."""
        wanted = "SELECT count(*) FROM ideas WHERE visibility = 'public'"
        return int(self._do(wanted).fetchone()[0])

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def _do(self, statement: str, *given: object) -> Any:
        return self._connection.execute(statement.replace("?", self._mark), given)

    _moment: Callable[[datetime], object]


def _as_sqlite(moment: datetime) -> object:
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


def _as_it_is(moment: datetime) -> object:
    return moment
