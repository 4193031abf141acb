"""Logs on standard error, as text or JSON, with a request id and nothing about the person."""

import json
import logging
import re
import secrets
import sys
import threading
import time
import traceback
from types import TracebackType
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from jinja2 import UndefinedError
from sqlalchemy.exc import DBAPIError

_KNOWN_ID = re.compile(r"[0-9a-f]{16}")
# What the server says of a malformed request: whose it is, the kind of mistake, what was sent.
_MALFORMED = re.compile(r"(Invalid request) from ip=\S*?(: [^:]*).*", re.DOTALL)
_FAILED = "Error handling request"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# What is refused for want of a right or too often is worth a line; what is merely not found is not.
_REFUSED = frozenset({401, 403, 429})
# Errors that speak of the code. The words of all others may hold what somebody wrote.
_OF_THE_CODE = (
    AttributeError, ImportError, NameError, RuntimeError, TypeError, UndefinedError,
)  # fmt: skip
# Where the ids of requests, and what an entry tells in numbers, stand in a line of JSON.
FIELDS = "fields"

# Coming in, and what decides who comes in: that it was tried, by which door, and how it ended.
DOORS = frozenset(
    "accounts addresses codes devices federation proofs second_factors welcome".split()
)

logger = logging.getLogger(__name__)

ErrorInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class _AddRequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = g.get("request_id", "-") if has_request_context() else "-"
        return True


class OneLine(logging.Filter):
    """Keeps an entry on its line: what somebody typed cannot look like an entry of its own."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Write control characters as escapes; every record is kept."""
        told = record.getMessage()
        if _CONTROLS.search(told):
            shown = _CONTROLS.sub(lambda found: repr(found[0])[1:-1], told)
            record.msg, record.args = shown, ()
        return True


class Nameless(logging.Filter):
    """Takes visitors' addresses, and the addresses of pages, out of what the server itself logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record; every one is kept."""
        told = record.getMessage()
        shown = _FAILED if told.startswith(_FAILED) else _MALFORMED.sub(r"\1\2", told)
        record.msg, record.args = shown, ()
        return True


class _Pathless(logging.Filter):
    """Takes the address of the page out of what Flask logs when even the page of an error fails."""

    def filter(self, record: logging.LogRecord) -> bool:
        if str(record.msg).startswith("Exception on "):
            endpoint = (request.endpoint if has_request_context() else None) or "-"
            record.msg, record.args = "no page could be made in %s", (endpoint,)
        return True


class _Discreet(logging.Formatter):
    """Tells of an error which kind it is and where it arose; its words only where they are ours."""

    def formatException(self, ei: ErrorInfo) -> str:  # noqa: N802 - the library names it
        """Give the places in the code, from the first cause on."""
        lines: list[str] = []
        error: BaseException | None = ei[1]
        while error is not None and len(lines) < 400:
            places = traceback.StackSummary.extract(
                traceback.walk_tb(error.__traceback__), lookup_lines=True
            ).format()
            lines = ["Traceback:\n", *places, f"{_told(error)}\n", *lines]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "".join(lines).rstrip()


class TextLines(_Discreet):
    """Entries to be read by people; times are UTC."""

    def __init__(self) -> None:
        """Set the shape of a line."""
        super().__init__(
            "%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s [%(request_id)s] %(message)s",
            "%Y-%m-%dT%H:%M:%S",
            defaults={"request_id": "-"},
        )
        self.converter = time.gmtime


class JsonLines(_Discreet):
    """Entries to be read by programs: one JSON object on a line; times are UTC."""

    def __init__(self) -> None:
        """Count in UTC."""
        super().__init__()
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        at = self.formatTime(record, "%Y-%m-%dT%H:%M:%S")
        told: dict[str, Any] = {
            "time": f"{at}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
            **getattr(record, FIELDS, {}),
        }
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


def _told(error: BaseException) -> str:
    """Name an error without what somebody may have written."""
    name = type(error).__name__
    if isinstance(error, DBAPIError):
        return f"{name}: {_of_the_database(error.orig)}"
    if isinstance(error, OSError) and error.strerror:
        return f"{name}: {error.strerror}"
    return f"{name}: {error}" if isinstance(error, _OF_THE_CODE) else name


def _of_the_database(error: BaseException | None) -> str:
    """Name what the database refused. PostgreSQL's own words hold values, SQLite's do not."""
    state = getattr(error, "sqlstate", "")
    if not hasattr(error, "sqlstate"):
        return f"{type(error).__name__}: {error}"
    where = getattr(getattr(error, "diag", None), "constraint_name", "")
    return " ".join(filter(None, (type(error).__name__, state, where)))


def request_id() -> str:
    """Give the id of this request, as it stands in the logs and on the error page."""
    return str(g.get("request_id", "-"))


def _begin() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _KNOWN_ID.fullmatch(given) else secrets.token_hex(8)
    g.began = time.perf_counter()


def passed() -> float:
    """Give the seconds since this request began."""
    began: float = g.get("began", 0.0)
    return time.perf_counter() - began if began else 0.0


def _tell(response: Response) -> Response:
    # Where something may stand in the log. A page that simply came says enough by itself.
    if response.status_code >= 400 or request.method not in {"GET", "HEAD"}:
        response.headers["X-Request-ID"] = request_id()
    if response.status_code in _REFUSED or _is_a_door():
        # Neither who nor which row: an address may open a page by itself.
        logger.info("%s %s answered %d", request.method, request.endpoint, response.status_code)
    return response


def _tell_of_each(response: Response) -> Response:
    fields = {
        "method": request.method if request.method.isalpha() else "-",
        "endpoint": request.endpoint or "-",
        "status": response.status_code,
        "ms": round(passed() * 1000, 1),
    }
    logger.info(
        "request %(method)s %(endpoint)s %(status)d %(ms).1f ms", fields, extra={FIELDS: fields}
    )
    return response


def _is_a_door() -> bool:
    door = (request.endpoint or "").partition(".")[0]
    return door in DOORS and (request.method == "POST" or door == "federation")


def formatter(shape: str = "text") -> logging.Formatter:
    """Give the shape of every line: `text` or `json`."""
    return JsonLines() if shape == "json" else TextLines()


def dress_server(server_log: logging.Logger, shape: str) -> None:
    """Let what the server itself logs look like the rest, without visitors' addresses."""
    server_log.addFilter(Nameless())
    for handler in server_log.handlers:
        handler.addFilter(OneLine())
        handler.setFormatter(formatter(shape))


def _tell_of_thread(failed: threading.ExceptHookArgs) -> None:
    error = failed.exc_value
    if error is not None:
        logger.error("a thread ended with an error", exc_info=error)


def init_app(app: Flask) -> None:
    """Write to standard error: standard output is for the results of commands."""
    settings = app.extensions["settings"]
    if not logging.getLogger().handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.addFilter(_AddRequestId())
        handler.addFilter(OneLine())
        handler.setFormatter(formatter(settings.log))
        logging.getLogger().addHandler(handler)
        logging.getLogger().setLevel(logging.INFO)
        logging.getLogger("alembic").setLevel(logging.WARNING)
        logging.captureWarnings(capture=True)
        threading.excepthook = _tell_of_thread
    if not any(isinstance(one, _Pathless) for one in app.logger.filters):
        app.logger.addFilter(_Pathless())
    app.before_request(_begin)
    if settings.log_requests:
        app.after_request(_tell_of_each)
    app.after_request(_tell)
