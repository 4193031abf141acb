"""Search under faults, on served installations: killed processes, a full disk, two who write."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from innovation import language
from innovation.core import jobs, transaction
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.core.permissions import Role, System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.ideas.moves import move_visibility
from innovation.ideas.timeline import Kind
from innovation.programme.loading import load_preset
from innovation.search import concepts, documents, upkeep
from innovation.search.engine import State
from innovation.search.engines import engine_for
from innovation.search.generations import Filling
from innovation.search.index_files import WholeFileStorage
from innovation.web.application import create_app
from tests.faults import processes
from tests.faults.visiting import REFERENCE, Visitor
from tests.programme.test_words import with_words
from tests.real import installation, people
from tests.real.forms import fields_of
from tests.real.ideas import idea, ripe_once
from tests.real.people import signed_in
from tests.real.server import ROOT, LiveServer, serving
from tests.search.test_upkeep import LIMITED, embedded, in_database

HELD_SECONDS = 3.0
FAST_SECONDS = 1.0
# A new idea is found within a second; a busy machine gets a little more.
FRESH_SECONDS = 1.5
PATIENCE_SECONDS = 30.0
KILLS = 20
SENDERS = ("yksi@tyo.example", "kaksi@tyo.example")
WORD, INFLECTED = "Palovaroitin", "palovaroittimen"

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds processes in /proc")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """An installation of its own, served as always."""
    with serving(tmp_path_factory.mktemp("faults"), "faults") as served:
        yield served


@pytest.fixture(scope="module")
def beside(server: LiveServer) -> Iterator[Flask]:
    """A second application on the served installation."""
    app = create_app(Settings.from_environment(server.variables))
    with app.app_context(), transaction.writing():
        for email in SENDERS:
            people.person(Role.MODERATOR, email=email)
    yield app
    installation.let_go(app)


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The settings of an installation that nobody serves."""
    own = installation.environment(tmp_path_factory.mktemp("drained") / "instance", "drained")
    installation.let_go(installation.installed(own))
    kept = {name: value for name, value in os.environ.items() if name[:11] != "INNOVATION_"}
    return {**kept, **own}


def until(condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> float:
    """Wait for what has to come true; give how long it took."""
    start, pause = time.monotonic(), threading.Event()
    while not condition():
        assert time.monotonic() - start < seconds, "it did not come true in time"
        pause.wait(0.05)
    return time.monotonic() - start


def page(server: LiveServer, words: str) -> str:
    address = f"{server.url}/search?lang=en&q={urllib.parse.quote(words)}"
    with urllib.request.urlopen(address, timeout=20) as answer:
        return str(answer.read().decode())


@contextmanager
def only(server: LiveServer, pid: int) -> Iterator[None]:
    """Let one of the processes that answer be the only one for a moment."""
    others = [one for one in processes.answering(server.pid) if one != pid]
    for other in others:
        os.kill(other, signal.SIGSTOP)
    try:
        yield
    finally:
        for other in others:
            os.kill(other, signal.SIGCONT)


def by_each(server: LiveServer, true: Callable[[], bool]) -> bool:
    """Tell whether it is true, whichever process answers."""
    pids = processes.answering(server.pid)
    assert len(pids) == 2
    for pid in pids:
        with only(server, pid):
            if not true():
                return False
    return True


def new_idea(app: Flask, text: str) -> int:
    with app.app_context(), transaction.writing():
        return idea(text=text)


def settled(app: Flask) -> bool:
    """Tell whether nothing waits any more, and the index is as it should be."""
    with app.app_context():
        return not upkeep.needs_care(engine_for(app.extensions["settings"]))


def test_a_new_idea_is_found_within_a_second_by_every_process_and_a_hidden_one_by_none(
    server: LiveServer, beside: Flask
) -> None:
    until(lambda: settled(beside))
    times = []
    for turn in range(3):
        word = f"zurbi{'abc'[turn]}"
        number = new_idea(beside, f"Aulan {word} on rikki.")
        times.append(until(lambda word=word: f"<mark>{word}</mark>" in page(server, word)))
        assert by_each(server, lambda word=word: f"<mark>{word}</mark>" in page(server, word))
        with beside.app_context(), transaction.writing():
            made = db.session.get_one(Idea, number)
            move_visibility(System("test"), made, Visibility.HIDDEN, Kind.HIDDEN)
        assert by_each(server, lambda word=word: f">{word}<" not in page(server, word))
    assert min(times) < FRESH_SECONDS


@embedded
def test_nobody_waits_for_the_index(server: LiveServer, beside: Flask) -> None:
    until(lambda: settled(beside))
    client, _ = signed_in(beside, Role.MODERATOR)
    held = WholeFileStorage(server.folder / "index").open_index().writer(timeout=0)
    start = time.monotonic()
    try:
        waits = [
            posted_in(beside, client, f"Hammashoitolan ovi {number} jumittuu pakkasella.")
            for number in ("yksi", "kaksi", "kolme")
        ]
        # Waiting for the index would slow every one of them; a busy machine only some.
        assert min(waits) < FAST_SECONDS
        until(lambda: time.monotonic() - start > HELD_SECONDS)
        assert "<mark>" not in page(server, "hammashoitola")
    finally:
        held.cancel()
    until(lambda: "<mark>Hammashoitolan</mark>" in page(server, "hammashoitola"))


@in_database
def test_nobody_waits_while_the_index_is_made_anew(server: LiveServer, beside: Flask) -> None:
    client, _ = signed_in(beside, Role.MODERATOR)
    with beside.app_context():
        filling = Filling("somebody")
    try:
        waits = [
            posted_in(beside, client, f"Hammashoitolan ovi {number} jumittuu pakkasella.")
            for number in ("yksi", "kaksi", "kolme")
        ]
        assert min(waits) < FAST_SECONDS
        # The half that serves is written to meanwhile.
        until(lambda: "<mark>Hammashoitolan</mark>" in page(server, "hammashoitola"))
    finally:
        with beside.app_context():
            filling.give_up()


def posted_in(app: Flask, client: FlaskClient, text: str) -> float:
    form = {"text": text, "once": ripe_once(app)}
    asked = time.monotonic()
    assert client.post("/ideas", data=form).status_code == 303
    return time.monotonic() - asked


def test_other_words_of_the_programme_are_known_to_every_process(
    server: LiveServer, beside: Flask, tmp_path: Path
) -> None:
    new_idea(beside, "Aulassa ei löydy zorkkeessa ovea.")
    until(lambda: settled(beside))
    preset = with_words(tmp_path, '[[words]]\nlemma = "zorke"\nstems = ["zorke", "zorkkee"]')
    with beside.app_context():
        engine = engine_for(beside.extensions["settings"])
        with transaction.writing():
            load_preset(System("test"), preset)
        assert upkeep.state_of(engine) is State.OUTDATED
        # The worker hears of it, makes the index anew, and agrees with this process.
        until(lambda: upkeep.state_of(engine) is State.SOUND)
        with transaction.reading():
            concepts.know_programme_words()
        assert "zorke" in [term.text for term in language.query_terms("zorkkeen", "fi")]
    assert by_each(server, lambda: "<mark>zorkkeessa</mark>" in page(server, "zorkkeen"))


@embedded
def test_a_deleted_index_comes_back_by_itself(server: LiveServer, beside: Flask) -> None:
    new_idea(beside, "Aulan penkki on rikki.")
    until(lambda: settled(beside))
    shutil.rmtree(server.folder / "index")
    limited = page(server, "penkki")
    assert LIMITED in limited
    assert "penkki" in limited.partition("<main")[2]
    until(lambda: LIMITED not in page(server, "penkin"))
    assert by_each(server, lambda: "<mark>penkki</mark>" in page(server, "penkin"))


class Crowd:
    """People who send one idea after another until it is over; what was acknowledged to them."""

    def __init__(self, app: Flask, url: str) -> None:
        """Begin at once."""
        self.app, self.url = app, url
        self.acknowledged: dict[str, str] = {}
        self.over = threading.Event()
        self._numbers = count(1)
        self._pool = ThreadPoolExecutor(len(SENDERS))
        self._senders = [self._pool.submit(self._send, email) for email in SENDERS]

    def _send(self, email: str) -> None:
        sender = Visitor(self.url)
        sender.sign_in(email)
        while not self.over.is_set():
            text = f"{WORD} piippasi osastolla taas, kerta {next(self._numbers)}."
            form = {**fields_of(sender.get("/ideas/new")[1]), "once": ripe_once(self.app)}
            told = REFERENCE.search(sender.post("/ideas", {**form, "text": text})[1])
            assert told
            self.acknowledged[text] = told[1].strip()

    def wait_for(self, more: int) -> None:
        """Wait until so many more were acknowledged."""
        wanted = len(self.acknowledged) + more
        until(lambda: len(self.acknowledged) >= wanted or any(map(Future.done, self._senders)))

    def finish(self) -> None:
        """Let it be over; raise what went wrong."""
        self.over.set()
        self._pool.shutdown()
        for sender in self._senders:
            sender.result()


def test_killed_processes_lose_no_idea_and_double_none(server: LiveServer, beside: Flask) -> None:
    until(lambda: settled(beside))
    crowd = Crowd(beside, server.url)
    try:
        for turn in range(KILLS):
            crowd.wait_for(1)
            # The pages in whatever they do, and the worker as soon as it has begun something.
            victims = processes.answering(server.pid)[turn % 2 :][:1]
            if begun(beside):
                victims += processes.working(server.pid)
            processes.kill(victims)
    finally:
        crowd.finish()
    until(lambda: settled(beside))
    ours = Idea.text.startswith(WORD)
    with beside.app_context():
        with transaction.reading():
            columns = select(Idea.id, Idea.text, Idea.reference, Idea.visibility)
            rows = db.session.execute(columns.where(ours)).all()
            engine = engine_for(beside.extensions["settings"])
            indexed = engine.stamps()
            assert engine.count() == len(indexed)
        stored = sorted((row.text, row.reference) for row in rows)
        assert stored == sorted(crowd.acknowledged.items())
        assert indexed == documents.stamps()
    # Who sends very many in an hour is read by a moderator first.
    public = {f"/ideas/{row.id}" for row in rows if row.visibility == Visibility.PUBLIC}
    assert len(public) >= KILLS
    assert Visitor(server.url).found(INFLECTED) == public


def begun(app: Flask) -> bool:
    """Whether a worker has taken jobs that change the index."""
    taken = select(jobs.Job.id).where(
        jobs.Job.locked_until.is_not(None), jobs.Job.kind == upkeep.KIND
    )
    with app.app_context(), transaction.reading():
        return db.session.scalar(taken.limit(1)) is not None


def drained(variables: dict[str, str], what: str) -> dict[str, int]:
    """Let processes write the index of an installation, and be harmed; see drainer.py."""
    command = [sys.executable, "-m", "tests.search.drainer", what]
    done = subprocess.run(
        command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    told: dict[str, int] = json.loads(done.stdout)
    return told


def test_a_worker_killed_in_the_middle_of_commits_harms_nothing(variables: dict[str, str]) -> None:
    assert drained(variables, "killed")["unfinished"] > 0


@embedded
def test_a_full_disk_harms_nothing(variables: dict[str, str]) -> None:
    assert drained(variables, "without_space")["failed"] > 5


def test_whoever_makes_the_index_anew_may_be_killed(variables: dict[str, str]) -> None:
    drained(variables, "rebuild_killed")


def test_two_who_drain_at_once_never_corrupt(variables: dict[str, str]) -> None:
    drained(variables, "together")
