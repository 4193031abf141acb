"""Search under faults, on served installations: a held lock, and processes killed in the middle."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from innovation.core import jobs, transaction
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.core.permissions import Role
from innovation.search import upkeep
from innovation.search.documents import readable_numbers
from innovation.search.engine import engine_for
from innovation.search.index_files import WholeFileStorage
from innovation.web.application import create_app
from tests.real import installation
from tests.real.ideas import idea, ripe_once
from tests.real.people import signed_in
from tests.real.server import ROOT, LiveServer

HELD_SECONDS = 5.0
FAST_SECONDS = 0.3
PATIENCE_SECONDS = 30.0
KILLS = 4
IDEAS = 60


@contextmanager
def beside(variables: dict[str, str]) -> Iterator[Flask]:
    """A second application on a served installation."""
    app = create_app(Settings.from_environment(_settings(variables)))
    try:
        yield app
    finally:
        installation.let_go(app)


def _settings(variables: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in variables.items() if name.startswith("INNOVATION_")}


def until(condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> float:
    """Wait for what has to come true; give how long it took."""
    start, pause = time.monotonic(), threading.Event()
    while not condition():
        assert time.monotonic() - start < seconds, "it did not come true in time"
        pause.wait(0.05)
    return time.monotonic() - start


def test_nobody_waits_for_the_index(live_server: LiveServer) -> None:
    def page(words: str) -> str:
        address = f"{live_server.url}/search?q={urllib.parse.quote(words)}"
        with urllib.request.urlopen(address, timeout=10) as answer:
            return str(answer.read().decode())

    until(lambda: (live_server.folder / "index" / "made.json").exists())
    page("lämmin")
    with beside(live_server.variables) as app:
        client, _ = signed_in(app, Role.MODERATOR)
        held = WholeFileStorage(live_server.folder / "index").open_index().writer(timeout=0)
        start = time.monotonic()
        try:
            form = {"text": "Hammashoitolan ovi jumittuu pakkasella.", "once": ripe_once(app)}
            waits = [_posted_in(client, form)]
            for number in ("yksi", "kaksi"):
                other = {"text": f"Aulan penkki {number} on rikki.", "once": ripe_once(app)}
                waits.append(_posted_in(client, other))
            # Waiting for the index would slow every one of them; a busy machine only some.
            assert min(waits) < FAST_SECONDS
            until(lambda: time.monotonic() - start > HELD_SECONDS)
            assert "<mark>" not in page("hammashoitola")
        finally:
            held.cancel()
        until(lambda: "<mark>Hammashoitolan</mark>" in page("hammashoitola"), 1.5)


def _posted_in(client: FlaskClient, form: dict[str, str]) -> float:
    asked = time.monotonic()
    assert client.post("/ideas", data=form).status_code == 303
    return time.monotonic() - asked


def test_nothing_is_lost_when_the_worker_is_killed(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if name[:11] != "INNOVATION_"}
    variables = {**kept, **installation.environment(tmp_path / "instance", "killed")}
    chance = random.Random(8)
    app = installation.installed(_settings(variables))
    try:
        with app.app_context(), transaction.writing():
            numbers = [idea(text=f"Taksi numero {turn} myöhästyi.") for turn in range(IDEAS)]
        for _ in range(KILLS):
            with app.app_context(), transaction.writing():
                upkeep.ask_for(numbers)
            with working(variables) as process:
                until(lambda: begun(app))
                time.sleep(chance.random() / 5)  # whatever it is doing then
                process.send_signal(signal.SIGKILL)
        engine = engine_for(app.extensions["settings"])
        with working(variables), app.app_context():
            until(lambda: waiting(app) == 0)
        with app.app_context(), transaction.reading():
            assert engine.numbers() == readable_numbers() == set(numbers)
        assert len(found(app)) == len(set(found(app))) == IDEAS
    finally:
        installation.let_go(app)


@contextmanager
def working(variables: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of its own process for as long as the block runs."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def begun(app: Flask) -> bool:
    """Whether a worker has taken the jobs."""
    taken = select(jobs.Job.id).where(jobs.Job.locked_until.is_not(None)).limit(1)
    with app.app_context(), transaction.reading():
        return db.session.scalar(taken) is not None or upkeep.count_waiting() < IDEAS


def waiting(app: Flask) -> int:
    with app.app_context(), transaction.reading():
        return upkeep.count_waiting()


def found(app: Flask) -> list[str]:
    answer = app.test_cli_runner().invoke(
        args=["search", "find", "--top", "500"], input="taksi myöhästyminen\n"
    )
    assert answer.exit_code == 0, answer.output
    return [one.strip('" ') for one in answer.stdout.partition("[")[2].partition("]")[0].split(",")]
