"""Where the CPU of a page goes, by the trade of the code; and how fast the machine is meanwhile."""

import cProfile
import pstats
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

Given = TypeVar("Given")

# By the path of a file, the first that fits; what the database's own processes use comes besides.
TRADES = (
    ("explaining and marking", ("search/why", "language/")),
    ("finding, weighing, sorting", ("innovation/search/",)),
    ("asking the database", ("sqlalchemy", "psycopg", "sqlite", "core/db", "core/transaction")),
    ("putting the page together", ("jinja", "markupsafe", "templates/", "babel", "gettext")),
    ("filters, rows, access", ("innovation/",)),
)
REST = "everything else"
DATABASE = "the database's processes"
_SPEED_ROUNDS = 200_000


def shares(
    ask: Callable[[Given], object],
    given: Sequence[Given],
    first: Callable[[], object] = lambda: None,
) -> dict[str, float]:
    """Give what part of this process's own time each trade takes while these are asked for.

    first: what is done before each, and not counted.
    """
    profile = cProfile.Profile()
    for one in given:
        first()
        profile.enable()
        ask(one)
        profile.disable()
    taken: Counter[str] = Counter()
    # What the standard library does belongs to whoever asks it.
    stats: Mapping[tuple[str, int, str], Any] = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    for place, (_calls, _own_calls, own, _total, callers) in stats.items():
        trade = _trade(place[0])
        if trade != REST or not callers:
            taken[trade] += own
            continue
        for caller, (_count, _again, part, _all) in callers.items():
            taken[_trade(caller[0])] += part
    whole = sum(taken.values()) or 1.0
    return {trade: taken[trade] / whole for trade in (*(name for name, _ in TRADES), REST)}


def _trade(path: str) -> str:
    return next((name for name, parts in TRADES if any(part in path for part in parts)), REST)


def speed() -> float:
    """Give the milliseconds of a fixed piece of work, to compare machines and moments by."""
    best = float("inf")
    for _ in range(5):
        begun = time.perf_counter()
        sum(number * number for number in range(_SPEED_ROUNDS))
        best = min(best, time.perf_counter() - begun)
    return round(1000 * best, 2)
