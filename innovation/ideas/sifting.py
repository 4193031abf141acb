"""What a filter lets through, and how many ideas each choice would show: in lists and searches."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from itertools import compress
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import (
    CompoundSelect,
    Select,
    Text,
    bindparam,
    case,
    func,
    literal_column,
    null,
    select,
    union_all,
)

from innovation.core import clock, transaction
from innovation.core.db import db
from innovation.ideas import counting
from innovation.ideas.filters import ANSWERED, SEVERAL, IdeaFilter, years
from innovation.ideas.lifecycle import GROUPS, Capacity, Visibility
from innovation.ideas.models import Idea, IdeaCount
from innovation.programme.queries import snapshot

# What an idea is sifted by, in the order of `sifted_by`.
Kind: TypeAlias = Sequence[Any]

_GROUP_OF = {handling: name for name, handlings in GROUPS.items() for handling in handlings}
_FIELDS = ("group", *SEVERAL)
# What counting.FIELDS calls them, where that differs.
_COLUMN = {"group": "handling"}
_UNTOLD: Any = literal_column(f"'{counting.ANY}'", Text)


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


def counted(
    listed: Collection[Visibility], wanted: Mapping[str, Collection[str]]
) -> dict[str, dict[str, int]]:
    """Count ideas by each value of each field, where none of the other fields refuses them.

    listed: the visibilities that are counted. wanted: the values that a field lets through, all of
    them where the field is missing; as they stand in the columns of IdeaCount.
    """
    if transaction.is_writing():
        counting.settle()
    values = {f"of_{field}": list(let) for field, let in wanted.items()}
    found: dict[str, dict[str, int]] = {field: Counter() for field in counting.FIELDS}
    for *told, ideas in db.session.execute(
        _read_by(frozenset(wanted)), {"listed": listed, **values}
    ):
        for field, value in zip(counting.FIELDS, told, strict=True):
            if value != counting.ANY:
                found[field][value] += int(ideas)
    return found


@cache
def _read_by(wanted: frozenset[str]) -> CompoundSelect[Any]:
    # Made once for each choice of fields: that takes longer than reading.
    free = [field for field in counting.FIELDS if field not in wanted]
    alone = [[field] for field in counting.FIELDS if field in wanted]
    if len(wanted) < counting.TOGETHER:
        alone += [[field] for field in free]
    elif free:
        # Only the largest number of rows tells these apart: it is gone through once for all.
        alone.append(free)
    return union_all(*(_part(fields, wanted.difference(fields)) for fields in alone))


def _part(fields: Sequence[str], others: Collection[str]) -> Select[Any]:
    """Count by some fields what the other ones let through, from the fewest rows that tell them."""
    columns = {field: getattr(IdeaCount, field) for field in fields}
    lets = [
        getattr(IdeaCount, other).in_(bindparam(f"of_{other}", expanding=True))
        for other in sorted(others)
    ]
    return (
        select(
            *(columns.get(field, _UNTOLD) for field in counting.FIELDS), func.sum(IdeaCount.ideas)
        )
        .where(IdeaCount.fields == counting.shape_of({*fields, *others}))
        .where(IdeaCount.visibility.in_(bindparam("listed", expanding=True)), *lets)
        .group_by(*columns.values())
    )


def counts_for(listed: Collection[Visibility], wanted: IdeaFilter) -> FilterCounts:
    """Give the numbers beside a filter in a list of ideas of these visibilities. One query."""
    named, asked = _named(), _asked_of(wanted)
    found = counted(
        listed, {_COLUMN.get(field, field): set(map(str, asked[field])) for field in asked}
    )
    told = {}
    for field, names in named.items():
        values = {str(value): value for value in names}
        known = found[_COLUMN.get(field, field)]
        told[field] = {values.get(text, text): ideas for text, ideas in known.items()}
    groups = told["group"]
    total = sum(groups.get(value, 0) for value in asked.get("group", groups))
    return _filter_counts(wanted, told, total)


class Sifter:
    """Lets ideas through, and counts what each choice of each field would show."""

    def __init__(self, wanted: IdeaFilter) -> None:
        """Sift by this filter; what it is searched by is not looked at."""
        self._wanted = wanted
        self._asked = {_FIELDS.index(name): values for name, values in _asked_of(wanted).items()}
        self._counted: tuple[Counter[Any], ...] = tuple(Counter() for _ in _FIELDS)

    def sift(self, kinds: Sequence[Kind]) -> list[bool]:
        """Tell of each kind whether it fits all fields; count it where no other field refuses."""
        fits = {
            place: [kind[place] in values for kind in kinds]
            for place, values in self._asked.items()
        }
        through = _all(fits.values(), len(kinds))
        for place, counted in enumerate(self._counted):
            others = [fit for other, fit in fits.items() if other != place]
            let = _all(others, len(kinds)) if place in fits else through
            counted.update(map(itemgetter(place), compress(kinds, let)))
        return through

    def counts(self, total: int) -> FilterCounts:
        """Give what was counted. total: how many were let through, or are shown of them."""
        return _filter_counts(self._wanted, dict(zip(_FIELDS, self._counted, strict=True)), total)


def _named() -> dict[str, Mapping[Any, str]]:
    """Give for each field, in the order of `sifted_by`, what its values in ideas are called."""
    programme = snapshot()
    return {
        "group": _GROUP_OF,
        "sub_project": {one.id: one.slug for one in programme.sub_projects},
        "area": {one.id: one.slug for one in programme.areas},
        "capacity": {str(one): str(one) for one in Capacity},
        "answered": {one: one for one in ANSWERED},
        "year": {year: str(year) for year in years()},
    }


def _asked_of(wanted: IdeaFilter) -> dict[str, set[Any]]:
    """Give the values in ideas that each field lets through, where it narrows anything."""
    chosen = {"group": (wanted.group,) if wanted.group else (), **wanted.values}
    return {
        field: {value for value, name in names.items() if name in chosen[field]}
        for field, names in _named().items()
        if chosen[field]
    }


def _filter_counts(
    wanted: IdeaFilter, counted: Mapping[str, Mapping[Any, int]], total: int
) -> FilterCounts:
    """Put together what was counted: by field, by the values in ideas."""
    told: dict[str, dict[str, int]] = {}
    for field, names in _named().items():
        told[field] = dict.fromkeys(GROUPS if field == "group" else names.values(), 0)
        for value, ideas in counted[field].items():
            if value in names:
                told[field][names[value]] += ideas
    this_year, *_earlier = told["year"]
    asked = {this_year, *wanted.year}
    return FilterCounts(
        total=total,
        everything=sum(counted["group"].values()),
        groups=told["group"],
        sub_project=told["sub_project"],
        area=told["area"],
        capacity=told["capacity"],
        answered=told["answered"],
        year={year: ideas for year, ideas in told["year"].items() if ideas or year in asked},
    )


def _all(masks: Iterable[Sequence[bool]], length: int) -> list[bool]:
    """Tell of each place whether every mask has it."""
    first, *others = *masks, [True] * length
    return [all(some) for some in zip(first, *others, strict=True)]
