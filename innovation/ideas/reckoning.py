"""What lists are read by: places in the order "topical", and counts kept until they change."""

import secrets
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import bindparam, select, update

from innovation.core import clock
from innovation.core.db import Insert, db, insert, per_database
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Counter, Idea
from innovation.ideas.topical import Activity, Subject, scores
from innovation.programme.queries import snapshot

# The counter that tells whether anything in the lists has changed. Its value means nothing.
LISTS = "lists"
_MARK = select(Counter.value).where(Counter.name == LISTS)
_BITS = 31
_MOST_KEPT = 256
# By database: the mark and, of that mark alone, what was counted.
_kept: dict[str, tuple[int, dict[tuple[Hashable, ...], Any]]] = {}

Made = TypeVar("Made")


Moments = Mapping[int, Sequence[datetime]]


def changed_places(supports: Moments, comments: Moments) -> dict[int, float]:
    """Give the new places of those ideas whose place in the order "topical" has changed.

    supports, comments: when they happened in topical.WINDOW, by the idea's number.
    """
    rows = db.session.execute(
        select(Idea.id, Idea.published_at, Idea.area_id, Idea.topical).where(
            Idea.visibility.in_([Visibility.PUBLIC, Visibility.STAFF_ONLY]),
            Idea.published_at.is_not(None),
        )
    ).all()
    known = {row.id: row.topical for row in rows}
    new = scores(
        [Subject(row.id, row.published_at, row.area_id) for row in rows],
        {
            number: Activity(supports.get(number, ()), comments.get(number, ()))
            for number in supports.keys() | comments.keys()
        },
        [area.id for area in snapshot().areas if area.regional],
        clock.now(),
    )
    return {number: place for number, place in new.items() if place != known[number]}


def write_places(places: Mapping[int, float]) -> None:
    """Write down new places in the order "topical"."""
    if places:
        db.session.connection().execute(
            update(Idea).where(Idea.id == bindparam("number")).values(topical=bindparam("place")),
            [{"number": number, "place": place} for number, place in places.items()],
        )


def mark_lists() -> None:
    """Note that lists have changed, so that nobody is told counts from before."""
    value = secrets.randbits(_BITS)
    db.session.connection().execute(_marking(), {"mark": value})


@per_database
def _marking() -> Insert:
    first = insert(Counter).values({Counter.name: LISTS, Counter.value: bindparam("mark")})
    return first.on_conflict_do_update(
        index_elements=["name"], set_={"value": first.excluded.value}
    )


def kept(make: Callable[[], Made], *asked: Hashable) -> Made:
    """Give what `make` counted for the same question, counted anew when lists have changed.

    asked: everything that the answer depends on besides ideas and the programme: what is asked,
    for whom, on which day. The answer must not depend on supports and comments.
    """
    mark: int | None = db.session.connection().scalar(_MARK)
    if mark is None:
        return make()
    where = str(db.session.get_bind().engine.url)
    counted_at, counted = _kept.get(where, (None, {}))
    if counted_at != mark or len(counted) >= _MOST_KEPT:
        counted = {}
        _kept[where] = (mark, counted)
    key = (snapshot().version, *asked)
    known: Made | None = counted.get(key)
    if known is None:
        known = counted[key] = make()
    return known
