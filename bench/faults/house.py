"""An installation served as in production that can be harmed: killed, held, begun anew."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flask import Flask

from bench.accounting import tree
from bench.installations import POSTGRESQL
from bench.served import free_port
from innovation.core.config import Settings
from innovation.web.application import create_app
from tests.faults.processes import children, kill
from tests.faults.processes import name as called
from tests.real import installation, postgresql

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
# Names a folder with an installation that is copied, where a run has made one for all its faults.
READY = "INNOVATION_BENCH_READY"
PAGES, WORKER = "pages", "worker"


class House:
    """A served installation: its address, its settings and its processes."""

    def __init__(self, variables: dict[str, str], folder: Path) -> None:
        """Remember the settings; nothing runs yet. folder: for what the service says."""
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        own = {"HOST": "127.0.0.1", "PORT": str(self.port), "INNOVATION_ORIGIN": self.url}
        self.variables = {**own, **variables}
        self.instance = Path(variables["INNOVATION_INSTANCE"])
        self.log = folder / "served.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The first process, which keeps the others alive."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Serve, and wait until the service says that it is alive. Raises RuntimeError."""
        kept = {name: one for name, one in os.environ.items() if name[:11] != "INNOVATION_"}
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
                cwd=ROOT, env={**kept, **self.variables}, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip
        running = self._process
        until(lambda: running.poll() is not None or self.answers("/healthz"), "it does not start")
        if running.poll() is not None:
            raise RuntimeError(f"it ended at once:\n{self.log.read_text(errors='replace')[-3000:]}")

    def end(self) -> None:
        """End it as the system would; whoever is left is killed."""
        if self._process is None:
            return
        everyone = tree(self.pid)
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(30)
        kill(list(everyone - {self.pid}))
        with suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        self._process = None

    def begin_anew(self) -> None:
        """Kill the first process without a word and start again, as systemd does.

        What it leaves behind is killed too: a unit's other processes end with the first.
        """
        left = tree(self.pid) - {self.pid}
        kill([self.pid])
        if self._process is not None:
            self._process.wait()
        kill(list(left))
        until(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in left), "they live")
        self.start()

    def named(self, name: str) -> list[int]:
        """Give the process of this name that the first one keeps alive: PAGES or WORKER."""
        return [pid for pid in children(self.pid) if called(pid) == name]

    def answering(self) -> list[int]:
        """Give the processes that answer requests."""
        return [pid for pages in self.named(PAGES) for pid in children(pages)]

    def complete(self) -> bool:
        """Tell whether every process is there."""
        return len(self.answering()) >= 2 and bool(self.named(WORKER))

    def unexpected(self) -> list[str]:
        """Give what the service itself did not expect, from its log."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line for line in lines if "unexpected error" in line or "Error: " in line][-6:]

    def answers(self, path: str, seconds: float = 5.0) -> bool:
        """Tell whether a page comes, and is one."""
        return self.status(path, seconds) == 200

    def status(self, path: str, seconds: float = 5.0) -> int:
        """Give the status of a page; 0 when nothing is answered in time."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=seconds) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            refused.close()
            return refused.code
        except OSError:
            return 0

    @contextmanager
    def beside(self) -> Iterator[Flask]:
        """Give a second application on the same installation, to look what was stored."""
        app = create_app(Settings.from_environment(self.variables))
        try:
            yield app
        finally:
            installation.let_go(app)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Stop every process in whatever it does, as a cut of the power would."""
        everyone: set[int] = set()
        while more := tree(self.pid) - everyone:
            for pid in more:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
            everyone |= more
        try:
            yield
        finally:
            for pid in everyone:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)


def until(true: Callable[[], bool], what: str, seconds: float = PATIENCE) -> float:
    """Wait for what must come by itself; gives how many seconds it took. Raises RuntimeError."""
    begun = time.monotonic()
    while not true():
        if time.monotonic() - begun > seconds:
            raise RuntimeError(f"{what}, after {seconds:.0f} seconds")
        time.sleep(0.05)
    return time.monotonic() - begun


def install(variables: dict[str, str]) -> None:
    """Make an installation as it is on any day but the first: with its index, and all learnt."""
    app = installation.installed(variables)
    app.test_cli_runner().invoke(args=["search", "rebuild"])
    installation.let_go(app)


@contextmanager
def prepared(database: str, place: Path | None = None, **told: str) -> Iterator[House]:
    """Make an installation that nobody serves yet. place: where its folder lies; told: settings."""
    os.environ["INNOVATION_TEST_DATABASE"] = database
    if database == POSTGRESQL:
        postgresql.start()
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        variables = installation.environment(
            (place or Path(folder)) / "instance", f"faults_{os.getpid()}"
        )
        ready = os.environ.get(READY, "") if database != POSTGRESQL else ""
        if ready:
            shutil.copytree(ready, variables["INNOVATION_INSTANCE"])
        else:
            install(variables)
        variables |= told
        house = House(variables, Path(folder))
        try:
            yield house
        finally:
            house.end()


@contextmanager
def serving(database: str, place: Path | None = None, **told: str) -> Iterator[House]:
    """Serve a new installation for as long as the block lasts."""
    with prepared(database, place, **told) as house:
        house.start()
        yield house
