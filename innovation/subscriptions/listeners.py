"""What the worker does for addresses: forgetting those that nobody confirmed."""

from datetime import timedelta

from innovation.core import transaction
from innovation.core.jobs import every
from innovation.core.permissions import System
from innovation.subscriptions.actions import forget_unconfirmed


@every(timedelta(hours=1))
def forget_unconfirmed_addresses() -> None:
    """Delete addresses that were typed, perhaps by somebody else, and never confirmed."""
    with transaction.writing():
        forget_unconfirmed(System("worker"))
