"""How a session begins, lives on and ends in the browser of its owner."""

import logging

from flask import Request, Response, current_app, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from innovation.accounts import actions, queries
from innovation.core import clock, transaction
from innovation.core.config import Settings
from innovation.core.keys import new_key
from innovation.web import locale
from innovation.web.access import SignedIn, seat
from innovation.web.security import own_path

logger = logging.getLogger(__name__)


def settings() -> Settings:
    """Give the settings of the installation."""
    found: Settings = current_app.extensions["settings"]
    return found


def session_cookie() -> str:
    """Give the name of the session's cookie; over TLS it is bound to the host."""
    return "__Host-session" if settings().secure else "session"


def load_person(asked: Request) -> SignedIn | None:
    """Tell Flask-Login who is asking."""
    key = asked.cookies.get(session_cookie(), "")
    if not key:
        return None
    with transaction.reading():
        found = queries.seat_of(key)
    return SignedIn(found.person, found.key_hash, found.seen_at) if found else None


def note_presence(response: Response) -> Response:
    """Remember an acting person now and then, so that the session lives on; a GET never does."""
    who = seat() if request.method == "POST" and response.status_code < 400 else None
    if who is None or clock.now() - who.seen_at < actions.SEEN_EVERY:
        return response
    try:
        with transaction.writing():
            actions.note_presence(who.session_hash)
    except Exception:
        logger.exception("the session's last use was not noted")
    return response


def begin_session(person_id: int, language: str, new_hash: str = "") -> Response:
    """Sign in under a fresh key and go on to where the person was going."""
    key = new_key()
    old_key = request.cookies.get(session_cookie(), "")
    actions.open_session(person_id, key, old_key=old_key, new_hash=new_hash)
    going_to = own_path(request.args.get("next", ""))
    response = current_app.make_response(redirect(going_to, 303))
    response.set_cookie(
        session_cookie(), key, httponly=True, samesite="Lax", secure=settings().secure
    )
    if locale.COOKIE not in request.cookies:
        response.set_cookie(
            locale.COOKIE, language, max_age=locale.YEAR, samesite="Lax", httponly=True,
            secure=settings().secure,
        )  # fmt: skip
    return response


def end_session() -> None:
    """End the session of this browser, if there is one."""
    actions.end_session(request.cookies.get(session_cookie(), ""))


def forget_session(response: BaseResponse) -> BaseResponse:
    """Take the session's cookie out of the browser."""
    response.delete_cookie(
        session_cookie(), httponly=True, samesite="Lax", secure=settings().secure
    )
    return response
