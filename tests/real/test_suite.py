"""The suite's own program: what failed is tried once more alone, and told apart at the end."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.real.server import ROOT

pytestmark = pytest.mark.once

TESTS = """
from pathlib import Path
import pytest

def test_steady():
    pass

def test_unsteady():
    seen = Path(__file__).with_name("seen")
    if not seen.exists():
        seen.touch()
        raise AssertionError

@pytest.mark.parametrize("turn", range({broken}))
def test_broken(turn):
    raise AssertionError
"""


def ended(folder: Path, broken: int, *arguments: str) -> tuple[int, list[str]]:
    """Run it on a folder of tests, as `make test` does; gives its status and its last lines."""
    file = folder / "test_of_the_suite.py"
    file.write_text(TESTS.format(broken=broken), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "tests.real.suite", str(file), *arguments],
        cwd=ROOT, env={"WORKERS": "0"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.rpartition("\n\n")[2].splitlines()


def test_what_passes_the_second_time_is_told_as_unsteady(tmp_path: Path) -> None:
    status, told = ended(tmp_path, 0)
    assert status == 0
    assert told[0] == "SQLite: 2 passed, 1 skipped"
    assert told[1].strip().startswith("unsteady, passed only the second time:")
    assert told[1].endswith("::test_unsteady")
    assert told[2:] == ["PostgreSQL: 2 passed, 1 skipped"]


def test_what_fails_twice_is_a_failure(tmp_path: Path) -> None:
    status, told = ended(tmp_path, 1)
    assert status == 1
    assert told[0] == "SQLite: 2 passed, 1 failed"
    assert told[1].endswith("::test_unsteady")
    assert told[2:] == ["PostgreSQL: 2 passed, 1 failed"]


def test_many_failures_are_not_tried_again(tmp_path: Path) -> None:
    status, told = ended(tmp_path, 5)
    assert status == 1
    assert told == ["SQLite: 1 passed, 6 failed", "PostgreSQL: 2 passed, 5 failed"]
