"""What the worker does for second factors: forgetting what can no longer be used."""

from datetime import timedelta

from innovation.core import transaction
from innovation.core.jobs import every
from innovation.core.permissions import System
from innovation.second_factors.actions import forget_old


@every(timedelta(hours=1))
def forget_old_challenges() -> None:
    """Delete answered questions that are long past."""
    with transaction.writing():
        forget_old(System("worker"))
