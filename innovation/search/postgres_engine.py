"""PostgreSQL's full text over our own terms, in tables beside the ideas."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from math import ceil
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from innovation import language
from innovation.core.db import db
from innovation.core.permissions import Nobody
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_to
from innovation.search import generations, lexemes
from innovation.search import postgres_questions as questions
from innovation.search.engine import (
    FEW,
    MOST_COUNTED,
    MOST_HITS,
    Clause,
    Document,
    IndexBusyError,
    Matches,
    Query,
    SearchUnavailableError,
    State,
    Weights,
)
from innovation.search.generations import Filling
from innovation.search.postgres_rows import (
    Row,
    ask,
    count_rows,
    put,
    rows_of,
    settle,
    some_rows,
    stamps_of,
    take_out,
    unharmed,
    weights_by_word,
    weights_of,
)
from innovation.search.ranking import hashes, rarity, unpacked
from innovation.vocabulary.needs import edition

# Grows when the rows are made of something else, so that the index is made anew.
SCHEMA_VERSION = 2
_AT_ONCE = 200
# The number of ideas is remembered for so many seconds: of many ideas, whose count takes long and
# changes little, and of few.
_COUNT_SECONDS, _FEW_SECONDS = 30.0, 3.0
_MANY = 1_000

# Of more ways than these in all, each clause is looked for by itself.
_FEW_WAYS = 12


class PostgresEngine:
    """Searches and keeps the tables search_documents and search_generations.

    Reads and changes belong to the caller's unit of work; `rebuild` opens its own.
    """

    in_database = True

    def __init__(self) -> None:
        """Read nothing yet."""
        self._guess = 0  # the half that served last; every answer tells whether it still does
        self._counted = (0.0, 0)  # until when, and how many
        self._looked_over = 0

    def together(self) -> AbstractContextManager[None]:
        """Answer each question by itself."""
        return nullcontext()

    def find(self, query: Query) -> Matches:
        """Give the ideas that match. Raises SearchUnavailableError."""
        return self.with_most(query, self.every(query))

    def every(self, query: Query) -> Matches:
        """Give those that have every word. Raises SearchUnavailableError."""
        if not query.wanted:
            return Matches()
        every, known = self._every(query)
        return Matches(every[: query.limit], [], len(every) > query.limit, tuple(known))

    def with_most(self, query: Query, matches: Matches) -> Matches:
        """Give them with those that have most of the words. Raises SearchUnavailableError."""
        if len(matches.every) >= FEW or len(matches.known) < 2:
            return matches
        return replace(matches, most=self._most(query, matches.every, matches.known))

    def known(self, clauses: Sequence[Clause]) -> tuple[int, ...]:
        """Give how many ideas meet each clause. Raises SearchUnavailableError."""
        if not clauses:
            return ()
        wanted = {"clauses": [lexemes.listed(lexemes.ways_of(clause)) for clause in clauses]}
        return tuple(self._ask([questions.KNOWN], wanted)[0])

    def _every(self, query: Query) -> tuple[list[int], list[int]]:
        """Give those with every word, one more than the limit, and how many have each."""
        ways = [lexemes.ways_of(clause) for clause in query.wanted]
        asked: dict[str, Any] = {"title": lexemes.in_title(query), "limit": query.limit + 1}
        if len(ways) == 1 and not query.unwanted:
            asked |= {"every": ways[0]}
            (numbers,) = self._ask([questions.EVERY], asked)
            return numbers, [min(len(numbers), query.limit)]
        if not query.unwanted and sum(map(len, ways)) > _FEW_WAYS:
            asked |= {f"ways{place}": one for place, one in enumerate(ways)}
            (found,) = self._ask([questions.both(len(ways))], asked)
            return found[len(ways) :], [min(one, MOST_HITS) for one in found[: len(ways)]]
        every = lexemes.joined(query.wanted, query.unwanted)
        asked |= {"every": [every] if every else [], "clauses": list(map(lexemes.listed, ways))}
        numbers, known = self._ask([questions.EVERY, questions.KNOWN], asked)
        return numbers, known

    def _most(self, query: Query, every: list[int], known: Sequence[int]) -> list[int]:
        """Give those with the query's share of the words that any idea has, the rarest first."""
        having = [place for place, count in enumerate(known) if count]
        having = sorted(having, key=known.__getitem__)[:MOST_COUNTED]
        if not having:
            return []
        documents = self.count()
        clauses = [
            lexemes.listed(lexemes.ways_of(query.wanted[place], query.unwanted)) for place in having
        ]
        worth = [round(1000 * rarity(known[place], documents)) for place in having]
        enough = max(1, ceil(len(having) * query.share))
        wanted = {"clauses": clauses, "worth": worth, "every": every, "enough": enough}
        return self._ask([questions.MOST], wanted)[0]

    def _ask(self, columns: Sequence[str], wanted: Mapping[str, Any]) -> list[list[int]]:
        """Ask for lists of numbers in one message."""
        ((_serving, *lists),) = self._serving(
            lambda half: ask(questions.statement(*columns, half=half), wanted, along=True)
        )
        return lists

    def _serving(self, asked: Callable[[int], list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
        """Ask the half that serves in that moment, which every row tells first."""
        for _ in range(3):
            half = self._guess
            rows = asked(half)
            serving = rows[0][0]
            if serving is None:
                raise SearchUnavailableError("no index serves")
            if serving == half:
                return rows
            self._guess = serving
        raise SearchUnavailableError("the index changes too often")

    def weigh(self, numbers: Sequence[int], terms: Collection[str]) -> Weights:
        """Give what the terms weigh in these ideas. Raises SearchUnavailableError."""
        return weights_of(numbers, hashes(terms))

    def having(self, words: Collection[str]) -> Mapping[str, Mapping[int, float]]:
        """Give for words what they weigh in some ideas. Raises SearchUnavailableError."""
        known = {word: query for word in words if (query := lexemes.alone(word))}
        if not known:
            return {}
        queries = list(known.values())
        whole = [f"{query} <0> {query}" for query in queries]
        wanted = {"words": list(known), "queries": queries, "whole": whole}
        rows = self._serving(lambda half: ask(questions.having(half), wanted, along=True))
        return weights_by_word((word, *found) for _half, word, *found in rows)

    def count(self) -> int:
        """Give the number of ideas in the index as it was a moment ago.

        Raises SearchUnavailableError.
        """
        until, known = self._counted
        if time.monotonic() >= until:
            with unharmed() as connection:
                known = count_rows(connection)
            seconds = _COUNT_SECONDS if known >= _MANY else _FEW_SECONDS
            self._counted = (time.monotonic() + seconds, known)
        return known

    def stamps(self) -> dict[int, str]:
        """Give the stamp of each idea in the index. Raises SearchUnavailableError."""
        with unharmed() as connection:
            return stamps_of(connection)

    def state(self, *, closely: bool = True) -> State:
        """Tell how the index is. closely: some of its rows are looked over, others each time."""
        try:
            with unharmed() as connection:
                known = generations.all_of(connection)
                serving = generations.serving_of(known)
                if serving is None:
                    return State.MISSING
                if closely and not self._looks_whole(connection, serving.number):
                    return State.MISSING
        except SearchUnavailableError:
            return State.BROKEN
        # Whoever was killed while filling the other half has left something to be done anew.
        abandoned = any(not one.serves and not one.filled for one in known)
        return State.OUTDATED if abandoned or serving.made_by != _rules() else State.SOUND

    def _looks_whole(self, connection: Connection, generation: int) -> bool:
        rows = some_rows(connection, generation, self._looked_over, _AT_ONCE)
        if not rows and self._looked_over:
            rows = some_rows(connection, generation, 0, _AT_ONCE)
        unpacked(dict(rows), {})
        self._looked_over = rows[-1][0] if len(rows) == _AT_ONCE else 0
        return bool(rows) or not _any_public()

    def apply(self, numbers: Collection[int], documents: Iterable[Document]) -> None:
        """Take these ideas out and put the documents in, in the caller's unit of work.

        Others who put something in wait, so that nobody writes what was true before. Raises
        SearchUnavailableError; the unit of work is unharmed.
        """
        wanted = set(numbers)
        self._counted = (0.0, 0)
        with unharmed(keep=True) as connection:
            generations.take_turn(connection)
            rows = rows_of(documents)
            gone = wanted - rows.keys()
            for half in generations.all_of(connection):
                if half.serves:
                    take_out(connection, half.number, gone)
                    put(connection, half.number, rows.values())
                else:
                    # What is gone leaves a mark, so that an older document is not put in later.
                    put(connection, half.number, [*rows.values(), *map(Row, gone)])

    def rebuild(self, documents: Callable[[], Iterable[Document]]) -> None:
        """Fill the half that does not serve, then let it serve. Raises IndexBusyError.

        What changes meanwhile is written to both halves; a row that is there is the newer one.
        """
        filling = Filling(_rules())
        try:
            every = iter(documents())
            while batch := rows_of(islice(every, _AT_ONCE)):
                filling.add(partial(put, rows=batch.values(), newer=False))
            filling.add(settle)
            filling.serve()
        except BaseException:
            with suppress(SQLAlchemyError, IndexBusyError):
                filling.give_up()
            raise
        finally:
            self._counted = (0.0, 0)


def _rules() -> str:
    return f"{language.analyser()}, schema {SCHEMA_VERSION}, meanings {edition()}"


def _any_public() -> bool:
    return db.session.scalar(select(Idea.id).where(visible_to(Nobody())).limit(1)) is not None
