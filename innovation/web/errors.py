"""One handler for every error: a page that says what to do, a partial's answer, nothing lost."""

import logging
import re
from datetime import date

from flask import Flask, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
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
from innovation.web.logs import request_id
from innovation.web.security import ForeignRequestError, own_path, parts_of

logger = logging.getLogger(__name__)

TEXTS_KEPT = 40
# Whatever else a form brings was written by somebody, and is kept even when it is a single word.
SECRETS = frozenset({"csrf_token", "once", "website", "key"})
CHOICES = frozenset(
    """active agrees area back capacity confirmed decision deputy effect existing experiment fit
    found handling idea ideas impact_tags in_use informed kind language listed measure model
    municipality named noticed official one over owner_named parent permit person phase picked
    primary promise publishing ready role rule seen show_place signed_in sort source staff_only
    state sub_project successor support sure use verdict version where""".split()
)
# The same where a form has many of them, each with the number or id of what it is about; beside
# the word of a criterion stands a sentence.
_MANY_CHOICES = re.compile(r"criterion_(?!.*_sentence$).*|kind_\d+|case-\d+-(?:state|seen)")
UNKEPT = SECRETS | CHOICES


def page(name: str, status: int, **context: object) -> ResponseReturnValue:
    """Give the error page `templates/errors/<name>.html`, with what was typed if anything was."""
    g.page_is_personal = True
    typed = _typed()
    # What stands at a secret address stays secret when something went wrong there.
    g.page_is_secret = g.get("page_is_secret", False) or bool(typed)
    return render_template(
        f"errors/{name}.html", typed=typed, request_id=request_id(), **context
    ), status


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
    return page("signed_out", 401, back=_came_from() or "/")


def _came_from() -> str:
    """Give the path where the form was, never one of another site; "" when that is not known."""
    came_from = parts_of(request.referrer or "")
    return own_path(came_from.path, "") if came_from.netloc == request.host else ""


def _http(error: HTTPException) -> ResponseReturnValue:
    names = {403: "forbidden", 404: "not_found", 405: "not_found"}
    names |= {413: "too_large", 429: "too_many"}
    code = error.code or 500
    if code == 401:
        return _signed_out()
    if code < 400:
        return error
    answer = page(names.get(code, "bad_request" if code < 500 else "broken"), code)
    if error.response is None and (headers := dict(error.get_headers())):
        kept = {name: headers[name] for name in ("Retry-After", "Allow") if name in headers}
        return (*answer, kept)  # type: ignore[misc]
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
    app.register_error_handler(Exception, _unexpected)
