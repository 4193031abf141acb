"""Ten times the normal load: `python -m bench.faults.load --database postgresql`.

First the normal load of `traffic`, then ten times as much for ten minutes (20 seconds in short),
then a crowd that asks as fast as it is answered, which is more than any machine carries. Nothing
fails, what was acknowledged is stored, and soon after it pages come as fast as before.
"""

import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from urllib3.exceptions import HTTPError

from bench.asking import Request, Visitor, percentile
from bench.faults import stored
from bench.faults.figures import Figures, Promises, Say, alone
from bench.faults.traffic import NORMAL, County, Traffic, Visit, county, in_short, not_well
from bench.jobs import NAMELESS
from innovation.core import clock

TIMES = 10
# Pages come as before when each of so many comes within so many times of what was usual.
AS_BEFORE, LEAST_MS, IN_A_ROW = 3.0, 100.0, 5
LONGEST_CALM, LONGEST_CATCHING_UP = 10.0, 60.0
CROWD = 200


@dataclass(frozen=True)
class Lengths:
    """Seconds of each part."""

    normal: float
    heavy: float
    crowd: float


SHORT, FULL = Lengths(8, 20, 4), Lengths(60, 600, 30)


def run(short: bool, database: str, say: Say) -> Figures:
    """Let people come; gives the figures."""
    lengths, promises = SHORT if short else FULL, Promises(say, short=short)
    with (
        tempfile.TemporaryDirectory() as folder,
        county(short, database, Path(folder), say) as there,
    ):
        since = clock.now()
        figures: dict[str, str | float] = {}
        normal, heavy = Traffic(there, NORMAL), Traffic(there, TIMES * NORMAL)
        say(f"{normal.rate:.0f} visits a second for {lengths.normal:.0f} s")
        usual, cpu = _metered(there, normal, lengths.normal)
        _tell(figures, "normal load", usual, cpu, promises)
        say(f"{heavy.rate:.0f} visits a second for {lengths.heavy:.0f} s")
        much, cpu = _metered(there, heavy, lengths.heavy)
        _tell(figures, "ten times", much, cpu, promises)
        limit = max(LEAST_MS, AS_BEFORE * percentile([one.milliseconds for one in usual], 0.95))
        figures["calm again after ten times"] = _calm(there, limit, promises)
        say(f"{CROWD} people who ask as fast as they are answered, for {lengths.crowd:.0f} s")
        figures["beyond capacity"] = _crowded(there, lengths.crowd, promises)
        figures["calm again after that"] = _calm(there, limit, promises)
        late = stored.until(lambda: stored.waiting(there.app)[0] == 0, LONGEST_CATCHING_UP)
        promises.keep_pace(late < LONGEST_CATCHING_UP, "the worker does not catch up")
        figures["worker and index have caught up after"] = f"{late:.1f} s"
        acts = stored.look(there.app, [*usual, *much], since, promises)
        figures["acknowledged supports, comments and ideas, all stored once"] = acts
        normal.leave()
        heavy.leave()
    return promises.told("load", figures, _SHOWS)


_SHOWS = (
    "People come as in the busiest hour of a county's busiest week, then ten times as many, then"
    " as many as the machine can answer. They come when they come, and the time that somebody"
    " waits because others are served counts. Nothing answers with an error; beyond its capacity"
    " the service turns nobody away: whoever comes waits in the queue of its socket (1,024 places,"
    " and 500 open connections in each process), and the front limits single addresses (429)."
)


def _metered(there: County, traffic: Traffic, seconds: float) -> tuple[list[Visit], float]:
    """Let people come; gives the visits, and how many processors service and database used."""
    there.meter.begin()
    begun = time.monotonic()
    visits = traffic.come(seconds)
    return visits, there.meter.used().whole / (time.monotonic() - begun)


def _tell(
    figures: dict[str, str | float], name: str, visits: Sequence[Visit], cpu: float,
    promises: Promises,
) -> None:  # fmt: skip
    failed = not_well(visits)
    promises.hold(not failed, f"{name}: {dict(failed.most_common(5))}")
    figures[f"{name}: requests, failed"] = f"{len(visits)}, {sum(failed.values())}"
    figures[f"{name}: all"] = in_short(visits)
    parts = {
        "pages": [one for one in visits if one.request.form is None],
        "supports and comments": [one for one in visits if one.kind in {"support", "comment"}],
        "ideas": [one for one in visits if one.kind == "submit"],
    }
    for part, those in parts.items():
        figures[f"{name}: {part}"] = in_short(those)
    figures[f"{name}: processors used"] = f"{cpu:.2f}"
    late = percentile([one.late for one in visits], 0.99)
    figures[f"{name}: p99 of the wait for somebody to ask"] = f"{late:.0f} ms"


def _calm(there: County, limit: float, promises: Promises) -> str:
    """Ask for pages until they come as fast as usual; tells how many seconds that took."""
    pages = [job.pool[0] for (_name, who), job in there.jobs.items()
             if job.is_page and who == NAMELESS]  # fmt: skip
    visitor, row, begun = Visitor(there.served.url, "127.61.0.1"), 0, time.monotonic()
    turn = 0
    while row < IN_A_ROW and time.monotonic() - begun < 2 * LONGEST_CALM:
        heard = visitor.hear(pages[turn % len(pages)])
        turn += 1
        row = row + 1 if heard.status == 200 and heard.answer.milliseconds <= limit else 0
    visitor.leave()
    taken = time.monotonic() - begun
    promises.keep_pace(taken <= LONGEST_CALM, "pages are still slow ten seconds later")
    return f"{taken:.1f} s (each of {IN_A_ROW} pages within {limit:.0f} ms)"


def _crowded(there: County, seconds: float, promises: Promises) -> str:
    """Let a crowd ask without pause; tells what it was answered."""
    pages = [one for job in there.jobs.values() if job.is_page for one in job.pool]
    end = time.monotonic() + seconds

    def ask(number: int) -> list[tuple[int, float]]:
        visitor, heard = Visitor(there.served.url, f"127.62.0.{1 + number}"), []
        turn = number
        while time.monotonic() < end:
            heard.append(_status(visitor, pages[turn % len(pages)]))
            turn += CROWD + 1
        visitor.leave()
        return heard

    with ThreadPoolExecutor(CROWD) as people:
        heard = [one for those in people.map(ask, range(CROWD)) for one in those]
    taken = time.monotonic() - end + seconds
    bad = Counter(status for status, _ in heard if status not in {200, 303, 304, 429, 503})
    promises.hold(not bad, f"beyond capacity: {dict(bad)}")
    times = [milliseconds for _, milliseconds in heard]
    refused = sum(status in {429, 503} for status, _ in heard)
    return (
        f"{len(heard) / taken:.0f} pages a second for {CROWD} people at once, p50"
        f" {percentile(times, 0.5):.0f} ms, p99 {percentile(times, 0.99):.0f} ms,"
        f" {refused} told to come later, {sum(bad.values())} failed"
    )


def _status(visitor: Visitor, request: Request) -> tuple[int, float]:
    begun = time.perf_counter()
    try:
        status = visitor.hear(request).status
    except (HTTPError, OSError):
        status = 0
    return status, 1000 * (time.perf_counter() - begun)


if __name__ == "__main__":
    alone(run)
