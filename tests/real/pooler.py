"""PgBouncer in transaction mode before the PostgreSQL of the test run: no session is anybody's."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
WHY_NOT = "pgbouncer is not installed (apt install pgbouncer)"
LONGEST_START = 10.0
# Fewer connections than there are threads, so that each is handed from one to another.
MOST_CONNECTIONS = 3

SETTINGS = """
[databases]
* = host={host} port=5432 user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
admin_users = postgres
pool_mode = transaction
default_pool_size = {most}
max_client_conn = 200
logfile = {folder}/log
pidfile = {folder}/pid
"""


class Pooler:
    """A pooler that runs; its port."""

    def __init__(self, port: int) -> None:
        """Remember the port."""
        self.port = port

    def before(self, address: str) -> str:
        """Give the address of a database of the run, by way of the pooler."""
        name = make_url(address).database
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}?application_name=tests"

    def shown(self, what: str) -> list[dict[str, object]]:
        """Ask the pooler about itself: POOLS, STATS, SERVERS."""
        where = f"postgresql://postgres@127.0.0.1:{self.port}/pgbouncer"
        with psycopg.connect(where, autocommit=True, row_factory=psycopg.rows.dict_row) as line:
            # It knows the simple way of asking alone.
            return psycopg.ClientCursor(line).execute(f"SHOW {what}".encode()).fetchall()  # type: ignore[return-value]


@contextmanager
def running(address: str) -> Iterator[Pooler]:
    """Run one before the server of an address such as that of the run, on a folder of sockets."""
    assert PROGRAM
    host = str(make_url(address).query["host"])
    folder = Path(tempfile.mkdtemp(prefix="innovation-pooler-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    # It refuses to run as root; whoever runs the server may open its sockets.
    keeper = pwd.getpwuid(Path(host).stat().st_uid).pw_name if os.geteuid() == 0 else ""
    settings = folder / "pgbouncer.ini"
    settings.write_text(SETTINGS.format(host=host, port=port, folder=folder, most=MOST_CONNECTIONS))
    if keeper:
        shutil.chown(folder, keeper)
    process = subprocess.Popen(
        [PROGRAM, "-q", *(["-u", keeper] if keeper else []), str(settings)], cwd=folder
    )
    try:
        end = time.monotonic() + LONGEST_START
        while not _listens(port):
            assert process.poll() is None, "PgBouncer did not start"
            assert time.monotonic() < end, "PgBouncer does not listen"
            time.sleep(0.02)
        yield Pooler(port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
