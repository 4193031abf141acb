"""How a session begins, lives on and ends in the browser of its owner."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flask import Request, Response, abort, current_app, g, redirect, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response as BaseResponse

from innovation.accounts import mailed_codes, queries, sessions
from innovation.accounts.actions import Newcomer
from innovation.accounts.devices import device_of
from innovation.core import clock, transaction
from innovation.core.config import Settings
from innovation.core.keys import every_key, hash_key, new_key
from innovation.web import locale
from innovation.web.access import SignedIn, seat
from innovation.web.limits import beyond, keyed, visitor_key
from innovation.web.security import own_address, own_path
from innovation.web.unchanged import remembered

logger = logging.getLogger(__name__)

CODE_SECONDS = int(mailed_codes.LIFETIME.total_seconds())


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
        found = remembered(partial(queries.seat_of, key), "seat", hash_key(key), clock.today())
    if found is None or found.is_over(clock.now()):
        return None
    if found.shared:
        g.page_is_secret = True  # the next person may press Back
    return SignedIn(
        found.person,
        found.key_hash,
        found.seen_at,
        found.factor_at,
        found.shared,
        found.began_at,
    )


def note_presence(response: Response) -> Response:
    """Remember an acting person now and then, so that the session lives on; a GET never does."""
    who = seat() if request.method == "POST" and response.status_code < 400 else None
    if who is None:
        return response
    every = sessions.SHARED_SEEN_EVERY if who.shared else sessions.SEEN_EVERY
    if clock.now() - who.seen_at < every:
        return response
    try:
        with transaction.writing():
            sessions.note_presence(who.person.id, who.session_hash)
    except Exception:
        logger.exception("the session's last use was not noted")
    return response


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who has just shown who they are, before their session begins.

    method, strong, shared: as in accounts.models.Session. factor: a second factor was shown too.
    outside: which session of the employer's sign-in this one belongs to, "" for none.
    """

    person_id: int
    language: str
    method: str = "password"
    strong: bool = False
    factor: bool = False
    shared: bool = False
    outside: str = ""


Question = Callable[[Arrival, str], Response | None]
_questions: list[Question] = []


def ask_first(question: Question) -> Question:
    """Ask this before any session begins: (arrival, where to) gives an answer to send instead."""
    _questions.append(question)
    return question


def begin_session(
    person_id: int,
    language: str,
    new_hash: str = "",
    *,
    method: str = "password",
    strong: bool = False,
    factor: bool = False,
    shared: bool = False,
    outside: str = "",
    going_to: str = "",
) -> Response:
    """Sign in and go on to where the person was going, unless something is to be asked first."""
    if new_hash:
        sessions.renew_hash(person_id, new_hash)
    arrival = Arrival(person_id, language, method, strong, factor, shared, outside)
    going_to = own_path(going_to or request.args.get("next", ""))
    for question in _questions:
        if (answer := question(arrival, going_to)) is not None:
            return answer
    return admit(arrival, going_to)


def admit(arrival: Arrival, going_to: str) -> Response:
    """Begin the session under a fresh key, whatever was asked before, and go on."""
    key, language = new_key(), arrival.language
    old_key = request.cookies.get(session_cookie(), "")
    sessions.open_session(
        arrival.person_id,
        key,
        old_key=old_key,
        method=arrival.method,
        strong=arrival.strong,
        factor=arrival.factor,
        shared=arrival.shared,
        outside=arrival.outside,
        device=device_of(request.headers.get("User-Agent", "")),
    )
    response = current_app.make_response(redirect(going_to, 303))
    response.set_cookie(
        session_cookie(), key, httponly=True, samesite="Lax", secure=settings().secure
    )
    if locale.cookie_name() not in request.cookies:
        response.set_cookie(
            locale.cookie_name(), language, max_age=locale.YEAR, samesite="Lax", httponly=True,
            secure=settings().secure,
        )  # fmt: skip
    return response


@dataclass(frozen=True, slots=True)
class Asked:
    """What this browser remembers of the code it has asked for; `browser` is its key."""

    browser: str
    email: str
    shared: bool


def _code_cookie() -> str:
    return "__Host-code" if settings().secure else "code"


def _signer() -> URLSafeTimedSerializer:
    # Of several keys the library makes with the last.
    keys = [str(one) for one in reversed(every_key(settings().secret_key))]
    return URLSafeTimedSerializer(keys, salt="code")


def asked_here() -> Asked | None:
    """Give what was asked for in this browser during the last ten minutes."""
    try:
        found = _signer().loads(request.cookies.get(_code_cookie(), ""), max_age=CODE_SECONDS)
    except BadData:
        return None
    return Asked(*found)


def mail_code(email: str, *, shared: bool, newcomer: Newcomer | None = None) -> Response:
    """Let a code be mailed and lead to where it is typed; alike for known and unknown addresses.

    Who asks for very many is refused. An address gets some, then none for a while: as long as that
    lasts the mails it got hold a link that works, so nobody is locked out by what others ask for.
    """
    if beyond("200/hour", "codes"):
        abort(429)
    before = asked_here()
    browser = before.browser if before and before.email == email else new_key()
    going_to = own_path(request.args.get("next", ""))
    often = beyond("5/10minutes", "code here", visitor_key() + keyed(email))
    if not (often or beyond("10/10minutes", "code", keyed(email))):
        mailed_codes.ask_for_code(email, browser, locale.language(), newcomer, going_to)
    response = current_app.make_response(redirect(url_for("codes.code", next=going_to), 303))
    response.set_cookie(
        _code_cookie(), _signer().dumps([browser, email, shared]), max_age=CODE_SECONDS,
        httponly=True, samesite="Lax", secure=settings().secure,
    )  # fmt: skip
    return response


def forget_asking(response: Response) -> Response:
    """Take what was asked for out of the browser, once it has been answered."""
    response.delete_cookie(_code_cookie(), httponly=True, samesite="Lax", secure=settings().secure)
    return response


Farewell = Callable[[], str]
_farewells: list[Farewell] = []


def ask_when_leaving(farewell: Farewell) -> Farewell:
    """Ask this before a session ends: the path of a page to go to then, "" for the usual one.

    It is asked before the unit of work has read or written anything.
    """
    _farewells.append(farewell)
    return farewell


def after_leaving() -> str:
    """Give the path to go to once this browser's session has ended; ask while it lives."""
    return next((path for farewell in _farewells if (path := farewell())), own_address("/"))


def end_session() -> None:
    """End the session of this browser, if there is one."""
    sessions.end_session(request.cookies.get(session_cookie(), ""))


def forget_session(response: BaseResponse) -> BaseResponse:
    """Take the session's cookie out of the browser, with pages and drafts that were kept in it."""
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    response.delete_cookie(
        session_cookie(), httponly=True, samesite="Lax", secure=settings().secure
    )
    return response
