"""What a check has found: how it is, what that means, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a thing is. Only a failure keeps an installation from working as it should."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor. about: a word for the thing; advice is "" when all is well."""

    about: str
    level: Level
    says: str
    advice: str = ""


def well(about: str, says: str) -> Finding:
    """All is well."""
    return Finding(about, Level.OK, says)


def doubtful(about: str, says: str, advice: str) -> Finding:
    """It works, and somebody should look at it."""
    return Finding(about, Level.WARNING, says, advice)


def broken(about: str, says: str, advice: str) -> Finding:
    """It does not work."""
    return Finding(about, Level.FAILURE, says, advice)
