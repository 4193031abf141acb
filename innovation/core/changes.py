"""Whether anything at all has changed in the database, so that what was made can be used again."""

import os
import sqlite3
import threading
from typing import Any

from innovation.core.db import db

_SNAPSHOT = "SELECT CAST(pg_current_snapshot() AS text)"
_ASKED = "state"
_lock = threading.Lock()
# SQLite: one connection for each file that never writes, and the process that opened it.
_watching: dict[str, tuple[int, sqlite3.Connection]] = {}


def state() -> str:
    """Give a sign of everything that is committed now; two equal signs mean equal data.

    It is good within this process. Ask before reading: what is read afterwards is then as new as
    the sign or newer, and a newer state never gets an older one's sign. On PostgreSQL it is the
    list of transactions whose work is seen; on SQLite the number that it keeps of the commits of
    others, asked on a connection for which all are others. What the running transaction itself
    has written is not in it.
    """
    session = db.session()
    engine = session.get_bind().engine
    if engine.dialect.name == "postgresql":
        # As the driver takes it: every page asks, often nothing else.
        sign = str(session.connection().exec_driver_sql(_SNAPSHOT).scalar_one())
    else:
        with _lock:
            path = str(engine.url.database)
            sign = str(_watcher(path).execute("PRAGMA data_version").fetchone()[0])
    session.info[_ASKED] = sign
    return sign


def asked() -> str:
    """Give the sign that this request or job has asked for already, "" for none."""
    return str(db.session().info.get(_ASKED, ""))


def forget() -> None:
    """Forget it, where what was read since then was changed by oneself."""
    db.session().info.pop(_ASKED, None)


def _watcher(path: str) -> Any:
    # A connection must not survive a fork, so it belongs to one process.
    process, connection = _watching.get(path, (0, None))
    if connection is None or process != os.getpid():
        connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        _watching[path] = (os.getpid(), connection)
    return connection
