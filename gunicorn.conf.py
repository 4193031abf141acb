"""How gunicorn serves: two processes of four threads, forked from one that loaded everything."""

import gc
import os
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

# Only for gunicorn started by hand: `flask serve` hands over the socket that it listens on.
_host = (os.environ.get("HOST") or "127.0.0.1").strip("[]")
bind = f"{f'[{_host}]' if ':' in _host else _host}:{os.environ.get('PORT') or '8000'}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
preload_app = True
timeout = 30
graceful_timeout = 10
keepalive = 5
# The longest there is: a long search stands in the address, each special letter as six signs.
limit_request_line = 8190
# The heartbeat file lies in memory where there is such a folder: a slow disk then never looks
# like a dead worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# Standard output is for results. Requests leave no line: an address opens a tracking page.
accesslog = None
errorlog = "-"
loglevel = "warning"
# A second way to steer the server would be a second thing to guard.
control_socket_disable = True
# Seconds after the start when suggestions are made, where the desk has not asked for them before.
SUGGESTIONS_AFTER = 60.0


def on_starting(server: Any) -> None:
    """Load dictionary and vocabulary before the fork, so that the processes share their memory."""
    from sqlalchemy.exc import SQLAlchemyError

    from innovation.core import transaction
    from innovation.core.errors import NotFoundError
    from innovation.guard import inspect
    from innovation.language import load_detection
    from innovation.routing.suggestions import adviser_in
    from innovation.search import concepts
    from innovation.search.engines import engine_for, forms_file
    from innovation.web.logs import Nameless
    from wsgi import app

    server.log.error_log.addFilter(Nameless())
    engine_for(app.settings)
    load_detection()
    # A database that does not answer yet is no reason not to start.
    with suppress(SQLAlchemyError, NotFoundError), app.app_context(), transaction.reading():
        concepts.know_programme_words()
        concepts.expansions(())
        if forms_file(app.settings).exists():
            concepts.read_all()
            adviser_in(app.settings.instance)
    # The first text of all takes the guard a moment.
    inspect("hei")
    # What is loaded stays: looking through it for garbage would stop a page for a tenth of a
    # second, and copy the shared memory.
    gc.collect()
    gc.freeze()


def post_fork(server: object, worker: Any) -> None:
    """Let go of database connections opened before the fork; two processes cannot share one.

    And end with the master: killed without a word, it must not leave a worker behind.
    """
    from innovation.core.db import db
    from innovation.web.server import end_with_parent
    from wsgi import app

    end_with_parent(worker.ppid)
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose(close=False)


def post_worker_init(worker: object) -> None:
    """Make suggestions ready beside the pages, soon and whenever the programme has changed."""
    Thread(target=_keep_suggestions_ready, daemon=True).start()


def _keep_suggestions_ready() -> None:
    from sqlalchemy.exc import SQLAlchemyError

    from innovation.core import transaction
    from innovation.core.errors import NotFoundError
    from innovation.routing.suggestions import adviser_in, wanted
    from wsgi import app

    # A start is busy enough; a moderator who is there already need not wait for its end.
    wanted.wait(SUGGESTIONS_AFTER)
    while True:
        wanted.clear()
        # Without a programme or a database there is nothing to suggest; somebody will ask again.
        with suppress(SQLAlchemyError, NotFoundError), app.app_context(), transaction.reading():
            adviser_in(app.settings.instance)
        wanted.wait()
