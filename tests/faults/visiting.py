"""A patient visitor over HTTP: whatever breaks on the way, the same form is sent once more."""

import http.client
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from tests.real.forms import fields_of
from tests.real.people import PASSWORD

PATIENCE_SECONDS = 60.0
CONFLICT = 409
BROKEN = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError)
REFERENCE = re.compile(r'class="reference">([^<]+)<')
ROW = re.compile(r'class="idea-title"[^>]*><a href="(/ideas/\d+)"')


class Visitor:
    """Somebody with cookies of their own. Each method waits until it is answered."""

    def __init__(self, url: str, origin: str = "") -> None:
        """Know the service's address. origin: the public one, when it is another."""
        self.url = url
        self.origin = origin or url
        self._jar = CookieJar()

    def send_idea(self, text: str) -> str:
        """Send a nameless idea; gives the reference that acknowledged it."""
        _address, page = self.get("/ideas/new")
        _address, page = self.post("/ideas", {**fields_of(page), "text": text})
        found = REFERENCE.search(page)
        assert found, page
        return found[1].strip()

    def sign_in(self, email: str) -> None:
        """Come in with the password of everybody in the tests."""
        fields = {**fields_of(self.get("/sign-in")[1]), "email": email, "password": PASSWORD}
        self.post("/sign-in", fields)

    def publish(self, reference: str) -> str:
        """Publish the idea as a moderator; gives its address."""
        address, _page = self.get(f"/search?q={reference}")
        while 'value="publish"' in (page := self.get(f"/moderation{address}")[1]):
            self.post(f"/moderation{address}", {**fields_of(page), "decision": "publish"})
        return address

    def found(self, words: str) -> set[str]:
        """Search, and give the addresses of everything that was found, from all pages."""
        addresses: set[str] = set()
        number = 1
        while True:
            words_and_page = urllib.parse.urlencode({"q": words, "page": number})
            rows = set(ROW.findall(self.get(f"/search?{words_and_page}")[1]))
            if not rows:
                return addresses
            addresses |= rows
            number += 1

    def get(self, path: str) -> tuple[str, str]:
        """Give the path one was led to, and the page."""
        return self._ask(path, None)

    def post(self, path: str, fields: dict[str, str]) -> tuple[str, str]:
        """Send a form; gives the path one was led to, and the page."""
        return self._ask(path, urllib.parse.urlencode(fields).encode())

    def _ask(self, path: str, body: bytes | None) -> tuple[str, str]:
        end = time.monotonic() + PATIENCE_SECONDS
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))
        while True:
            request = urllib.request.Request(self.url + path, body, {"Origin": self.origin})
            try:
                with opener.open(request, timeout=15) as answer:
                    return urllib.parse.urlsplit(answer.url).path, answer.read().decode()
            except urllib.error.HTTPError as refused:
                # The same decision once more, after an answer that never came: it stands already.
                if refused.code != CONFLICT:
                    raise
                refused.close()
                return path, ""
            except BROKEN:
                if time.monotonic() > end:
                    raise
            time.sleep(0.1)
