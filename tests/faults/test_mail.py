"""The worker and the mail server are killed while mails leave: each arrives once or clearly waits.

INNOVATION_TEST_MAILS says how many mails; without it a short form runs.
"""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from innovation.core import transaction
from innovation.core.db import db
from innovation.notifications.actions import queue_mail
from innovation.notifications.models import Mail
from tests.real import installation, smtp
from tests.real.server import ROOT
from tests.real.smtp import MailServer

MAILS = int(os.environ.get("INNOVATION_TEST_MAILS", "24"))
DEATHS = max(4, MAILS // 12)
LONGEST_WAIT, LONGEST_PAUSE = 60.0 + 3 * MAILS, 10.0
SETTLED, DOUBTFUL = {"sent", "unclear"}, {"unclear", "sending"}


class Worker:
    """The worker of an installation, as a process that can be killed."""

    def __init__(self, variables: dict[str, str]) -> None:
        """Remember the settings."""
        self.variables = variables
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it works as soon as it has loaded."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
            cwd=ROOT, env={**os.environ, **self.variables}, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self) -> None:
        """End it without a word."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def post(tmp_path: Path) -> Iterator[MailServer]:
    """A mail server that can be killed."""
    with smtp.running(tmp_path / "box") as server:
        yield server


@pytest.fixture
def app(tmp_path: Path, post: MailServer) -> Iterator[Flask]:
    """An installation of its own that sends there."""
    variables = installation.environment(tmp_path / "instance", "mail")
    app = installation.installed({**variables, "INNOVATION_MAIL_URL": post.url})
    app.config["VARIABLES"] = {**variables, "INNOVATION_MAIL_URL": post.url}
    yield app
    installation.let_go(app)


@pytest.fixture
def worker(app: Flask) -> Iterator[Worker]:
    """Its worker, at work."""
    worker = Worker(app.config["VARIABLES"])
    worker.start()
    yield worker
    worker.kill()


def states(app: Flask) -> dict[str, str]:
    """Give the state of each mail by the address it goes to."""
    with app.app_context(), transaction.reading():
        rows = db.session.execute(select(Mail.recipient, Mail.state))
        return {row.recipient: row.state for row in rows}


def test_each_mail_arrives_once_or_clearly_waits(
    app: Flask, worker: Worker, post: MailServer
) -> None:
    chance = random.Random(8058)
    with app.app_context(), transaction.writing():
        for number in range(MAILS):
            queue_mail("t", f"m {number}", f"m{number}@posti.example", "Hei", "Terve.\n", "fi")
    for _ in range(DEATHS):
        # Each death comes while mails leave, not while everybody is still getting up.
        gone, patience = len(post.taken()) + 2, time.monotonic() + LONGEST_PAUSE
        while len(post.taken()) < gone and time.monotonic() < patience:
            time.sleep(0.01)
        dying: Worker | MailServer = chance.choice((worker, post))
        dying.kill()
        dying.start()
    end = time.monotonic() + LONGEST_WAIT
    while set(states(app).values()) - SETTLED and time.monotonic() < end:
        time.sleep(0.5)

    worker.kill()
    now, taken = states(app), post.taken()

    arrived = Counter(message["To"] for message in taken)
    assert max(arrived.values()) == 1
    assert len({message["Message-ID"] for message in taken}) == len(arrived)
    assert len(now) == MAILS
    # What counts as sent is there; what is there and does not count as sent is marked as unclear.
    assert {to for to, state in now.items() if state == "sent"} <= set(arrived)
    assert {state for to, state in now.items() if to not in arrived} <= {"waiting", *DOUBTFUL}
    assert {now[to] for to in arrived} <= {"sent", *DOUBTFUL}
    counted = Counter(now.values())
    print(f"{MAILS} mails, {DEATHS} deaths: {dict(counted)}, {len(arrived)} arrived")
    # At most one is left to somebody's decision each time that somebody dies.
    assert sum(counted[state] for state in DOUBTFUL) <= DEATHS + 1
    assert counted["sent"] >= MAILS / 2, counted
