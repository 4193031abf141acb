"""Who is asking, and the one access rule that every view carries. Without a rule nothing starts."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user
from markupsafe import Markup

from innovation.core import permissions, transaction
from innovation.core.errors import ForbiddenError
from innovation.core.keys import is_made, keyed_hash
from innovation.core.permissions import Actor, Nobody, Person

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

PUBLIC = "public"
SIGNED_IN = "signed in"

login_manager = LoginManager()


class MissingAccessRuleError(RuntimeError):
    """A view says nothing about who may use it."""


class SignedIn:
    """What Flask-Login carries: the person, the hash of the session's key, when it last acted.

    factor_at: when a second factor was shown in this session. shared: others use the device too.
    began_at: when they signed in, or last showed anew by a code that it is they.
    """

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(
        self,
        person: Person,
        session_hash: str,
        seen_at: datetime,
        factor_at: datetime | None = None,
        shared: bool = False,
        began_at: datetime | None = None,
    ) -> None:
        """Wrap the person for the length of one request, with the rights that count in it.

        `granted` keeps the person with every right they were given.
        """
        self.person = self.granted = person
        self.session_hash = session_hash
        self.seen_at = seen_at
        self.factor_at = factor_at
        self.shared = shared
        self.began_at = began_at or seen_at
        for narrow, _lead in _conditions:
            self.person = narrow(self)

    @property
    def shown_at(self) -> datetime:
        """When they last showed who they are: by signing in, by a code or by a second factor."""
        return max(self.began_at, self.factor_at or self.began_at)

    def get_id(self) -> str:
        """Give the id in the form that Flask-Login wants."""
        return str(self.person.id)


Narrowing = Callable[[SignedIn], Person]
Leading = Callable[[SignedIn, str], ResponseReturnValue | None]
_conditions: list[tuple[Narrowing, Leading]] = []


def also_ask(narrow: Narrowing, lead: Leading) -> None:
    """Let rights count only on a further condition.

    `narrow` gives the person with the rights that count in the session. `lead` is asked before a
    page is refused for the lack of a permission; it may lead to where the condition can be met.
    """
    if (narrow, lead) not in _conditions:
        _conditions.append((narrow, lead))


def public(view: View) -> View:
    """Let everybody use the view; what they may do in it the action decides."""
    return _ruled(view, PUBLIC)


def signed_in(view: View) -> View:
    """Let everybody with an account use the view."""
    return _ruled(view, SIGNED_IN)


def needs(permission: str) -> Callable[[View], View]:
    """Let those use the view whose roles carry the permission."""
    if permission not in permissions.PERMISSIONS:
        raise KeyError(permission)
    return lambda view: _ruled(view, permission)


def _ruled(view: View, rule: str) -> View:
    if hasattr(view, "access_rule"):
        raise MissingAccessRuleError(f"{view.__qualname__} carries two access rules")
    view.access_rule = rule  # type: ignore[attr-defined]
    return view


def rule_of(app: Flask, endpoint: str) -> str | None:
    """Give the access rule of an endpoint: public, signed in, or a permission."""
    return getattr(app.view_functions.get(endpoint), "access_rule", None)


def check_every_view(app: Flask) -> None:
    """Stop the start when a view carries no access rule."""
    open_endpoints = {"static"}
    missing = [
        endpoint
        for endpoint in app.view_functions
        if endpoint not in open_endpoints and rule_of(app, endpoint) is None
    ]
    if missing:
        raise MissingAccessRuleError(
            f"no access rule on {', '.join(sorted(missing))}: add @public, @signed_in or @needs"
        )


def actor() -> Actor:
    """Give whoever is asking, as a value."""
    person = getattr(current_user, "person", None)
    return person if person is not None else Nobody()


def person() -> Person:
    """Give the signed-in person; only in views for signed-in people."""
    who = actor()
    if not isinstance(who, Person):
        raise ForbiddenError("sign in")
    return who


def seat() -> SignedIn | None:
    """Give the session of this request, if there is one."""
    return current_user._get_current_object() if hasattr(current_user, "person") else None


# Nobody can guess it, so nobody can write it in a text.
_PLACE = secrets.token_hex(16)
_FIELD = Markup('<input type="hidden" name="csrf_token" value="{}">').format(_PLACE)


def csrf_token() -> str:
    """Give the token of the signed-in session, or "" for a visitor without one."""
    session_hash = getattr(current_user, "session_hash", "")
    return _token(_secret(), session_hash) if session_hash else ""


def is_csrf_token(given: str) -> bool:
    """Tell whether this is the token of the session, also from before the key was changed."""
    session_hash = getattr(current_user, "session_hash", "")
    return bool(session_hash) and is_made(
        _secret(), lambda secret: _token(secret, session_hash), given
    )


def _token(secret: str, session_hash: str) -> str:
    return keyed_hash(secret, f"csrf:{session_hash}").hex()


def _secret() -> str:
    secret: str = current_app.extensions["settings"].secret_key
    return secret


def csrf_field() -> Markup:
    """Give the hidden field that every POST form carries; nothing for visitors.

    The token itself comes last (`fill_token`), so that a piece of a page with a form in it is the
    same for everybody who is signed in.
    """
    if not getattr(current_user, "session_hash", ""):
        return Markup("")
    g.page_is_personal = True
    return _FIELD


def fill_token(page: bytes) -> bytes:
    """Put the token of this session into the forms of a finished page."""
    place = _PLACE.encode()
    # Whose session it is need not be asked for a page without forms, such as that of an error.
    return page.replace(place, csrf_token().encode()) if place in page else page


def _enforce() -> ResponseReturnValue | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    with transaction.reading():
        who = actor()
    rule = rule_of(current_app, request.endpoint)
    if rule == PUBLIC:
        return None
    if not isinstance(who, Person):
        if request.method in {"GET", "HEAD"}:
            return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)
        abort(401)
    if rule == SIGNED_IN or (rule is not None and permissions.holds(who, rule)):
        return None
    return _led_on(rule or "")


def _led_on(rule: str) -> ResponseReturnValue:
    here = seat()
    for _narrow, lead in _conditions:
        if here is not None and (answer := lead(here, rule)) is not None:
            return answer
    raise ForbiddenError(rule)


def init_app(app: Flask) -> None:
    """Ask before every request."""
    login_manager.session_protection = None
    login_manager.init_app(app, add_context_processor=False)
    app.before_request(_enforce)
    app.jinja_env.globals["csrf_field"] = csrf_field
    app.jinja_env.globals["may"] = _may

    @app.context_processor
    def viewer() -> dict[str, Any]:
        who = actor()
        here = seat()
        shared = here is not None and here.shared
        return {"viewer": _Viewer(who, shared=shared) if isinstance(who, Person) else None}


def _may(permission: str, row: object = None) -> bool:
    return permissions.may(actor(), permission, row)


class _Viewer:
    """What templates know of the signed-in person."""

    def __init__(self, who: Person, *, shared: bool) -> None:
        self.id = who.id
        self.name = who.name
        self.is_minor = who.minor
        self.is_on_shared_device = shared
        self.is_moderator = permissions.holds(who, "moderation:see")
        self.is_official = permissions.holds(who, "answer:see")
        self.is_administrator = permissions.holds(who, "programme:manage")
