"""The cookies and the browser's own storage that the service uses, named by the code's constants.

A test looks for every place that sets a cookie or keeps something in the browser; one that is not
listed here fails it.
"""

from dataclasses import dataclass

from flask import current_app

from innovation.accounts.entrance import session_cookie
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.second_factors.entrance import cookie
from innovation.web import locale


@dataclass(frozen=True, slots=True)
class Kept:
    """Something kept in the browser. name as the browser shows it; cookie: False for storage."""

    name: str
    purpose: LazyString
    lifetime: LazyString
    cookie: bool = True


def all_kept() -> list[Kept]:
    """Give everything that may be kept in a visitor's browser; all of it is necessary."""
    return [
        Kept(
            session_cookie(),
            _("Keeps you signed in. Set when you sign in."),
            _("Until you sign out or close the browser"),
        ),
        Kept(
            locale.cookie_name(),
            _("Remembers the language you chose."),
            _("One year"),
        ),
        Kept(
            str(current_app.config["SESSION_COOKIE_NAME"]),
            _("Carries a message to the next page, such as “Saved”."),
            _("Until the message has been shown"),
        ),
        Kept(
            cookie("code"),
            _("Knows the browser that asked for a sign-in code."),
            _("Ten minutes"),
        ),
        Kept(
            cookie("halfway"),
            _("Carries a sign-in from the password or code to the second proof."),
            _("Ten minutes"),
        ),
        Kept(
            cookie("passkey"),
            _("Knows the browser that asked for a passkey."),
            _("Ten minutes"),
        ),
        Kept(
            cookie("employer"),
            _("Knows the browser in which the sign-in of the employer began."),
            _("Ten minutes"),
        ),
        Kept(
            "used",
            _("On a shared device: when the service was last used, so that it signs out in time."),
            _("Until you sign out"),
            cookie=False,
        ),
        Kept(
            "draft",
            _("Keeps what you are writing in this tab, in case the connection is lost."),
            _("Until you send it or close the tab"),
            cookie=False,
        ),
        Kept(
            "desk-keys",
            _("Remembers that a moderator has switched the shortcut keys on."),
            _("Until they are switched off"),
            cookie=False,
        ),
    ]
