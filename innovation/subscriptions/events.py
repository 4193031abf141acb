"""What can happen with addresses that are not accounts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AddressGiven:
    """Somebody typed an address; `wanted` is what its owner is asked to confirm."""

    subscription_id: int
    wanted: tuple[str, ...]
    at: str


@dataclass(frozen=True, slots=True)
class IdeaClaimed:
    """A nameless author took their idea into an account."""

    idea_id: int
    person_id: int
