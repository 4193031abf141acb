"""A visitor who is patient with a broken service, and tells how long nothing was answered."""

import functools
import http.client
import itertools
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from tests.faults.visiting import BROKEN, CONFLICT, Visitor

PATIENCE = 180.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0
# What says "not now": the service itself, and a proxy that does not reach it.
NOT_NOW = frozenset({500, 502, 503, 504})
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
# Each comes from an address of this machine that is their own: limits are counted by address.
_numbers = itertools.count(1)


class _FromOwnAddress(urllib.request.HTTPHandler):
    def __init__(self, address: str) -> None:
        super().__init__()
        self._connection = functools.partial(
            http.client.HTTPConnection, source_address=(address, 0)
        )

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)  # type: ignore[arg-type]


class Patient(Visitor):
    """Sends the same again until it is answered with something else than "not now".

    slowest: seconds of the longest wait for one answer. refused: pages that said "not now", by
    status, with the last of them in `last_refusal`.
    """

    def __init__(self, url: str) -> None:
        """Come from an address of one's own."""
        super().__init__(url)
        number = next(_numbers)
        self._way = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()),
            _FromOwnAddress(
                f"127.{100 + number // 60_000}.{number // 250 % 240}.{1 + number % 250}"
            ),
        )
        self.slowest = 0.0
        self.asked = 0
        self.refused: dict[int, int] = {}
        self.last_refusal = ""

    def _ask(self, path: str, body: bytes | None) -> tuple[str, str]:
        begun, pause = time.monotonic(), FIRST_PAUSE
        while True:
            found = self._once(path, body)
            if found is not None:
                self.slowest = max(self.slowest, time.monotonic() - begun)
                return found
            if time.monotonic() - begun > PATIENCE:
                raise TimeoutError(f"{path} was not answered: {self.refused}")
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _once(self, path: str, body: bytes | None) -> tuple[str, str] | None:
        request = urllib.request.Request(self.url + path, body, {"Origin": self.url})  # noqa: S310
        self.asked += 1
        try:
            with self._way.open(request, timeout=15) as answer:
                return urllib.parse.urlsplit(answer.url).path, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                # The same once more, after an answer that never came: it stands already.
                if refused.code == CONFLICT:
                    return path, ""
                if refused.code not in NOT_NOW:
                    raise
                self.refused[refused.code] = self.refused.get(refused.code, 0) + 1
                self.last_refusal = refused.read().decode(errors="replace")
        except BROKEN:
            self.refused[0] = self.refused.get(0, 0) + 1
        return None

    def look(self, path: str, fields: dict[str, str] | None = None) -> int:
        """Ask once, sending the fields if there are any; gives the status, 0 when it broke."""
        before = dict(self.refused)
        body = urllib.parse.urlencode(fields).encode() if fields else None
        if self._once(path, body) is not None:
            return 200
        return next(one for one in self.refused if self.refused[one] != before.get(one))

    def support(self, address: str) -> None:
        """Support the idea of this address; whoever does already goes on doing so."""
        found = TOKEN.search(self.get(address)[1])
        if found is None:
            raise RuntimeError(f"there is no button on {address}")
        self.post(f"{address}/vote", {"csrf_token": found[1], "support": "1"})
