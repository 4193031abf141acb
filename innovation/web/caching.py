"""Pages for visitors without a session: compressed, with an ETag, and made once for all of them."""

import gzip
import hashlib
import time
from dataclasses import dataclass

from flask import Flask, Response, current_app, g, request
from flask_login import current_user

from innovation.web import access, forms, unchanged
from innovation.web.locale import cookie_name, language
from innovation.web.shared_pages import Parts, pages_for

SMALLEST = 1_000
LEVEL = 9
PARTIAL = "X-Partial"
BY_WHAT = "Cookie, Accept-Encoding"
MOST_KEPT = 500
LARGEST_KEPT = 60_000


# Endpoints whose pages turned out to be for anybody. Others, such as what monitoring asks, are not
# looked for, so that they need no database.
_worth_keeping: set[str] = set()


@dataclass(frozen=True, slots=True)
class _Made:
    """A finished page: its compressed body, its headers, and when it was made."""

    body: bytes
    headers: list[tuple[str, str]]
    at: float


def _answer() -> Response | None:
    """Give the page as it was made for another visitor, when nothing has changed since then."""
    if not _for_anybody():
        return None
    g.page_key = (request.full_path, language(), request.headers.get(PARTIAL))
    made: _Made | None = _pages().find(unchanged.state(), g.page_key)
    if made is None or time.monotonic() - made.at > unchanged.LONGEST_KEPT:
        return None
    g.page_is_ready = True
    return Response(made.body, headers=made.headers)


def _for_anybody() -> bool:
    """Tell whether the asker is nobody in particular: no cookie but that of the language."""
    return (
        request.method in {"GET", "HEAD"}
        and request.endpoint in _worth_keeping
        and not current_app.testing
        and request.accept_encodings["gzip"] > 0
        and "Range" not in request.headers
        and request.cookies.keys() <= {cookie_name()}
    )


def _pages() -> unchanged.Memory:
    kept: unchanged.Memory = current_app.extensions["pages"]
    return kept


def _dress(response: Response) -> Response:
    """Compress and mark what is not personal; pages with secrets are never compressed (BREACH)."""
    if g.get("page_is_ready", False):
        response.make_conditional(request)
        return response
    if response.direct_passthrough or request.endpoint == "static":
        return response
    if response.mimetype != "text/html":
        return response
    if not _impersonal(response):
        response.set_data(forms.fill_once(access.fill_token(response.get_data())))
        response.headers.add("Vary", "Cookie")
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
    body = response.get_data()
    response.headers.setdefault("Cache-Control", "private, no-cache")
    response.set_etag(hashlib.blake2b(body, digest_size=8).hexdigest(), weak=True)
    if len(body) >= SMALLEST and request.accept_encodings["gzip"] > 0:
        response.set_data(gzip.compress(body, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        _keep(response)
    response.headers.add("Vary", BY_WHAT)
    response.make_conditional(request)
    return response


def _keep(response: Response) -> None:
    """Keep the page for the next visitor, if it was asked for by nobody in particular."""
    if g.get("page_is_single", False):
        return
    body = response.get_data()
    _worth_keeping.add(str(request.endpoint))
    if "page_key" in g and len(body) <= LARGEST_KEPT:
        headers = [*response.headers.items(), ("Vary", BY_WHAT)]
        _pages().keep(unchanged.state(), g.page_key, _Made(body, headers, time.monotonic()))


def _apart(made: _Made) -> Parts:
    """Take a page apart for another machine, whose clock of this kind is another one."""
    return made.body, made.headers, time.monotonic() - made.at


def _together(parts: Parts) -> _Made:
    body, headers, age = parts
    return _Made(body, headers, time.monotonic() - age)


def _impersonal(response: Response) -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and response.status_code == 200
        and not g.get("page_is_personal", False)
        and not g.get("page_is_secret", False)
        and not hasattr(current_user, "person")
        and current_app.config["SESSION_COOKIE_NAME"] not in request.cookies
        and "Set-Cookie" not in response.headers
    )


def init_app(app: Flask) -> None:
    """Dress every answer on its way out, and look first whether it is ready."""
    app.extensions["pages"] = pages_for(app, MOST_KEPT, _apart, _together)
    app.before_request(_answer)
    app.after_request(_dress)
