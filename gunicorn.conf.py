"""How gunicorn serves: two processes of four threads, forked from one that loaded everything."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from innovation.operation import shared_counts

# Only for gunicorn started by hand: `flask serve` hands over the socket that it listens on.
_host = (os.environ.get("HOST") or "127.0.0.1").strip("[]")
bind = f"{f'[{_host}]' if ':' in _host else _host}:{os.environ.get('PORT') or '8000'}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or "2")
threads = 4
preload_app = True
# A process that has stopped to answer at all is ended after this; a slow page alone is not.
timeout = 30
# Pages that are being made have this long when the service stops; `flask serve` waits longer.
graceful_timeout = 10
keepalive = 5
# Whatever memory a library never gives back ends with its process, and never with all at once.
# The next one is forked from the loaded one and is there at once.
max_requests = 50_000
max_requests_jitter = 10_000
# Above this many open connections a process takes no new one: they wait in the queue.
worker_connections = 500
backlog = 1024
# The longest there is: a long search stands in the address, each special letter as six signs.
limit_request_line = 8190
limit_request_fields = 60
limit_request_field_size = 8190
# The heartbeat file lies in memory where there is such a folder: a slow disk then never looks
# like a dead worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# Standard output is for results. Requests leave no line: an address opens a tracking page.
accesslog = None
errorlog = "-"
loglevel = "warning"
# Made before the application is loaded, which then counts into it.
_counts = shared_counts.begin()
# A second way to steer the server would be a second thing to guard.
control_socket_disable = True
# Seconds after the start when suggestions are made, where the desk has not asked for them before.
SUGGESTIONS_AFTER = 60.0


def on_starting(server: Any) -> None:
    """Load dictionary and vocabulary before the fork, so that the processes share their memory."""
    from innovation.serving import load
    from innovation.web.logs import dress_server
    from wsgi import app

    dress_server(server.log.error_log, app.settings.log)
    load(app)


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


def child_exit(server: object, worker: Any) -> None:
    """Keep what an ended process has counted, without its files."""
    shared_counts.take_over(_counts, worker.pid)


def on_exit(server: object) -> None:
    """Leave no counts behind."""
    shared_counts.end(_counts)


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
