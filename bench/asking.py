"""Visitors over HTTP: connections that are kept and closed, answers read to their end, times."""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlencode, urlsplit

from urllib3 import HTTPConnectionPool

_PATIENCE = 60.0
# Each crowd comes from addresses of its own, as visitors do: limits are counted by address.
_crowds = count()


@dataclass(frozen=True)
class Request:
    """Something to ask for. form: what is posted, None for a page. status: what is to be answered.

    headers: further ones, such as a session's cookie.
    """

    path: str
    form: Mapping[str, str] | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        """GET, or POST where something is posted."""
        return "GET" if self.form is None else "POST"


@dataclass(frozen=True)
class Answer:
    """How long an answer took to its last byte, in milliseconds, and its bytes with its headers."""

    milliseconds: float
    size: int


@dataclass(frozen=True)
class Heard:
    """What came back: the status, the headers, the body as it is packed, and how long it took."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    answer: Answer


class UnexpectedAnswerError(RuntimeError):
    """The service answered something else than what is measured."""


class Visitor:
    """One connection, kept alive, as a browser has it."""

    def __init__(self, url: str, address: str = "127.0.0.1") -> None:
        """Come from this address of the machine."""
        parts = urlsplit(url)
        self._url, self._address = url, address
        self._pool = HTTPConnectionPool(
            parts.hostname or "", parts.port, maxsize=1, block=True, retries=False,
            timeout=_PATIENCE, source_address=(address, 0),
        )  # fmt: skip

    def ask(self, request: Request) -> Answer:
        """Ask, and read the answer to its end. Raises UnexpectedAnswerError."""
        heard = self.hear(request)
        if heard.status != request.status:
            raise UnexpectedAnswerError(
                f"{request.method} {request.path} answered {heard.status} and not "
                f"{request.status}: {heard.body[:300]!r}"
            )
        return heard.answer

    def hear(self, request: Request) -> Heard:
        """Ask, and give whatever was answered."""
        headers = {"Accept-Encoding": "gzip", "Accept-Language": "fi", **request.headers}
        body = None
        if request.form is not None:
            body = urlencode(request.form)
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Sec-Fetch-Site": "same-origin",
                "Origin": self._url,
            }
        begun = time.perf_counter()
        response = self._pool.urlopen(
            request.method, request.path, body=body, headers=headers, redirect=False,
            preload_content=False, decode_content=False,
        )  # fmt: skip
        try:
            read = response.read()
        finally:
            response.release_conn()
        taken = 1000 * (time.perf_counter() - begun)
        lines = sum(len(name) + len(value) + 4 for name, value in response.headers.items())
        first = len(f"HTTP/1.1 {response.status} {response.reason}\r\n\r\n")
        return Heard(
            response.status, response.headers, read, Answer(taken, first + lines + len(read))
        )

    def leave(self) -> None:
        """Close the connection."""
        self._pool.close()

    def again(self) -> "Visitor":
        """Give the same visitor with a new connection."""
        return Visitor(self._url, self._address)


class Crowd:
    """Several visitors at once."""

    def __init__(self, visitors: Sequence[Visitor], threads: ThreadPoolExecutor) -> None:
        """Speak for these visitors."""
        self._visitors, self._threads = visitors, threads

    def each(self, requests: Sequence[Request]) -> None:
        """Let every visitor ask for all of it."""
        list(self._threads.map(lambda one: _in_turn(one, requests), self._visitors))

    def share(self, requests: Sequence[Request]) -> list[Answer]:
        """Let the visitors ask for a part each, at the same time."""
        many = len(self._visitors)
        parts = [requests[place::many] for place in range(many)]
        answered = self._threads.map(_in_turn, self._visitors, parts)
        return [one for answers in answered for one in answers]


def _in_turn(visitor: Visitor, requests: Sequence[Request]) -> list[Answer]:
    return [visitor.ask(request) for request in requests]


@contextmanager
def crowd(url: str, connections: int) -> Iterator[Crowd]:
    """Give visitors with a connection each, closed when the block ends."""
    number = next(_crowds)
    address = f"127.{1 + number // 60_000}.{number // 250 % 240}.{1 + number % 250}"
    visitors = [Visitor(url, address) for _ in range(connections)]
    try:
        with ThreadPoolExecutor(connections) as threads:
            yield Crowd(visitors, threads)
    finally:
        for one in visitors:
            one.leave()


def percentile(values: Sequence[float], part: float) -> float:
    """Give the value that this part of all (0 to 1) does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
