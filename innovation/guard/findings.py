"""What the guard saw in a text: places and kinds, never the words themselves."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a marked place is."""

    HETU = "hetu"
    HETU_LIKE = "hetu_like"
    PHONE = "phone"
    EMAIL = "email"
    IBAN = "iban"
    ADDRESS = "address"
    PERSON = "person"
    CARE_DETAIL = "care_detail"
    SECURITY = "security"


class Door(StrEnum):
    """The right place for what a text tells; those from INCIDENT on are for the staff."""

    EMERGENCY = "emergency"
    CRISIS = "crisis"
    URGENT_CARE = "urgent_care"
    COMPLAINT = "complaint"
    PATIENT_SAFETY = "patient_safety"
    APPEAL = "appeal"
    INITIATIVE = "initiative"
    INCIDENT = "incident"
    GRIEVANCE = "grievance"
    OCCUPATIONAL_SAFETY = "occupational_safety"
    WHISTLEBLOWING = "whistleblowing"
    INVENTION = "invention"


STAFF_DOORS = frozenset(
    {
        Door.INCIDENT,
        Door.GRIEVANCE,
        Door.OCCUPATIONAL_SAFETY,
        Door.WHISTLEBLOWING,
        Door.INVENTION,
    }
)


@dataclass(frozen=True, order=True)
class Finding:
    """One marked place: offsets in characters of the text as it was given, end not included.

    It holds no piece of the text, so that it may be logged and kept. instead: neutral wording to
    offer in its place, in Finnish, "" when leaving out is the only advice. own: a care detail that
    the writer tells of nobody but themselves. telling: the offsets of the words in a care detail
    that tell of health or care. named_at: where in the place the name itself begins.
    """

    start: int
    end: int
    kind: Kind
    blocks: bool = False
    instead: str = field(default="", compare=False)
    own: bool = field(default=False, compare=False)
    telling: tuple[tuple[int, int], ...] = field(default=(), compare=False)
    named_at: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Findings:
    """Everything that was found in one text, in its order; false when no place was marked.

    doors: where else the text should go, likeliest first. urgent: somebody is in danger now.
    web_address: the text leads to a page on the web.
    """

    items: tuple[Finding, ...] = ()
    doors: tuple[Door, ...] = ()
    urgent: bool = False
    web_address: bool = False

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that keep the text from being saved."""
        return tuple(item for item in self.items if item.blocks)

    @property
    def blocks(self) -> bool:
        """Whether anything keeps the text from being saved."""
        return any(item.blocks for item in self.items)

    @property
    def waits(self) -> bool:
        """Whether anything keeps the text from being public before a moderator has read it.

        Any mark does, with no exception: what only looks like an identity code may be one with a
        slip in it. So do a wrong door, danger, and a web address, since nobody knows what stands
        there.
        """
        return bool(self.items or self.doors or self.urgent or self.web_address)

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds that were found."""
        return frozenset(item.kind for item in self.items)

    def __iter__(self) -> Iterator[Finding]:
        """Go through the findings."""
        return iter(self.items)

    def __len__(self) -> int:
        """Tell how many there are."""
        return len(self.items)
