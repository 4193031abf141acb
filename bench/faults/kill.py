"""Processes of the service are killed without a word, turn by turn, while people are at work.

Those that answer requests, their master, the worker, all at once, and the first process of all,
which is then started again as systemd does. In full a hundred deaths (or DEATHS=1000), in short 8.
"""

import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.asking import percentile
from bench.faults import day
from bench.faults.figures import Figures, Promises, Say, alone
from bench.faults.house import PAGES, WORKER, House, serving, until
from bench.installations import SQLITE
from tests.faults.processes import kill
from tests.real import smtp

NAME = "kill"
DEATHS, SHORT = 100, 8
ENOUGH = 1
LATEST = 0.4
SHOWS = """\
While people send ideas, publish them, support them and ask for mails, processes of the service die
by `kill -9` at moments of chance. Whoever is not answered sends the same form once more. Everything
that was acknowledged is stored, once; what was published is found by another form of its word; the
mails leave afterwards, each once. A mail whose sender died between text and answer is marked as
unclear, for a person to decide: nobody sends it again by guessing."""


def run(short: bool, database: str, say: Say) -> Figures:
    """Kill, and count what came of it."""
    promises, chance = Promises(say), random.Random(8058)  # noqa: S311 - moments, no secret
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as box,
        smtp.running(Path(box)) as post,
        serving(database, INNOVATION_MAIL_URL=post.url) as house,
    ):
        turns = _turns(house)
        backs, deaths = [], 0
        wanted = SHORT if short else int(os.environ.get("DEATHS") or DEATHS)
        with day.working(house) as people:
            people.wait_for(ENOUGH)
            while deaths < wanted and not people.problems:
                name, turn = turns[deaths % len(turns)]
                time.sleep(chance.random() * LATEST)
                begun = time.monotonic()
                turn()
                until(house.complete, f"what was killed ({name}) does not come back")
                people.wait_for(ENOUGH)
                backs.append(time.monotonic() - begun)
                deaths += 1
                say(f"{deaths}: {name}, {backs[-1]:.1f} s; {people.done} acts acknowledged")
        say("looking what is there")
        return _told(people, promises, post, backs, database)


def _turns(house: House) -> list[tuple[str, Callable[[], None]]]:
    """Give who dies, turn by turn."""
    return [
        ("a process that answers", lambda: kill(house.answering()[:1])),
        ("the worker", lambda: kill(house.named(WORKER))),
        ("the master of those that answer", lambda: kill(house.named(PAGES))),
        ("all that answer, and the worker", lambda: kill(house.answering() + house.named(WORKER))),
        ("the worker", lambda: kill(house.named(WORKER))),
        ("everything below the first", lambda: kill(house.named(PAGES) + house.named(WORKER))),
        ("the first process of all", house.begin_anew),
        ("those that answer", lambda: kill(house.answering())),
    ]


def _told(
    people: day.Day, promises: Promises, post: smtp.MailServer, backs: list[float], database: str
) -> Figures:
    house = people.house
    found_after = day.look_for_found(people, promises)
    with house.beside() as app:
        mails = day.look_at_mails(people, app, post, promises)
        day.look_at_jobs(app, promises)
        day.look(people, app, promises)
    promises.hold(house.answers("/readyz"), "the service does not call itself ready")
    if database == SQLITE:
        promises.hold(sound(house.instance), "SQLite's own check finds damage")
    promises.hold(mails["unclear"] <= len(backs) + 1, "more mails are unclear than senders died")
    figures: dict[str, str | float] = {
        "deaths": len(backs),
        "acknowledged ideas, publications, supports, mails asked for": (
            f"{len(people.acknowledged)}, {len(people.published)}, "
            f"{len(people.supported)}, {len(people.followed)}"
        ),
        "lost": 0 if not promises.broken else "see below",
        "connections that broke, pages that said 'not now'": (
            f"{people.refusals()[0]}, {people.refusals().total() - people.refusals()[0]}"
        ),
        "from a death to the next acknowledged idea, s (p50, p95, longest)": (
            f"{percentile(backs, 0.5):.1f}, {percentile(backs, 0.95):.1f}, {max(backs):.1f}"
            if backs
            else "–"
        ),
        "longest wait for one answer, s": round(people.slowest, 1),
        "mails sent, marked as unclear": f"{mails['sent']}, {mails['unclear']}",
        "all found by searching after, s": round(found_after, 1),
    }
    return promises.told(NAME, figures, SHOWS)


def sound(instance: Path) -> bool:
    """Tell whether SQLite finds no damage in the installation's database, with its references."""
    connection = sqlite3.connect(f"file:{instance}/innovation.sqlite3?mode=rw", uri=True)
    try:
        whole = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return whole and not connection.execute("PRAGMA foreign_key_check").fetchall()
    finally:
        connection.close()


if __name__ == "__main__":
    alone(run)
