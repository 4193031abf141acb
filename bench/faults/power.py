"""The power is cut: every process is stopped in whatever it does, and the folder as it then is.

A copy of the installation's folder, made while all processes are held, is what a disk holds after
a cut. It is opened by the product's own commands and looked through. Thirty cuts in full, three in
short. SQLite only: PostgreSQL's own recovery is its makers' matter, and `database` ends it hard.
"""

import json
import random
import shutil
import tempfile
import time
from pathlib import Path

from flask import Flask

from bench.faults import day
from bench.faults.figures import Figures, Promises, Say, alone
from bench.faults.house import House, serving
from bench.faults.kill import sound
from innovation.core.config import Settings
from innovation.web.application import create_app
from tests.real import installation, smtp

NAME = "power"
CUTS, SHORT = 30, 3
LONGEST_PAUSE = 2.0
SHOWS = """\
While people are at work all processes are stopped at once (SIGSTOP) at a moment of chance, and the
folder is copied as it is then: database, its log of writes, index, everything. Each copy is opened:
SQLite's own check of the whole database and of its references, `flask doctor`, and every idea,
support and mail that had been acknowledged before the stop is in it. The service then goes on. A
copy of files is what the operating system knows, not what a disk has: that a write is on the disk
before it is acknowledged is SQLite's own promise (synchronous = FULL)."""


def run(short: bool, database: str, say: Say) -> Figures:
    """Cut, copy, and look into the copies."""
    promises, chance = Promises(say), random.Random(1918)  # noqa: S311 - moments, no secret
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as folder,
        smtp.running(Path(folder) / "box") as post,
        serving(database, INNOVATION_MAIL_URL=post.url) as house,
    ):
        held, begun, acts = [], 0, 0
        with day.working(house) as people:
            people.wait_for(2)
            for number in range(SHORT if short else CUTS):
                time.sleep(chance.random() * LONGEST_PAUSE)
                copy = Path(folder) / f"copy-{number}"
                since = time.monotonic()
                with house.held():
                    known = Known(people)
                    shutil.copytree(house.instance, copy)
                held.append(time.monotonic() - since)
                begun += known.unfinished(copy)
                acts = known.look(copy, house, promises)
                say(f"{number + 1}: {acts} acts acknowledged before")
                shutil.rmtree(copy)
        with house.beside() as app:
            day.look(people, app, promises)
    figures: dict[str, str | float] = {
        "cuts": len(held),
        "acts acknowledged before the last cut, all in its copy": acts,
        "copies with an unfinished log of writes": begun,
        "lost": 0 if not promises.broken else "see below",
        "seconds that a copy took, longest": round(max(held), 2),
    }
    return promises.told(NAME, figures, SHOWS)


class Known:
    """What had been acknowledged when the power was cut."""

    def __init__(self, people: day.Day) -> None:
        """Remember it; the service answers nothing meanwhile."""
        self.ideas = dict(people.acknowledged)
        self.published = dict(people.published)
        self.supported = set(people.supported)
        self.followed = list(people.followed)

    def unfinished(self, copy: Path) -> bool:
        """Tell whether the copy holds writes that are not yet in the database's own file."""
        log = copy / "innovation.sqlite3-wal"
        return log.exists() and log.stat().st_size > 0

    def look(self, copy: Path, house: House, promises: Promises) -> int:
        """Open the copy and compare; gives how many acts had been acknowledged."""
        variables = {**house.variables, "INNOVATION_INSTANCE": str(copy)}
        app = create_app(Settings.from_environment(variables))
        try:
            stored, failures = day.stored(app), _failures(app)
        finally:
            installation.let_go(app)
        lost = set(self.ideas.items()) - set(stored.ideas)
        promises.hold(not lost, f"lost ideas: {lost}")
        promises.hold(set(stored.ideas.values()) <= {1}, "an idea is there twice")
        hidden = set(self.published.values()) - stored.public
        promises.hold(not hidden, f"lost publications: {hidden}")
        promises.hold(self.supported <= set(stored.supports), "lost supports")
        promises.hold(set(self.followed) <= set(stored.mails), "lost mails")
        promises.hold(sound(copy), "SQLite's own check finds damage")
        promises.hold(not failures, f"the doctor finds a failure: {failures}")
        return len(self.ideas) + len(self.published) + len(self.supported) + len(self.followed)


def _failures(app: Flask) -> list[str]:
    """Give what the doctor calls a failure."""
    told = app.test_cli_runner().invoke(args=["doctor", "--json"])
    found = json.loads(told.stdout)["findings"]
    return [f"{one['about']}: {one['says']}" for one in found if one["level"] == "failure"]


if __name__ == "__main__":
    alone(run)
