"""What readers may ask a list of ideas for, read from an address and written back into it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlencode

from innovation.core import clock
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.pagination import page_number
from innovation.core.text import clean_line
from innovation.ideas.lifecycle import GROUPS, Capacity
from innovation.programme.queries import snapshot

SORTS: dict[str, LazyString] = {
    "topical": _("Topical"),
    "newest": _("Newest"),
    "supported": _("Most supported"),
    "discussed": _("Most discussed"),
}
ANSWERED: dict[str, LazyString] = {"yes": _("Answered"), "no": _("Not answered yet")}
# No idea here is older, also of those that were brought along from elsewhere.
FIRST_YEAR = 2000
LONGEST_QUERY = 200
_MOST_MISSED = 5
_LONGEST_MISSED = 40

# What an address carries, by the names of its parameters: each may stand there several times.
Arguments = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class IdeaFilter:
    """A list as it is asked for. Empty values narrow nothing.

    sub_project, area: slugs in the programme's order; capacity: values of Capacity; answered: keys
    of ANSWERED; year: those of publication. words: what is searched for; exact: without taking any
    of them for a typo. kind: which things alone, where a page has several kinds. fixed: fields
    that the page itself decides, so they stay out of the address. not_understood: values that were
    passed over, for telling the reader.
    """

    group: str = ""
    sub_project: tuple[str, ...] = ()
    area: tuple[str, ...] = ()
    capacity: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    sort: str = "topical"
    page: int = 1
    words: str = ""
    exact: bool = False
    kind: str = ""
    fixed: frozenset[str] = frozenset()
    default_sort: str = "topical"
    not_understood: tuple[str, ...] = ()

    @classmethod
    def read(
        cls,
        arguments: Arguments,
        *,
        default_sort: str = "topical",
        kinds: Collection[str] = (),
        **fixed: tuple[str, ...],
    ) -> Self:
        """Understand an address as far as it can be; nothing in it is an error.

        fixed: what the page itself decides, such as sub_project=("ikaihmiset",).
        default_sort: the order when none is asked for; it may be one that SORTS does not know.
        kinds: of things, where the page has several.
        """
        programme = snapshot()
        missed: list[str] = []
        read: dict[str, Any] = {
            "group": _one(arguments, "group", GROUPS, missed),
            "sub_project": _several(
                arguments, "sub_project", programme.sub_project_by_slug, missed
            ),
            "area": _several(arguments, "area", programme.area_by_slug, missed),
            "capacity": _several(arguments, "capacity", [str(one) for one in Capacity], missed),
            "answered": _several(arguments, "answered", ANSWERED, missed),
            "year": _several(arguments, "year", [str(one) for one in years()], missed),
            "sort": _one(arguments, "sort", (*SORTS, default_sort), missed) or default_sort,
            "page": page_number(_last(arguments, "page")),
            "words": clean_line(_last(arguments, "q"))[:LONGEST_QUERY],
            "exact": _last(arguments, "exact") == "1",
            "kind": _one(arguments, "kind", kinds, missed) if kinds else "",
        }
        return cls(
            **{**read, **fixed},
            fixed=frozenset(fixed),
            default_sort=default_sort,
            not_understood=tuple(dict.fromkeys(missed))[:_MOST_MISSED],
        )

    @property
    def narrowed(self) -> bool:
        """True when the reader narrowed the list by more than the page itself does."""
        return any(getattr(self, name) for name in _NARROWING if name not in self.fixed)

    @property
    def values(self) -> dict[str, tuple[str, ...]]:
        """What is chosen in the fields that take several values."""
        return {name: getattr(self, name) for name in SEVERAL}

    def changed(self, **values: Any) -> Self:
        """Give the same list with other values, from its first page unless a page is given."""
        return replace(self, **{"page": 1, **values})

    def toggled(self, name: str, value: str) -> Self:
        """Give the list with one value of a field put in or taken away."""
        chosen: tuple[str, ...] = getattr(self, name)
        if value in chosen:
            return self.changed(**{name: tuple(one for one in chosen if one != value)})
        return self.changed(**{name: (*chosen, value)})

    def cleared(self) -> Self:
        """Give the list without anything that the reader narrowed it by; its order stays."""
        freed = {name: () if name in SEVERAL else "" for name in _NARROWING}
        return self.changed(
            **{name: value for name, value in freed.items() if name not in self.fixed}
        )

    def pairs(self, *without: str) -> list[tuple[str, str]]:
        """Give the parameters that an address or a form needs, always in the same order.

        without: fields to leave out, such as those that a form asks for itself.
        """
        given: list[tuple[str, str]] = [("q", self.words)]
        given += [("exact", "1" if self.exact else ""), ("kind", self.kind)]
        given.append(("group", self.group))
        given += [(name, value) for name in SEVERAL for value in getattr(self, name)]
        given.append(("sort", "" if self.sort == self.default_sort else self.sort))
        given.append(("page", "" if self.page == 1 else str(self.page)))
        left_out = {*without, *self.fixed}
        return [(name, value) for name, value in given if value and name not in left_out]

    def address(self, path: str) -> str:
        """Give the address of this list at a path."""
        query = urlencode(self.pairs())
        return f"{path}?{query}" if query else path


SEVERAL = ("sub_project", "area", "capacity", "answered", "year")
_NARROWING = ("group", *SEVERAL)


def years() -> range:
    """Give the years in which ideas can have been published, this year first."""
    return range(clock.today().year, FIRST_YEAR - 1, -1)


def _last(arguments: Arguments, name: str) -> str:
    values = arguments.get(name) or ("",)
    return values[-1]


def _one(arguments: Arguments, name: str, known: Collection[str], missed: list[str]) -> str:
    asked = clean_line(_last(arguments, name))
    if not asked or asked in known:
        return asked
    missed.append(asked[:_LONGEST_MISSED])
    return ""


def _several(
    arguments: Arguments, name: str, known: Iterable[str], missed: list[str]
) -> tuple[str, ...]:
    asked = {clean_line(value) for value in arguments.get(name, ())} - {""}
    found = tuple(value for value in known if value in asked)
    missed += [value[:_LONGEST_MISSED] for value in sorted(asked.difference(found))]
    return found
