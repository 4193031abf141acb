"""Keeps the order "topical" in step with what readers do; the one place that sees all of it."""

from datetime import timedelta

from innovation.comments import queries as comments
from innovation.core import clock, transaction
from innovation.core.jobs import every
from innovation.ideas import reckoning, topical
from innovation.votes import queries as votes


@every(timedelta(minutes=10))
def keep_topical_order() -> None:
    """Count anew where every idea stands; what has not moved is not written."""
    with transaction.reading():
        since = clock.now() - topical.WINDOW
        places = reckoning.changed_places(
            votes.recent_activity(since), comments.recent_activity(since)
        )
    with transaction.writing():
        reckoning.write_places(places)
