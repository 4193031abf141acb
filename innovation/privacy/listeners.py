"""The last mail, the notice of an unused account, and the nights in which data are forgotten."""

from datetime import datetime, timedelta

from flask import current_app

from innovation.accounts.queries import profile_of
from innovation.core import clock, transaction
from innovation.core.config import Settings
from innovation.core.events import on
from innovation.core.jobs import every
from innovation.core.keys import new_key
from innovation.core.permissions import System
from innovation.notifications.actions import queue_mail
from innovation.privacy import retention
from innovation.privacy.events import AccountUnused, PersonLeft
from innovation.privacy.mail import farewell_text, unused_text
from innovation.privacy.queries import last_run

NIGHT = range(1, 6)
LONGEST_PAUSE = timedelta(hours=26)


@on(PersonLeft)
def say_farewell(event: PersonLeft) -> None:
    """Tell the owner that the account is closed; the mail belongs to nobody's account."""
    days = retention.days()["sent_mail"]
    subject, body = farewell_text(event.language, event.way, days)
    # Nothing in the mail may lead from the address to the number of who left.
    unique_key = f"farewell {new_key()}"
    queue_mail("farewell", unique_key, event.email, subject, body, event.language)


@on(AccountUnused)
def tell_owner(event: AccountUnused) -> None:
    """Tell the owner when the account will be closed."""
    profile = profile_of(event.person_id)
    days = retention.days()["unused_account_notice"]
    link = f"{_settings().origin}/sign-in"
    subject, body = unused_text(profile.language, link, days)
    unique_key = f"unused {event.person_id} {clock.today().isoformat()}"
    queue_mail("unused", unique_key, profile.email, subject, body, profile.language, profile.id)


@every(timedelta(hours=1))
def forget_what_is_over() -> None:
    """Run retention once a night, or as soon as the worker is there again."""
    now = clock.now()
    with transaction.reading():
        last = last_run(System("retention"))
    if is_due(last.at if last else None, now):
        retention.run(_settings().instance, _settings().secret_key)


def is_due(last: datetime | None, now: datetime) -> bool:
    """Tell whether retention is to run now: at night, once, or late when a night was missed."""
    if last is not None and now - last >= LONGEST_PAUSE:
        return True
    today = last is not None and clock.local_date(last) == clock.local_date(now)
    return not today and clock.local(now, _settings().zone).hour in NIGHT


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found
