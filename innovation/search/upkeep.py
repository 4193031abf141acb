"""Keeps the index like the database: changes put in, damage found, the whole made anew."""

import logging
from collections.abc import Callable, Collection, Iterator
from datetime import timedelta

from sqlalchemy import func, select

from innovation.core import clock, jobs, transaction
from innovation.core.db import db
from innovation.search.documents import (
    count_readable,
    documents_of,
    every_document,
    readable_numbers,
)
from innovation.search.engine import (
    Document,
    Engine,
    IndexBusyError,
    SearchUnavailableError,
    State,
)

logger = logging.getLogger(__name__)

KIND = "index"
# How soon a busy index is tried again: what waits is found within a second after its release.
SOON = timedelta(milliseconds=300)


def ask_for(numbers: Collection[int]) -> None:
    """Ask that these ideas be indexed anew, in the caller's transaction."""
    for number in numbers:
        jobs.enqueue(KIND, str(number))


def drain(engine: Engine, due: list[jobs.Due]) -> None:
    """Put the ideas of these jobs into the index as they are now; safe to repeat.

    When somebody else is writing it, the jobs wait for SOON, however often that happens.
    """
    numbers = {int(one.unique_key) for one in due}
    try:
        if engine.state() in {State.BROKEN, State.MISSING}:
            rebuild(engine)
        else:
            engine.apply(numbers, documents_of(numbers))
    except IndexBusyError:
        with transaction.writing():
            _wait(numbers)


def _wait(numbers: Collection[int]) -> None:
    """Renew the jobs: the worker's own pause for failed ones soon grows to minutes."""
    soon = clock.now() + SOON
    for number in numbers:
        jobs.enqueue(KIND, str(number), not_before=soon)


def rebuild(engine: Engine, tell: Callable[[int, int], None] | None = None) -> None:
    """Make the index anew from the database. `tell` hears how many of how many are done.

    Raises IndexBusyError.
    """
    with transaction.reading():
        total = count_readable()
    engine.rebuild(_counted(every_document(), total, tell))


def _counted(
    documents: Iterator[Document], total: int, tell: Callable[[int, int], None] | None
) -> Iterator[Document]:
    for done, document in enumerate(documents, start=1):
        yield document
        if tell is not None:
            tell(done, total)


def heal(engine: Engine) -> None:
    """Make the index anew when it is missing, damaged, or made by another analyser."""
    state = engine.state()
    if state is State.SOUND:
        return
    if state is State.MISSING:
        logger.info("there is no index yet, it is being made")
    else:
        logger.info("the index is %s and is made anew", state)
    try:
        rebuild(engine)
    except IndexBusyError:
        logger.info("somebody else is writing the index")


def count_waiting() -> int:
    """Give how many ideas wait to be indexed."""
    wanted = select(func.count()).select_from(jobs.Job).where(jobs.Job.kind == KIND)
    return db.session.scalar(wanted) or 0


def compare(engine: Engine) -> int:
    """Ask for every idea that only the index or only the database has; gives how many.

    An idea whose job still waits is not a difference.
    """
    try:
        indexed = engine.numbers()
    except SearchUnavailableError:
        return 0
    with transaction.reading():
        waiting = set(db.session.scalars(select(jobs.Job.unique_key).where(jobs.Job.kind == KIND)))
        different = readable_numbers() ^ indexed
    different = {number for number in different if str(number) not in waiting}
    if different:
        logger.warning("%d ideas differ between index and database", len(different))
        with transaction.writing():
            ask_for(different)
    return len(different)
