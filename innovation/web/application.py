"""The factory: it wires settings, database, features and the web's own parts, no more."""

import importlib
import importlib.util
import pkgutil
from types import ModuleType
from typing import Any

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, UnicodeConverter, ValidationError

from innovation.core import clock, transaction
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.features import FEATURES
from innovation.web import (
    access,
    assets,
    caching,
    errors,
    forms,
    icons,
    limits,
    locale,
    logs,
    navigation,
    security,
    templating,
    unchanged,
)
from innovation.web.security import SAFE_METHODS

LARGEST_BODY = 1_000_000
# The two addresses that act on a GET, because the standards of signing in say so (ADR 21).
ACTING_BY_STANDARD = frozenset({"federation.come_back", "federation.ended"})
ALSO_AT_THE_ROOT = frozenset({"/healthz", "/readyz", "/metrics"})
LARGEST_FORM_PART = 400_000
LARGEST_FORM_FIELDS = 1_000


class RowNumber(IntegerConverter):
    """A number in an address that a row can have in every database; a longer one is no page."""

    regex = r"[0-9]{1,9}"


class Name(UnicodeConverter):
    """A name or key in an address; a NUL character, which PostgreSQL refuses, is in none."""

    def to_python(self, value: str) -> str:
        """Give the name as it stands in the address."""
        if "\0" in value:
            raise ValidationError
        return value


class Application(Flask):
    """Flask with one unit of work for each request: GET reads, everything else writes once."""

    jinja_environment = templating.Environment
    settings: Settings
    # What each address begins with; "" where the service has a host of its own.
    below: str = ""

    def add_url_rule(self, rule: str, *args: Any, **options: Any) -> None:
        """Put each page below the path of the service; what machines ask is at the root as well."""
        super().add_url_rule(self.below + rule, *args, **options)
        if self.below and rule in ALSO_AT_THE_ROOT:
            super().add_url_rule(rule, *args, **options)

    def full_dispatch_request(self) -> Response:
        """Answer a GET inside a reading unit, so that a write in it is refused."""
        if _acts() or request.endpoint == "static":
            return super().full_dispatch_request()
        with transaction.reading():
            return super().full_dispatch_request()

    def dispatch_request(self) -> ResponseReturnValue:
        """Commit an unsafe request once, when it went well; roll back otherwise."""
        if not _acts() or request.endpoint == "static":
            return super().dispatch_request()
        with transaction.writing() as unit:
            response = self.make_response(super().dispatch_request())
            if response.status_code >= 400:
                unit.give_up()
            return response


def _acts() -> bool:
    """Tell whether the request may write: any that is not for reading, and two that must."""
    by_standard = request.method == "GET" and request.endpoint in ACTING_BY_STANDARD
    return by_standard or request.method not in SAFE_METHODS


def create_app(settings: Settings) -> Application:
    """Wire the application for these settings. Nothing is read from or written to the database."""
    app = Application(
        "innovation",
        template_folder="../templates",
        static_folder="../static",
        static_url_path=f"{settings.path}/static",
    )
    app.below = settings.path
    app.url_map.converters.update(int=RowNumber, default=Name)
    app.settings = settings
    app.config.update(
        SECRET_KEY=str(settings.secret_key),
        SECRET_KEY_FALLBACKS=list(settings.secret_key_previous),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM_PART,
        MAX_FORM_PARTS=LARGEST_FORM_FIELDS,
        # Over TLS the browser itself sees to it that no other host can set it.
        SESSION_COOKIE_NAME="__Host-notice" if settings.secure else "notice",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
    )
    app.extensions["settings"] = settings
    clock.use_zone(settings.zone)
    if settings.proxies:
        believed = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=believed, x_proto=believed
        )
    db.init_app(app)
    Migrate(app, db, directory=f"{app.root_path}/../migrations", render_as_batch=True)
    for part in (
        logs, templating, assets, icons, locale, security, access, limits, forms, errors,
        navigation, unchanged, caching,
    ):  # fmt: skip
        part.init_app(app)
    for feature in FEATURES:
        _wire(app, feature)
    _wire_module(app, "innovation.commands")
    access.check_every_view(app)
    return app


def _engine_options(settings: Settings) -> dict[str, object]:
    # What people wrote must not stand in a log because a statement failed. The connection that was
    # used last is used next: it still knows what it read, and the others need no memory for it.
    options: dict[str, object] = {"hide_parameters": True, "pool_use_lifo": True}
    if settings.embedded:
        return {**options, "connect_args": {"timeout": 10}, "pool_recycle": 1800}
    # Ready for PgBouncer in transaction mode: nothing of a connection outlives its transaction. A
    # server that says nothing at all (a cut cable) keeps nobody waiting for minutes.
    told = {"prepare_threshold": None, "connect_timeout": 5, "tcp_user_timeout": 20_000}
    return {**options, "connect_args": told}


def _wire(app: Flask, feature: str) -> None:
    """Load the feature's tables, policies and listeners, and take in its pages and commands."""
    for word in ("models", "policy", "listeners"):
        _load(f"innovation.{feature}.{word}")
    for word in (*_page_modules(feature), "commands"):
        _wire_module(app, f"innovation.{feature}.{word}")


def _page_modules(feature: str) -> list[str]:
    """Name the modules of a feature's pages: `views`, and beside it such as `programme_views`."""
    package = importlib.import_module(f"innovation.{feature}")
    names = [module.name for module in pkgutil.iter_modules(package.__path__)]
    return sorted(name for name in names if name == "views" or name.endswith("_views"))


def _wire_module(app: Flask, name: str) -> None:
    module = _load(name)
    if module is None:
        return
    if blueprint := getattr(module, "blueprint", None):
        app.register_blueprint(blueprint)
    for command in getattr(module, "COMMANDS", ()):
        app.cli.add_command(command)


def _load(name: str) -> ModuleType | None:
    return importlib.import_module(name) if importlib.util.find_spec(name) else None
