"""Logs on standard error, with a request id and nothing about the person."""

import logging
import re
import secrets
import sys

from flask import Flask, Response, g, has_request_context, request

_KNOWN_ID = re.compile(r"[0-9a-f]{16}")
# What the server says of a malformed request: whose it is, the kind of mistake, what was sent.
_MALFORMED = re.compile(r"(Invalid request) from ip=\S*?(: [^:]*).*", re.DOTALL)
_FAILED = "Error handling request"


class _AddRequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = g.get("request_id", "-") if has_request_context() else "-"
        return True


class Nameless(logging.Filter):
    """Takes visitors' addresses, and the addresses of pages, out of what the server itself logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record; every one is kept."""
        told = record.getMessage()
        shown = _FAILED if told.startswith(_FAILED) else _MALFORMED.sub(r"\1\2", told)
        record.msg, record.args = shown, ()
        return True


def request_id() -> str:
    """Give the id of this request, as it stands in the logs and on the error page."""
    return str(g.get("request_id", "-"))


def _begin() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _KNOWN_ID.fullmatch(given) else secrets.token_hex(8)


def _tell(response: Response) -> Response:
    response.headers["X-Request-ID"] = request_id()
    return response


def init_app(app: Flask) -> None:
    """Write to standard error: standard output is for the results of commands."""
    if not logging.getLogger().handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.addFilter(_AddRequestId())
        handler.setFormatter(
            logging.Formatter("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s")
        )
        logging.getLogger().addHandler(handler)
        logging.getLogger().setLevel(logging.INFO)
        logging.getLogger("alembic").setLevel(logging.WARNING)
    app.before_request(_begin)
    app.after_request(_tell)
