"""Serving for real: gunicorn for the pages and the worker for the rest, both kept alive."""

import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from innovation.core.config import Settings

RESTART_PAUSE_SECONDS = 0.5
HEALTHY_SECONDS = 5.0
GRACE_SECONDS = 15.0
LOOK_SECONDS = 0.2
BACKLOG = 1024
PARENT_DIES = 1  # PR_SET_PDEATHSIG of Linux
EVERYWHERE = frozenset({"0.0.0.0", "::", "localhost", "127.0.0.1"})  # noqa: S104

ROOT = Path(__file__).parent.parent.parent


def address() -> tuple[str, int]:
    """Give where to listen: HOST and PORT of the environment, localhost and 8000 without."""
    port = os.environ.get("PORT") or "8000"
    if not (port.isascii() and port.isdigit()) or not 0 < int(port) < 65536:
        sys.exit("PORT must be a number between 1 and 65535.")
    return (os.environ.get("HOST") or "localhost").strip("[]"), int(port)


def public_origin(settings: Settings) -> str:
    """Give the address under which people reach the service: the setting, or where it listens."""
    if settings.origin != Settings.origin:
        return settings.origin
    host, port = address()
    shown = "localhost" if host in EVERYWHERE else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"


def listen() -> socket.socket:
    """Open the socket that everything is served through; a clear sentence when that fails.

    It belongs to the supervisor: while gunicorn is started anew, visitors wait in its queue.
    """
    host, port = address()
    bind = "127.0.0.1" if host == "localhost" else host
    try:
        family, kind, protocol, _name, where = socket.getaddrinfo(
            bind, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as problem:
        sys.exit(_why_not(problem, host, port))
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if bind == "::":
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listening.bind(where)
        listening.listen(BACKLOG)
    except OSError as problem:
        listening.close()
        sys.exit(_why_not(problem, host, port))
    return listening


def _why_not(problem: OSError, host: str, port: int) -> str:
    if problem.errno == errno.EADDRINUSE:
        return f"Port {port} is in use already; stop what uses it or choose another: PORT=8001."
    if problem.errno in {errno.EACCES, errno.EPERM}:
        return f"Port {port} is closed to this user; choose one above 1023, such as PORT=8000."
    return f"HOST {host} is not an address of this machine; leave it out to serve on localhost."


def run(settings: Settings, listening: socket.socket | None = None) -> None:
    """Start both processes, restart whichever ends, and end both when told to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    listening = listening or listen()
    running: dict[str, subprocess.Popen[bytes]] = {}
    started: dict[str, float] = {}
    try:
        while not stop.is_set():
            for name in ("pages", "worker"):
                process = running.get(name)
                if process is not None and process.poll() is None:
                    continue
                if process is not None:
                    print(f"{name} ended ({process.returncode}), starting again", file=sys.stderr)
                    # At once, unless it hardly lived: then not in a busy circle.
                    hardly_lived = time.monotonic() - started[name] < HEALTHY_SECONDS
                    stop.wait(RESTART_PAUSE_SECONDS if hardly_lived else 0)
                if not stop.is_set():
                    running[name] = _start(name, settings, listening)
                    started[name] = time.monotonic()
            stop.wait(LOOK_SECONDS)
    finally:
        listening.close()
        _end(list(running.values()))


def _start(name: str, settings: Settings, listening: socket.socket) -> subprocess.Popen[bytes]:
    python = [sys.executable, "-m"]
    gunicorn = ["gunicorn", "-c", "gunicorn.conf.py", "-b", f"fd://{listening.fileno()}"]
    words = {
        "pages": [*python, *gunicorn, "wsgi:app"],
        "worker": [*python, "flask", "--app", "wsgi", "worker"],
    }
    own = {"INNOVATION_INSTANCE": str(settings.instance)}
    if not os.environ.get("INNOVATION_ORIGIN"):
        own["INNOVATION_ORIGIN"] = public_origin(settings)  # for the links in mails
    parent = os.getpid()
    # Each in a group of its own: Ctrl+C reaches the supervisor alone, which ends both in order.
    return subprocess.Popen(
        words[name],
        cwd=ROOT,
        env={**os.environ, **own},
        pass_fds=[listening.fileno()] if name == "pages" else [],
        process_group=0,
        preexec_fn=lambda: end_with_parent(parent),
    )


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, deadline - time.monotonic()))
        # Whoever is left of the group, the process itself included, has had its time.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def end_with_parent(parent: int) -> None:
    """Ask Linux to end this process when its parent dies without a word, even just now."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PARENT_DIES, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)
