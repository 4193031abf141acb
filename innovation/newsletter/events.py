"""What can happen with the newsletter."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NewsletterAsked:
    """Somebody typed an address for the newsletter; its owner is asked to confirm."""

    subscriber_id: int
    at: str
