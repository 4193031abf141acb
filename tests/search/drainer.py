"""A process that forks others which write the index, to be killed or to run out of disk.

It ends with an error when a promise is broken. Started by test_faults.py, with the settings of an
installation in its environment: python -m tests.search.drainer killed
"""

import json
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

from flask import Flask
from sqlalchemy import select, text

from innovation.core import jobs, transaction
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.ideas.models import Idea
from innovation.search import documents, upkeep
from innovation.search.engine import Engine, IndexBusyError, State
from innovation.search.engines import engine_for
from innovation.search.generations import LEASE
from innovation.web import worker
from innovation.web.application import create_app
from tests.real.ideas import idea
from tests.search.test_engines import Asked, words

IDEAS, SOME, KILLS, JOBS = 60, 10, 20, 200
WORD = "taksi"
# Of the largest file of the index: its writing fails at every stage.
SHARES = (0.0, 0.01, 0.1, 0.4, 0.9, 1.2)
PATIENCE_SECONDS = 60.0


class Installation:
    """The installation, its engine, and what must be true of them."""

    def __init__(self, app: Flask) -> None:
        """Begin with nothing of one's own."""
        self.app = app
        self.engine: Engine = engine_for(app.extensions["settings"])
        self.asked = Asked(self.engine, app.app_context)
        self.numbers: list[int] = []

    def begin(self, count: int) -> None:
        """Have at least so many ideas, and an index of them."""
        with self.app.app_context(), transaction.writing():
            known = documents.readable_numbers()
            more = [idea(text=f"{WORD} numero {n}.") for n in range(count - len(known))]
            self.numbers = sorted([*known, *more])
        # The duties that a new installation owes are done as well.
        worker.run(self.app, once=True)
        self.check_whole()

    def rewrite(self, numbers: list[int], turn: int) -> None:
        """Change the texts of ideas, and ask that the index follow."""
        with self.app.app_context(), transaction.writing():
            for made in db.session.scalars(select(Idea).where(Idea.id.in_(numbers))):
                made.text = f"{WORD} numero {made.id} myöhästyi, kerta {turn}."
            db.session.flush()
            upkeep.ask_for(numbers)

    def check(self) -> None:
        """Fail unless the index opens and finds each of the ideas once."""
        with self.app.app_context():
            assert upkeep.state_of(self.engine) is State.SOUND, self.asked.state()
        assert sorted(self.asked.find(words(WORD)).every) == self.numbers

    def check_whole(self) -> None:
        """Fail unless the index is like the database when all jobs are done."""
        end = time.monotonic() + PATIENCE_SECONDS
        while self.waiting() and time.monotonic() < end:
            worker.run(self.app, once=True)
            time.sleep(0.05)
        assert not self.waiting()
        self.check()
        with self.app.app_context():
            assert self.asked.stamps() == documents.stamps()
            assert upkeep.catch_up(self.engine) == 0

    def taken(self, turn: int) -> list[jobs.Due]:
        """Change every idea, and take the jobs as the worker does."""
        self.rewrite(self.numbers, turn)
        with self.app.app_context(), transaction.writing():
            return jobs.take(upkeep.KIND, JOBS)

    def waiting(self) -> int:
        """Give how many jobs there are."""
        with self.app.app_context(), transaction.reading():
            return upkeep.count_waiting()


def killed(here: Installation) -> dict[str, object]:
    """Kill a worker in the middle of what it does, again and again."""
    chance = random.Random(8)
    here.begin(IDEAS)
    here.rewrite(here.numbers[:SOME], 0)
    start = time.monotonic()
    with forked(here.app, lambda: worker.run(here.app, once=True)) as pid:
        os.waitpid(pid, 0)
    whole = time.monotonic() - start
    here.check_whole()
    unfinished = 0
    for turn in range(1, KILLS + 1):
        # Not all of them: what one kill lost must not be put right by the next change.
        here.rewrite(chance.sample(here.numbers, SOME), turn)
        with forked(here.app, lambda: worker.run(here.app, once=True)) as pid:
            time.sleep(chance.random() * whole)  # whatever it is doing then
            os.kill(pid, signal.SIGKILL)
        unfinished += here.waiting() > 0
        here.check()
    here.check_whole()
    return {"unfinished": unfinished}


def without_space(here: Installation) -> dict[str, object]:
    """Let no file grow beyond ever other sizes while the index is written."""
    here.begin(IDEAS)
    folder: Path = here.app.extensions["settings"].instance
    largest = max(path.stat().st_size for path in (folder / "index").iterdir())
    failed = 0
    for turn, share in enumerate(SHARES):
        limit = round(share * largest)
        drain = partial(upkeep.drain, here.engine, here.taken(turn))
        for act in (drain, partial(upkeep.rebuild, here.engine)):
            with forked(here.app, act, limit) as pid:
                failed += os.waitpid(pid, 0)[1] != 0
            here.check()
            assert not (folder / "index.new").exists()
    here.check_whole()
    # The same process goes on as soon as there is room: it holds no lock that it forgot.
    due = here.taken(len(SHARES))
    with here.app.app_context():
        with limited(largest // 2):
            try:
                upkeep.drain(here.engine, due)
            except OSError:
                failed += 1
            else:
                raise AssertionError("there was room")
        upkeep.drain(here.engine, due)
        assert here.asked.stamps() == documents.stamps()
    return {"failed": failed}


def together(here: Installation) -> dict[str, object]:
    """Let two drain at once while people go on writing."""
    here.begin(JOBS)

    def drain() -> None:
        while True:
            if not worker.do_jobs(here.app):
                time.sleep(0.01)

    chance = random.Random(5)
    with forked(here.app, drain), forked(here.app, drain):
        for turn, number in enumerate(chance.choices(here.numbers, k=JOBS)):
            here.rewrite([number], turn)
        end = time.monotonic() + PATIENCE_SECONDS
        while here.waiting():
            assert time.monotonic() < end, "the jobs are never done"
            time.sleep(0.05)
    here.check_whole()
    return {}


def rebuild_killed(here: Installation) -> dict[str, object]:
    """Kill whoever makes the index anew when half of it is done."""
    here.begin(IDEAS)
    reading, writing = os.pipe()

    def tell(done: int, _whole: int) -> None:
        if done == IDEAS // 2:
            os.write(writing, b".")
            signal.pause()

    with forked(here.app, lambda: upkeep.rebuild(here.engine, tell)) as pid:
        os.read(reading, 1)
        with here.app.app_context():
            try:
                upkeep.rebuild(here.engine)
            except IndexBusyError:
                pass
            else:
                raise AssertionError("two make the index anew at once")
        os.kill(pid, signal.SIGKILL)
    assert sorted(here.asked.find(words(WORD)).every) == here.numbers
    here.rewrite(here.numbers[:5], 1)
    if here.engine.in_database:
        # As if the time had passed after which nobody waits for it any more.
        earlier = text("UPDATE search_generations SET seen_at = seen_at - CAST(:lease AS interval)")
        with here.app.app_context(), transaction.writing():
            db.session.execute(earlier, {"lease": LEASE + timedelta(seconds=1)})
        with here.app.app_context():
            assert upkeep.state_of(here.engine) is State.OUTDATED
            upkeep.heal(here.engine)
    else:
        with here.app.app_context():
            upkeep.rebuild(here.engine)
    here.check_whole()
    return {}


@contextmanager
def forked(app: Flask, act: Callable[[], object], limit: int | None = None) -> Iterator[int]:
    """Do it in a process of its own, which is killed at the end of the block; gives its number.

    limit: so large may its files become, in bytes.
    """
    with app.app_context():
        # Two processes cannot share a connection.
        db.engine.dispose()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            with app.app_context(), nullcontext() if limit is None else limited(limit):
                act()
            status = 0
        finally:
            os._exit(status)
    try:
        yield pid
    finally:
        with suppress(ChildProcessError):
            if os.waitpid(pid, os.WNOHANG) == (0, 0):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


@contextmanager
def limited(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size in bytes, as on a full disk."""
    usual, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (usual, most))


if __name__ == "__main__":
    modes = {
        "killed": killed,
        "without_space": without_space,
        "together": together,
        "rebuild_killed": rebuild_killed,
    }
    app = create_app(Settings.from_environment(dict(os.environ)))
    print(json.dumps(modes[sys.argv[1]](Installation(app))))
