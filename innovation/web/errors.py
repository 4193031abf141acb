"""One handler for every error: a page that says what to do, a partial's answer, nothing lost."""

import logging
import re
import sqlite3
from datetime import date
from typing import Any

from flask import Flask, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoneFreeError
from werkzeug.exceptions import HTTPException

from innovation.core.errors import (
    ConflictError,
    ForbiddenError,
    GoneError,
    MovedError,
    NotFoundError,
    RuleBrokenError,
)
from innovation.core.i18n import LazyString
from innovation.web.locale import language
from innovation.web.logs import request_id
from innovation.web.security import ForeignRequestError, own_address, own_path, parts_of

logger = logging.getLogger(__name__)

TEXTS_KEPT = 40
# Whatever else a form brings was written by somebody, and is kept even when it is a single word.
SECRETS = frozenset({"csrf_token", "once", "website", "key", "code", "credential", "sealed"})
CHOICES = frozenset(
    """active agrees area back capacity confirmed decision deputy effect existing experiment fit
    found group grown handling idea ideas impact_tags in_use informed kind language listed measure
    minor model municipality named noticed official one over owner_named parent permit person
    phase picked primary promise publishing ready role rule seen shared show_place signed_in sort
    source staff_only state sub_project successor support sure use verdict version way where wish
    submit_level comment_level support_level writing_as pace quiet_from quiet_until ceiling
    digest_hour newest everything List-Unsubscribe""".split()
)
# The same where a form has many of them, each with the number or id of what it is about; beside
# the word of a criterion stands a sentence.
_MANY_CHOICES = re.compile(
    r"criterion_(?!.*_sentence$).*|kind_\d+|way_[a-z]+|case-\d+-(?:state|seen)"
)
UNKEPT = SECRETS | CHOICES
# How a database that is away, full, broken or overrun makes itself known.
AWAY = (OperationalError, InterfaceError, NoneFreeError, sqlite3.OperationalError)
COME_BACK_SECONDS = 60


def page(name: str, status: int, **context: object) -> ResponseReturnValue:
    """Give the error page `templates/errors/<name>.html`, with what was typed if anything was."""
    g.page_is_personal = True
    typed = _typed()
    # What stands at a secret address stays secret when something went wrong there.
    g.page_is_secret = g.get("page_is_secret", False) or bool(typed)
    told = {**context, "typed": typed, "request_id": request_id()}
    try:
        return render_template(f"errors/{name}.html", **told), status
    except (SQLAlchemyError, sqlite3.Error) as error:
        # What pages have around them is read from the database.
        return _away(error)


def _away(error: Exception) -> ResponseReturnValue:
    """Give the one page that needs no database, when that is what fails."""
    cause: Any = error.orig if isinstance(error, DBAPIError) else error
    why = getattr(cause, "sqlite_errorname", "") or getattr(cause, "sqlstate", "")
    logger.error("no data for %s: %s %s", request.endpoint, type(error).__name__, why or "")
    g.page_is_personal = g.page_is_secret = True
    # Not as other pages are made: for those the asker is looked up.
    made = current_app.jinja_env.get_template("errors/away.html").render(
        language=language(),
        sent=request.method == "POST",
        typed=_typed(),
        style=url_for("static", filename="css/site.css"),
    )
    return made, 503, {"Retry-After": str(COME_BACK_SECONDS)}


def _away_or_broken(error: Exception) -> ResponseReturnValue:
    """Tell a database that cannot answer from one that was asked nonsense; that is our fault."""
    cause: Any = error.orig if isinstance(error, DBAPIError) else error
    if getattr(cause, "sqlite_errorname", "") == "SQLITE_ERROR":
        return _unexpected(error)
    return _away(error)


def _typed() -> list[str]:
    """Give the texts of a form that could not be handled, so that they can be copied."""
    if request.method != "POST":
        return []
    try:
        form = request.form
    except HTTPException:
        return []
    texts = [
        value
        for name, value in form.items(multi=True)
        if not _is_choice(name) and "password" not in name and value.strip()
    ]
    return texts[:TEXTS_KEPT]


def _is_choice(name: str) -> bool:
    return name in UNKEPT or _MANY_CHOICES.fullmatch(name) is not None


def _gone(error: GoneError) -> ResponseReturnValue:
    since = date.fromisoformat(error.since) if error.since else None
    return page("gone", 410, stub=error, since=since)


def _moved(error: MovedError) -> ResponseReturnValue:
    """Lead on to where the idea is now, but never past what somebody has just written."""
    if _typed():
        message = _("The idea was merged into another one. Copy your text and write it there.")
        return page(
            "conflict", 409, message=message, back=url_for("ideas.show", number=error.number)
        )
    return redirect(url_for("ideas.show", number=error.number), 303)


def _rule_broken(error: RuleBrokenError) -> ResponseReturnValue:
    return page("rule_broken", 422, message=error.message)


def _forbidden(error: ForbiddenError) -> ResponseReturnValue:
    """Say why when the action says it in words; most name only the permission."""
    told = error.args[0] if error.args and isinstance(error.args[0], LazyString) else ""
    return page("forbidden", 403, message=told)


def _conflict(error: ConflictError) -> ResponseReturnValue:
    return page("conflict", 409, message=error.message, back=_came_from())


def _signed_out() -> ResponseReturnValue:
    return page("signed_out", 401, back=_came_from() or own_address("/"))


def _came_from() -> str:
    """Give the path where the form was, never one of another site; "" when that is not known."""
    came_from = parts_of(request.referrer or "")
    return own_path(came_from.path, "") if came_from.netloc == request.host else ""


def _http(error: HTTPException) -> ResponseReturnValue:
    names = {403: "forbidden", 404: "not_found", 405: "not_found"}
    names |= {413: "too_large", 429: "too_many"}
    cause = getattr(error, "original_exception", None)
    if isinstance(cause, AWAY):
        return _away(cause)
    code = error.code or 500
    if code == 401:
        return _signed_out()
    if code < 400:
        return error
    answer = current_app.make_response(
        page(names.get(code, "bad_request" if code < 500 else "broken"), code)
    )
    if error.response is None:
        answer.headers.extend(
            (name, told) for name, told in error.get_headers() if name in {"Retry-After", "Allow"}
        )
    return answer


def _unexpected(error: Exception) -> ResponseReturnValue:
    logger.error("unexpected error in %s", request.endpoint, exc_info=error)
    return page("broken", 500)


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(GoneError, _gone)
    app.register_error_handler(MovedError, _moved)
    app.register_error_handler(NotFoundError, lambda _: page("not_found", 404))
    app.register_error_handler(ForbiddenError, _forbidden)
    app.register_error_handler(ForeignRequestError, lambda _: page("foreign", 403))
    app.register_error_handler(RuleBrokenError, _rule_broken)
    app.register_error_handler(ConflictError, _conflict)
    app.register_error_handler(HTTPException, _http)
    for kind in AWAY:
        app.register_error_handler(kind, _away_or_broken)
    app.register_error_handler(Exception, _unexpected)
