"""What jobs do inside of the application: the statements they send, and where their CPU goes."""

import statistics
from collections.abc import Callable, Mapping, Sequence

from flask import Flask

from bench.asking import Request, UnexpectedAnswerError
from bench.jobs import Job
from bench.measuring import statements
from bench.noting import Notes
from bench.profiles import shares
from bench.rounds import AGAIN, ANEW, SENT, key_of

_COUNTED, _PROFILED = 6, 12


def statements_of(app: Flask, jobs: Sequence[Job], notes: Notes) -> dict[str, float]:
    """Count the statements that each job sends to the database, in each of its ways."""
    counted = {}
    for job in jobs:
        ways = (ANEW, AGAIN) if job.is_page else (SENT,)
        ask(app, job.make())
        for way in ways:
            counts = []
            for place in range(_COUNTED):
                # One page in a few turns is enough, and asked for again it is the same one.
                requests = job.pool[place % 2 : place % 2 + 1] or job.make()
                if way == AGAIN:
                    ask(app, requests)
                else:
                    notes.write()
                with statements(app) as noted:
                    ask(app, requests)
                counts.append(len(noted))
            counted[key_of(job, way)] = statistics.median(counts)
    return counted


def trades_of(app: Flask, jobs: Sequence[Job], notes: Notes) -> dict[str, Mapping[str, float]]:
    """Tell what part of the application's own time each trade takes, by the key of the job."""
    found: dict[str, Mapping[str, float]] = {}
    for job in jobs:
        asked = [job.make() for _ in range(_PROFILED)]
        before: Callable[[], object] = notes.write if job.is_page else _nothing
        parts = shares(lambda requests: ask(app, requests), asked, before)
        found[key_of(job, ANEW if job.is_page else SENT)] = parts
        if job.is_page:
            for path in job.pool:
                ask(app, [path])
            asked = [job.make() for _ in range(_PROFILED)]
            found[key_of(job, AGAIN)] = shares(lambda requests: ask(app, requests), asked)
    return found


def _nothing() -> None:
    """Do nothing before what is new each time."""


def ask(app: Flask, requests: Sequence[Request]) -> None:
    """Ask the application itself, without a network. Raises UnexpectedAnswerError."""
    for one in requests:
        with app.test_client(use_cookies=False) as client:
            headers = {"Accept-Encoding": "gzip", "Accept-Language": "fi", **one.headers}
            headers["Sec-Fetch-Site"] = "same-origin"
            answer = client.open(one.path, method=one.method, data=one.form, headers=headers)
            if answer.status_code != one.status:
                raise UnexpectedAnswerError(f"{one.path} answered {answer.status_code}")
