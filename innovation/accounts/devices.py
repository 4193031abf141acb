"""On which devices somebody is signed in, told as coarsely as their owner would say it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from innovation.accounts.models import Session
from innovation.accounts.queries import is_over
from innovation.core import clock
from innovation.core.db import db

# The first one whose word stands in what the browser says of itself; many name several.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """Give such as "Firefox, Linux"; nothing finer is kept, and "" where nothing is known."""
    known = (
        next((name for word, name in names if word in user_agent), "")
        for names in (BROWSERS, SYSTEMS)
    )
    return ", ".join(name for name in known if name)


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device on which somebody is signed in. here: the one that asks."""

    id: int
    device: str
    method: str
    shared: bool
    began_at: datetime
    seen_at: datetime
    here: bool


def devices_of(person_id: int, session_hash: str) -> list[DeviceRow]:
    """Give the devices on which the person is signed in, the one that asks first."""
    rows = db.session.execute(
        select(
            Session.id,
            Session.device,
            Session.method,
            Session.shared,
            Session.created_at,
            Session.last_seen_at,
            Session.key_hash == session_hash,
        )
        .where(Session.person_id == person_id, ~is_over(clock.now()))
        .order_by(Session.last_seen_at.desc(), Session.id.desc())
    )
    return sorted((DeviceRow(*row) for row in rows), key=lambda row: not row.here)
