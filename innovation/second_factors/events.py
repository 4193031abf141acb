"""What happens to second factors and has to reach their owner."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FactorsChanged:
    """Somebody's second factors changed. change: "added", "removed", "reset" or "spare_used"."""

    person_id: int
    change: str
    at: str
