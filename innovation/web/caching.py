"""Pages for visitors without a session: compressed, with an ETag, so that a second look is free."""

import gzip
import hashlib

from flask import Flask, Response, current_app, g, request
from flask_login import current_user

SMALLEST = 1_000
LEVEL = 9


def _dress(response: Response) -> Response:
    """Compress and mark what is not personal; pages with secrets are never compressed (BREACH)."""
    if response.direct_passthrough or request.endpoint == "static":
        return response
    if response.mimetype != "text/html":
        return response
    response.headers.add("Vary", "Cookie")
    if not _impersonal(response):
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
    body = response.get_data()
    response.headers.setdefault("Cache-Control", "private, no-cache")
    response.set_etag(hashlib.blake2b(body, digest_size=12).hexdigest(), weak=True)
    if len(body) >= SMALLEST and request.accept_encodings["gzip"] > 0:
        response.set_data(gzip.compress(body, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    response.headers.add("Vary", "Accept-Encoding")
    response.make_conditional(request)
    return response


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
    """Dress every answer on its way out."""
    app.after_request(_dress)
