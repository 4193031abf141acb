"""The copy that the worker makes once a day, and the list of what people took back meanwhile."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from flask import current_app

from innovation.backups.forgetting import note_erased
from innovation.backups.making import make_copy
from innovation.backups.packing import copies_in, rotate
from innovation.core import clock
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.core.jobs import every


@every(timedelta(minutes=10))
def make_daily_copy() -> None:
    """Keep the list of what was erased; make a copy when its hour has come, until it succeeds.

    What goes wrong is raised: the page of the work in the background shows it until it is mended.
    """
    settings: Settings = current_app.extensions["settings"]
    if not settings.backup_to:
        return
    folder = Path(settings.backup_to)
    note_erased(folder)
    if settings.backup_at and is_due(settings, folder, clock.now()):
        make_copy(settings, db.engine, folder)
        rotate(folder, settings.backup_days, clock.now())


def is_due(settings: Settings, folder: Path, now: datetime) -> bool:
    """Tell whether no copy was made since the hour last came round."""
    copies = copies_in(folder)
    return not copies or copies[-1][0] < _last_hour(settings, now)


def _last_hour(settings: Settings, now: datetime) -> datetime:
    """Give the moment in UTC at which the hour last came round.

    Where the clocks jump over it, it comes as much later as they jump; of two, the first counts.
    """
    today, at = clock.local(now, settings.zone).date(), time.fromisoformat(settings.backup_at)
    # Two times of one zone are compared as they stand on the clock, so UTC compares.
    hour = datetime.combine(today, at, settings.zone).astimezone(UTC)
    if hour <= now:
        return hour
    return datetime.combine(today - timedelta(days=1), at, settings.zone).astimezone(UTC)
