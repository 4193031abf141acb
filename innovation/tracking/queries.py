"""Reading with a tracking key: whose it is and which idea it opens."""

from innovation.core.errors import NotFoundError
from innovation.core.keys import hash_key, read_tracking_key
from innovation.core.permissions import ReceiptHolder
from innovation.ideas.models import Idea
from innovation.ideas.queries import idea_of_receipt, receipt_by_hash


def idea_behind(typed: str) -> tuple[ReceiptHolder, Idea]:
    """Give the holder of a tracking key, typed in any way, and the idea that it opens.

    Raises NotFoundError in the same way whether the key is badly written or nobody has it.
    """
    key = read_tracking_key(typed)
    found = receipt_by_hash(hash_key(key)) if key else None
    if found is None:
        raise NotFoundError("no such tracking key")
    holder = ReceiptHolder(*found)
    return holder, idea_of_receipt(holder.receipt_id)
