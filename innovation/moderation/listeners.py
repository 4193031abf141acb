"""What the desk does by itself: undoing ends an appeal, and how to undo is forgotten in time."""

from datetime import timedelta

from innovation.core import transaction
from innovation.core.events import on
from innovation.core.jobs import every
from innovation.moderation.appeals import let_go
from innovation.moderation.events import DecisionUndone
from innovation.moderation.undo import forget_changes


@on(DecisionUndone)
def close_appeal(event: DecisionUndone) -> None:
    """Ask nobody to look again at what no longer is so."""
    let_go(event.decision_id)


@every(timedelta(minutes=5))
def forget_undone() -> None:
    """Keep no rows of what can no longer be undone."""
    with transaction.writing():
        forget_changes()
