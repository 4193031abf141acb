"""What can happen with kept searches."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AlertMatched:
    """New ideas fit a kept search. idea_ids: the newest first; at: when it was looked."""

    alert_id: int
    person_id: int
    idea_ids: tuple[int, ...]
    at: str
