"""Serving with real processes: whatever is killed comes back, and nothing is left behind."""

import logging
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from innovation.core.config import Settings
from innovation.web import server
from innovation.web.logs import Nameless
from tests.real import installation

ROOT = Path(__file__).parents[2]

# Two seconds are promised for coming back; a machine that runs the whole suite is busy.
COMES_BACK = 20
ENDS = 60
STARTS = 180

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="needs the processes of Linux"
)


@dataclass
class Served:
    """A supervisor that was started, with what it is asked about."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}/healthz", timeout=STARTS
            ) as one:
                return bool(one.status == 200)
        except OSError:
            return False

    def mine(self) -> dict[int, tuple[int, str]]:
        """Give the running processes of this installation: id to parent and name."""
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                environment = (entry / "environ").read_bytes()
                name = (entry / "comm").read_text().strip()
                status = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if f"INNOVATION_INSTANCE={self.folder}".encode() in environment and status[0] != "Z":
                found[int(entry.name)] = (int(status[1]), name)
        return found

    def called(self, wanted: str) -> set[int]:
        """Give the supervisor's own children of this name."""
        return {
            one
            for one, (parent, name) in self.mine().items()
            if name == wanted and parent == self.process.pid
        }

    def masters(self) -> set[int]:
        return self.called("pages")

    def workers(self) -> set[int]:
        return self.called("worker")

    def page_workers(self) -> set[int]:
        masters = self.masters()
        return {one for one, (parent, _name) in self.mine().items() if parent in masters}


def until(condition: Callable[[], object], seconds: float) -> float:
    """Wait until the condition holds; gives how long it took, fails when it takes longer."""
    begin = time.monotonic()
    while not condition():
        took = time.monotonic() - begin
        assert took < seconds, f"still not so after {took:.1f} s"
        time.sleep(0.05)
    return time.monotonic() - begin


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(folder: Path, port: int, word: str, **more: str) -> subprocess.Popen[bytes]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("INNOVATION_")}
    own = {"INNOVATION_INSTANCE": str(folder), "PORT": str(port), "DEMO": "0", **more}
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", word],
        cwd=ROOT, env={**kept, **own}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@contextmanager
def served(folder: Path, word: str = "serve", **more: str) -> Iterator[Served]:
    port = free_port()
    one = Served(start(folder, port, word, **more), port, folder)
    try:
        until(one.healthy, STARTS)
        until(lambda: one.workers() and len(one.page_workers()) == 2, ENDS)
        yield one
    finally:
        for left in one.mine():
            os.kill(left, signal.SIGKILL)
        one.process.communicate()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with a database that the processes share."""
    made = tmp_path_factory.mktemp("served")
    variables = {"INNOVATION_INSTANCE": str(made)}
    installation.let_go(installation.installed(variables))
    return made


@pytest.mark.once
def test_what_the_server_logs_of_a_request_names_nobody(folder: Path) -> None:
    with served(folder) as one:
        with socket.create_connection(("127.0.0.1", one.port), timeout=ENDS) as visitor:
            visitor.sendall(b"GET /seuraa/KXR7-4MTP-9H2D nonsense\r\n\r\n")
            assert b"400" in visitor.recv(100)
        # As when its terminal is closed.
        one.process.send_signal(signal.SIGHUP)
        logged = one.process.communicate(timeout=ENDS)[1].decode()
        assert one.process.returncode == 0
    told = next(line for line in logged.splitlines() if "Invalid request" in line)
    assert told.endswith("Invalid request: Invalid HTTP Version")
    assert "127.0.0.1" not in logged
    assert "KXR7" not in logged


@pytest.mark.once
@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("Invalid request from ip=::1: Invalid HTTP method: '100%s'", "Invalid HTTP method"),
        ("Invalid request from ip=: Request Line is too large", "Request Line is too large"),
    ],
)
def test_an_address_is_taken_out_of_whatever_form_it_has(message: str, shown: str) -> None:
    record = logging.LogRecord("gunicorn.error", logging.WARNING, "", 0, message, (), None)
    assert Nameless().filter(record)
    assert record.getMessage() == f"Invalid request: {shown}"


@pytest.mark.once
def test_a_page_that_failed_is_not_named_either() -> None:
    record = logging.LogRecord(
        "gunicorn.error", logging.ERROR, "", 0,
        "Error handling request %s %s", ("GET", "/seuraa/KXR7-4MTP-9H2D"), None,
    )  # fmt: skip
    assert Nameless().filter(record)
    assert record.getMessage() == "Error handling request"


def _running(find: Callable[[], set[int]], count: int, but: frozenset[int]) -> frozenset[int]:
    """Give the processes as soon as so many run, not all of them those of before."""
    seen: list[frozenset[int]] = []

    def complete() -> bool:
        seen.append(frozenset(find()))
        return len(seen[-1]) == count and seen[-1] != but

    until(complete, COMES_BACK)
    return seen[-1]


@pytest.mark.once
def test_whatever_is_killed_comes_back(folder: Path) -> None:
    with served(folder) as one:
        nothing_open_that_must_not_be_shared(one.process.pid)
        for find, count in ((one.workers, 1), (one.masters, 1), (one.page_workers, 2)):
            running = _running(find, count, frozenset())
            for _ in "ab":
                os.kill(min(running), signal.SIGKILL)
                running = _running(find, count, running)
                until(one.healthy, STARTS)
                until(lambda: len(one.page_workers()) == 2, STARTS)
        assert len(one.workers()) == len(one.masters()) == 1
        one.process.terminate()
        logged = one.process.communicate(timeout=ENDS)[1].decode()
    for name in ("worker", "pages"):
        assert logged.count(f"{name} ended (-9), starting again") == 2, logged


def nothing_open_that_must_not_be_shared(supervisor: int) -> None:
    """Neither threads nor the database or the index are open in the process that forks."""
    folder = Path(f"/proc/{supervisor}")
    assert len(list((folder / "task").iterdir())) == 1
    names = {str(one.readlink()) for one in (folder / "fd").iterdir()}
    assert not [name for name in names if "sqlite" in name or "index" in name], names


@pytest.mark.once
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_end_it_leaves_nothing_behind(folder: Path, number: signal.Signals) -> None:
    with (
        served(folder) as one,
        socket.create_connection(("127.0.0.1", one.port), timeout=ENDS) as slow,
    ):
        slow.sendall(b"POST /ideas HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\ntext")
        until(lambda: _taken(slow, one), ENDS)
        one.process.send_signal(number)
        # What is in hand is answered before the end.
        slow.sendall(b"=hei.")
        assert slow.recv(100).startswith(b"HTTP/1.1 4")
        until(lambda: one.process.poll() is not None, ENDS)
        assert one.process.returncode == 0
        assert one.mine() == {}


def _taken(line: socket.socket, one: Served) -> bool:
    """Tell whether the server has read what was sent on this connection."""
    ends = f":{one.port:04X}", f":{line.getsockname()[1]:04X}"
    for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = row.split()
        if fields[1].endswith(ends[0]) and fields[2].endswith(ends[1]):
            return fields[4].endswith(":00000000") and fields[9] != "0"
    return False


@pytest.mark.once
def test_killed_without_a_word_it_leaves_nothing_behind(folder: Path) -> None:
    with served(folder) as one:
        one.process.kill()
        one.process.wait()
        until(lambda: not one.mine(), ENDS)
        with socket.socket() as again:
            again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            again.bind(("127.0.0.1", one.port))


@pytest.mark.once
def test_a_taken_port_is_one_clear_sentence(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for word in ("serve", "start"):
            process = start(folder, port, word)
            out, err = process.communicate(timeout=STARTS)
            assert process.returncode == 1
            assert out == b""
            assert err.decode().strip() == (
                f"Port {port} is in use already; stop what uses it or choose another: PORT=8001."
            )


@pytest.mark.once
@pytest.mark.parametrize(
    ("host", "port", "beginning"),
    [
        ("", "0", "PORT must be"),
        ("", "70000", "PORT must be"),
        ("", "http", "PORT must be"),
        ("192.0.2.1", "8000", "Others reach 192.0.2.1: set INNOVATION_ORIGIN"),
    ],
)
def test_an_absurd_address_is_one_clear_sentence(
    monkeypatch: pytest.MonkeyPatch, host: str, port: str, beginning: str
) -> None:
    monkeypatch.setenv("HOST", host)
    monkeypatch.setenv("PORT", port)
    with pytest.raises(SystemExit) as stopped:
        server.listen()
    assert str(stopped.value).startswith(beginning)


@pytest.mark.once
@pytest.mark.parametrize(
    ("host", "shown"),
    [("0.0.0.0", "localhost"), ("::", "localhost"), ("::1", "[::1]"), ("[::1]", "[::1]")],
)
def test_every_kind_of_host_is_listened_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, host: str, shown: str
) -> None:
    port = free_port()
    monkeypatch.setenv("HOST", host)
    monkeypatch.setenv("PORT", str(port))
    with server.listen() as listening:
        assert listening.getsockname()[1] == port
        near = "::1" if ":" in host else "127.0.0.1"
        socket.create_connection((near, port), timeout=5).close()
    settings = Settings(tmp_path, "sqlite://", "")
    assert server.public_origin(settings) == f"http://{shown}:{port}"


@pytest.mark.once
def test_start_makes_everything_ready_and_prints_the_way_in(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    with served(folder, "start", HOST="0.0.0.0") as one:
        one.process.terminate()
        printed = one.process.communicate(timeout=STARTS)[0].decode()
    assert f"http://localhost:{one.port}\n" in printed
    assert re.search(rf"http://localhost:{one.port}/welcome/\w{{40}}", printed)


@pytest.mark.once
def test_an_address_of_another_machine_is_one_clear_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOST", "192.0.2.1")
    monkeypatch.setenv("INNOVATION_ORIGIN", "https://ideat.example.fi")
    with pytest.raises(SystemExit, match=r"^HOST 192\.0\.2\.1 is not an address of this machine"):
        server.listen()
