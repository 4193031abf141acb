"""The language of the page: chosen in the page, remembered in a cookie, Finnish otherwise."""

from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, current_app, g, has_request_context, request
from flask_babel import Babel, Domain, format_date, format_datetime, format_number, get_locale

from innovation.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, pick
from innovation.web.security import own_address

COOKIE = "language"
YEAR = 365 * 24 * 3600
CATALOGUES = Path(__file__).parent.parent / "translations"
LANGUAGE_NAMES = {"fi": "Suomi", "sv": "Svenska", "en": "English"}


def cookie_name() -> str:
    """Give the name of the cookie that keeps the language; over TLS it is bound to the host."""
    return f"__Host-{COOKIE}" if current_app.extensions["settings"].secure else COOKIE


def chosen_language() -> str:
    """Give the code of the language in which this request is answered."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    chosen = request.args.get("lang", "")
    if chosen in LANGUAGES:
        return chosen
    remembered = request.cookies.get(cookie_name(), "")
    return remembered if remembered in LANGUAGES else DEFAULT_LANGUAGE


def language() -> str:
    """Give the language in use, also outside a request (a mail is written in its reader's)."""
    locale = get_locale()
    return str(locale.language) if locale else DEFAULT_LANGUAGE


class Catalogues(Domain):  # type: ignore[misc]
    """Reads the .po files themselves, so that there is nothing to compile and to forget."""

    def __init__(self) -> None:
        """Read every catalogue once."""
        super().__init__(translation_directories=[str(CATALOGUES)])
        self.catalogues = {code: _read(code) for code in LANGUAGES}

    def get_translations(self) -> NullTranslations:
        """Give the catalogue of the language in use; every message asks, so it is kept at hand.

        Flask-Babel empties the place where it is kept when the language changes.
        """
        kept = g.get("_flask_babel")
        made: NullTranslations | None = getattr(kept, "babel_translations", None)
        if made is None:
            made = self.catalogues[language()]
            g._flask_babel.babel_translations = made
        return made


def _read(code: str) -> NullTranslations:
    path = CATALOGUES / code / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


class _Babel(Babel):  # type: ignore[misc]
    domain_instance = Catalogues()


def _remember(response: Response) -> Response:
    chosen = request.args.get("lang", "")
    if chosen in LANGUAGES and request.cookies.get(cookie_name()) != chosen:
        response.set_cookie(
            cookie_name(), chosen, max_age=YEAR, samesite="Lax", httponly=True,
            secure=current_app.extensions["settings"].secure,
        )  # fmt: skip
    return response


def day(value: date | datetime | None) -> str:
    """Write a date the way of the language: 15.12.2026 in Finnish and Swedish."""
    if value is None:
        return ""
    style = "d MMM y" if language() == "en" else "d.M.y"
    if isinstance(value, datetime):
        return str(format_datetime(value, style))
    return str(format_date(value, style, rebase=False))


def weekday(value: date) -> str:
    """Write a date with its short day name: ke 25.11.2026."""
    style = "EEE" if language() == "en" else "EEEEEE"
    return str(format_date(value, style, rebase=False)).rstrip(".") + " " + day(value)


def moment(value: datetime | None) -> str:
    """Write date and time the way of the language: 21.11.2026 klo 14.09."""
    if value is None:
        return ""
    clock = {"fi": "'klo' H.mm", "sv": "'kl.' H.mm", "en": "HH:mm"}[language()]
    return f"{day(value)} {format_datetime(value, clock)}"


def number(value: int) -> str:
    """Write a whole number with the thousands set apart."""
    return str(format_number(value))


def local_text(texts: dict[str, str]) -> str:
    """Pick the programme's text in the language of the page."""
    return pick(texts, language())


def _choices() -> list[dict[str, Any]]:
    """Links to this page in every language; from a sent form they lead to the front page."""
    home = own_address("/")
    is_page = request.method in {"GET", "HEAD"} and request.path.startswith(home)
    path = request.path if is_page else home
    kept = [(key, value) for key, value in request.args.items(multi=True) if key != "lang"]
    return [
        {
            "code": code,
            "label": LANGUAGE_NAMES[code],
            "href": f"{quote(path)}?{urlencode([*kept, ('lang', code)])}",
            "current": code == language(),
        }
        for code in LANGUAGES
    ]


def init_app(app: Flask) -> None:
    """Choose language and time zone for every request."""
    _Babel(
        app,
        default_locale=DEFAULT_LANGUAGE,
        locale_selector=chosen_language,
        timezone_selector=lambda: app.extensions["settings"].time_zone,
    )
    app.after_request(_remember)
    app.jinja_env.filters.update(
        day=day, weekday=weekday, moment=moment, number=number, local=local_text
    )
    app.context_processor(lambda: {"language": language(), "languages": _choices()})
