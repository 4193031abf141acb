"""Serving for real: gunicorn for the pages and the worker for the rest, both kept alive."""

import ctypes
import errno
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import Context
from pathlib import Path
from typing import NoReturn

from innovation.core import transport
from innovation.core.config import Settings
from innovation.web.stop import STOPPING, Stop

logger = logging.getLogger(__name__)

RESTART_PAUSE_SECONDS = 0.5
HEALTHY_SECONDS = 5.0
GRACE_SECONDS = 15.0
LOOK_SECONDS = 0.2
BACKLOG = 1024
PARENT_DIES = 1  # PR_SET_PDEATHSIG of Linux
NAME = 15  # PR_SET_NAME
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


def _refuse_open_address(host: str) -> None:
    """Without a public address set, pages are served without TLS: to this machine, or inside of
    a container (EVERYWHERE), where a proxy stands in front.
    """
    plain = transport.ORIGIN in os.environ.get("INNOVATION_WITHOUT_TLS", "")
    alone = host in EVERYWHERE or transport.is_here(host)
    if not (alone or plain or os.environ.get("INNOVATION_ORIGIN")):
        sys.exit(
            f"Others reach {host}: set INNOVATION_ORIGIN to the public https:// address (or "
            "INNOVATION_WITHOUT_TLS=origin on a closed network)."
        )


def listen() -> socket.socket:
    """Open the socket that everything is served through; a clear sentence when that fails.

    It belongs to the supervisor: while gunicorn is started anew, visitors wait in its queue.
    """
    host, port = address()
    _refuse_open_address(host)
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


def hand_over(settings: Settings, listening: socket.socket) -> NoReturn:
    """Become the process that serves, in its own environment; it keeps this one's number."""
    own = {"INNOVATION_INSTANCE": str(settings.instance)}
    if not os.environ.get("INNOVATION_ORIGIN"):
        own["INNOVATION_ORIGIN"] = public_origin(settings)  # for the links in mails
    # Requests are the parallel work here; threads of a library would not outlive the fork either.
    own["OPENBLAS_NUM_THREADS"] = "1"
    # With a heap for each thread, what one has freed lies idle while another asks for more.
    own["MALLOC_ARENA_MAX"] = "2"
    # What is large is given back as soon as it is let go, instead of leaving holes in the heap. Of
    # itself the C library would raise these bounds to the largest thing there ever was.
    own["MALLOC_MMAP_THRESHOLD_"] = "131072"
    own["MALLOC_TRIM_THRESHOLD_"] = "1048576"
    listening.set_inheritable(True)
    sys.stdout.flush()
    os.chdir(ROOT)
    words = [sys.executable, "-m", "innovation.serving", str(listening.fileno())]
    os.execve(sys.executable, words, {**os.environ, **own})  # noqa: S606 - no shell is wanted


class Child:
    """A process forked from this one that does one thing; what was loaded here is shared with it.

    name: what it is called in lists of processes, at most fifteen signs.
    """

    def __init__(self, name: str, work: Callable[[], object]) -> None:
        """Fork; the child works and ends."""
        self.name = name
        self.began = time.monotonic()
        self.returncode: int | None = None
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        # A signal that comes now must not be handled by the child as if it were the supervisor.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        try:
            self.pid = os.fork()
            if self.pid == 0:
                os._exit(_work(name, work, parent))
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def runs(self) -> bool:
        """Tell whether it still works."""
        if self.returncode is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode is None

    def end(self, deadline: float) -> None:
        """Wait until it has ended by itself; whoever is left of its group then has had its time."""
        while self.runs() and time.monotonic() < deadline:
            time.sleep(0.02)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        if self.returncode is None:
            os.waitpid(self.pid, 0)


def _work(name: str, work: Callable[[], object], parent: int) -> int:
    """Do the child's work, as a process that knows nothing of how it came to be; gives its code."""
    try:
        # A group of its own: Ctrl+C reaches the supervisor alone, which ends its children in order.
        os.setpgid(0, 0)
        for number in STOPPING:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
        end_with_parent(parent)
        call_process(name)
        Context().run(work)
    except SystemExit as told:
        if isinstance(told.code, str):
            logger.error("%s", told.code)
        return told.code if isinstance(told.code, int) else int(told.code is not None)
    except BaseException:
        logger.exception("%s failed", name)
        return 1
    finally:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def keep_alive(works: Mapping[str, Callable[[], object]]) -> None:
    """Start a child for each work, start anew whichever ends, and end all when told to stop."""
    stop = Stop()
    stop.on(*STOPPING)
    running: dict[str, Child] = {}
    try:
        while not stop.is_set():
            for name, work in works.items():
                _pause_after(running.get(name), stop)
                if not stop.is_set() and (name not in running or not running[name].runs()):
                    _start(name, work, running)
            stop.wait(LOOK_SECONDS)
    finally:
        for child in running.values():
            with suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for child in running.values():
            child.end(deadline)


def _start(name: str, work: Callable[[], object], running: dict[str, Child]) -> None:
    """Start a child; where the machine has no room for it now, what runs goes on, and we again."""
    try:
        running[name] = Child(name, work)
    except OSError as problem:
        logger.warning("%s cannot be started: %s", name, problem.strerror)


def _pause_after(child: Child | None, stop: Stop) -> None:
    """Tell that a child has ended; one that hardly lived is not started anew in a busy circle."""
    if child is None or child.runs():
        return
    logger.warning("%s ended (%s), starting again", child.name, child.returncode)
    if time.monotonic() - child.began < HEALTHY_SECONDS:
        stop.wait(RESTART_PAUSE_SECONDS)


def call_process(name: str) -> None:
    """Give this process a name for `ps` and `top`."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(NAME, name.encode()[:15] + b"\0", 0, 0, 0)


def end_with_parent(parent: int) -> None:
    """Ask Linux to end this process when its parent dies without a word, even just now."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PARENT_DIES, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)
