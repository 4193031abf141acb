"""The PostgreSQL server of a run: ended hard, and started again as it was."""

import os
import shlex
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import psycopg

from bench.faults.house import until
from tests.real import postgresql


class Postmaster:
    """The server that the run has; whoever stops it starts it again."""

    def __init__(self) -> None:
        """Find it by its address."""
        address = os.environ[postgresql.ADDRESS]
        self._address = address.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(self._address) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
        self.folder = Path(str(row[0])) if row else Path()
        self._options = shlex.split((self.folder / "postmaster.opts").read_text())

    def end(self) -> None:
        """End it at once: open transactions are cut off, nothing is written in order."""
        pid = int((self.folder / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)
        until(lambda: not _lives(pid), "PostgreSQL does not end", 30)

    def start(self) -> None:
        """Start it with the words it was started with, as the same user; wait for an answer."""
        owner = self.folder.stat()
        same = os.geteuid() == owner.st_uid
        with (self.folder / "again.log").open("ab") as output:
            subprocess.Popen(
                self._options, stdout=output, stderr=output, start_new_session=True,
                user=None if same else owner.st_uid, group=None if same else owner.st_gid,
                extra_groups=None if same else [],
            )  # fmt: skip
        until(self.answers, "PostgreSQL does not come back", 60)

    def answers(self) -> bool:
        """Tell whether it answers."""
        with suppress(psycopg.OperationalError), psycopg.connect(self._address, connect_timeout=2):
            return True
        return False


def _lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
