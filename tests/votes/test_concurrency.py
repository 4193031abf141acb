"""Many supporters at the same moment: the counter says what the rows say, and nobody fails."""

import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import func, select

from innovation.core import transaction
from innovation.core.db import db
from innovation.ideas.models import Idea
from innovation.votes.models import Vote
from tests.real import installation
from tests.real.ideas import idea
from tests.real.people import person

ROOT = Path(__file__).parents[2]


def test_two_processes_of_sixteen_threads_lose_nothing(tmp_path: Path) -> None:
    variables = installation.environment(tmp_path, "pressing")
    app = installation.installed(variables)
    try:
        with app.app_context(), transaction.writing():
            number, people = idea(), [str(person().id) for _ in range(5)]
        words = [str(number), *people]
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.votes.pressing", str(seed), *words],
                cwd=ROOT, env={**os.environ, **variables}, stdout=subprocess.PIPE, text=True,
            )
            for seed in range(2)
        ]  # fmt: skip
        said = [process.communicate(timeout=60)[0] for process in processes]
        assert said == ["", ""]
        assert [process.returncode for process in processes] == [0, 0]
        with app.app_context(), transaction.reading():
            counter = db.session.scalar(select(Idea.support_count).where(Idea.id == number))
            rows = db.session.scalar(select(func.count()).where(Vote.idea_id == number))
        assert counter == rows
        assert rows is not None
        assert rows <= len(people)
    finally:
        installation.let_go(app)
