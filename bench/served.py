"""What is measured, served as in production: the platform, and the floors beside it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import floors

ROOT = Path(__file__).parents[1]
LONGEST_START, LONGEST_END = 120.0, 30.0
# As gunicorn.conf.py has it.
_LIKE_OURS = ("-k", "gthread", "-w", "2", "--threads", "4", "--preload", "--log-level", "warning")


@dataclass(frozen=True)
class Served:
    """A service that runs: its address without a final slash, and its first process."""

    url: str
    pid: int


@contextmanager
def platform(variables: Mapping[str, str], folder: Path) -> Iterator[Served]:
    """Serve an installation by `flask serve`: two processes for the pages, and the worker.

    variables: the settings of the installation. folder: for what the service says.
    """
    port = free_port()
    own = {"HOST": "127.0.0.1", "PORT": str(port), "INNOVATION_ORIGIN": f"http://127.0.0.1:{port}"}
    words = [sys.executable, "-m", "flask", "--app", "wsgi", "serve"]
    with _running(words, {**variables, **own}, port, "/healthz", folder / "served.log") as served:
        yield served


@contextmanager
def beside(folder: Path) -> Iterator[Served]:
    """Serve the floors, with a file of their own in the folder."""
    port, database = free_port(), folder / "floors.sqlite3"
    words = [sys.executable, "-m", "gunicorn", *_LIKE_OURS, "-b", f"127.0.0.1:{port}"]
    path, log = floors.FLOORS["a"], folder / "floors.log"
    own = {floors.DATABASE: str(database), "PYTHONPATH": str(ROOT)}
    # In the folder: in our own one gunicorn would read the platform's settings by itself.
    words.append("bench.floors:served()")
    with _running(words, own, port, path, log, where=folder) as served:
        yield served


def flask(variables: Mapping[str, str], *words: str) -> None:
    """Run `flask WORDS` on an installation in a process of its own. Raises CalledProcessError."""
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        check=True, cwd=ROOT, env=_environment(variables),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def free_port() -> int:
    """Give a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INNOVATION_")}
    return {**kept, **variables}


@contextmanager
def _running(
    words: Sequence[str],
    variables: Mapping[str, str],
    port: int,
    path: str,
    log: Path,
    where: Path = ROOT,
) -> Iterator[Served]:
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        process = subprocess.Popen(
            words, cwd=where, env=_environment(variables),
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            _wait_for(f"{url}{path}", process, log)
            yield Served(url, process.pid)
        finally:
            _end(process)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + LONGEST_START
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"{address} did not come:\n{log.read_text(errors='replace')[-3000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(LONGEST_END)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
