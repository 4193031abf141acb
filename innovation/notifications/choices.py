"""How a person wants to be told: one choice, what differs from it, quiet hours and the ceiling."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Person, holds
from innovation.notifications.kinds import KINDS, Audience, Kind, Way
from innovation.notifications.models import SENDING, SENT, UNCLEAR, Mail, MailChoice

CEILINGS = (4, 8, 16, 31)
CEILING = 8
QUIET_FROM, QUIET_UNTIL = 21, 7
DIGEST_HOUR = 8
DIGEST_HOURS = (6, 7, 8, 9, 10, 12, 15)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose, or the defaults. ways: of single kinds. Hours: 0 to 23."""

    pace: str = "weekly"
    ways: Mapping[str, str] = field(default_factory=dict)
    quiet_from: int = QUIET_FROM
    quiet_until: int = QUIET_UNTIL
    ceiling: int = CEILING
    digest_hour: int = DIGEST_HOUR

    def way_of(self, kind: Kind) -> Way:
        """Give the way in which something of this kind reaches the person by mail."""
        if kind.fixed:
            return kind.way
        own = self.ways.get(kind.key, "")
        if own in kind.ways:
            return Way(own)
        if self.pace == "never":
            return Way.NEVER
        return Way.NOW if self.pace == "now" and Way.NOW in kind.ways else kind.way

    @property
    def wants_digest(self) -> bool:
        """True when something may be told in a digest."""
        return self.pace != "never" or Way.DIGEST in self.ways.values()

    def quiet_ends(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """Give when the quiet hours end in which this moment lies; None when it lies in none."""
        if self.quiet_from == self.quiet_until:
            return None
        here = clock.local(moment, zone)
        over_midnight = self.quiet_from > self.quiet_until
        late, early = here.hour >= self.quiet_from, here.hour < self.quiet_until
        if not (late or early if over_midnight else late and early):
            return None
        day = here.date() + timedelta(days=1 if over_midnight and late else 0)
        # Where the clocks jump over the hour, the moment after the jump is meant.
        return datetime.combine(day, time(self.quiet_until), zone).astimezone(moment.tzinfo)


def choice_of(person_id: int) -> Choice:
    """Give what a person chose, or the defaults."""
    row = db.session.get(MailChoice, person_id)
    if row is None:
        return Choice()
    return Choice(
        row.pace, dict(row.ways), row.quiet_from, row.quiet_until, row.ceiling, row.digest_hour
    )


def kinds_for(person: Person) -> list[Kind]:
    """Give the kinds that a person can get anything of, in the order of their page."""
    told = {
        Audience.EVERYBODY: True,
        Audience.OFFICIALS: holds(person, "answer:see"),
        Audience.MODERATORS: holds(person, "moderation:see"),
    }
    return [kind for kind in KINDS.values() if told[kind.audience]]


def mails_this_month(person_id: int) -> int:
    """Count the mails with a ceiling that left for a person since the month began."""
    return _left_this_month(Mail.person_id == person_id)


def mails_to_address(address: str) -> int:
    """Count the mails with a ceiling that left for an address without an account this month."""
    return _left_this_month(Mail.person_id.is_(None), Mail.recipient == address)


def _left_this_month(*whose: ColumnElement[bool]) -> int:
    begins = clock.day_begins(clock.today().replace(day=1))
    counted = select(func.count()).where(
        *whose,
        Mail.counts,
        Mail.state.in_((SENDING, UNCLEAR, SENT)),
        func.coalesce(Mail.sent_at, Mail.lease_until) >= begins,
    )
    return db.session.scalar(counted) or 0


def next_month_begins() -> datetime:
    """Give the moment from which mails are counted anew."""
    return clock.day_begins((clock.today().replace(day=1) + timedelta(days=32)).replace(day=1))
