"""What machines ask: is the process alive, is the service ready, how busy is it."""

import hmac
from ipaddress import ip_address
from typing import Any

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue

from innovation.core.config import Settings
from innovation.core.errors import NotFoundError
from innovation.operation import measures, readiness
from innovation.operation.queries import workload_if_any
from innovation.web.access import public

blueprint = Blueprint("operation", __name__)

PLAIN = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
# What a proxy in front adds: whoever comes with one of these comes from elsewhere.
BY_PROXY = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Tell that the process is alive."""
    return "ok", 200, PLAIN


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Tell whether everything that pages need is there, and otherwise what to do about it."""
    found = readiness.lacks(_settings())
    ready = not any(one.grave for one in found)
    lines = ["ready" if ready else "not ready", *(one.what for one in found)]
    return "\n".join(lines) + "\n", 200 if ready else 503, PLAIN


@blueprint.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Give the numbers that the service is watched by, to this machine or for the token."""
    if not (_with_token() or _from_this_machine()):
        raise NotFoundError("metrics")
    told = measures.told(workload_if_any())
    answer = Response(told, content_type=measures.CONTENT_TYPE)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _with_token() -> bool:
    wanted = _settings().metrics_token
    kind, _space, given = request.headers.get("Authorization", "").partition(" ")
    if not wanted or kind.lower() != "bearer":
        return False
    return hmac.compare_digest(wanted.encode(), given.strip().encode())


def _from_this_machine() -> bool:
    """Tell whether nobody stands between: neither the address, a header nor the name says so."""
    before: dict[str, Any] = request.environ.get("werkzeug.proxy_fix.orig", {})
    address = str(before.get("REMOTE_ADDR", request.environ.get("REMOTE_ADDR", "")))
    named = str(before.get("HTTP_HOST", request.environ.get("HTTP_HOST", "")))
    name = named.rpartition(":")[0] if not named.endswith("]") and ":" in named else named
    proxied = any(one in request.headers for one in BY_PROXY)
    return _is_loopback(address) and name.strip("[]").lower() in HERE and not proxied


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
