"""Writing down how people want to be told, what they have read, and whether their address works."""

from dataclasses import replace
from datetime import date

from sqlalchemy import update

from innovation.accounts.models import Account
from innovation.core import clock
from innovation.core.db import db, insert
from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Person, authorize
from innovation.notifications.choices import CEILINGS, Choice, choice_of
from innovation.notifications.kinds import DIGEST, KINDS, PACES, Way
from innovation.notifications.models import MailChoice, Notice


def read_all(actor: Person, newest: int) -> None:
    """Mark what the actor has been told as read, up to the newest one that was on the page."""
    authorize(actor, "profile:edit")
    now = clock.now()
    db.session.execute(
        update(Notice)
        .where(
            Notice.person_id == actor.id,
            Notice.read_at.is_(None),
            Notice.shown_from <= now,
            Notice.id <= newest,
        )
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )


def choose(actor: Person, choice: Choice) -> None:
    """Remember how the actor wants to be told by mail."""
    authorize(actor, "profile:edit")
    if choice.pace not in PACES or choice.ceiling not in CEILINGS:
        raise RuleBrokenError(_("Choose one of the options."), field="pace")
    _remember(actor.id, choice)


def _remember(person_id: int, choice: Choice) -> None:
    values = {
        "pace": choice.pace,
        "ways": {
            key: str(way)
            for key, way in choice.ways.items()
            if key in KINDS and not KINDS[key].fixed and way in KINDS[key].ways
        },
        "quiet_from": choice.quiet_from % 24,
        "quiet_until": choice.quiet_until % 24,
        "ceiling": choice.ceiling,
        "digest_hour": choice.digest_hour % 24,
    }
    db.session.execute(
        insert(MailChoice)
        .values(person_id=person_id, **values)
        .on_conflict_do_update(index_elements=["person_id"], set_=values)
    )
    db.session.expire_all()


def stop_mails(person_id: int, kind: str) -> None:
    """Send a person no more mails of a kind, or, for the digest or "", none that can be stopped.

    For whoever holds the key from a mail. Safe to repeat; what is in the inbox stays there.
    """
    old = choice_of(person_id)
    if kind in KINDS and kind != DIGEST:
        _remember(person_id, replace(old, ways={**old.ways, kind: str(Way.NEVER)}))
    else:
        _remember(person_id, replace(old, pace="never", ways={}))


def reach_again(actor: Person) -> None:
    """Try the actor's address again, which had refused mails."""
    authorize(actor, "profile:edit")
    forgive(actor.id)


def forgive(person_id: int) -> None:
    """Take an address for good again: it took a mail, or was changed."""
    account = db.session.get(Account, person_id)
    if account is not None:
        account.bounces, account.unreachable_at = 0, None


def looked_at(person_id: int, day: date) -> None:
    """Remember that a person's digest of a day was looked at, whether or not it said anything."""
    if db.session.get(MailChoice, person_id) is None:
        _remember(person_id, Choice())
    db.session.get_one(MailChoice, person_id).digested_on = day
