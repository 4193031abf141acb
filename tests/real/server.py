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
LONGEST_START = 180.0
LONGEST_END = 25.0
LONGEST_WRITING = 120.0


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

    def rebuild_search(self) -> None:
        """Make the index anew, after the worker where it is just writing it."""
        end = time.monotonic() + LONGEST_WRITING
        while True:
            try:
                self.flask("search", "rebuild")
            except AssertionError as problem:
                if "writing the index" not in str(problem) or time.monotonic() > end:
                    raise
                time.sleep(0.2)
            else:
                return


@contextmanager
def serving(folder: Path, name: str, host: str = "127.0.0.1", **told: str) -> Iterator[LiveServer]:
    """Serve a new installation with the programme loaded for as long as the block runs.

    host: in its address; passkeys need the name localhost. told: more of its settings.
    """
    port = free_port()
    url = f"http://{host}:{port}"
    kept = {key: value for key, value in os.environ.items() if not key.startswith("INNOVATION_")}
    own = installation.environment(folder / "instance", name)
    own |= {"INNOVATION_ORIGIN": url, **told}
    variables = {**kept, **own, "HOST": "127.0.0.1", "PORT": str(port)}
    server = LiveServer(url, folder / "instance", variables)
    installation.let_go(installation.installed(variables))
    process = start(variables, folder / "server.log")
    try:
        wait_until_it_answers(url, process, folder / "server.log")
        yield replace(server, pid=process.pid)
    finally:
        end(process)


def start(variables: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start what `flask serve` becomes, on what is installed already. log: added to."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.real.serve"],
            cwd=ROOT, env=variables, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip


def free_port() -> int:
    """Give a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the service is there; fails with the end of its log when it is not."""
    end = time.monotonic() + LONGEST_START
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"the application did not start:\n{log.read_text(errors='replace')[-3000:]}")


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to end; what does not is killed, and that is an error of the server."""
    process.terminate()
    try:
        process.wait(LONGEST_END)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise RuntimeError("the server did not end when it was asked to") from None
