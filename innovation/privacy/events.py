"""What can happen when people look after what is known of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonLeft:
    """Somebody has left. The address is nowhere any more, so the event carries it for a last mail.

    way: how, a word of actions.Way.
    """

    person_id: int
    email: str
    language: str
    way: str


@dataclass(frozen=True, slots=True)
class AccountUnused:
    """Nobody has used an account for long; its owner is told before it is closed."""

    person_id: int
