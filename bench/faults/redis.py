"""Redis, which several machines share, goes while people are at work: killed, held, and back.

Half a minute of each in full, some seconds in short.
"""

import tempfile
import time
from pathlib import Path

from bench.asking import percentile
from bench.faults import day
from bench.faults.figures import Figures, Promises, Say, alone, left_out
from bench.faults.house import House, serving
from bench.faults.visiting import Patient
from tests.real import redis_server, smtp

NAME = "redis"
AWAY, SHORT_AWAY = 30.0, 4.0
# One who asks while nobody knows yet that it is away waits for this, and the page itself.
LONGEST_MS = 2000.0
SHOWS = """\
While people are at work the Redis that several machines would share is killed, started empty,
then held (SIGSTOP), so that it takes connections and says nothing. Nothing that matters lies there:
each machine counts its limits by itself meanwhile and asks again every few seconds. No page fails,
no form is refused, and nobody waits longer than the patience of a quarter of a second."""


def run(short: bool, database: str, say: Say) -> Figures:
    """Take Redis away, give it back, and count what came of it."""
    if not redis_server.PROGRAM:
        return left_out(NAME, redis_server.WHY_NOT)
    promises, seconds = Promises(say, short=short), SHORT_AWAY if short else AWAY
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as folder,
        smtp.running(Path(folder) / "box") as post,
        redis_server.running(Path(folder) / "redis") as shared,
        serving(database, INNOVATION_MAIL_URL=post.url, INNOVATION_REDIS_URL=shared.url) as house,
    ):
        with day.working(house) as people:
            people.wait_for(2)
            times = {"there": _read(house, seconds / 2, promises)}
            shared.stop()
            say("killed")
            times["killed"] = _read(house, seconds, promises)
            shared.start()
            times["back"] = _read(house, seconds, promises)
            shared.hold(True)
            say("held")
            times["held"] = _read(house, seconds, promises)
            shared.hold(False)
            people.wait_for(1)
        found = day.look_for_found(people, promises)
        with house.beside() as app:
            mails = day.look_at_mails(people, app, post, promises)
            day.look(people, app, promises)
        promises.hold(not people.refusals().total(), f"people noticed: {people.refusals()}")
    figures: dict[str, str | float] = {
        f"a page while it is {word}: p50, p95, longest, ms": (
            f"{percentile(taken, 0.5):.0f}, {percentile(taken, 0.95):.0f}, {max(taken):.0f}"
        )
        for word, taken in times.items()
    }
    figures["acknowledged acts, forms refused"] = f"{people.done}, {people.refusals().total()}"
    figures["longest wait for a form, s"] = round(people.slowest, 1)
    figures["mails sent, marked as unclear"] = f"{mails['sent']}, {mails['unclear']}"
    figures["all found after, s"] = round(found, 1)
    return promises.told(NAME, figures, SHOWS)


def _read(house: House, seconds: float, promises: Promises) -> list[float]:
    """Read for so long a page whose askers are counted; gives the milliseconds of each."""
    reader, taken = Patient(house.url), []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        begun = time.monotonic()
        status = reader.look("/search/suggest?q=penk")
        promises.hold(status == 200, f"a page answers {status}")
        taken.append(1000 * (time.monotonic() - begun))
        time.sleep(0.1)
    promises.keep_pace(percentile(taken, 0.95) < LONGEST_MS, "pages are slow")
    return taken


if __name__ == "__main__":
    alone(run)
