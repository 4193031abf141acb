"""A Redis (or Valkey) of a test's own: a real process that can be stopped, held and started."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = shutil.which("redis-server") or shutil.which("valkey-server")
LONGEST_START = 10.0
WHY_NOT = "redis-server is not installed (apt install redis-server)"


class RedisServer:
    """A server that keeps everything in memory."""

    def __init__(self, folder: Path) -> None:
        """Choose a port; it does not run yet."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Give the address for the setting."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, empty, and wait until it listens."""
        assert PROGRAM
        words = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir"]
        self._process = subprocess.Popen(
            [PROGRAM, *words, str(self.folder), "--appendonly", "no"], stdout=subprocess.DEVNULL
        )
        end = time.monotonic() + LONGEST_START
        while not self._listens():
            assert time.monotonic() < end, "Redis did not start"
            time.sleep(0.02)

    def hold(self, held: bool) -> None:
        """Let it stand still, so that it takes connections and answers nothing, or go on."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP if held else signal.SIGCONT)

    def stop(self) -> None:
        """End it without a word."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def running(folder: Path) -> Iterator[RedisServer]:
    """Run one for as long as the block runs."""
    folder.mkdir(exist_ok=True)
    server = RedisServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
