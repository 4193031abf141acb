"""The service shut for a while: one clear page instead of every other, without the database.

A file in the instance folder says that it is so, so that nothing has to be started anew; each
machine has its own.
"""

import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import force_locale, gettext
from werkzeug.wrappers import Response

from innovation.core import clock
from innovation.core.config import Settings
from innovation.core.i18n import LANGUAGES
from innovation.web.locale import moment
from innovation.web.security import HEADERS

SIGN = "shut.json"
# What is told while nobody knows how long it takes.
COME_BACK_SECONDS = 300
LONGEST_SECONDS = 24 * 3600
# Styles and what machines ask are answered all the time.
OPEN = ("/healthz", "/readyz", "/metrics")


def shut(instance: Path, until: datetime | None) -> None:
    """Show the page from now on. until: when the service is expected back."""
    told = {"until": until.isoformat() if until else ""}
    draft = instance / f".{SIGN}.{os.getpid()}"
    draft.write_text(json.dumps(told), encoding="ascii")
    draft.replace(instance / SIGN)


def open_again(instance: Path) -> bool:
    """Serve as usual again; tells whether it was shut. Safe to repeat."""
    was = (instance / SIGN).exists()
    (instance / SIGN).unlink(missing_ok=True)
    return was


def is_shut(instance: Path) -> bool:
    """Tell whether visitors see the page."""
    return (instance / SIGN).exists()


def _until(sign: Path) -> datetime | None:
    """Give when the service is expected back; None when nobody said so, or that time has passed."""
    try:
        told = datetime.fromisoformat(json.loads(sign.read_text(encoding="ascii"))["until"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return told if told > clock.now() else None


def stand_in_front(state: BlueprintSetupState) -> None:
    """Look at the sign before anything else does."""
    app = cast(Flask, state.app)
    app.wsgi_app = _Door(app, app.wsgi_app)  # type: ignore[assignment, method-assign]


class _Door:
    def __init__(self, app: Flask, inside: WSGIApplication) -> None:
        settings: Settings = app.extensions["settings"]
        self.app = app
        self.inside = inside
        self.sign = settings.instance / SIGN

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        always = path.endswith(OPEN) or "/static/" in path
        if always or not os.path.exists(self.sign):
            return self.inside(environ, start)
        return self._page(environ)(environ, start)

    def _page(self, environ: WSGIEnvironment) -> Response:
        until = _until(self.sign)
        wait = COME_BACK_SECONDS
        if until:
            wait = int((until - clock.now()).total_seconds()) + 1
        with self.app.request_context(environ):
            # Not as other pages are made: what those have around them is read from the database.
            page = self.app.jinja_env.get_template("operation/shut.html").render(
                tongues=[_said(code, until) for code in LANGUAGES],
                style=url_for("static", filename="css/site.css"),
            )
        kept = {"Cache-Control": "no-store", "Retry-After": str(min(wait, LONGEST_SECONDS))}
        answer = Response(page, 503, {**HEADERS, **kept}, mimetype="text/html")
        answer.headers["X-Robots-Tag"] = "noindex"
        return answer


def _said(code: str, until: datetime | None) -> dict[str, Any]:
    with force_locale(code):
        when = (
            gettext("We expect to be back by %(moment)s.", moment=moment(until))
            if until
            else gettext("We are back soon.")
        )
        return {
            "code": code,
            "title": gettext("A short break"),
            "lines": [
                gettext("The service is being looked after just now."),
                when,
                gettext(
                    "Were you sending something? Go back in your browser: what you wrote is still "
                    "there. Send it again after the break."
                ),
                gettext("In an emergency call 112."),
            ],
        }
