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
from flask_babel import Babel, Domain, format_date, format_number, get_locale, to_user_timezone
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from innovation.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, pick
from innovation.web.security import own_address

COOKIE = "language"
YEAR = 365 * 24 * 3600
CATALOGUES = Path(__file__).parent.parent / "translations"
_CLOCKS = {
    "fi": "klo {0.hour}.{0.minute:02}",
    "sv": "kl. {0.hour}.{0.minute:02}",
    "en": "{0.hour:02}:{0.minute:02}",
}
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


_CATALOGUES = Catalogues()


class _Babel(Babel):  # type: ignore[misc]
    domain_instance = _CATALOGUES


# Jinja's own go through four calls for a message, and a page has a hundred.
@pass_eval_context
def _message(context: EvalContext, text: str, /, **values: object) -> str:
    return _filled(context, _CATALOGUES.get_translations().ugettext(text), values)


@pass_eval_context
def _counted(context: EvalContext, one: str, many: str, num: int, /, **values: object) -> str:
    text = _CATALOGUES.get_translations().ungettext(one, many, num)
    return _filled(context, text, {"num": num, **values})


def _filled(context: EvalContext, text: str, values: dict[str, object]) -> str:
    # What is made safe here is the text of our own catalogues; values are escaped in it.
    pattern = Markup(text) if context.autoescape else text  # noqa: S704
    # A text is a pattern also without values: a percent sign is always written twice.
    return pattern % values if "%" in text else pattern


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
    if isinstance(value, datetime):
        value = to_user_timezone(value)
    if language() == "en":
        return str(format_date(value, "d MMM y", rebase=False))
    return f"{value.day}.{value.month}.{value.year}"


def weekday(value: date) -> str:
    """Write a date with its short day name: ke 25.11.2026."""
    style = "EEE" if language() == "en" else "EEEEEE"
    return str(format_date(value, style, rebase=False)).rstrip(".") + " " + day(value)


def moment(value: datetime | None) -> str:
    """Write date and time the way of the language: 21.11.2026 klo 14.09."""
    if value is None:
        return ""
    here = to_user_timezone(value)
    clock = _CLOCKS[language()].format(here)
    return f"{day(here)} {clock}"


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
    app.jinja_env.globals.update(_=_message, gettext=_message, ngettext=_counted)
    app.context_processor(lambda: {"language": language(), "languages": _choices()})
