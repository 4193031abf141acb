"""The mail server is gone, then it takes connections and says nothing, while mails are asked for.

A minute of each in full, some seconds in short.
"""

import os
import signal
import tempfile
import time
from pathlib import Path

from bench.faults import day
from bench.faults.figures import Figures, Promises, Say, alone
from bench.faults.house import serving, until
from tests.faults.processes import children
from tests.real import smtp

NAME = "mail"
AWAY, SHORT_AWAY = 60.0, 6.0
SHOWS = """\
While people send ideas and ask for mails, the mail server is killed for a while and started again;
later it is held (SIGSTOP), so that it takes connections and answers nothing. People notice neither:
forms are acknowledged all the time, and new ideas are found. Every mail asked for leaves once when
the server is back, by itself; one that the server may or may not have taken when it was held is
marked as unclear and not sent twice."""


def run(short: bool, database: str, say: Say) -> Figures:
    """Take the mail server away, give it back, and count what came of it."""
    promises, seconds = Promises(say), SHORT_AWAY if short else AWAY
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as box,
        smtp.running(Path(box)) as post,
        serving(database, INNOVATION_MAIL_URL=post.url) as house,
    ):
        with day.working(house) as people:
            people.wait_for(2)
            post.kill()
            asked = _work_on(people, seconds, promises)
            say(f"gone for {seconds:.0f} s, {asked} mails asked for meanwhile")
            post.start()
            taken = len(post.taken())
            first = until(lambda: len(post.taken()) > taken, "no mail leaves", 120)
            say(f"back: the first mail leaves after {first:.1f} s")
            held = _newest_child()
            os.kill(held, signal.SIGSTOP)
            try:
                more = _work_on(people, seconds, promises)
            finally:
                os.kill(held, signal.SIGCONT)
            say(f"held for {seconds:.0f} s, {more} mails asked for meanwhile")
        found = day.look_for_found(people, promises)
        begun = time.monotonic()
        with house.beside() as app:
            mails = day.look_at_mails(people, app, post, promises)
            caught_up = time.monotonic() - begun
            day.look(people, app, promises)
        promises.hold(not people.refusals().total(), f"people noticed: {people.refusals()}")
        promises.hold(mails["unclear"] <= 2, "more mails are unclear than were on their way")
    figures: dict[str, str | float] = {
        "gone for, then held for, s": f"{seconds:.0f}, {seconds:.0f}",
        "mails asked for meanwhile": f"{asked}, {more}",
        "from its return to the first mail, s": round(first, 1),
        "until no mail waited any more, s": round(caught_up, 1),
        "mails sent, marked as unclear, lost, twice": f"{mails['sent']}, {mails['unclear']}, 0, 0",
        "acknowledged acts, forms refused": f"{people.done}, {people.refusals().total()}",
        "all found after, s": round(found, 1),
    }
    if promises.broken:
        figures["lost or twice"] = "see below"
    return promises.told(NAME, figures, SHOWS)


def _work_on(people: day.Day, seconds: float, promises: Promises) -> int:
    """Let people work on for so long; gives how many mails were asked for."""
    asked, acknowledged = len(people.followed), len(people.acknowledged)
    time.sleep(seconds)
    promises.hold(len(people.followed) > asked, "nobody could ask for a mail")
    promises.hold(len(people.acknowledged) > acknowledged, "nobody could send an idea")
    return len(people.followed) - asked


def _newest_child() -> int:
    """Give the process of the mail server, which this one started last."""
    return max(children(os.getpid()))


if __name__ == "__main__":
    alone(run)
