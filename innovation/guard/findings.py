"""What the guard saw in a text: places and kinds, never the words themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a marked place is."""

    HETU = "hetu"
    HETU_LIKE = "hetu_like"


@dataclass(frozen=True, order=True)
class Finding:
    """One marked place: offsets in characters of the text as it was given, end not included.

    It holds no piece of the text, so that it may be logged and kept.
    """

    start: int
    end: int
    kind: Kind
    blocks: bool


@dataclass(frozen=True)
class Findings:
    """Everything that was found in one text, in the order of the text; false when nothing was."""

    items: tuple[Finding, ...] = ()

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that keep the text from being saved."""
        return tuple(item for item in self.items if item.blocks)

    @property
    def blocks(self) -> bool:
        """Whether anything keeps the text from being saved."""
        return any(item.blocks for item in self.items)

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
