"""Keeps the index like the database: changes put in, damage found, the whole made anew."""

import gc
import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from innovation import language
from innovation.core import clock, jobs, transaction
from innovation.core.db import db
from innovation.search import concepts
from innovation.search.documents import count_readable, documents_of, every_document, stamps
from innovation.search.engine import (
    Document,
    Engine,
    IndexBusyError,
    SearchUnavailableError,
    State,
)
from innovation.search.lexicon import Census

logger = logging.getLogger(__name__)

KIND = "index"
# What was taken out of texts is forgotten by a job.
FORGETTING = "forgetting"
_AT_ONCE = 200
# How soon a busy index is tried again: what waits is found within a second after its release.
SOON = timedelta(milliseconds=300)


def state_of(engine: Engine, *, closely: bool = True) -> State:
    """Tell how the index is; what it has to read for that is read here."""
    with transaction.reading():
        concepts.know_programme_words()
        return engine.state(closely=closely)


def ask_for(numbers: Collection[int]) -> None:
    """Ask that these ideas be indexed anew, in the caller's transaction.

    The job lives or dies with its cause; changes of one idea that come together are one job.
    """
    for number in numbers:
        jobs.enqueue(KIND, str(number))


def drain(engine: Engine, due: list[jobs.Due]) -> None:
    """Put the ideas of these jobs into the index as they are now; safe to repeat.

    When somebody else is writing it, the jobs wait for SOON, however often that happens.
    """
    numbers = {int(one.unique_key) for one in due}
    try:
        if state_of(engine, closely=False) in {State.BROKEN, State.MISSING}:
            rebuild(engine)
        else:
            _put_in(engine, numbers)
    except IndexBusyError:
        with transaction.writing():
            _wait(numbers)


def _put_in(engine: Engine, numbers: Collection[int]) -> None:
    census = Census()
    documents = census.passing(documents_of(numbers))
    with _without_collecting():
        if engine.in_database:
            with transaction.writing():
                engine.apply(numbers, documents)
        else:
            engine.apply(numbers, documents)
    census.learn()


def count_words() -> None:
    """Count all words anew and forget those that stand nowhere any more."""
    census = Census()
    with transaction.reading():
        concepts.know_programme_words()
    for _document in census.passing(every_document()):
        pass
    census.relearn()


def ask_to_forget() -> None:
    """Ask that nothing be left of what is in no text any more, in the caller's transaction."""
    jobs.enqueue(FORGETTING, "words")


def forget(engine: Engine) -> None:
    """Leave neither words nor places of what is in no text any more. Raises IndexBusyError."""
    if engine.in_database:
        count_words()
    else:
        # What was replaced stays in the files of the index until they are written anew.
        rebuild(engine)


def keep_forms(path: Path) -> None:
    """Let the next processes know the words that this one has read, and those of the concepts."""
    with transaction.reading():
        concepts.read_all()
    language.keep_forms(path)


def _wait(numbers: Collection[int]) -> None:
    """Renew the jobs: the worker's own pause for failed ones soon grows to minutes."""
    soon = clock.now() + SOON
    for number in numbers:
        jobs.enqueue(KIND, str(number), not_before=soon)


def rebuild(engine: Engine, tell: Callable[[int, int], None] | None = None) -> None:
    """Make the index anew from the database. `tell` hears how many of how many are done.

    Raises IndexBusyError.
    """
    census = Census()
    with transaction.reading():
        concepts.know_programme_words()
        total = count_readable()
    with _without_collecting():
        engine.rebuild(lambda: census.passing(_counted(every_document(), total, tell)))
    census.relearn()


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Look for no cycles: among millions of terms that takes half of the time, and finds none."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _counted(
    documents: Iterator[Document], total: int, tell: Callable[[int, int], None] | None
) -> Iterator[Document]:
    for done, document in enumerate(documents, start=1):
        yield document
        if tell is not None:
            tell(done, total)


def heal(engine: Engine) -> None:
    """Make the index anew when it is missing, damaged, or made by another analyser."""
    state = state_of(engine)
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


def needs_care(engine: Engine) -> bool:
    """Tell whether the index is not as it should be, or ideas wait to be put into it."""
    if state_of(engine) is not State.SOUND:
        return True
    with transaction.reading():
        return count_waiting() > 0


def catch_up(engine: Engine) -> int:
    """Make the index like the database now; gives how many ideas differed.

    Raises IndexBusyError.
    """
    if state_of(engine) is not State.SOUND:
        rebuild(engine)
    with transaction.reading():
        indexed = engine.stamps()
    current = stamps()
    different = {
        number
        for number in indexed.keys() | current.keys()
        if indexed.get(number) != current.get(number)
    }
    for first in range(0, len(different), _AT_ONCE):
        _put_in(engine, set(sorted(different)[first : first + _AT_ONCE]))
    return len(different)


def count_waiting() -> int:
    """Give how many ideas wait to be indexed."""
    wanted = select(func.count()).select_from(jobs.Job).where(jobs.Job.kind == KIND)
    return db.session.scalar(wanted) or 0


def compare(engine: Engine) -> int:
    """Ask for every idea that index and database tell differently; gives how many.

    An idea whose job still waits is not a difference.
    """
    try:
        with transaction.reading():
            indexed = engine.stamps()
    except SearchUnavailableError:
        return 0
    current = stamps()
    with transaction.reading():
        waiting = set(db.session.scalars(select(jobs.Job.unique_key).where(jobs.Job.kind == KIND)))
    different = {
        number
        for number in indexed.keys() | current.keys()
        if indexed.get(number) != current.get(number) and str(number) not in waiting
    }
    if different:
        logger.warning("%d ideas differ between index and database", len(different))
        with transaction.writing():
            ask_for(different)
    return len(different)
