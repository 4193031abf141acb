"""Sixteen threads that press the support button again and again; run in several processes.

`python -m tests.votes.pressing SEED IDEA PERSON…` works on the installation of the environment and
prints every error, if there was any.
"""

import random
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from innovation.accounts.queries import person_by_id
from innovation.core import transaction
from innovation.core.config import Settings
from innovation.ideas.queries import visible_idea
from innovation.votes.actions import cast_vote, withdraw_vote
from innovation.web.application import create_app

THREADS = 16
PRESSES = 6


def press(app: Flask, seed: int, number: int, people: list[int]) -> None:
    """Support and take back in the name of anybody, in an order that differs for each thread."""
    chance = random.Random(seed)
    for _ in range(PRESSES):
        act = chance.choice([cast_vote, cast_vote, withdraw_vote])
        with app.app_context(), transaction.writing():
            who = person_by_id(chance.choice(people))
            assert who is not None
            act(who, visible_idea(who, number))


def main(seed: int, number: int, people: list[int]) -> None:
    """Let all threads press at the same time."""
    app = create_app(Settings.from_environment())
    with ThreadPoolExecutor(THREADS) as pool:
        seeds = range(seed * THREADS, (seed + 1) * THREADS)
        for done in [pool.submit(press, app, one, number, people) for one in seeds]:
            if problem := done.exception():
                traceback.print_exception(problem, file=sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), [int(word) for word in sys.argv[3:]])
