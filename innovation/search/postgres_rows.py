"""Ideas as rows of PostgreSQL's index: read without harm to others, put in, taken out."""

import logging
import struct
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass

import psycopg
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from innovation.core.db import db
from innovation.search import lexemes
from innovation.search.engine import Document, SearchUnavailableError
from innovation.search.ranking import packed, title_terms, weighed

logger = logging.getLogger(__name__)

_POINT = "SAVEPOINT search_index"
# Only along the index of terms: any other way would read every document. (The half's number is
# asked for as that index has it, which no other one fits.) What is sent goes together, since each
# message costs as much as a small search.
ALONG_THE_INDEX = (
    f"{_POINT}; SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off;"
    " SET LOCAL jit = off"
)
_KEEP = "RELEASE SAVEPOINT search_index"
# Settings go back too to what they were.
_AS_BEFORE = f"ROLLBACK TO SAVEPOINT search_index; {_KEEP}"
# Whether the savepoint that a unit of work's questions share has begun; missing where none do.
_SHARED = "search_index"
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
def together() -> Iterator[None]:
    """Let all that is asked along the index meanwhile share one savepoint.

    It begins with the first question; what else is read until the end has its settings too.
    """
    info = db.session().info
    if _SHARED in info:
        yield
        return
    info[_SHARED] = False
    try:
        yield
    finally:
        # Where the connection was lost, or a fault has ended it, there is no savepoint any more.
        if info.pop(_SHARED) and not (connection := db.session.connection()).invalidated:
            _say(connection, _AS_BEFORE)


@contextmanager
def unharmed(begin: str = _POINT, *, keep: bool = False) -> Iterator[Connection]:
    """Ask the index so that its faults do not harm the transaction around. keep: changes stay.

    Raises SearchUnavailableError; a lost connection is for whoever opened the transaction.
    """
    info = db.session().info
    shared = not keep and _SHARED in info and (info[_SHARED] or begin == ALONG_THE_INDEX)
    connection = db.session.connection()
    if not (shared and info[_SHARED]):
        _say(connection, begin)
    if shared:
        info[_SHARED] = True
    try:
        yield connection
    except BaseException as problem:
        if shared:
            info[_SHARED] = False
        if isinstance(problem, DBAPIError) and problem.connection_invalidated:
            raise
        _say(connection, _AS_BEFORE)
        # What goes wrong while a document is made is not the index's fault.
        faults = (DBAPIError, psycopg.Error)
        if not isinstance(problem, faults if keep else (*faults, *_DAMAGE)):
            raise
        # Without its message, in which could stand what somebody looked for.
        cause = problem.orig if isinstance(problem, DBAPIError) else problem
        logger.warning("the index cannot be used: %s", type(cause).__name__)
        raise SearchUnavailableError from problem
    if not shared:
        _say(connection, _KEEP if keep else _AS_BEFORE)


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


def weights_of(connection: Connection, numbers: Sequence[int]) -> list[tuple[int, bytes]]:
    """Give the weights of these ideas, as `ranking.packed` wrote them."""
    # In binary, past SQLAlchemy, which asks for all as text: of so much a third of the time.
    with closing(connection.connection.cursor(binary=True)) as cursor:
        cursor.execute(_WEIGHTS, {"numbers": list(numbers)})
        return list(cursor.fetchall())


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
