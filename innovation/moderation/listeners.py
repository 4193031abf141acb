"""What the desk does by the clock: how to undo is forgotten when the time for it is over."""

from datetime import timedelta

from innovation.core import transaction
from innovation.core.jobs import every
from innovation.moderation.undo import forget_changes


@every(timedelta(minutes=5))
def forget_undone() -> None:
    """Keep no rows of what can no longer be undone."""
    with transaction.writing():
        forget_changes()
