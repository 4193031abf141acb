"""Headers on every answer, and the refusal of requests that come from another site."""

import re
from urllib.parse import SplitResult, urlsplit

from flask import Flask, Response, current_app, g, redirect, request
from flask.typing import ResponseReturnValue

from innovation.core import transaction
from innovation.core.config import Settings
from innovation.web import access

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types innovation",
    )
)

# What pages of ours never ask a browser for. Frames and scripts of others, which could, are kept
# out by the policy above; every sign here is paid for on each page, so the list is short.
UNUSED = ("camera", "geolocation", "microphone")

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{one}=()" for one in UNUSED),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

# A style sheet, a script: nothing in them can open anything, and every byte is paid for on a phone.
HEADERS_OF_FILES = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": HEADERS["Cross-Origin-Resource-Policy"],
    "X-Content-Type-Options": HEADERS["X-Content-Type-Options"],
}
FILES = frozenset({"text/css", "text/javascript"})

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


# A segment of one or two dots, also in the other way of writing them that browsers understand.
UPWARDS = re.compile(r"/(\.|%2e){1,2}(?=[/?#]|$)", re.IGNORECASE)


class ForeignRequestError(Exception):
    """The request was made by another site, or its form is older than the session."""


def _lead_to_tls() -> ResponseReturnValue | None:
    """Lead a page that came to the proxy without TLS to its address with TLS; refuse all else.

    Whoever asks the process itself, such as a check of its health, says nothing of a proxy.
    """
    settings: Settings = current_app.extensions["settings"]
    if not settings.secure or request.headers.get("X-Forwarded-Proto", "") != "http":
        return None
    if request.method not in SAFE_METHODS:
        raise ForeignRequestError
    return redirect(settings.origin + request.full_path.rstrip("?"), 308)


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
    if token and not access.is_csrf_token(given):
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


def own_address(path: str) -> str:
    """Give the address of one of our pages from its path, which leaves out what all lie below."""
    below: str = current_app.extensions["settings"].path
    return below + path


def own_path(given: str, default: str | None = None) -> str:
    """Give the address to go on to when it is one of this service, else the default.

    Without a default that is the front page. Browsers drop tabs and line breaks and take a
    backslash for a slash, so none may be in it; below a path of ours no `..` may lead out of it.
    """
    unsafe = any(sign <= " " or sign in "\\\x7f" for sign in given)
    out = own_address("") and UPWARDS.search(given)
    if unsafe or out or not given.startswith(own_address("/")) or given.startswith("//"):
        return own_address("/") if default is None else default
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
    elif _is_for_some():
        response.headers["Cache-Control"] = "no-store"
    return response


def _is_for_some() -> bool:
    """Tell whether the page is only for people with an account or a right: no browser keeps it."""
    if request.endpoint is None or request.endpoint == "static":
        return False
    return access.rule_of(current_app, request.endpoint) != access.PUBLIC


def init_app(app: Flask) -> None:
    """Check every unsafe request first, and dress every answer."""
    app.before_request(_lead_to_tls)
    app.before_request(_refuse_foreign)
    app.after_request(_add_headers)
