"""What the worker does for kept searches: looking whether there is anything new."""

from datetime import timedelta

from flask import current_app

from innovation.accounts.queries import person_by_id
from innovation.alerts.actions import note_news
from innovation.alerts.queries import due, news
from innovation.core import clock, transaction
from innovation.core.jobs import every
from innovation.search.engine import SearchUnavailableError
from innovation.search.engines import engine_for

LOOKED_AT_EVERY = timedelta(hours=1)
_AT_ONCE = 200


@every(timedelta(minutes=5))
def look_for_news() -> None:
    """Look for what is new in kept searches, some at a time; each in a unit of its own."""
    engine = engine_for(current_app.extensions["settings"])
    with transaction.reading():
        waiting = due(clock.now() - LOOKED_AT_EVERY, _AT_ONCE)
    for one in waiting:
        at = clock.now()
        try:
            with transaction.reading():
                person = person_by_id(one.person_id)
                rows = news(engine, person, one) if person else []
        except SearchUnavailableError:
            return
        with transaction.writing():
            note_news(one, tuple(row.number for row in rows), at)
