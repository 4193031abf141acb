"""Mails about second factors: their owner hears of every change, as it may be somebody else's."""

from flask import current_app
from flask_babel import force_locale, gettext

from innovation.accounts.queries import profile_of
from innovation.core.config import Settings
from innovation.core.events import on
from innovation.notifications.actions import queue_mail
from innovation.second_factors.events import FactorsChanged


@on(FactorsChanged)
def mail_factors_changed(event: FactorsChanged) -> None:
    """Tell the owner at once."""
    profile = profile_of(event.person_id)
    subject, body = factors_text(profile.language, event.change, _settings().origin)
    unique_key = f"factor {event.change} {profile.id} {event.at}"
    queue_mail("factor", unique_key, profile.email, subject, body, profile.language, profile.id)


def factors_text(language: str, change: str, origin: str) -> tuple[str, str]:
    """Give subject and body. change: as in FactorsChanged. origin: the service's address."""
    with force_locale(language):
        happened = {
            "added": gettext("a second factor was added to your account just now."),
            "removed": gettext("a second factor was removed from your account just now."),
            "reset": gettext(
                "an administrator removed every second factor of your account just now. "
                "Add new ones when you sign in the next time."
            ),
            "spare_used": gettext("somebody just signed in with a spare code of your account."),
        }[change]
        lines = (
            gettext("Hello,"),
            happened,
            gettext("If it was not you, change your password at once and write to us. Look here:"),
            f"{origin}/profile/security",
            gettext("Innovation platform"),
        )
        return gettext("A change in how you sign in"), "\n\n".join(lines) + "\n"


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
