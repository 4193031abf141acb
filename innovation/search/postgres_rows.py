"""Ideas as rows of PostgreSQL's index: read without harm to others, put in, taken out."""

import logging
import struct
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from time import perf_counter
from typing import Any, cast

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from innovation.core import transaction
from innovation.core.db import asked_directly, db
from innovation.search import lexemes
from innovation.search.engine import Document, SearchUnavailableError, Weights
from innovation.search.ranking import hashes, packed, title_terms, unpacked, weighed

logger = logging.getLogger(__name__)

_POINT = "SAVEPOINT search_index"
_KEEP = "RELEASE SAVEPOINT search_index"
# Settings go back too to what they were.
_AS_BEFORE = f"ROLLBACK TO SAVEPOINT search_index; {_KEEP}"
# A question goes as one message with the savepoint around it, since each message costs as much as
# a small search. The cursor is there to be answered in binary, which such a message is not
# otherwise: of many weights as text a third of the time.
_ASKED = f"{_POINT}; %s DECLARE asked BINARY CURSOR FOR %s; FETCH ALL FROM asked; {_AS_BEFORE}"
# Only along the index of terms: any other way would read every document. (The half's number is
# asked for as that index has it, which no other one fits.)
_ALONG_THE_INDEX = (
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; SET LOCAL jit = off;"
)
# What reading something damaged may end in, beside the database's own words.
_DAMAGE = (struct.error, TypeError, ValueError)

SERVING = "(SELECT generation FROM search_generations WHERE serves)"
_WEIGHTS = (
    f"SELECT number, weights FROM search_documents WHERE generation = {SERVING}"  # noqa: S608
    " AND number = ANY (CAST(%(numbers)s AS integer[]))"
)
_COUNT = text(
    f"SELECT {SERVING},"  # noqa: S608
    f" (SELECT count(*) FROM search_documents WHERE generation = {SERVING})"
)
_STAMPS = text(
    f"SELECT number, stamp FROM search_documents WHERE generation = {SERVING}"  # noqa: S608
)
_SOME = text(
    "SELECT number, weights, terms @@ CAST('''x''' AS tsquery) AS readable FROM search_documents"
    " WHERE generation = :generation AND number > :after ORDER BY number LIMIT :most"
)
_TAKE_OUT = text(
    "DELETE FROM search_documents"
    " WHERE generation = :generation AND number = ANY (CAST(:numbers AS integer[]))"
)
_PUT = """INSERT INTO search_documents (generation, number, stamp, title, terms, weights)
  SELECT :generation, number, stamp, CAST(title AS tsvector), CAST(terms AS tsvector), weights
  FROM unnest(CAST(:numbers AS integer[]), CAST(:stamps AS text[]), CAST(:titles AS text[]),
    CAST(:terms AS text[]), CAST(:weights AS bytea[]))
    AS fresh(number, stamp, title, terms, weights)
  ON CONFLICT (generation, number) DO """
_PUT_OLDER = text(f"{_PUT} NOTHING")
_PUT_NEWER = text(
    f"{_PUT} UPDATE SET stamp = excluded.stamp, title = excluded.title,"
    " terms = excluded.terms, weights = excluded.weights"
)
# New terms wait in a list, which every search reads through: it stays short where people search,
# and grows where a whole half is filled, which is several times faster so.
_SHORT_LIST = text("SET LOCAL gin_pending_list_limit = '64kB'")
_LONG_LIST = text("SET LOCAL gin_pending_list_limit = '32MB'")
_ORDER_LIST = text("SELECT gin_clean_pending_list(CAST(:name AS regclass))")


@contextmanager
def unharmed(*, keep: bool = False) -> Iterator[Connection]:
    """Use the index so that its faults do not harm the transaction around. keep: changes stay.

    Raises SearchUnavailableError; a lost connection is for whoever opened the transaction.
    """
    connection = _held()
    _say(connection, _POINT)
    try:
        yield connection
    except BaseException as problem:
        if isinstance(problem, DBAPIError) and problem.connection_invalidated:
            raise
        _say(connection, _AS_BEFORE)
        # What goes wrong while a document is made is not the index's fault.
        if not isinstance(problem, DBAPIError if keep else (DBAPIError, *_DAMAGE)):
            raise
        raise _unavailable(problem) from problem
    _say(connection, _KEEP if keep else _AS_BEFORE)


def ask(question: str, wanted: Mapping[str, Any], *, along: bool = False) -> list[tuple[Any, ...]]:
    """Ask the index, in one message, so that its faults do not harm the transaction around.

    along: in no other way than along the index of terms. Raises SearchUnavailableError; a lost
    connection is for whoever opened the transaction.
    """
    connection = _held()
    driver = cast(psycopg.Connection[Any], connection.connection.driver_connection)
    message = _ASKED % (_ALONG_THE_INDEX if along else "", question)
    began = perf_counter()
    try:
        # Past SQLAlchemy, which knows no messages of several commands with values.
        with psycopg.ClientCursor(driver) as cursor:
            cursor.execute(message, wanted)
            while cursor.description is None:
                cursor.nextset()
            return cursor.fetchall()
    except psycopg.Error as problem:
        if driver.info.transaction_status is not TransactionStatus.INTRANS:
            _say(connection, _AS_BEFORE)
        raise _unavailable(problem) from problem
    finally:
        asked_directly.send(None, statement=question, seconds=perf_counter() - began)


def _held() -> Connection:
    connection = db.session.connection()
    # A savepoint stands in a transaction.
    transaction.hold_together(connection)
    return connection


def _unavailable(problem: BaseException) -> SearchUnavailableError:
    # Without its message, in which could stand what somebody looked for.
    cause = problem.orig if isinstance(problem, DBAPIError) else problem
    logger.warning("the index cannot be used: %s", type(cause).__name__)
    return SearchUnavailableError()


def _say(connection: Connection, commands: str) -> None:
    """Send commands without values, all in one message."""
    connection.exec_driver_sql(commands, execution_options={"no_parameters": True})


@dataclass(frozen=True, slots=True)
class Row:
    """An idea as it stands in the index; without weights it only says that the idea is gone."""

    number: int
    stamp: str = ""
    title: str = ""
    terms: str = ""
    weights: bytes = b""


def rows_of(documents: Iterable[Document]) -> dict[int, Row]:
    """Make the rows of documents, the last one of each idea."""
    return {document.number: _row(document) for document in documents}


def _row(document: Document) -> Row:
    terms = weighed(document)
    # The weightiest first, then the earliest: of an endless discussion the last may not fit.
    ordered = sorted(terms, key=lambda term: -terms[term].weight)
    return Row(
        number=document.number,
        stamp=document.stamp,
        title=lexemes.title_vector(title_terms(document)),
        terms=lexemes.terms_vector({term: terms[term].places for term in ordered}),
        weights=packed({term: one.weight for term, one in terms.items()}),
    )


def put(
    connection: Connection, generation: int, rows: Iterable[Row], *, newer: bool = True
) -> None:
    """Put rows in, always in the order of their numbers: so no two wait for each other.

    newer: they take the place of rows that are there; otherwise those stay.
    """
    ordered = sorted(rows, key=lambda row: row.number)
    if ordered:
        names = ("numbers", "stamps", "titles", "terms", "weights")
        columns = map(list, zip(*map(astuple, ordered), strict=True))
        wanted = dict(zip(names, columns, strict=True))
        connection.execute(_SHORT_LIST if newer else _LONG_LIST)
        connection.execute(
            _PUT_NEWER if newer else _PUT_OLDER, {"generation": generation, **wanted}
        )


def settle(connection: Connection, generation: int) -> None:
    """Put in order what still waits, before people search in a half that was filled."""
    connection.execute(_ORDER_LIST, {"name": f"ix_search_documents_terms_{generation}"})


def take_out(connection: Connection, generation: int, numbers: Collection[int]) -> None:
    """Take the rows of these ideas out."""
    wanted = {"generation": generation, "numbers": sorted(numbers)}
    connection.execute(_TAKE_OUT, wanted)


def weights_of(numbers: Sequence[int], terms: Mapping[int, Sequence[str]]) -> Weights:
    """Give what terms weigh in these ideas. terms: by their hashes.

    Raises SearchUnavailableError.
    """
    rows = ask(_WEIGHTS, {"numbers": list(numbers)})
    try:
        return unpacked(dict(rows), terms)
    except _DAMAGE as problem:
        raise _unavailable(problem) from problem


def weights_by_word(rows: Iterable[Sequence[Any]]) -> dict[str, dict[int, float]]:
    """Give for each word what it weighs in ideas. rows: word, number or nothing, all weights.

    Raises SearchUnavailableError.
    """
    having: dict[str, dict[int, bytes]] = {}
    for word, number, written in rows:
        if number is not None:
            having.setdefault(word, {})[number] = written
    try:
        return {
            word: {
                number: weights.get(word, 0.0)
                for number, weights in unpacked(found, hashes((word,))).items()
            }
            for word, found in having.items()
        }
    except _DAMAGE as problem:
        raise _unavailable(problem) from problem


def stamps_of(connection: Connection) -> dict[int, str]:
    """Give the stamp of every idea."""
    return {row.number: row.stamp for row in connection.execute(_STAMPS)}


def count_rows(connection: Connection) -> int:
    """Count the ideas. Raises SearchUnavailableError when no half serves."""
    serving, count = connection.execute(_COUNT).one()
    if serving is None:
        raise SearchUnavailableError("no index serves")
    return int(count)


def some_rows(
    connection: Connection, generation: int, after: int, most: int
) -> list[tuple[int, bytes]]:
    """Read some rows whole, in the order of their numbers; gives their weights."""
    wanted = {"generation": generation, "after": after, "most": most}
    return [(row.number, row.weights) for row in connection.execute(_SOME, wanted)]
