"""A page of a longer list."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")

PAGE_SIZE = 20
LAST_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items of a list. `number` counts from 1, `total` is the length of the whole list."""

    items: list[Item]
    number: int
    total: int
    size: int = PAGE_SIZE

    @property
    def count(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """Ordinal of the first item shown, 0 when there are none."""
        return (self.number - 1) * self.size + 1 if self.items else 0

    @property
    def last(self) -> int:
        """Ordinal of the last item shown."""
        return (self.number - 1) * self.size + len(self.items)

    @property
    def next(self) -> int | None:
        """Number of the next page, if there is one."""
        return self.number + 1 if self.number < self.count else None

    @property
    def previous(self) -> int | None:
        """Number of the page before, if there is one."""
        return min(self.number - 1, self.count) if self.number > 1 else None


def page_number(value: object) -> int:
    """Read a page number somebody typed: nonsense becomes 1, absurd sizes are cut."""
    text = str(value or "").strip()
    if not text.isascii() or not text.isdigit():
        return 1
    return min(max(int(text[:9]), 1), LAST_PAGE)
