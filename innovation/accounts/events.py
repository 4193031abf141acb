"""What happens to accounts and has to reach people."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PasswordResetRequested:
    """Somebody asked for a new password; `link_id` is the row of the link to mail."""

    link_id: int


@dataclass(frozen=True, slots=True)
class PasswordChanged:
    """A person has a new password, so its owner is told."""

    person_id: int
    at: str


@dataclass(frozen=True, slots=True)
class AbsenceChanged:
    """Somebody stands in for a lead on these days, or, ended: was to, and no longer does.

    by: who wrote that down, None for no person. at: when, so that the same days written down anew
    are another matter.
    """

    person_id: int
    deputy_id: int
    first_day: date
    last_day: date
    ended: bool
    by: int | None
    at: str
