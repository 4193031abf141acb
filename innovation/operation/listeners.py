"""Counts requests and statements to the database, and writes down the statements that are slow."""

import logging
import re
import threading
from time import perf_counter
from typing import Any

from flask import Flask, Response, current_app, has_request_context, request, request_finished
from sqlalchemy import Engine, event

from innovation.core.config import Settings
from innovation.core.db import asked_directly
from innovation.operation import measures
from innovation.web.logs import FIELDS, passed

logger = logging.getLogger(__name__)

# Counted as slow where no setting says what slow is.
SLOW_SECONDS = 1.0
LONGEST_STATEMENT = 2_000
# Values travel beside a statement. What stands in it in quotes is ours, but need not be told.
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_SPACES = re.compile(r"\s+")


class _Tally(threading.local):
    """How many statements this thread has sent since its last request was counted."""

    count = 0


_tally = _Tally()


def _count_request(_app: Flask, response: Response, **_more: Any) -> None:
    count, _tally.count = _tally.count, 0
    measures.count_request(
        request.endpoint or "-", request.method, response.status_code, passed(), count
    )


request_finished.connect(_count_request)


@event.listens_for(Engine, "before_cursor_execute")
def _begin(
    _connection: Any, _cursor: Any, _statement: str, _values: Any, context: Any, _many: bool
) -> None:
    if context is not None:
        context.innovation_began = perf_counter()


@event.listens_for(Engine, "after_cursor_execute")
def _end(
    _connection: Any, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool
) -> None:
    _tally.count += 1
    began = getattr(context, "innovation_began", None)
    if began is not None:
        _look(statement, perf_counter() - began)


def _direct(_sender: object, statement: str, seconds: float) -> None:
    _tally.count += 1
    _look(statement, seconds)


asked_directly.connect(_direct)


def _look(statement: str, seconds: float) -> None:
    if seconds * 1000 < 1:
        return
    settings: Settings | None = current_app.extensions["settings"] if current_app else None
    limit = settings.slow_query_ms / 1000 if settings else 0.0
    if seconds >= (limit or SLOW_SECONDS):
        measures.count_slow_query()
        if limit:
            _write_down(statement, seconds)


def _write_down(statement: str, seconds: float) -> None:
    shown = _SPACES.sub(" ", _QUOTED.sub("'…'", statement)).strip()[:LONGEST_STATEMENT]
    endpoint = request.endpoint if has_request_context() else None
    fields = {"ms": round(seconds * 1000, 1), "endpoint": endpoint or "-"}
    logger.warning(
        "slow query in %s, %.1f ms: %s",
        fields["endpoint"],
        fields["ms"],
        shown,
        extra={FIELDS: fields},
    )
