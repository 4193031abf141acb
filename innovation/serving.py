"""Everything is loaded once, and pages and worker are forked from it.

`flask serve` becomes this module (`python -m innovation.serving FD`). What is loaded before the
fork lies in memory once for all, and what was killed is back as fast as a process can be forked.
"""

import ctypes
import gc
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from innovation.operation import shared_counts

if TYPE_CHECKING:
    from innovation.web.application import Application

# Templates of what everybody reads.
_READ_BY_ALL = ("comments", "ideas", "layouts", "search", "ui")

_loaded: set[str] = set()


def load(app: "Application") -> None:
    """Load dictionary, language model, vocabulary and what was learnt. Safe to repeat."""
    from sqlalchemy.exc import SQLAlchemyError

    from innovation.backups.standstill import BusyError, whole
    from innovation.core import transaction
    from innovation.core.db import db
    from innovation.core.errors import NotFoundError
    from innovation.guard import inspect
    from innovation.language import load_detection
    from innovation.routing.suggestions import adviser_in
    from innovation.search import concepts
    from innovation.search.engine import SearchUnavailableError
    from innovation.search.engines import engine_for, forms_file

    where = str(app.settings.instance)
    if where in _loaded:
        return
    _loaded.add(where)
    with app.app_context():
        try:
            whole(db.engine)
        except BusyError as problem:
            sys.exit(str(problem))
    engine = engine_for(app.settings)
    load_detection()
    with suppress(SearchUnavailableError), app.app_context(), transaction.reading():
        engine.count()  # opens the index
    # A database that does not answer yet is no reason not to start.
    with suppress(SQLAlchemyError, NotFoundError), app.app_context(), transaction.reading():
        concepts.know_programme_words()
        concepts.expansions(())
        if forms_file(app.settings).exists():
            concepts.read_all()
            adviser_in(app.settings.instance)
    # The first text of all takes the guard a moment.
    inspect("hei")
    # Compiled once for all; what only few see is compiled when it is asked for.
    for name in app.jinja_env.list_templates(filter_func=_is_read_by_all):
        app.jinja_env.get_template(name)
    # No connection may be shared with a forked process.
    with app.app_context():
        for database in db.engines.values():
            database.dispose()
    # What is loaded stays: looking through it for garbage would stop a page for a tenth of a
    # second, and copy the shared memory.
    gc.collect()
    gc.freeze()
    _give_back()


def _give_back() -> None:
    """Give the memory that only loading needed back to the system, where its C library can."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _is_read_by_all(name: str) -> bool:
    return name.partition("/")[0] in _READ_BY_ALL


def main(words: list[str]) -> None:
    """Load, then keep pages and worker alive until told to stop. words: the listening socket."""
    # Before anything counts: the library asks where its files lie when it is first imported.
    counts = shared_counts.begin()
    from innovation.web import server, worker
    from wsgi import app

    listening = socket.socket(fileno=int(words[0]))
    server.call_process("serving")
    load(app)

    def pages() -> None:
        sys.argv = ["gunicorn", "-c", "gunicorn.conf.py", "-b", f"fd://{words[0]}", "wsgi:app"]
        from gunicorn.app.wsgiapp import run

        run()

    def work() -> None:
        listening.close()
        worker.run(app)

    try:
        server.keep_alive({"pages": pages, "worker": work})
    finally:
        listening.close()
        shared_counts.end(counts)


if __name__ == "__main__":
    # By its name, as gunicorn's settings know it: what one has loaded the other need not.
    from innovation.serving import main as serve

    serve(sys.argv[1:])
