"""What happens to accounts and has to reach people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PasswordResetRequested:
    """Somebody asked for a new password; `link_id` is the row of the link to mail."""

    link_id: int


@dataclass(frozen=True, slots=True)
class PasswordChanged:
    """A person has a new password, so its owner is told."""

    person_id: int
    at: str
