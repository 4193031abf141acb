"""The application as it is served: gunicorn and the worker, with a folder of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from innovation.core.config import Settings
from innovation.web.application import create_app
from tests.real import installation

ROOT = Path(__file__).parents[2]
LONGEST_START = 60.0
LONGEST_END = 25.0


@dataclass(frozen=True)
class LiveServer:
    """A served installation: its address without a final slash, its folder and its settings.

    pid: the process that keeps the others alive.
    """

    url: str
    folder: Path
    variables: dict[str, str]
    pid: int = 0

    def flask(self, *words: str, text: str | None = None) -> str:
        """Run `flask WORDS` on the installation, `text` as its input; gives standard output.

        It runs in this process, which has loaded already what a new one would load for seconds.
        """
        app = create_app(Settings.from_environment(self.variables))
        try:
            done = app.test_cli_runner().invoke(args=words, input=text)
        finally:
            installation.let_go(app)
        assert done.exit_code == 0, f"flask {' '.join(words)}: {done.output} {done.exception!r}"
        return done.stdout


@contextmanager
def serving(folder: Path, name: str) -> Iterator[LiveServer]:
    """Serve a new installation with the programme loaded for as long as the block runs."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    kept = {key: value for key, value in os.environ.items() if not key.startswith("INNOVATION_")}
    own = installation.environment(folder / "instance", name)
    variables = {**kept, **own, "INNOVATION_ORIGIN": url, "HOST": "127.0.0.1", "PORT": str(port)}
    server = LiveServer(url, folder / "instance", variables)
    installation.let_go(installation.installed(variables))
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
            cwd=ROOT, env=variables, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        try:
            _wait_until_it_answers(url, process, log)
            yield replace(server, pid=process.pid)
        finally:
            _end(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + LONGEST_START
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"the application did not start:\n{log.read_text(errors='replace')[-3000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to end; what does not is killed, and that is an error of the server."""
    process.terminate()
    try:
        process.wait(LONGEST_END)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise RuntimeError("the server did not end when it was asked to") from None
