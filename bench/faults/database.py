"""PostgreSQL is ended hard and comes back, at once and after a minute, while people are at work.

Three restarts and a minute without it in full, one of each with ten seconds in short.
"""

import os
import tempfile
import time
from pathlib import Path

from flask_babel import force_locale, gettext

from bench.faults import day
from bench.faults.figures import Figures, Promises, Say, alone, left_out
from bench.faults.house import House, serving, until
from bench.faults.postmaster import Postmaster
from bench.faults.visiting import Patient
from bench.installations import POSTGRESQL, make_durable
from tests.real import postgresql, smtp

NAME = "database"
AWAY, SHORT_AWAY = 60.0, 10.0
RESTARTS, SHORT_RESTARTS = 3, 1
UNAVAILABLE = 503
SHOWS = """\
While people are at work PostgreSQL is ended hard (SIGQUIT, as after a crash): started again at
once, and once left away for a minute. Meanwhile every page, signed in or not, is answered at once
with 503 and one page in the visitor's language that says what to do and gives back what was typed;
`/healthz` says "ok" and `/readyz` does not. Nothing of the service is started anew: it finds the
database by itself. Everything acknowledged is there once, jobs and mails are done afterwards."""


def run(short: bool, database: str, say: Say) -> Figures:
    """Take the database away, give it back, and count what came of it."""
    if database != POSTGRESQL:
        return left_out(NAME, "an embedded database has no server that could go")
    # A server of its own: others of the run must not lose theirs.
    os.environ.pop(postgresql.ADDRESS, None)
    promises = Promises(say)
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as box,
        smtp.running(Path(box)) as post,
        serving(database, INNOVATION_MAIL_URL=post.url) as house,
    ):
        make_durable()
        before, server = house.answering(), Postmaster()
        backs = []
        with day.working(house) as people:
            people.wait_for(2)
            for number in range(SHORT_RESTARTS if short else RESTARTS):
                server.end()
                server.start()
                backs.append(_back(people))
                say(f"restart {number + 1}: people go on after {backs[-1]:.1f} s")
            server.end()
            since = time.monotonic()
            try:
                page = _look_without(house, promises)
                say(f"the page came in {1000 * page:.0f} ms")
                time.sleep(max(0.0, (SHORT_AWAY if short else AWAY) - (time.monotonic() - since)))
            finally:
                server.start()
            away = time.monotonic() - since
            backs.append(_back(people))
            say(f"away for {away:.0f} s: people go on after {backs[-1]:.1f} s")
        found = day.look_for_found(people, promises)
        with house.beside() as app:
            mails = day.look_at_mails(people, app, post, promises)
            jobs = day.look_at_jobs(app, promises)
            day.look(people, app, promises)
        refusals = people.refusals()
        unclear = {status for status in refusals if status not in (0, UNAVAILABLE)}
        promises.hold(not unclear, f"unclear answers: {unclear}, {house.unexpected()}")
        # On a busy machine the second one may have begun after the first look.
        still = set(before) <= set(house.answering())
        promises.hold(still, "processes of the service were started anew")
        promises.hold(house.answers("/readyz"), "the service does not call itself ready")
    figures: dict[str, str | float] = {
        "restarts, and seconds that it was away once": f"{len(backs) - 1}, {away:.0f}",
        "from its first answer until people's forms are taken, s": ", ".join(
            f"{one:.1f}" for one in backs
        ),
        "acknowledged acts": people.done,
        "lost": 0 if not promises.broken else "see below",
        "pages that said 'away' (503), connections that broke": (
            f"{refusals[UNAVAILABLE]}, {refusals[0]}"
        ),
        "the page that says so came in, ms": round(1000 * page),
        "mails sent, marked as unclear": f"{mails['sent']}, {mails['unclear']}",
        "all found, all jobs done after, s": f"{found:.1f}, {jobs:.1f}",
    }
    return promises.told(NAME, figures, SHOWS)


def _back(people: day.Day) -> float:
    """Wait until an idea, a support or a mail's form is taken again; gives the seconds."""
    done = people.done
    return until(lambda: people.done > done, "nobody can go on")


def _look_without(house: House, promises: Promises) -> float:
    """Look at what is answered without a database; gives the seconds that a page took."""
    with house.beside() as app, app.test_request_context(), force_locale("fi"):
        heading = gettext("The service is away for a moment")
    visitor = Patient(house.url)
    begun = time.monotonic()
    for path in ("/", "/ideas", "/ideas/1", "/search?q=penkki", "/missing"):
        promises.hold(visitor.look(path) == UNAVAILABLE, f"{path} does not answer 503")
        clear = heading in visitor.last_refusal and '<html lang="fi"' in visitor.last_refusal
        promises.hold(clear, f"{path} says nothing clear")
    taken = (time.monotonic() - begun) / 5
    text = "Penkki puuttuu aulasta."
    promises.hold(visitor.look("/ideas", {"text": text}) == UNAVAILABLE, "a form is not refused")
    promises.hold(text in visitor.last_refusal, "what was typed is not given back")
    promises.hold(house.answers("/healthz"), "/healthz does not say that it is alive")
    promises.hold(house.status("/readyz") == UNAVAILABLE, "/readyz calls it ready")
    return taken


if __name__ == "__main__":
    alone(run)
