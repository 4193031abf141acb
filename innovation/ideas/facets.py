"""A filter and its counts as the pieces of a page: tabs, chips, boxes to tick, orders, headings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.pagination import Page
from innovation.ideas.filters import ANSWERED, SEVERAL, SORTS, IdeaFilter
from innovation.ideas.lifecycle import CAPACITY_LABELS, GROUP_LABELS, GROUPS, Capacity
from innovation.ideas.sifting import FilterCounts
from innovation.programme.queries import snapshot

Label: TypeAlias = str | LazyString

# What stands as chips on top of the list; whether ideas are answered stands there alone.
_QUICK: dict[tuple[str, str], LazyString] = {
    **{("answered", value): label for value, label in ANSWERED.items()},
    ("capacity", Capacity.RESIDENT): _("Residents"),
    ("capacity", Capacity.STAFF): _("Staff members"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A tab or a chip. count: None when none is shown."""

    label: Label
    href: str
    current: bool
    count: int | None


@dataclass(frozen=True, slots=True)
class Option:
    """A box to tick, or an order in the list of orders (count 0)."""

    value: str
    label: Label
    count: int
    checked: bool

    @property
    def current(self) -> bool:
        """The same as checked, for lists where one is chosen."""
        return self.checked


@dataclass(frozen=True, slots=True)
class Group:
    """The boxes of one field of the filter; `open` when one of them is ticked."""

    name: str
    label: Label
    options: tuple[Option, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Facets:
    """Everything around the rows of a list. chosen: labels of what narrows it, for headings.

    kept, kept_by_sort: parameters that the forms of the boxes and of the orders carry along.
    """

    tabs: tuple[Choice, ...]
    chips: tuple[Choice, ...]
    groups: tuple[Group, ...]
    orders: tuple[Option, ...]
    chosen: tuple[Label, ...]
    kept: list[tuple[str, str]]
    kept_by_sort: list[tuple[str, str]]
    clear: str
    next: str
    previous: str


def facets_of(
    wanted: IdeaFilter,
    counts: FilterCounts,
    page: Page[Any],
    path: str,
    language: str,
    orders: dict[str, LazyString] = SORTS,
) -> Facets:
    """Make the pieces for a list at a path. orders: those that the page offers, with their words.

    What the page itself decides (`wanted.fixed`) is offered nowhere.
    """
    labels = _labels(counts, language)
    boxes = [name for name in _GROUP_NAMES if name not in wanted.fixed]
    free = [name for name in SEVERAL if name not in wanted.fixed]
    groups = tuple(
        _group(wanted, name, labels[name], getattr(counts, name), first=name == boxes[0])
        for name in boxes
    )
    return Facets(
        tabs=_tabs(wanted, counts, path),
        chips=_chips(wanted, counts, path, labels),
        groups=groups,
        orders=tuple(Option(name, label, 0, name == wanted.sort) for name, label in orders.items()),
        chosen=(
            *((GROUP_LABELS[wanted.group],) if wanted.group else ()),
            *(labels[name][value] for name in free for value in wanted.values[name]),
        ),
        kept=wanted.pairs("page", *boxes),
        kept_by_sort=wanted.pairs("page", "sort"),
        clear=wanted.cleared().address(path),
        next=wanted.changed(page=page.next).address(path) if page.next else "",
        previous=wanted.changed(page=page.previous).address(path) if page.previous else "",
    )


def _labels(counts: FilterCounts, language: str) -> dict[str, dict[str, Label]]:
    programme = snapshot()
    return {
        "area": {one.slug: one.name(language) for one in programme.areas},
        "sub_project": {one.slug: one.name(language) for one in programme.sub_projects},
        "capacity": {str(one): CAPACITY_LABELS[one] for one in Capacity},
        "answered": dict(ANSWERED),
        "year": {year: year for year in counts.year},
    }


_GROUP_NAMES: dict[str, LazyString] = {
    "area": _("Area"),
    "sub_project": _("Sub-project"),
    "capacity": _("Writer's role"),
    "year": _("Year"),
}


def _group(
    wanted: IdeaFilter, name: str, labels: dict[str, Label], counted: Mapping[str, int], first: bool
) -> Group:
    chosen = wanted.values[name]
    options = tuple(
        Option(value, label, counted[value], value in chosen) for value, label in labels.items()
    )
    return Group(name, _GROUP_NAMES[name], options, open=first or bool(chosen))


def _tabs(wanted: IdeaFilter, counts: FilterCounts, path: str) -> tuple[Choice, ...]:
    every = Choice(
        _("All"), wanted.changed(group="").address(path), not wanted.group, counts.everything
    )
    return every, *(
        Choice(
            GROUP_LABELS[name],
            wanted.changed(group=name).address(path),
            name == wanted.group,
            counts.groups[name],
        )
        for name in GROUPS
    )


def _chips(
    wanted: IdeaFilter, counts: FilterCounts, path: str, labels: dict[str, dict[str, Label]]
) -> tuple[Choice, ...]:
    """What is chosen, each to be taken away, and then what is most asked for."""
    chosen = [
        Choice(labels[name][value], wanted.toggled(name, value).address(path), True, None)
        for name, values in wanted.values.items()
        if name not in wanted.fixed
        for value in values
    ]
    quick = [
        Choice(
            label,
            wanted.toggled(name, value).address(path),
            False,
            getattr(counts, name)[value],
        )
        for (name, value), label in _QUICK.items()
        if name not in wanted.fixed and value not in wanted.values[name]
    ]
    return (*chosen, *quick)
