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
class CodeRequested:
    """Somebody asked for a code to come in with; `link_id` is the row of the code and its link.

    joining: they asked for a new account.
    """

    link_id: int
    joining: bool


@dataclass(frozen=True, slots=True)
class AddressRequested:
    """A person wants another address; `link_id` is the row of the link to mail there."""

    link_id: int


@dataclass(frozen=True, slots=True)
class AddressChanged:
    """An account has another address, so its owner is told at the old one.

    back_id: the row of the link that puts the old one back, None where there is none.
    """

    person_id: int
    old_email: str
    at: str
    back_id: int | None = None


@dataclass(frozen=True, slots=True)
class IdentityJoined:
    """The employer's sign-in now opens an account that was there before, so its owner is told."""

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
