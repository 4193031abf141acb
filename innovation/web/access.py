"""Who is asking, and the one access rule that every view carries. Without a rule nothing starts."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user
from markupsafe import Markup

from innovation.core import permissions, transaction
from innovation.core.errors import ForbiddenError
from innovation.core.permissions import Actor, Nobody, Person

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

PUBLIC = "public"
SIGNED_IN = "signed in"

login_manager = LoginManager()


class MissingAccessRuleError(RuntimeError):
    """A view says nothing about who may use it."""


class SignedIn:
    """What Flask-Login carries: the person, the hash of the session's key, when it last acted."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, person: Person, session_hash: str, seen_at: datetime) -> None:
        """Wrap the person for the length of one request."""
        self.person = person
        self.session_hash = session_hash
        self.seen_at = seen_at

    def get_id(self) -> str:
        """Give the id in the form that Flask-Login wants."""
        return str(self.person.id)


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


def csrf_token() -> str:
    """Give the token of the signed-in session, or "" for a visitor without one."""
    session_hash = getattr(current_user, "session_hash", "")
    if not session_hash:
        return ""
    key = str(current_app.secret_key).encode()
    return hmac.new(key, f"csrf:{session_hash}".encode(), hashlib.sha256).hexdigest()


def csrf_field() -> Markup:
    """Give the hidden field that every POST form carries; nothing for visitors."""
    token = csrf_token()
    g.page_is_personal = g.get("page_is_personal", False) or bool(token)
    return (
        Markup('<input type="hidden" name="csrf_token" value="{}">').format(token)
        if token
        else Markup("")
    )


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
    if rule != SIGNED_IN and (rule is None or not permissions.holds(who, rule)):
        raise ForbiddenError(rule)
    return None


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
        return {"viewer": _Viewer(who) if isinstance(who, Person) else None}


def _may(permission: str, row: object = None) -> bool:
    return permissions.may(actor(), permission, row)


class _Viewer:
    """What templates know of the signed-in person."""

    def __init__(self, who: Person) -> None:
        self.id = who.id
        self.name = who.name
        self.is_moderator = permissions.holds(who, "moderation:see")
        self.is_official = permissions.holds(who, "answer:see")
        self.is_administrator = permissions.holds(who, "programme:manage")
