"""What goes wrong with copies, as sentences that say what to do."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FULL_WORDS = ("disk is full", "disk I/O error", "No space left", "File too large", "quota")

_LONGEST = 200


class CopyError(Exception):
    """A copy could not be made, read or brought back; the message says why and what to do."""


def is_full(problem: BaseException | str) -> bool:
    """Tell whether something failed because a disk is full."""
    if isinstance(problem, OSError):
        return problem.errno in _FULL
    return any(word in str(problem) for word in _FULL_WORDS)


@contextmanager
def told(doing: str) -> Iterator[None]:
    """Turn what disks and databases do to us into a CopyError. doing: the sentence's beginning."""
    try:
        yield
    except (OSError, sqlite3.Error, SQLAlchemyError) as problem:
        # Statements and rows may hold texts of people: of the database only its own words.
        problem = getattr(problem, "orig", None) or problem
        if is_full(problem):
            raise CopyError(
                f"{doing} stopped because a disk is full; make room and try again. "
                "Nothing unfinished is left."
            ) from None
        where = getattr(problem, "filename", None)
        why = getattr(problem, "strerror", None) or str(problem).partition("\n")[0][:_LONGEST]
        raise CopyError(f"{doing} failed: {why}{f' ({where})' if where else ''}.") from None
