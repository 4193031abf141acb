"""Headers on every answer, and the refusal of requests that come from another site."""

import hmac
from urllib.parse import SplitResult, urlsplit

from flask import Flask, Response, current_app, g, request

from innovation.core import transaction
from innovation.web import access

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types innovation",
    )
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

# A style sheet, a script: nothing in them can open anything, and every byte is paid for on a phone.
HEADERS_OF_FILES = {
    name: HEADERS[name] for name in ("Cross-Origin-Resource-Policy", "X-Content-Type-Options")
}
FILES = frozenset({"text/css", "text/javascript"})

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ForeignRequestError(Exception):
    """The request was made by another site, or its form is older than the session."""


def _refuse_foreign() -> None:
    """Let unsafe requests through only from our own pages, and with the token of the session."""
    if request.method in SAFE_METHODS:
        return
    ours = _same_origin()
    if ours is False:
        raise ForeignRequestError
    with transaction.reading():
        token = access.csrf_token()
    if token and ours is None:
        raise ForeignRequestError
    given = request.form.get("csrf_token", "") or request.headers.get("X-CSRF-Token", "")
    if token and not hmac.compare_digest(token.encode(), given.encode()):
        raise ForeignRequestError


def _same_origin() -> bool | None:
    """Tell whether the request comes from our own pages; None when its client does not say.

    Every browser says it. Whoever does not is served as long as there is no session to abuse.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    if origin is None:
        return None
    own = {request.host, urlsplit(current_app.extensions["settings"].origin).netloc}
    return parts_of(origin).netloc in own - {""}


def parts_of(address: str) -> SplitResult:
    """Split an address that a client sent; a malformed one has empty parts."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def own_path(given: str, default: str = "/") -> str:
    """Give the address to go on to when it is a path of this service, else the default.

    Browsers drop tabs and line breaks and take a backslash for a slash, so none may be in it.
    """
    unsafe = any(sign <= " " or sign in "\\\x7f" for sign in given)
    if unsafe or not given.startswith("/") or given.startswith("//"):
        return default
    return given


def _add_headers(response: Response) -> Response:
    own = HEADERS_OF_FILES if response.mimetype in FILES else HEADERS
    for name, value in own.items():
        response.headers.setdefault(name, value)
    if current_app.extensions["settings"].secure:
        response.headers.setdefault(
            "Strict-Transport-Security", "max-age=31536000; includeSubDomains"
        )
    if g.get("page_is_secret", False):
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def init_app(app: Flask) -> None:
    """Check every unsafe request first, and dress every answer."""
    app.before_request(_refuse_foreign)
    app.after_request(_add_headers)
