"""Two real processes count together, so that more of them give a robot no more tries."""

import subprocess
import sys
from pathlib import Path

import pytest

from innovation.core import transaction
from tests.real import installation
from tests.real.people import PASSWORD, person

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
GUESSER, OWNER = "198.51.100.7", "203.0.113.9"
# What each process does: sign in from these addresses in turn; prints what it was answered.
KNOCKS = """
import sys
from wsgi import app
email, password, *addresses = sys.argv[1:]
for address in addresses:
    client = app.test_client()
    answer = client.post("/sign-in", data={"email": email, "password": password},
                         environ_overrides={"REMOTE_ADDR": address})
    print(answer.status_code)
"""


def knocks(variables: dict[str, str], password: str, *addresses: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "ignore", "-c", KNOCKS, "aino@posti.example", password]
    return subprocess.Popen(
        [*command, *addresses], cwd=ROOT, env={**variables, "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def answers_of(process: subprocess.Popen[str]) -> list[str]:
    told, problems = process.communicate(timeout=120)
    assert process.returncode == 0, problems
    return told.split()


def test_a_guesser_meets_one_limit_in_all_processes_and_locks_nobody_out(tmp_path: Path) -> None:
    variables = installation.environment(tmp_path, "counted")
    app = installation.installed(variables)
    with app.app_context(), transaction.writing():
        person(email="aino@posti.example")
    installation.let_go(app)
    both = [knocks(variables, "arvaus arvaus", *[GUESSER] * 8) for _ in range(2)]
    answers = [one for process in both for one in answers_of(process)]
    # Failures are counted when they are answered, so one under way in each process may slip in.
    assert 10 <= answers.count("422") <= 11
    assert answers.count("422") + answers.count("429") == 16
    # A new process knows it too; the owner elsewhere, with the right password, is let in.
    assert answers_of(knocks(variables, PASSWORD, GUESSER, OWNER)) == ["429", "303"]
