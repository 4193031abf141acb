"""Moves and restores in processes that are killed at random moments.

Started by test_moving.py and test_restoring.py with the settings in the environment, and the
words of the command: python -m tests.backups.killing database copy --to ADDRESS
"""

import os
import random
import signal
import sys
import time

from flask import Flask
from flask.cli import ScriptInfo

from innovation.core.config import Settings
from innovation.web.application import create_app

KILLS, TABLES = 4, 70
# While the tables are made, and within a table.
MAKING_SECONDS, TABLE_SECONDS = 0.6, 0.01


def main(words: list[str]) -> int:
    """Kill as the command needs it; give the exit code."""
    return move(words) if words[0] == "database" else kill_each(words)


def kill_each(words: list[str]) -> int:
    """Kill it after so many seconds, again and again; each time when a line comes in.

    words: the seconds with commas between, and the command. Tells on a line how each ended.
    """
    seconds, *words = words
    app = create_app(Settings.from_environment())
    for one in seconds.split(","):
        sys.stdin.readline()
        child, told = _begin(app, words)
        time.sleep(float(one))
        os.kill(child, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.close(told)
        print(f"after {one} s: {code}", flush=True)
    return 0


def move(words: list[str]) -> int:
    """Kill some, until one comes to its end; give its exit code."""
    seed = random.randrange(10_000)
    chance = random.Random(seed)
    app = create_app(Settings.from_environment())
    # The first before any table is there, each of the others somewhat later in the work.
    for lines in (0, *sorted(chance.sample(range(1, TABLES), KILLS - 1))):
        child, told = _begin(app, words)
        seen = b""
        while seen.count(b"\n") < lines and (sign := os.read(told, 1)):
            seen += sign
        print(seen.decode(), end="")
        time.sleep(chance.uniform(0, TABLE_SECONDS if lines else MAKING_SECONDS))
        os.kill(child, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.close(told)
        print(f"seed {seed}, killed after {lines} lines: {code}", flush=True)
        if code >= 0:
            return 71
    child, told = _begin(app, words)
    while more := os.read(told, 1_000):
        print(more.decode("utf-8", "replace"), end="", flush=True)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _begin(app: Flask, words: list[str]) -> tuple[int, int]:
    """Let a process do it; gives it and what it says, line by line."""
    told, telling = os.pipe()
    child = os.fork()
    if child:
        os.close(telling)
        return child, told
    code = 70
    try:
        os.dup2(telling, 1)
        app.cli.main(
            args=words,
            obj=ScriptInfo(create_app=lambda: app),
            standalone_mode=False,
        )
        code = 0
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
