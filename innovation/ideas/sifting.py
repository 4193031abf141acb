"""What a filter lets through, and how many ideas each choice would show: in lists and searches."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import compress
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import case, null

from innovation.core import clock
from innovation.ideas.filters import ANSWERED, SEVERAL, IdeaFilter, years
from innovation.ideas.lifecycle import GROUPS, Capacity
from innovation.ideas.models import Idea
from innovation.programme.queries import snapshot

# What an idea is sifted by, in the order of `sifted_by`.
Kind: TypeAlias = Sequence[Any]

_GROUP_OF = {handling: name for name, handlings in GROUPS.items() for handling in handlings}
_FIELDS = ("group", *SEVERAL)


@dataclass(frozen=True, slots=True)
class FilterCounts:
    """How many ideas each choice would show, the other choices being what they are.

    groups: by the keys of GROUPS; `everything` is all of them together. total: the length of the
    list itself. A value without ideas is there with 0, except of the years: only this year and
    those that have ideas or are asked for.
    """

    total: int
    everything: int
    groups: Mapping[str, int]
    sub_project: Mapping[str, int]
    area: Mapping[str, int]
    capacity: Mapping[str, int]
    answered: Mapping[str, int]
    year: Mapping[str, int]


def sifted_by() -> tuple[Any, ...]:
    """Give what ideas are sifted by, as columns that a query reads in this order."""
    return _columns(tuple(years()))


@lru_cache(maxsize=2)
def _columns(known: tuple[int, ...]) -> tuple[Any, ...]:
    begins = [(clock.day_begins(date(year, 1, 1)), year) for year in known]
    year = case(*[(Idea.published_at >= begin, year) for begin, year in begins], else_=null())
    return (
        Idea.handling,
        Idea.primary_sub_project_id,
        Idea.area_id,
        Idea.capacity,
        case((Idea.answered_at.is_not(None), "yes"), else_="no").label("answered"),
        year.label("year"),
    )


class Sifter:
    """Lets ideas through, and counts what each choice of each field would show."""

    def __init__(self, wanted: IdeaFilter) -> None:
        """Sift by this filter; what it is searched by is not looked at."""
        programme = snapshot()
        self._wanted = {"group": (wanted.group,) if wanted.group else (), **wanted.values}
        # For each field in the order of `sifted_by`: what its values in the database are called.
        self._named: tuple[Mapping[Any, str], ...] = (
            _GROUP_OF,
            {one.id: one.slug for one in programme.sub_projects},
            {one.id: one.slug for one in programme.areas},
            {str(one): str(one) for one in Capacity},
            {one: one for one in ANSWERED},
            {year: str(year) for year in years()},
        )
        self._asked = [
            (place, {value for value, name in named.items() if name in self._wanted[field]})
            for place, (field, named) in enumerate(zip(_FIELDS, self._named, strict=True))
            if self._wanted[field]
        ]
        self._counted: tuple[Counter[Any], ...] = tuple(Counter() for _ in _FIELDS)

    def sift(self, kinds: Sequence[Kind], times: Sequence[int] | None = None) -> list[bool]:
        """Tell of each kind whether it fits every field; count it where no other field refuses it.

        times: how many ideas each kind stands for, one when nothing is given.
        """
        fits = {place: [kind[place] in values for kind in kinds] for place, values in self._asked}
        through = _all(fits.values(), len(kinds))
        for place, counted in enumerate(self._counted):
            others = [fit for other, fit in fits.items() if other != place]
            let = _all(others, len(kinds)) if place in fits else through
            value = itemgetter(place)
            if times is None:
                counted.update(map(value, compress(kinds, let)))
                continue
            for kind, count in compress(zip(kinds, times, strict=True), let):
                counted[value(kind)] += count
        return through

    def counts(self, total: int) -> FilterCounts:
        """Give what was counted. total: how many were let through, or are shown of them."""
        counted: dict[str, Counter[str]] = {name: Counter() for name in _FIELDS}
        for field, named, values in zip(_FIELDS, self._named, self._counted, strict=True):
            for value, count in values.items():
                if value in named:
                    counted[field][named[value]] += count
        known = dict(zip(_FIELDS, self._named, strict=True))
        this_year, *_earlier = known["year"].values()
        asked = {this_year, *self._wanted["year"]}
        return FilterCounts(
            total=total,
            everything=sum(self._counted[0].values()),
            groups={name: counted["group"][name] for name in GROUPS},
            year={
                year: counted["year"][year]
                for year in known["year"].values()
                if counted["year"][year] or year in asked
            },
            **{
                name: {value: counted[name][value] for value in known[name].values()}
                for name in ("sub_project", "area", "capacity", "answered")
            },
        )


def _all(masks: Iterable[Sequence[bool]], length: int) -> list[bool]:
    """Tell of each place whether every mask has it."""
    first, *others = *masks, [True] * length
    return [all(some) for some in zip(first, *others, strict=True)]
