"""Slow clients (Slowloris): headers and bodies that trickle in, while others want pages.

Twice: against the service itself, which the manual forbids, and through the documented nginx. Two
hundred slow connections for half a minute in full, sixty for some seconds in short.
"""

import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.asking import percentile
from bench.faults.figures import Figures, Promises, Say, alone
from bench.faults.house import House, serving, until
from tests.deploy import front

NAME = "slow"
SLOW, SHORT_SLOW = 200, 60
SECONDS, SHORT_SECONDS = 30.0, 6.0
VISITORS, THINKING = 4, 0.25
# A visitor who waits longer goes away.
PATIENCE = 10.0
# Through the front, on a machine that others use as well.
LONGEST_MS = 2000.0
PAGE = (
    f"GET /ideas HTTP/1.1\r\nHost: {front.NAME}\r\nX-Forwarded-Proto: https\r\n"
    "Connection: close\r\n\r\n"
).encode()
HEADERS = f"GET /ideas HTTP/1.1\r\nHost: {front.NAME}\r\nX-Forwarded-Proto: https\r\nX-A: ".encode()
BODY = (
    f"POST /ideas HTTP/1.1\r\nHost: {front.NAME}\r\nX-Forwarded-Proto: https\r\n"
    f"Origin: https://{front.NAME}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "Content-Length: 5000\r\n\r\ntext="
).encode()
SHOWS = """\
Half of the slow connections send a header and the other half a form's body, a byte a second; each
that is closed comes again. Four visitors meanwhile ask for the list of ideas and give up after ten
seconds. Through nginx as the manual sets it up, the visitors notice nothing: it hands on whole
requests only. Without it the two processes have eight threads, slow requests take all of them, and
the figures say how few visitors get a page then. So the manual says: never without a front. Once
the slow ones are gone the service answers as before by itself."""

Opened = Callable[[], socket.socket]


def run(short: bool, database: str, say: Say) -> Figures:
    """Be slow, and measure what others get."""
    promises = Promises(say, short=short)
    many, seconds = (SHORT_SLOW, SHORT_SECONDS) if short else (SLOW, SECONDS)
    figures: dict[str, str | float] = {"slow connections": many}
    origin = f"https://{front.NAME}"
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as folder,
        serving(database, INNOVATION_ORIGIN=origin, INNOVATION_PROXIES="1") as house,
    ):

        def straight() -> socket.socket:
            return socket.create_connection(("127.0.0.1", house.port), timeout=PATIENCE)

        _asked(straight)
        _measure(figures, "nobody slow", straight, 0, seconds, say)
        _measure(figures, "without a front", straight, many, seconds, say)
        back = until(lambda: house.answers("/healthz"), "it does not answer afterwards", 60)
        figures["without a front: back after the slow ones left, s"] = round(back, 1)
        if not (front.NGINX and front.OPENSSL):
            figures["through nginx"] = "left out: nginx or openssl is not installed"
        else:
            with front.front(Path(folder), f"127.0.0.1:{house.port}") as proxy:
                ways = _measure(figures, "through nginx", proxy.connect, many, seconds, say)
            promises.hold(not ways.failures, f"{ways.failures} visitors got nothing through nginx")
            promises.keep_pace(ways.p95 < LONGEST_MS, f"p95 through nginx is {ways.p95:.0f} ms")
        promises.hold(_is_well(house), "the service is not as before")
    return promises.told(NAME, figures, SHOWS)


def _is_well(house: House) -> bool:
    return house.complete() and house.answers("/readyz")


class Asked:
    """What the visitors got: milliseconds of each page, and how often nothing came."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.times: list[float] = []
        self.failures = 0

    @property
    def p95(self) -> float:
        """Milliseconds that 95 of 100 pages do not exceed; infinite when none came."""
        return percentile(self.times, 0.95) if self.times else float("inf")


def _measure(
    figures: dict[str, str | float], way: str, opened: Opened, many: int, seconds: float, say: Say
) -> Asked:
    got = Asked()
    with _slow(opened, many) as slow:
        if many:
            time.sleep(2)
        with ThreadPoolExecutor(VISITORS) as visitors:
            end = time.monotonic() + seconds
            for one in [visitors.submit(_visit, opened, end, got) for _ in range(VISITORS)]:
                one.result()
    times = f"{percentile(got.times, 0.5):.0f}, {got.p95:.0f}" if got.times else "–"
    figures[f"{way}: pages that came, that did not"] = f"{len(got.times)}, {got.failures}"
    figures[f"{way}: p50, p95 in ms"] = times
    if many:
        figures[f"{way}: slow connections that were closed"] = slow.closed
    say(f"{way}: {len(got.times)} pages, {got.failures} did not come, p50 and p95 {times} ms")
    return got


def _visit(opened: Opened, end: float, got: Asked) -> None:
    while time.monotonic() < end:
        begun = time.monotonic()
        if _asked(opened):
            got.times.append(1000 * (time.monotonic() - begun))
        else:
            got.failures += 1
        time.sleep(THINKING)


def _asked(opened: Opened) -> bool:
    """Ask for the list; tell whether all of it came in time."""
    try:
        with opened() as line:
            line.settimeout(PATIENCE)
            line.sendall(PAGE)
            answer = line.recv(65536)
            whole = answer
            while answer:
                answer = line.recv(65536)
                whole += answer
    except OSError:
        return False
    return whole.startswith(b"HTTP/1.1 200") and b"</html>" in whole[-100:]


class Slow:
    """Connections that send a byte a second; whoever is thrown out comes again."""

    def __init__(self, opened: Opened, many: int) -> None:
        """Begin with no connection."""
        self.closed = 0
        self._opened = opened
        self._lines: list[socket.socket | None] = [None] * many
        self.over = threading.Event()

    def trickle(self) -> None:
        """Send a byte on each connection every second, until it is over."""
        while not self.over.wait(1.0):
            for number, line in enumerate(self._lines):
                if self.over.is_set():
                    return
                if line is None or not self._sent(line):
                    self.closed += line is not None
                    self._lines[number] = self._begun(BODY if number % 2 else HEADERS)

    def leave(self) -> None:
        """Close everything."""
        for line in self._lines:
            if line is not None:
                line.close()

    def _sent(self, line: socket.socket) -> bool:
        try:
            line.sendall(b"a")
            line.setblocking(False)
            return bool(line.recv(1))
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False
        finally:
            with suppress(OSError):
                line.settimeout(1.0)

    def _begun(self, first: bytes) -> socket.socket | None:
        try:
            line = self._opened()
            line.settimeout(1.0)
            line.sendall(first)
        except OSError:
            return None
        return line


@contextmanager
def _slow(opened: Opened, many: int) -> Iterator[Slow]:
    slow = Slow(opened, many)
    thread = threading.Thread(target=slow.trickle, daemon=True)
    thread.start()
    try:
        yield slow
    finally:
        slow.over.set()
        thread.join(30)
        slow.leave()


if __name__ == "__main__":
    alone(run)
