"""Processes are killed without a word while people send ideas: nothing is lost, nothing doubled."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from innovation.core import transaction
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.ideas.models import Idea, Receipt
from innovation.web.application import create_app
from tests.faults import processes
from tests.faults.visiting import Visitor
from tests.real import installation, people
from tests.real.server import LiveServer, serving

MODERATOR = "moderaattori@tyo.example"
WORD, INFLECTED = "Palovaroitin", "palovaroittimen"
ENOUGH = 5
MOST_AHEAD = 10
LONGEST_WAIT = 120.0

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds processes in /proc")

# Who is killed, turn by turn: those that answer, the worker, all at once, and gunicorn's own head.
TURNS = (
    (processes.answering,),
    (processes.working,),
    (processes.answering, processes.working),
    (processes.masters,),
    (processes.working,),
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    """An installation of its own, served as always."""
    with serving(tmp_path, "killed") as served:
        yield served


@pytest.fixture
def same(server: LiveServer) -> Iterator[Flask]:
    """The same installation from here: to make its moderator, and to see what was stored."""
    app = create_app(Settings.from_environment(server.variables))
    yield app
    installation.let_go(app)


def test_killed_processes_lose_nothing_and_double_nothing(server: LiveServer, same: Flask) -> None:
    with same.app_context(), transaction.writing():
        people.person("moderator", email=MODERATOR)
    day = Day(server.url)
    crowd = [Patient(work, day.over) for work in (day.send_ideas, day.publish_ideas)]
    for turn in TURNS:
        day.wait_for(ENOUGH)
        processes.kill([pid for kind in turn for pid in kind(server.pid)])
    day.over.set()
    for one in crowd:
        one.finish()

    with same.app_context(), transaction.reading():
        rows = db.session.execute(select(Idea.text, Idea.reference))
        stored = sorted((row.text, row.reference) for row in rows)
        receipts = db.session.scalar(select(func.count()).select_from(Receipt))
    assert stored == sorted(day.acknowledged.items())
    assert receipts == len(day.acknowledged) == len(day.published)
    reader, addresses = Visitor(server.url), set(day.published.values())
    wait_until(lambda: reader.found(INFLECTED) == addresses)


class Day:
    """A day of sending and publishing: which text has which reference and which address."""

    def __init__(self, url: str) -> None:
        """Begin with nothing acknowledged."""
        self.url = url
        self.over = threading.Event()
        self.acknowledged: dict[str, str] = {}
        self.published: dict[str, str] = {}

    def send_ideas(self) -> None:
        """Send one idea after another, each with a text of its own."""
        author = Visitor(self.url)
        while not self.over.is_set():
            if len(self.acknowledged) > len(self.published) + MOST_AHEAD:
                time.sleep(0.05)
                continue
            text = f"{WORD} piippasi osastolla taas, kerta {len(self.acknowledged)}."
            self.acknowledged[text] = author.send_idea(text)

    def publish_ideas(self) -> None:
        """Publish whatever was acknowledged, until the day is over and nothing is left."""
        moderator = Visitor(self.url)
        moderator.sign_in(MODERATOR)
        while not self.over.is_set() or len(self.published) < len(self.acknowledged):
            for text, reference in list(self.acknowledged.items())[len(self.published) :]:
                self.published[text] = moderator.publish(reference)
            time.sleep(0.05)

    def wait_for(self, more: int) -> None:
        """Wait until so many more ideas were published, or something went wrong."""
        wanted = len(self.published) + more
        wait_until(lambda: self.over.is_set() or len(self.published) >= wanted)


class Patient(threading.Thread):
    """Somebody at work in a thread of their own; what went wrong is told at the end."""

    def __init__(self, work: Callable[[], None], over: threading.Event) -> None:
        """Begin at once. When this one fails, it is over for all."""
        super().__init__(daemon=True)
        self.work, self.over = work, over
        self.problem: BaseException | None = None
        self.start()

    def run(self) -> None:
        """Work, and keep what went wrong."""
        try:
            self.work()
        except BaseException as problem:
            self.problem = problem
            self.over.set()

    def finish(self) -> None:
        """Wait for the end; raise what went wrong."""
        self.join(LONGEST_WAIT)
        if self.problem:
            raise self.problem
        assert not self.is_alive(), "somebody was never answered"


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for what must come by itself."""
    end = time.monotonic() + LONGEST_WAIT
    while not true():
        assert time.monotonic() < end, "it did not come by itself"
        time.sleep(0.1)
