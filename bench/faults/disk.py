"""The disk is full: the installation lies on a small one of its own, which is filled to its end.

Linux, and the right to mount one (root): without it, left out.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.faults import day
from bench.faults.figures import Figures, Promises, Say, alone, left_out
from bench.faults.house import House, serving, until
from bench.faults.kill import sound
from bench.faults.visiting import Patient
from bench.installations import POSTGRESQL
from tests.real import smtp

NAME = "disk"
SIZE = "96m"
FULL, SHORT_FULL = 60.0, 5.0
UNAVAILABLE = 503
# Whatever was written before may lie where the next bit of the log has room.
LONGEST_ROOM = 60.0
READING = ("/", "/ideas", "/ideas/1", "/search?q=penkki", "/healthz")
SHOWS = """\
The installation lies on a disk of its own that is filled to the last block while people are at
work. From then on every form is answered with 503, a clear page and what was typed; reading and
searching go on. The service keeps running, and with room again the next form is taken without
anybody doing anything. Everything acknowledged is there once, nothing is half written, SQLite's own
check finds no damage, and the mails asked for arrive; one that left just when nothing could be
noted any more is marked as unclear."""


def run(short: bool, database: str, say: Say) -> Figures:
    """Fill the disk, look, make room, and count what came of it."""
    if database == POSTGRESQL:
        return left_out(NAME, "the disk of a PostgreSQL server is that server's matter")
    if not _may_mount():
        return left_out(NAME, "mounting a small disk takes Linux and the right to mount")
    promises = Promises(say)
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as folder,
        _small_disk(Path(folder) / "disk") as disk,
        smtp.running(Path(folder) / "box") as post,
        serving(database, disk, INNOVATION_MAIL_URL=post.url) as house,
    ):
        with day.working(house) as people:
            people.wait_for(2)
            filler = disk / "filler"
            _fill(filler)
            say("full")
            stuck = _until_refused(house, filler)
            reads = _look_while_full(house, filler, FULL if not short else SHORT_FULL, promises)
            done = people.done
            filler.unlink()
            back = until(lambda: people.done > done, "nobody can go on", 60)
            say(f"room again: people go on after {back:.1f} s")
            people.wait_for(2)
        found = day.look_for_found(people, promises)
        with house.beside() as app:
            mails = day.look_at_mails(people, app, post, promises)
            jobs = day.look_at_jobs(app, promises)
            day.look(people, app, promises)
        refusals = people.refusals()
        promises.hold(set(refusals) <= {UNAVAILABLE}, f"unclear answers: {dict(refusals)}")
        promises.hold(sound(house.instance), "SQLite's own check finds damage")
        promises.hold(house.complete() and house.answers("/readyz"), "the service is not ready")
    figures: dict[str, str | float] = {
        "full for, s": round(FULL if not short else SHORT_FULL),
        "from full to the first refused form, s": round(stuck, 1),
        "forms refused with 503": refusals[UNAVAILABLE],
        "pages read meanwhile": reads,
        "from room to the next form taken, s": round(back, 1),
        "acknowledged acts": people.done,
        "lost or half written": 0 if not promises.broken else "see below",
        "mails sent, marked as unclear": f"{mails['sent']}, {mails['unclear']}",
        "all found, all jobs done after, s": f"{found:.1f}, {jobs:.1f}",
    }
    return promises.told(NAME, figures, SHOWS)


def _may_mount() -> bool:
    """Try it: in many containers not even root may."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        where = Path(folder) / "tried"
        try:
            with _small_disk(where):
                return True
        except (OSError, subprocess.CalledProcessError):
            return False


@contextmanager
def _small_disk(where: Path) -> Iterator[Path]:
    where.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "tmpfs", str(where)]
    subprocess.run(mount, check=True, stderr=subprocess.DEVNULL)
    try:
        yield where
    finally:
        subprocess.run(["umount", "--lazy", str(where)], check=True)


def _fill(filler: Path) -> None:
    """Write until not one more block fits."""
    for size in (1_000_000, 4_096):
        with contextlib.suppress(OSError), filler.open("ab", buffering=0) as file:
            while file.write(b"\0" * size) == size:
                continue


def _until_refused(house: House, filler: Path) -> float:
    """Send until a form is refused: what is freed meanwhile is filled too; gives the seconds."""
    sender = Patient(house.url)
    begun = time.monotonic()
    while sender.look("/ideas", {"text": "Penkki puuttuu aulasta."}) != UNAVAILABLE:
        if time.monotonic() - begun > LONGEST_ROOM:
            raise RuntimeError("forms are taken though the disk is full")
        _fill(filler)
    return time.monotonic() - begun


def _look_while_full(house: House, filler: Path, seconds: float, promises: Promises) -> int:
    """Read pages while nothing can be written; gives how many came."""
    reader, read = Patient(house.url), 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        _fill(filler)
        for path in READING:
            status = reader.look(path)
            promises.hold(status == 200, f"{path} answers {status} while the disk is full")
            read += status == 200
        time.sleep(0.5)
    typed = "Penkki puuttuu aulasta."
    refused = reader.look("/ideas", {"text": typed}) == UNAVAILABLE
    promises.hold(refused and typed in reader.last_refusal, "what was typed is not given back")
    return read


if __name__ == "__main__":
    alone(run)
