"""The order "topical": recent support and talk that fades, room for newcomers, balance of areas.

Every sign of life of the last thirty days has a weight: a support 1, a comment 2. A weight halves
in a week, so what happened a week ago counts half of what happens today. An idea's own arrival
weighs as much as WELCOME supports, so that what nobody has answered, supported or commented stands
among the first until readers have had time to find it; after that, what readers do decides. Ideas
of areas that are heard less are lifted by up to LARGEST_LIFT days.

All of it is one number, a time: the day (counted from 2020) on which a single new support would
weigh as much as the whole idea. As everything fades at the same pace, two numbers keep their order
without being counted again: the list is read from an index, and only ideas to which something
happened get a new number.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

HALF_LIFE = timedelta(days=7)
WINDOW = timedelta(days=30)
WELCOME = 16.0
NEWCOMER_AGE = timedelta(days=21)
SUPPORT_WEIGHT = 1.0
COMMENT_WEIGHT = 2.0
LARGEST_LIFT = 10
# An area is not lifted for chance alone: so much is added to what was heard of each.
_EVERYWHERE = 5.0
_DAY = timedelta(days=1)
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_HALVING_DAYS = HALF_LIFE / _DAY


@dataclass(frozen=True, slots=True)
class Activity:
    """What readers did to an idea lately: the moments of its supports and of its comments."""

    supports: Sequence[datetime] = ()
    comments: Sequence[datetime] = ()

    @property
    def weight(self) -> float:
        """The sum of the weights, as if nothing had faded."""
        return SUPPORT_WEIGHT * len(self.supports) + COMMENT_WEIGHT * len(self.comments)


@dataclass(frozen=True, slots=True)
class Subject:
    """What the order needs to know of an idea. area_id: None when it is of no area."""

    idea_id: int
    published_at: datetime
    area_id: int | None


_NOTHING = Activity()


def score(published_at: datetime, activity: Activity = _NOTHING, lift: int = 0) -> float:
    """Give the place of an idea; larger is earlier. The unit is days since 2020.

    activity: of the last thirty days. lift: days added for an area that is heard less. Another
    support or comment never makes the number smaller.
    """
    arrival = _days(published_at) + _HALVING_DAYS * math.log2(WELCOME)
    return round(max(arrival, _warmth(activity)) + lift, 3)


def lifts(heard: Mapping[int, float]) -> dict[int, int]:
    """Give the lift of each area in whole days, from how much was heard of it lately.

    An area with a quarter of the liveliest one's activity is lifted by a week; none is lowered.
    """
    most = max(heard.values(), default=0.0) + _EVERYWHERE
    return {
        area: min(
            LARGEST_LIFT,
            round(_HALVING_DAYS * math.log2(most / (amount + _EVERYWHERE)) / 2),
        )
        for area, amount in heard.items()
    }


def scores(
    subjects: Iterable[Subject],
    activity: Mapping[int, Activity],
    areas: Iterable[int],
    now: datetime,
) -> dict[int, float]:
    """Give the place of every idea at a moment.

    activity: of the last thirty days, by the idea's number. areas: ids of those between which there
    is balance.
    """
    known = list(subjects)
    heard = dict.fromkeys(areas, 0.0)
    for subject in known:
        if subject.area_id in heard:
            heard[subject.area_id] += activity.get(subject.idea_id, _NOTHING).weight
            heard[subject.area_id] += subject.published_at > now - WINDOW
    lift = lifts(heard)
    result = {}
    for subject in known:
        lately = activity.get(subject.idea_id, _NOTHING)
        # Balance matters where readers look; what sleeps is left in peace.
        awake = lately.weight > 0 or subject.published_at > now - WINDOW
        days = lift.get(subject.area_id or 0, 0) if awake else 0
        result[subject.idea_id] = score(subject.published_at, lately, days)
    return result


def needs_readers(
    published_at: datetime | None, answered: bool, support_count: int, comment_count: int,
    now: datetime,
) -> bool:  # fmt: skip
    """True when an idea is new and nobody has answered, supported or commented it."""
    untouched = not answered and support_count == 0 and comment_count == 0
    return untouched and published_at is not None and published_at > now - NEWCOMER_AGE


def _warmth(activity: Activity) -> float:
    """Give the day on which one new support would weigh as much as all of this."""
    days = [(_days(at), SUPPORT_WEIGHT) for at in activity.supports]
    days += [(_days(at), COMMENT_WEIGHT) for at in activity.comments]
    if not days:
        return 0.0
    # Counted from the latest, because powers of two of days since 2020 grow without end.
    latest = max(day for day, _weight in days)
    total = sum(weight * 2 ** ((day - latest) / _HALVING_DAYS) for day, weight in days)
    return latest + _HALVING_DAYS * math.log2(total)


def _days(moment: datetime) -> float:
    return (moment - _EPOCH) / _DAY
