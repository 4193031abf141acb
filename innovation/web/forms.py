"""What every form shares: clean text, one-time keys, and errors at their fields."""

import re
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeVar

from flask import Flask, Response, current_app, g, request
from markupsafe import Markup
from wtforms import Form as WTForm
from wtforms import StringField, TextAreaField

from innovation.core.errors import RuleBrokenError
from innovation.core.keys import is_made, keyed_hash
from innovation.core.text import clean_line, clean_text
from innovation.web import access

Result = TypeVar("Result")

HONEYPOT = "website"
SHORTEST_SECONDS = 2
ONCE_LIFETIME = 3 * 24 * 3600
# Twice the largest body that is taken: whoever sends more is cut off.
MOST_UNREAD = 2_000_000
PIECE = 65_536
# Nobody can guess it, so nobody can write it in a text.
_PLACE = secrets.token_hex(16)


class LineField(StringField):
    """One line of text, cleaned: no control characters, no line breaks, no hidden directions."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Clean what was typed."""
        self.data = clean_line(str(valuelist[0])) if valuelist else ""


class TextField(TextAreaField):
    """Several lines of text, cleaned."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Clean what was typed."""
        self.data = clean_text(str(valuelist[0])) if valuelist else ""


class Form(WTForm):
    """A form of this application. `form.problems` lists (field id, message) for the summary."""

    heading: ClassVar[Any] = None

    @classmethod
    def from_request(cls, **context: Any) -> Self:
        """Read the posted fields."""
        return cls(request.form, **context)

    def attempt(self, action: Callable[[], Result]) -> Result | None:
        """Run the action; a broken rule becomes an error at its field and gives None."""
        try:
            return action()
        except RuleBrokenError as broken:
            if broken.field is None or broken.field not in self._fields:
                raise
            field = self._fields[broken.field]
            field.errors = [*field.errors, str(broken.message)]
            return None

    @property
    def problems(self) -> list[tuple[str, object]]:
        """Give every error as (id of its field, message), in the order of the page."""
        return [(field.id, error) for field in self for error in field.errors]


@dataclass(frozen=True, slots=True)
class Once:
    """A form's one-time key as it came back. `key` is "" when it was not ours or is too old.

    hasty: the form came back sooner than a person can write. trapped: a hidden field was filled.
    """

    key: str
    hasty: bool
    trapped: bool

    @property
    def suspicious(self) -> bool:
        """True when a robot may have sent the form; its text then waits, it is never refused."""
        return not self.key or self.hasty or self.trapped


def _secret() -> str:
    secret: str = current_app.extensions["settings"].secret_key
    return secret


def _sign(value: str, key: str = "") -> str:
    return keyed_hash(key or _secret(), f"once:{value}").hex()[:32]


def new_once() -> str:
    """Give a fresh one-time key with its signed time stamp."""
    value = f"{secrets.token_hex(16)}.{int(time.time())}"
    return f"{value}.{_sign(value)}"


def _fresh_once() -> str:
    if access.seat() is not None:
        return _PLACE
    g.page_is_single = True  # no other visitor may be given this key with a kept page
    return new_once()


def fill_once(page: bytes) -> bytes:
    """Put a fresh key into each form of a finished page that asks for one.

    It comes last, so that a page with such a form can be the same for everybody who is signed in.
    """
    place = _PLACE.encode()
    return re.sub(place, lambda _found: new_once().encode(), page) if place in page else page


def once_field() -> Markup:
    """Give the hidden one-time field and the trap for robots; a re-shown form keeps its key."""
    given = request.form.get("once", "") if request.method == "POST" else ""
    value = given if given and read_once().key else _fresh_once()
    return Markup(
        '<input type="hidden" name="once" value="{}">'
        '<div class="trap" aria-hidden="true"><label for="{}">Website</label>'
        '<input id="{}" name="{}" tabindex="-1" autocomplete="off"></div>'
    ).format(value, HONEYPOT, HONEYPOT, HONEYPOT)


def read_once() -> Once:
    """Read the posted one-time key."""
    given = request.form.get("once", "")
    value, _, signature = given.rpartition(".")
    key, _, stamp = value.partition(".")
    trapped = bool(request.form.get(HONEYPOT))
    signed = is_made(_secret(), lambda key: _sign(value, key), signature)
    if not (stamp.isdigit() and signed):
        return Once("", hasty=False, trapped=trapped)
    age = time.time() - int(stamp)
    fresh = -60 <= age <= ONCE_LIFETIME
    return Once(key if fresh else "", hasty=age < SHORTEST_SECONDS, trapped=trapped)


def _take_the_rest(answer: Response) -> Response:
    """Read what was sent and not looked at, such as the body of a form that is refused.

    A connection that is closed with something unread is cut off, and with it the answer that says
    why: a visitor then reads that the service is away. Only where the server ends a body itself.
    """
    body = request.environ["wsgi.input"]
    left = MOST_UNREAD if request.environ.get("wsgi.input_terminated") else 0
    with suppress(OSError):  # who sent it has gone; the answer is for nobody
        while left > 0 and (piece := body.read(min(left, PIECE))):
            left -= len(piece)
    return answer


def init_app(app: Flask) -> None:
    """Give the templates `once_field()`, and answer nobody before all of a form has come."""
    app.jinja_env.globals["once_field"] = once_field
    app.after_request(_take_the_rest)
